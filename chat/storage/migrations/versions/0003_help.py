"""Help articles: counts of votes, comments, and searches that found nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002 to here."""
    op.create_table(
        "article_votes",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "slug", "locale", name=op.f("pk_article_votes")),
    )
    op.create_table(
        "article_comments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_comments")),
    )
    op.create_index(
        op.f("ix_article_comments_site_slug_locale_approved_created_at"),
        "article_comments",
        ["site", "slug", "locale", "approved", "created_at"],
    )
    op.create_index(op.f("ix_article_comments_approved_created_at"), "article_comments", ["approved", "created_at"])
    op.create_table(
        "missed_searches",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("site", "locale", "words", name=op.f("pk_missed_searches")),
    )
