"""Takes letters out of the outbox and hands them to the mail server: each once, however many nodes do it.

A letter is claimed by moving its next attempt into the future; whoever claims it then holds it until that time. A node
that dies with a letter in hand therefore holds it up for ``CLAIM``, and nothing more. If it dies between the server's
yes and writing that down, the letter goes out again under the same Message-ID, which is what receivers tell doubles by.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from msgspec import Struct

from chat.desk.mail.outbox import Outbox
from chat.desk.mail.smtp import Answer, Line, Server, Unreachable
from chat.errors import Unavailable
from chat.metrics import Metrics
from chat.storage.database import Database
from chat.storage.tables import outbox

logger = structlog.get_logger()

LOOK_EVERY_S = 10.0
"""For letters of other nodes, and those whose next attempt is due."""
WITHIN_S = 120.0
CLAIM = timedelta(seconds=300)
"""Longer than ``WITHIN_S``, so that nobody else takes what is just being sent."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)
SERVER_PAUSE_S = (1.0, 60.0)
"""The first and the longest pause while the server cannot be reached; no letter is touched then."""
KEPT = timedelta(days=7)
CLEAN_EVERY_S = 3600.0


class Claimed(Struct, frozen=True):
    """A letter that is ours for now. ``attempts`` counts this one."""

    id: int
    recipient: str
    letter: str
    attempts: int


def pause_after(attempts: int, jitter: float) -> timedelta:
    """How long a letter waits after so many attempts: doubling, and ``jitter`` (0 to 1) of half of it more."""
    doubled: timedelta = min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)
    return doubled * (1 + jitter / 2)


class Sender:
    """The loop of one node. ``clock`` gives the time by which letters are due."""

    def __init__(
        self,
        database: Database,
        box: Outbox,
        server: Server,
        metrics: Metrics,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._wanted = box.wanted
        self._server = server
        self._metrics = metrics
        self._now = clock
        self._in_hand = asyncio.Lock()
        self._stopping = False
        self._failures = 0
        self._cleaned_at = -CLEAN_EVERY_S

    async def keep_sending(self) -> None:
        """For ever: send what is due, wait for more."""
        while not self._stopping:
            try:
                pause = await self.send_due()
                await self._clean()
            except Unavailable:
                pause = LOOK_EVERY_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), pause)
            self._wanted.clear()

    async def finish(self, timeout_s: float) -> None:
        """Begin no more letters, and wait until the one in hand is through, for at most ``timeout_s``."""
        self._stopping = True
        self._wanted.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._in_hand.acquire(), timeout_s)

    async def send_due(self) -> float:
        """Send everything that is due; the seconds after which to look again. Raises ``Unavailable``."""
        await self._give_up_late()
        while await self._is_due():
            try:
                async with self._server.connected() as line:
                    self._failures = 0
                    while not self._stopping and await self._send_next(line):
                        pass
            except Unreachable as fault:
                self._failures += 1
                logger.warning("mail server cannot be reached", code=fault.code, times=self._failures)
                first, longest = SERVER_PAUSE_S
                return min(first * (1 << min(self._failures - 1, 20)), longest) * (1 + random.random() / 2)  # noqa: S311
        return LOOK_EVERY_S * (1 + random.random() / 2)  # noqa: S311

    async def _send_next(self, line: Line) -> bool:
        """Send one letter; False when there is none, or no line any more."""
        async with self._in_hand:
            claimed = await self._claim()
            if claimed is None:
                return False
            try:
                async with asyncio.timeout(WITHIN_S):
                    answer = await line.send(claimed.recipient, claimed.letter)
            except TimeoutError:
                answer = Answer("put_off", "timeout", lost=True)
            await self._settle(claimed, answer)
        return not answer.lost

    async def _is_due(self) -> bool:
        if self._stopping:
            return False
        async with self._database.connect() as connection:
            due = sa.select(outbox.c.id).where(outbox.c.next_at <= self._now()).limit(1)
            return await connection.scalar(due) is not None

    async def _claim(self) -> Claimed | None:
        """The letter that has been due longest. On PostgreSQL those in others' hands are passed over, on SQLite the
        whole statement waits for theirs."""
        now = self._now()
        c = outbox.c
        longest_due = (
            sa.select(c.id).where(c.next_at <= now).order_by(c.next_at, c.id).limit(1).with_for_update(skip_locked=True)
        )
        claim = (
            outbox.update()
            .where(c.id == longest_due.scalar_subquery(), c.next_at <= now)
            .values(next_at=now + CLAIM, attempts=c.attempts + 1)
            .returning(c.id, c.recipient, c.letter, c.attempts)
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(claim)).one_or_none()
        return Claimed(row.id, row.recipient, row.letter, row.attempts) if row is not None else None

    async def _settle(self, claimed: Claimed, answer: Answer) -> None:
        """Write down what became of it; nothing else is sent until that is done."""
        now = self._now()
        gone: dict[str, object] = {"next_at": None, "letter": ""}
        match answer.outcome:
            case "sent":
                values = gone | {"sent_at": now}
            case "refused":
                values = gone
                logger.warning("letter refused", code=answer.code)
            case "put_off":
                values = {"next_at": now + pause_after(claimed.attempts, random.random())}  # noqa: S311
                logger.warning("letter put off", code=answer.code, attempts=claimed.attempts)
        self._metrics.letters.labels(answer.outcome).inc()
        ours = sa.and_(outbox.c.id == claimed.id, outbox.c.attempts == claimed.attempts)
        while True:
            try:
                async with self._database.begin() as connection:
                    await connection.execute(outbox.update().where(ours).values(values))
            except Unavailable:
                await asyncio.sleep(1)
            else:
                return

    async def _give_up_late(self) -> None:
        """What has been tried for too long, or is of no use any more, is marked: not sent, and never will be."""
        late = sa.and_(outbox.c.next_at.is_not(None), outbox.c.expires_at < self._now())
        async with self._database.connect() as connection:
            if await connection.scalar(sa.select(outbox.c.id).where(late).limit(1)) is None:
                return
        async with self._database.begin() as connection:
            given_up = await connection.execute(outbox.update().where(late).values(next_at=None, letter=""))
        if given_up.rowcount:
            self._metrics.letters.labels("given_up").inc(given_up.rowcount)
            logger.error("letters given up", letters=given_up.rowcount)

    async def _clean(self) -> None:
        """Forget to whom there were letters, a week after."""
        running = asyncio.get_running_loop().time()
        if running - self._cleaned_at < CLEAN_EVERY_S:
            return
        self._cleaned_at = running
        old = sa.and_(outbox.c.next_at.is_(None), outbox.c.created_at < self._now() - KEPT)
        async with self._database.begin() as connection:
            await connection.execute(outbox.delete().where(old))
