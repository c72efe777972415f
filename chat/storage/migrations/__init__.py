"""Brings a database to the newest shape of ``storage.tables``, from empty or any earlier version."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from chat.errors import Unavailable
from chat.storage.database import WAIT_S, Database, sqlite_file

NEWEST = max(file.name for file in Path(__file__).with_name("versions").glob("[0-9]*.py"))[:4]
"""The revision that "head" is: the files are named by theirs."""

ADVISORY_LOCK = 0x6D617966_6C79  # "mayfly"


async def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the database at ``url`` (from ``database_url``) to ``revision``; safe when several processes start at once.

    One transaction: SQLite lets one writer in at a time, PostgreSQL is held by an advisory lock, and both can take
    a half-done upgrade back.
    """
    if (path := sqlite_file(url)) is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(_switch_to_wal, path)
    database = Database(url)
    try:
        async with database.begin() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
            await connection.run_sync(_upgrade, revision)
    finally:
        await database.close()


def _switch_to_wal(path: str) -> None:
    """Let readers and a writer not wait for each other. The file remembers it; SQLite does not wait for this lock."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault) or time.monotonic() > deadline:
                raise Unavailable("the database file cannot be opened") from None
            time.sleep(0.05)


def _upgrade(connection: sa.Connection, revision: str) -> None:
    if revision == "head" and _revision(connection) == NEWEST:
        return  # Alembic takes long to load, and nearly every start and command migrates nothing
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "chat.storage:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _revision(connection: sa.Connection) -> str | None:
    """Where the database is; None if it is nowhere yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    known = sa.table("alembic_version", sa.column("version_num", sa.String))
    return connection.scalar(sa.select(known.c.version_num))
