"""The desk: who answers a ticket and until when, the exchange with its files, notifications, letters, templates, views."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From 0001 to here."""
    with op.batch_alter_table("tickets") as batch_op:
        batch_op.add_column(sa.Column("salt", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("priority", sa.String(length=16), server_default="normal", nullable=False))
        batch_op.add_column(sa.Column("email_key", sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column("email_vouched", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("fields", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("locale", sa.String(length=35), nullable=True))
        batch_op.add_column(sa.Column("time_zone", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("plan", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("team", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("assignee_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("due_kind", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("due_warn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("due_left_s", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("due_stage", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("search", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("search_notes", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(op.f("ix_tickets_assignee_id_status_updated_at"), ["assignee_id", "status", "updated_at"])
        batch_op.create_index(op.f("ix_tickets_assignee_id_updated_at"), ["assignee_id", "updated_at"])
        batch_op.create_index(op.f("ix_tickets_team_updated_at"), ["team", "updated_at"])
        batch_op.create_index(op.f("ix_tickets_created_at"), ["created_at"])
        batch_op.create_index(op.f("ix_tickets_due_at"), ["due_at"])
        batch_op.create_index(op.f("ix_tickets_email_key_updated_at"), ["email_key", "updated_at"])
        batch_op.create_index(op.f("ix_tickets_number"), ["number"])
        batch_op.create_index(op.f("ix_tickets_priority_updated_at"), ["priority", "updated_at"])
        batch_op.create_index(op.f("ix_tickets_request_type_updated_at"), ["request_type", "updated_at"])
        batch_op.create_index(op.f("ix_tickets_site_updated_at_number"), ["site", "updated_at", "number"])
        batch_op.create_index(op.f("ix_tickets_topic_updated_at"), ["topic", "updated_at"])
        batch_op.create_index(
            op.f("ix_tickets_site_email_key_said_at_number"), ["site", "email_key", "said_at", "number"]
        )
        batch_op.create_index(op.f("ix_tickets_site_sub_said_at_number"), ["site", "sub", "said_at", "number"])
        batch_op.create_index(
            op.f("ix_tickets_status_updated_at_site_number"), ["status", "updated_at", "site", "number"]
        )
        batch_op.create_index(op.f("ix_tickets_team_status_updated_at"), ["team", "status", "updated_at"])
        batch_op.create_check_constraint(op.f("ck_tickets_priority"), "priority IN ('low', 'normal', 'high', 'urgent')")
        batch_op.create_foreign_key(
            op.f("fk_tickets_assignee_id"), "agents", ["assignee_id"], ["id"], ondelete="SET NULL"
        )
    _fill_in()
    with op.batch_alter_table("tickets") as batch_op:
        batch_op.alter_column("said_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "ticket_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("dedupe", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("author IN ('customer', 'agent', 'service')", name=op.f("ck_ticket_entries_author")),
        sa.CheckConstraint("kind IN ('reply', 'note', 'change')", name=op.f("ck_ticket_entries_kind")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_ticket_entries_agent_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["site", "number"],
            ["tickets.site", "tickets.number"],
            name=op.f("fk_ticket_entries_site"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entries")),
        sa.UniqueConstraint("site", "number", "dedupe", name=op.f("uq_ticket_entries_site_number_dedupe")),
    )
    op.create_index(op.f("ix_ticket_entries_site_number_id"), "ticket_entries", ["site", "number", "id"])
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ticket_entries.id"], name=op.f("fk_attachments_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["site", "number"], ["tickets.site", "tickets.number"], name=op.f("fk_attachments_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_created_at"), "attachments", ["created_at"])
    op.create_index(op.f("ix_attachments_site_number"), "attachments", ["site", "number"])
    op.create_index(
        "uq_attachments_request",
        "attachments",
        ["site", "number"],
        unique=True,
        sqlite_where=sa.text("entry_id IS NULL"),
        postgresql_where=sa.text("entry_id IS NULL"),
    )
    op.create_index("uq_attachments_entry", "attachments", ["entry_id"], unique=True)
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('first', 'next')", name=op.f("ck_promises_kind")),
        sa.ForeignKeyConstraint(
            ["site", "number"], ["tickets.site", "tickets.number"], name=op.f("fk_promises_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_due_at"), "promises", ["due_at"])
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("show_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('answer', 'opened')", name=op.f("ck_notifications_kind")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ticket_entries.id"], name=op.f("fk_notifications_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["site", "number"],
            ["tickets.site", "tickets.number"],
            name=op.f("fk_notifications_site"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("site", "number", name=op.f("uq_notifications_site_number")),
    )
    op.create_index(op.f("ix_notifications_site_recipient_show_at"), "notifications", ["site", "recipient", "show_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedupe", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "number"], ["tickets.site", "tickets.number"], name=op.f("fk_outbox_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe", name=op.f("uq_outbox_dedupe")),
    )
    op.create_index(op.f("ix_outbox_next_at"), "outbox", ["next_at"])
    op.create_table(
        "answer_templates",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_saved_views_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_agent_id"), "saved_views", ["agent_id"])


def _fill_in() -> None:
    """What later versions write with a ticket, for those that are there already."""
    connection = op.get_bind()
    names = (
        "site",
        "number",
        "subject",
        "body",
        "name",
        "email",
        "phone",
        "email_key",
        "search",
        "updated_at",
        "said_at",
    )
    tickets = sa.table("tickets", *(sa.column(name) for name in names))
    for row in connection.execute(sa.select(tickets)).all():
        words = (row.subject, row.body, row.name, row.email, row.phone)
        values = {
            "search": "\n".join(filter(None, words)).casefold(),
            "email_key": row.email.strip().casefold() if row.email else None,
            "said_at": tickets.c.updated_at,
        }
        this = sa.and_(tickets.c.site == row.site, tickets.c.number == row.number)
        connection.execute(tickets.update().where(this).values(values))
