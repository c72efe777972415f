"""The SQL database: one engine, two ways in, and the one answer when it is away.

SQLite in ``data_dir`` unless ``database.url`` names PostgreSQL. What is acknowledged is on disk: SQLite runs with
``synchronous=FULL``. A closed session or a changed row is overwritten too (``secure_delete``).
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chat.errors import Refused, Unavailable
from chat.settings import Settings
from chat.storage.tables import metadata

WAIT_S = 5
"""How long a statement waits for a lock, and a connection for the server, before the answer is ``unavailable``."""


def database_url(settings: Settings) -> str:
    """The configured URL with our drivers in it; without one, SQLite in ``data_dir``."""
    given = settings.database.url or f"sqlite:///{Path(settings.server.data_dir) / 'mayfly.db'}"
    url = sa.make_url(given)
    match url.get_backend_name():
        case "sqlite":
            url = url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            url = url.set(drivername="postgresql+asyncpg")
            if "sslmode" in url.query:  # libpq's name for it, as every provider's URL spells it
                url = url.update_query_dict({"ssl": url.query["sslmode"]}).difference_update_query(["sslmode"])
    return url.render_as_string(hide_password=False)


def sqlite_file(url: str) -> str | None:
    """The file behind ``url``, if it is SQLite's."""
    parsed = sa.make_url(url)
    return parsed.database if parsed.get_backend_name() == "sqlite" else None


DATA = "22"
"""PostgreSQL's class for values that do not fit, which its driver does not always call a ``DataError``."""
NUL = "22021"
"""Of these, a byte that is no text: whatever else we send is UTF-8. SQLite keeps it."""


class Database:
    """Connections for reading and transactions for writing; ``errors.Unavailable`` when neither can be had."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(mayfly_writes=True)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with."""
        with _reporting_absence():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed as a whole at the end, rolled back by any exception."""
        with _reporting_absence():
            async with self._writing.begin() as connection:
                yield connection

    async def ping(self) -> None:
        """Raise ``Unavailable`` if the database does not answer."""
        async with self.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))

    async def scrub(self) -> None:
        """Let go of what deleted rows leave: SQLite's write-ahead log is emptied, PostgreSQL's dead rows are vacuumed.

        Raises ``Unavailable`` if somebody reads from the log for longer than ``WAIT_S``.
        """
        if self.engine.dialect.name == "sqlite":
            await asyncio.to_thread(_empty_log, str(self.engine.url.database))
            return
        with _reporting_absence():
            async with self.engine.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await alone.execute(sa.text(f"VACUUM {', '.join(metadata.tables)}"))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


@contextmanager
def _reporting_absence() -> Iterator[None]:
    """Turn a failing driver or pool into ``Unavailable``; what is our own mistake, or a constraint's, stays what it is."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
        raise
    except (DBAPIError, PoolTimeout, OSError) as fault:
        orig = getattr(fault, "orig", None)
        if getattr(orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # SQLite's one code for all mistakes in SQL, an OperationalError to its driver
        state = getattr(orig, "sqlstate", None) or ""
        if state == NUL:
            raise Refused("invalid", "no text may hold a NUL") from None
        if state.startswith(DATA):
            raise
        # The driver's own message may quote the row that was being written: it is not passed on.
        raise Unavailable("the database is away; try again") from None


def _engine(url: str) -> AsyncEngine:
    if sqlite_file(url) is not None:
        engine = create_async_engine(url, hide_parameters=True, pool_timeout=WAIT_S)
        sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=WAIT_S,
        connect_args={"timeout": WAIT_S, "command_timeout": 2 * WAIT_S},
    )


def _empty_log(file: str) -> None:
    """The file itself has deleted rows overwritten."""
    with closing(sqlite3.connect(file, timeout=WAIT_S)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Unavailable("what was deleted is still in the log of the database, which is being read; try again")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not guessed by the driver
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={WAIT_S * 1000}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came between; IMMEDIATE waits.
    writes = connection.get_execution_options().get("mayfly_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
