import asyncio
import sqlite3
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint

from chat.errors import Refused, Unavailable
from chat.settings import DatabaseSettings, Server, Settings
from chat.storage.database import Database, database_url
from chat.storage.migrations import NEWEST, migrate
from chat.storage.tables import Utc, metadata, ticket_sequences, tickets

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_an_empty_database_is_migrated_to_exactly_the_tables_of_the_code(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    def revision(connection: sa.Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with database.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(revision) == NEWEST


async def test_the_checks_of_the_tables_are_in_the_database_too(database: Database) -> None:
    def checks(connection: sa.Connection) -> set[str | None]:
        inspector = sa.inspect(connection)
        return {c["name"] for table in metadata.tables for c in inspector.get_check_constraints(table)}

    wanted = {c.name for table in metadata.tables.values() for c in table.constraints if isinstance(c, CheckConstraint)}
    assert "ck_agents_role" in wanted
    async with database.connect() as connection:
        assert await connection.run_sync(checks) == wanted


async def test_a_database_of_an_earlier_version_keeps_its_tickets_and_finds_them_by_word_and_address(
    empty_database_url: str,
) -> None:
    await migrate(empty_database_url, "0001")
    database = Database(empty_database_url)
    old = {
        "site": "shop", "number": 1001, "dedupe": "1", "channel": "form", "status": "pending", "subject": "Счёт",
        "body": "Two lines", "email": "Olga@Example.com", "phone": "+1 555 0100", "created_at": NOON,
        "updated_at": NOON,
    }  # fmt: skip
    async with database.begin() as connection:
        columns = [sa.column(name, Utc if name.endswith("_at") else None) for name in old]
        await connection.execute(sa.table("tickets", *columns).insert().values(old))
    await migrate(empty_database_url)
    async with database.connect() as connection:
        kept = (await connection.execute(sa.select(tickets))).one()._asdict()
    await database.close()
    assert old.items() <= kept.items()
    assert kept["search"] == "счёт\ntwo lines\nolga@example.com\n+1 555 0100"
    assert kept["email_key"] == "olga@example.com"
    assert (kept["priority"], kept["version"], kept["due_stage"], kept["team"]) == ("normal", 1, 0, None)


async def test_several_processes_may_migrate_at_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    await migrate(empty_database_url)


async def test_a_transaction_that_fails_leaves_nothing_behind(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.begin() as connection:
            await connection.execute(ticket_sequences.insert().values(site="shop", last=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_half_way()
    async with database.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(ticket_sequences)) == 0


async def test_two_writers_wait_for_each_other_instead_of_failing(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(ticket_sequences.insert().values(site="shop", last=0))

    async def count() -> None:
        async with database.begin() as connection:
            last = (await connection.execute(sa.select(ticket_sequences.c.last).with_for_update())).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(ticket_sequences.update().values(last=last + 1))

    await asyncio.gather(*(count() for _ in range(10)))
    async with database.connect() as connection:
        assert await connection.scalar(sa.select(ticket_sequences.c.last)) == 10


async def test_a_database_that_is_away_is_unavailable_and_says_nothing_of_the_row(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    for url in (f"sqlite+aiosqlite:///{folder}/x.db", f"postgresql+asyncpg://postgres@/x?host={folder}"):
        database = Database(url)
        with pytest.raises(Unavailable) as refusal:
            await database.ping()
        assert str(folder) not in refusal.value.message
        await database.close()


async def test_a_mistake_in_our_own_sql_is_not_taken_for_absence(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        async with database.connect() as connection:
            await connection.execute(sa.text("SELECT nonsense FROM nowhere"))


async def test_what_a_database_cannot_hold_is_not_taken_for_absence(database: Database) -> None:
    holds_anything = database.engine.dialect.name == "sqlite"
    for site, fault in (("x" * 65, sa.exc.DBAPIError), ("\0", Refused)):
        with nullcontext() if holds_anything else pytest.raises(fault):
            async with database.begin() as connection:
                await connection.execute(ticket_sequences.insert().values(site=site, last=1))


async def test_sqlite_keeps_what_was_acknowledged_and_overwrites_what_was_deleted(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'mayfly.db'}"
    await migrate(url)
    database = Database(url)
    async with database.connect() as connection:
        found = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "secure_delete", "foreign_keys", "journal_mode")
        ]
    await database.close()
    assert found == [2, 1, 1, "wal"]
    with sqlite3.connect(tmp_path / "mayfly.db") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.close()


def test_the_url_gets_our_drivers_and_defaults_to_a_file_in_the_data_folder() -> None:
    def url(given: str | None) -> str:
        return database_url(Settings(server=Server(data_dir="/srv/mayfly"), database=DatabaseSettings(url=given)))

    assert url(None) == "sqlite+aiosqlite:////srv/mayfly/mayfly.db"
    assert url("sqlite:///x.db") == "sqlite+aiosqlite:///x.db"
    assert url("postgresql://me:p%40ss@db/mayfly") == "postgresql+asyncpg://me:p%40ss@db/mayfly"
    assert url("postgres://me@db/mayfly?sslmode=require") == "postgresql+asyncpg://me@db/mayfly?ssl=require"
