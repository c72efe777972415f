"""Real databases for tests: each test has its own, on SQLite and on PostgreSQL."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from chat.storage.database import Database
from chat.storage.migrations import migrate


@contextmanager
def running_postgres() -> Iterator[Path]:
    """A PostgreSQL server of its own on a Unix socket in the yielded folder."""
    binaries = [*Path("/usr/lib/postgresql").glob("*/bin"), *(Path(p).parent for p in [shutil.which("initdb")] if p)]
    if not binaries:
        pytest.skip("PostgreSQL is not installed")
    # PostgreSQL refuses to run as root: then as the account its package made.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="mayfly-postgres-"))
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = str(folder / "data")
    control = [str(binaries[-1] / "pg_ctl"), "-D", data, "-w", "-s"]
    try:
        subprocess.run(
            [binaries[-1] / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"],
            check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        options = f"-F -c listen_addresses='' -k {folder} -c max_connections=100"
        subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], check=True, user=user, cwd=folder)
        try:
            yield folder
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, user=user, cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    with running_postgres() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'mayfly.db'}"
    folder = request.getfixturevalue("postgres")
    name = f"test_{secrets.token_hex(6)}"
    connection = await asyncpg.connect(host=str(folder), user="postgres", database="postgres")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return f"postgresql+asyncpg://postgres@/{name}?host={folder}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, empty of rows."""
    await migrate(database_url)
    database = Database(database_url)
    yield database
    await database.close()
