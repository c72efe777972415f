import asyncio
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from chat.desk.exchange import Changes
from chat.desk.reminders import Reminder, Reminders
from chat.storage.database import Database
from chat.storage.tables import tickets
from tests.desk.desk import CUSTOMER, Desk, words

HOUR = timedelta(hours=1)


class Node:
    """One of the nodes that look, and what it told."""

    def __init__(self, database: Database) -> None:
        self.told: list[Reminder] = []
        self.reminders = Reminders(database, self.remind)

    async def remind(self, reminder: Reminder) -> None:
        self.told.append(reminder)

    async def tells(self, now: datetime) -> list[tuple[int, str]]:
        """What it tells in one round."""
        before = len(self.told)
        await self.reminders.look(now)
        return [(one.number, one.stage) for one in self.told[before:]]


async def test_a_promise_is_told_when_a_quarter_is_left_and_when_it_is_overdue_once_each(desk: Desk) -> None:
    node = Node(desk.database)
    ticket = await desk.file(plan="gold", team="sales")  # first answer within 4 hours
    filed = ticket.created_at
    assert ticket.due_at == filed + 4 * HOUR
    assert await node.tells(filed + 2.9 * HOUR) == []
    assert await node.tells(filed + 3.1 * HOUR) == [(1001, "soon")]
    assert await node.tells(filed + 3.2 * HOUR) == []
    assert await node.tells(filed + 4 * HOUR) == [(1001, "overdue")]
    assert await node.tells(filed + 5 * HOUR) == []
    (soon, _) = node.told
    assert (soon.site, soon.team, soon.assignee_id, soon.due_at) == ("shop", "sales", None, ticket.due_at)


async def test_what_nobody_saw_before_it_was_overdue_is_told_as_that_only(desk: Desk) -> None:
    node = Node(desk.database)
    ticket = await desk.file(plan="gold")
    assert await node.tells(ticket.created_at + 9 * HOUR) == [(1001, "overdue")]
    assert await node.tells(ticket.created_at + 9 * HOUR) == []


async def test_of_many_nodes_that_look_at_once_one_tells_each_ticket(desk: Desk, database: Database) -> None:
    for n in range(20):
        await desk.file(str(n), plan="gold")
    nodes = [Node(database) for _ in range(4)]
    later = datetime.now(UTC) + 9 * HOUR
    await asyncio.gather(*(node.tells(later) for node in nodes))
    told = [reminder.number for node in nodes for reminder in node.told]
    assert sorted(told) == list(range(1001, 1021))


async def test_nothing_is_told_of_what_is_answered_or_waits_for_the_customer_or_was_never_promised(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    for n in range(3):
        await desk.file(str(n), plan=None if n == 2 else "gold")
    await desk.exchange.reply("shop", 1001, anna, words())
    await desk.exchange.change("shop", 1002, anna, Changes(status="pending"), ref="1")
    assert await Node(desk.database).tells(datetime.now(UTC) + 99 * HOUR) == []


async def test_the_next_promise_is_told_anew(desk: Desk) -> None:
    anna, node = await desk.hire("Anna"), Node(desk.database)
    ticket = await desk.file(plan="gold")
    await node.tells(ticket.created_at + 9 * HOUR)
    await desk.exchange.reply("shop", 1001, anna, words())
    asked = await desk.exchange.reply("shop", 1001, CUSTOMER, words())
    assert asked.due_at is not None  # within an hour
    assert await node.tells(asked.due_at - timedelta(minutes=14)) == [(1001, "soon")]
    assert await node.tells(asked.due_at) == [(1001, "overdue")]


async def test_to_be_reminded_is_no_change_of_the_ticket(desk: Desk, database: Database) -> None:
    before = await desk.file(plan="gold")
    await Node(database).tells(before.created_at + 9 * HOUR)
    async with database.connect() as connection:
        version, updated_at = (await connection.execute(sa.select(tickets.c.version, tickets.c.updated_at))).one()
    assert (version, updated_at) == (before.version, before.updated_at)
