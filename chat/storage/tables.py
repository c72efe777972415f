"""The tables. ``migrations/`` brings a database here from any earlier version; a test holds the two equal."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Utc(sa.TypeDecorator[datetime]):
    """A moment, aware and in UTC on both databases; SQLite itself would forget the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To the database: always UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """From the database: always aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


agents = Table(
    "agents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),  # casefolded
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("disabled", sa.Boolean, nullable=False),
    Column("password_hash", String(200)),  # argon2id with its parameters; none until the set-up link is used
    Column("created_at", Utc, nullable=False),
    CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role"),
    CheckConstraint("capacity >= 1", name="capacity"),
)

agent_teams = Table(
    "agent_teams",
    metadata,
    Column("agent_id", ForeignKey(agents.c.id, ondelete="CASCADE"), nullable=False),
    Column("team", String(64), nullable=False),
    PrimaryKeyConstraint("agent_id", "team"),
)

setup_tokens = Table(
    "setup_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ForeignKey(agents.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", Utc, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("agent_id", ForeignKey(agents.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("site", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("dedupe", String(200), nullable=False),  # filing the same again finds this ticket
    Column("salt", String(32), nullable=False, server_default=""),  # of its links; see desk.links
    Column("version", Integer, nullable=False, server_default="1"),  # rises with every entry; see desk.exchange
    Column("channel", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("priority", String(16), nullable=False, server_default="normal"),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("name", Text),
    Column("email", Text),
    Column("email_key", String(254)),  # the same, casefolded: whose it is
    Column("email_vouched", sa.Boolean, nullable=False, server_default=sa.false()),  # see desk.requester
    Column("phone", Text),
    Column("request_type", Text),
    Column("topic", Text),
    Column("importance", Text),
    Column("fields", Text),  # JSON object: the site's own fields, browser and system, as the requester left them
    Column("locale", String(35)),  # of the requester: the language of letters
    Column("time_zone", String(64)),  # of the requester, for calendars that go by it
    Column("plan", String(64)),
    Column("team", String(64)),
    Column("transcript", Text),  # JSON list of desk.form.TranscriptLine, when the filer chose to include the chat
    Column("sub", Text),  # the verified identity of the requester
    Column("agent_id", ForeignKey(agents.c.id, ondelete="SET NULL")),  # who filed it, if an agent did
    Column("assignee_id", ForeignKey(agents.c.id, ondelete="SET NULL")),
    Column("merged_into", Integer),  # a ticket of the same site
    Column("due_kind", String(8)),  # the promise that runs: the first or the next response
    Column("due_at", Utc),  # none while it is paused
    Column("due_warn_at", Utc),  # from when it is due soon
    Column("due_left_s", Integer),  # the open time that is left, while it is paused
    Column("due_stage", Integer, nullable=False, server_default="0"),  # 1: warned of, 2: overdue and told
    Column("search", Text, nullable=False, server_default=""),  # casefolded words that both sides see
    Column("search_notes", Text, nullable=False, server_default=""),  # those among agents
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("said_at", Utc, nullable=False),  # of the last thing that both sides see
    PrimaryKeyConstraint("site", "number"),
    sa.UniqueConstraint("site", "dedupe"),
    CheckConstraint("status IN ('open', 'pending', 'solved', 'closed')", name="status"),
    CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
    Index(None, "updated_at", "site", "number"),
    Index(None, "status", "updated_at", "site", "number"),
    Index(None, "assignee_id", "status", "updated_at"),
    Index(None, "assignee_id", "updated_at"),
    Index(None, "team", "status", "updated_at"),
    Index(None, "team", "updated_at"),
    Index(None, "site", "updated_at", "number"),
    Index(None, "topic", "updated_at"),
    Index(None, "request_type", "updated_at"),
    Index(None, "priority", "updated_at"),
    Index(None, "number"),
    Index(None, "email_key", "updated_at"),
    Index(None, "created_at"),
    Index(None, "due_at"),
    Index(None, "site", "sub", "said_at", "number"),
    Index(None, "site", "email_key", "said_at", "number"),
)

ticket_sequences = Table(
    "ticket_sequences",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("last", Integer, nullable=False),
)

ticket_entries = Table(
    "ticket_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("author", String(16), nullable=False),
    Column("agent_id", ForeignKey(agents.c.id, ondelete="SET NULL")),
    Column("name", Text),  # the author's, as it was then
    Column("text", Text),
    Column("changes", Text),  # JSON list of desk.records.Change
    Column("dedupe", String(200), nullable=False),  # the author's own id: sending the same again adds nothing
    Column("created_at", Utc, nullable=False),
    sa.ForeignKeyConstraint(["site", "number"], ["tickets.site", "tickets.number"], ondelete="CASCADE"),
    sa.UniqueConstraint("site", "number", "dedupe"),
    CheckConstraint("kind IN ('reply', 'note', 'change')", name="kind"),
    CheckConstraint("author IN ('customer', 'agent', 'service')", name="author"),
    Index(None, "site", "number", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("number", Integer),  # none until the form it was uploaded for has been sent
    Column("entry_id", ForeignKey(ticket_entries.c.id, ondelete="CASCADE")),  # none: it came with the request itself
    Column("name", Text, nullable=False),
    Column("media_type", String(100), nullable=False),  # by content
    Column("size", sa.BigInteger, nullable=False),
    Column("created_at", Utc, nullable=False),
    sa.ForeignKeyConstraint(["site", "number"], ["tickets.site", "tickets.number"], ondelete="CASCADE"),
    Index(None, "site", "number"),
    Index(None, "created_at"),
    # One file comes with a request, and one with an entry.
    Index(
        "uq_attachments_request",
        "site",
        "number",
        unique=True,
        sqlite_where=sa.text("entry_id IS NULL"),
        postgresql_where=sa.text("entry_id IS NULL"),
    ),
    Index("uq_attachments_entry", "entry_id", unique=True),
)

promises = Table(  # responses that were given; the one still owed is in the ticket
    "promises",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("team", String(64)),
    Column("due_at", Utc, nullable=False),
    Column("met_at", Utc, nullable=False),
    sa.ForeignKeyConstraint(["site", "number"], ["tickets.site", "tickets.number"], ondelete="CASCADE"),
    CheckConstraint("kind IN ('first', 'next')", name="kind"),
    Index(None, "due_at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("entry_id", ForeignKey(ticket_entries.c.id, ondelete="CASCADE")),
    Column("recipient", String(300), nullable=False),  # desk.requester.key_of
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("show_at", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    sa.ForeignKeyConstraint(["site", "number"], ["tickets.site", "tickets.number"], ondelete="CASCADE"),
    sa.UniqueConstraint("site", "number"),  # the newest of a ticket
    CheckConstraint("kind IN ('answer', 'opened')", name="kind"),
    Index(None, "site", "recipient", "show_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dedupe", String(200), nullable=False, unique=True),
    Column("site", String(64)),
    Column("number", Integer),
    Column("recipient", String(254), nullable=False),
    Column("letter", Text, nullable=False),  # as it goes out (RFC 5322); emptied once it is gone
    Column("attempts", Integer, nullable=False),
    Column("next_at", Utc),  # none: it is gone, or was given up
    Column("expires_at", Utc, nullable=False),  # not sent any more after this
    Column("sent_at", Utc),
    Column("created_at", Utc, nullable=False),
    sa.ForeignKeyConstraint(["site", "number"], ["tickets.site", "tickets.number"], ondelete="CASCADE"),
    Index(None, "next_at"),
)

answer_templates = Table(
    "answer_templates",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("updated_at", Utc, nullable=False),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agent_id", ForeignKey(agents.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("query", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
)

article_votes = Table(  # counts only: nobody's vote can be told from them
    "article_votes",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("slug", String(200), primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("helpful", Integer, nullable=False),
    Column("unhelpful", Integer, nullable=False),
)

article_comments = Table(
    "article_comments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("slug", String(200), nullable=False),
    Column("locale", String(35), nullable=False),
    Column("name", String(200)),
    Column("text", Text, nullable=False),
    Column("approved", sa.Boolean, nullable=False),  # readers see it
    Column("created_at", Utc, nullable=False),
    Index(None, "site", "slug", "locale", "approved", "created_at"),
    Index(None, "approved", "created_at"),
)

missed_searches = Table(  # words that found no article; not who searched, and of when only the day
    "missed_searches",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("words", String(200), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last_on", sa.Date, nullable=False),
)
