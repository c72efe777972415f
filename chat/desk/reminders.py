"""Tickets whose answer is due soon, and those for which it is overdue: told once each, whichever node sees it first."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
import structlog
from msgspec import Struct

from chat.errors import Unavailable
from chat.storage.database import Database
from chat.storage.tables import tickets

logger = structlog.get_logger()

LOOK_EVERY_S = 10.0
MOST_AT_ONCE = 500

Stage = Literal["soon", "overdue"]
_STAGES: dict[Stage, int] = {"soon": 1, "overdue": 2}


class Reminder(Struct, frozen=True):
    """A ticket has come to this stage; ``team`` and ``assignee`` are whom it concerns."""

    site: str
    number: int
    stage: Stage
    due_at: datetime
    team: str | None
    assignee_id: str | None


class Reminders:
    """Looks for what falls due. ``remind`` is awaited for each ticket, once, by one of all nodes."""

    def __init__(self, database: Database, remind: Callable[[Reminder], Awaitable[None]]) -> None:
        self._database = database
        self._remind = remind

    async def look(self, now: datetime) -> None:
        """One round: the stage of each ticket is set and told by whoever sets it. Raises ``Unavailable``."""
        stages: tuple[tuple[Stage, sa.ColumnElement[bool]], ...] = (
            ("overdue", tickets.c.due_at <= now),
            ("soon", sa.and_(tickets.c.due_warn_at <= now, tickets.c.due_at > now)),
        )
        for stage, reached in stages:
            for reminder in await self._advance(stage, reached):
                await self._remind(reminder)

    async def keep_looking(self) -> None:
        """For ever, on every node."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look(datetime.now(UTC))
            except Unavailable as error:
                logger.warning("reminders put off", error=type(error).__name__)

    async def _advance(self, stage: Stage, reached: sa.ColumnElement[bool]) -> list[Reminder]:
        c, number = tickets.c, _STAGES[stage]
        waiting = sa.and_(c.due_stage < number, reached)
        some = sa.select(c.site, c.number).where(waiting).order_by(c.due_at).limit(MOST_AT_ONCE)
        async with self._database.connect() as connection:  # mostly there are none: nothing is locked for that
            if (await connection.execute(some.limit(1))).one_or_none() is None:
                return []
        async with self._database.begin() as connection:
            # What somebody writes in just now is looked at the next time: nobody waits for it, and no two for each other.
            free = await connection.execute(some.with_for_update(skip_locked=True))
            theirs = sa.tuple_(c.site, c.number).in_([tuple(row) for row in free])
            advancing = tickets.update().where(theirs, waiting).values(due_stage=number)
            told = advancing.returning(c.site, c.number, sa.literal(stage), c.due_at, c.team, c.assignee_id)
            return [Reminder(*row) for row in await connection.execute(told)]
