from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chat.desk.course import Status
from chat.desk.exchange import Changes
from chat.desk.reports import Reports
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import promises, tickets
from tests.desk.desk import CUSTOMER, Desk, words

FOREVER = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC))


async def answered(database: Database, due: str, late_s: float = -60, team: str | None = "support") -> None:
    due_at = datetime.fromisoformat(due).replace(tzinfo=UTC)
    row = {"site": "shop", "number": 1001, "kind": "first", "team": team, "due_at": due_at}
    async with database.begin() as connection:
        await connection.execute(promises.insert().values(row | {"met_at": due_at + timedelta(seconds=late_s)}))


async def owed(database: Database, number: int, due_at: datetime) -> None:
    this = tickets.c.number == number
    async with database.begin() as connection:
        await connection.execute(tickets.update().where(this).values(due_kind="first", due_at=due_at))


async def reported(database: Database, *range: datetime) -> list[tuple[str | None, str, int, int]]:
    rows = await Reports(database).promises(*(range or FOREVER))
    return [(row.team, row.week, row.kept, row.broken) for row in rows]


async def test_kept_and_broken_are_counted_per_team_and_iso_week_in_which_they_were_due(
    desk: Desk, database: Database
) -> None:
    await desk.file()
    await answered(database, "2027-01-03T23:59:59")  # a Sunday: the last second of 2026-W53
    await answered(database, "2027-01-04T00:00:00")
    await answered(database, "2027-01-10T23:59:59", late_s=1)
    await answered(database, "2027-01-10T12:00:00", team="sales")
    await answered(database, "2027-01-06T12:00:00", team=None, late_s=3600)
    assert await reported(database) == [
        ("support", "2026-W53", 1, 0),
        (None, "2027-W01", 0, 1),
        ("sales", "2027-W01", 1, 0),
        ("support", "2027-W01", 1, 1),
    ]


async def test_what_is_still_owed_although_overdue_is_broken_and_what_is_due_later_is_neither(
    desk: Desk, database: Database
) -> None:
    now = datetime.now(UTC)
    for n in range(3):
        await desk.file(str(n), team="sales")
    await owed(database, 1001, now - timedelta(seconds=1))
    await owed(database, 1002, now + timedelta(hours=1))
    (row,) = await reported(database, now - timedelta(days=1), now + timedelta(days=1))
    assert (row[0], row[2:]) == ("sales", (0, 1))


async def test_who_says_it_is_solved_counts_no_promise_as_kept_however_often(desk: Desk, database: Database) -> None:
    await desk.file(plan="gold")
    turns: tuple[Status, ...] = ("solved", "open", "solved", "open", "solved")
    for n, status in enumerate(turns):
        await desk.exchange.settle("shop", 1001, CUSTOMER, status, ref=str(n))
    async with database.connect() as connection:
        assert (await connection.execute(sa.select(promises))).all() == []


async def test_what_is_overdue_is_broken_while_the_customer_is_waited_for_too(desk: Desk, database: Database) -> None:
    anna = await desk.hire("Anna")
    await desk.file()
    await owed(database, 1001, FOREVER[0])
    before = await reported(database)
    await desk.exchange.change("shop", 1001, anna, Changes(status="pending"), ref="1")
    assert await desk.listed(queue="overdue") == [("shop", 1001)]
    assert await reported(database) == before == [("support", "2026-W01", 0, 1)]
    await desk.exchange.reply("shop", 1001, anna, words())
    assert await reported(database) == before


async def test_what_was_paused_when_overdue_and_is_answered_in_that_instant_is_broken(
    desk: Desk, database: Database
) -> None:
    await desk.file()
    await answered(database, "2027-01-04T12:00:00", late_s=0)
    assert await reported(database) == [("support", "2027-W01", 0, 1)]


async def test_only_what_is_asked_for_is_counted(desk: Desk, database: Database) -> None:
    await desk.file()
    for day in ("04", "05", "06"):
        await answered(database, f"2027-01-{day}T00:00:00")
    fifth = datetime(2027, 1, 5, tzinfo=UTC)
    assert await reported(database, fifth, fifth + timedelta(days=1)) == [("support", "2027-W01", 1, 0)]
    assert await reported(database, fifth, fifth) == []
    assert await reported(database, fifth, fifth - timedelta(days=9)) == []
    with pytest.raises(Refused) as refusal:
        await reported(database, fifth - timedelta(days=800), fifth)
    assert refusal.value.fields == {"from": "too_long"}
