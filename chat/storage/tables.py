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
    Column("channel", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("name", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("request_type", Text),
    Column("topic", Text),
    Column("importance", Text),
    Column("transcript", Text),  # JSON list of desk.tickets.TranscriptLine, when the filer chose to include the chat
    Column("sub", Text),  # the verified identity of the requester
    Column("agent_id", ForeignKey(agents.c.id, ondelete="SET NULL")),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    PrimaryKeyConstraint("site", "number"),
    sa.UniqueConstraint("site", "dedupe"),
    CheckConstraint("status IN ('open', 'pending', 'solved', 'closed')", name="status"),
    Index(None, "updated_at", "site", "number"),
)

ticket_sequences = Table(
    "ticket_sequences",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("last", Integer, nullable=False),
)
