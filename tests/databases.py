"""Real databases for tests: each test has its own, on SQLite and on PostgreSQL."""

import asyncio
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from chat.storage.database import Database
from chat.storage.migrations import migrate


@contextmanager
def running_postgres() -> Iterator[Path]:
    """A PostgreSQL server of its own on a Unix socket in the yielded folder."""
    binaries, user = _binaries(), _account()
    if not binaries:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="mayfly-postgres-"))
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        subprocess.run(
            [binaries[-1] / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"],
            check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        start_postgres(folder)
        try:
            yield folder
        finally:
            crash_postgres(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_postgres(folder: Path) -> None:
    """Start the server in ``folder``, as it was left."""
    options = f"-F -c listen_addresses='' -k {folder} -c max_connections=100"
    _control(folder, "-l", str(folder / "log"), "-o", options, "start")


def crash_postgres(folder: Path) -> None:
    """End it without its doing anything more."""
    _control(folder, "-m", "immediate", "stop")


def _control(folder: Path, *arguments: str) -> None:
    subprocess.run(
        [_binaries()[-1] / "pg_ctl", "-D", folder / "data", "-w", "-s", *arguments],
        check=True, user=_account(), cwd=folder,
    )  # fmt: skip


def _binaries() -> list[Path]:
    return [*Path("/usr/lib/postgresql").glob("*/bin"), *(Path(p).parent for p in [shutil.which("initdb")] if p)]


def _account() -> str | None:
    """PostgreSQL refuses to run as root: then as the account its package made."""
    return "postgres" if os.geteuid() == 0 else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    with running_postgres() as folder:
        yield folder


_migrated: bytes | None = None
_migrating = asyncio.Lock()  # Alembic's context is one for the whole process


async def make_sqlite(file: Path) -> None:
    """A migrated database, empty of rows: the first one is migrated, which takes longer than many a test, others copied."""
    global _migrated
    async with _migrating:
        if _migrated is None:
            await migrate(f"sqlite+aiosqlite:///{file}")
            _migrated = file.read_bytes()
    file.write_bytes(_migrated)


async def make_postgres(folder: Path) -> str:
    """The address of the same on the server in ``folder``."""
    async with _server(folder) as server:
        if not await server.fetchval("SELECT 1 FROM pg_database WHERE datname = 'migrated'"):
            await migrate(await _create(server, folder, "migrated"))
        return await _create(server, folder, f"test_{secrets.token_hex(6)} TEMPLATE migrated STRATEGY FILE_COPY")


async def _create(server: asyncpg.Connection, folder: Path, definition: str) -> str:
    await server.execute(f"CREATE DATABASE {definition}")
    return f"postgresql+asyncpg://postgres@/{definition.split()[0]}?host={folder}"


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(host=str(folder), user="postgres", database="postgres")
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'mayfly.db'}"
    folder = request.getfixturevalue("postgres")
    async with _server(folder) as server:
        return await _create(server, folder, f"test_{secrets.token_hex(6)}")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database, empty of rows."""
    if request.param == "postgresql":
        return await make_postgres(request.getfixturevalue("postgres"))
    await make_sqlite(tmp_path / "mayfly.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'mayfly.db'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()
