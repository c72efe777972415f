"""How fast chats are given to agents, beside a script that does nothing, called as often through the same client.

Ours and the bare script take turns, a slice each, so that what else the machine does weighs on both.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, cast

import msgspec
from msgspec import Struct
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from bench.usage import cpu_s
from chat.engine import Engine
from routing import keys
from routing.router import CHAT_LEASE_MS, Router, source_of
from routing.types import Status, Step

DESK: Final = "bench"
SLICES: Final = 5
CALLERS: Final = 16
ACCEPT_MS: Final = 60_000
MISSED_MAX: Final = 3

Work = Callable[[int], Awaitable[None]]


class Rate(Struct, frozen=True):
    """Done per second, and the engine's CPU for each."""

    per_s: float
    engine_us: float


class Compared(Struct, frozen=True):
    """Chats given to agents, and bare scripts."""

    case: str
    ours: Rate
    bare: Rate


class Stopwatch:
    """Time and the engine's CPU over several stretches."""

    def __init__(self, engine_pid: int) -> None:
        self._pid = engine_pid
        self._seconds, self._cpu = 0.0, 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Such a stretch."""
        began, used = time.perf_counter(), cpu_s(self._pid)
        yield
        self._seconds += time.perf_counter() - began
        self._cpu += cpu_s(self._pid) - used

    def rate(self, done: int) -> Rate:
        """When so much was done in all."""
        return Rate(done / self._seconds, self._cpu / done * 1e6)


class Desk:
    """Agents who are available and have room for all who come, everyone in all teams."""

    def __init__(self, redis: "Redis", *, agents: int = 3, teams: int = 1, accept_ms: int = 0) -> None:
        self.router = Router(redis, node="bench", agent_lease_ms=600_000, missed_max=MISSED_MAX)
        self._redis = redis
        self._raw = redis.register_script(source_of("enqueue"))
        self._agents = [f"agent{n}" for n in range(agents)]
        self._teams = [f"team{n}" for n in range(teams)]
        self._chats: list[str] = []
        self._routes = [[Step(team, team, max_waiting=1_000_000, accept_ms=accept_ms)] for team in self._teams]

    async def open(self, capacity: int) -> None:
        """Begin anew."""
        await self._redis.flushall()
        self._chats.clear()
        for agent in self._agents:
            await self.router.attach(DESK, agent, name=agent, capacity=capacity, teams=self._teams)
        await self.set_all("available")

    async def set_all(self, status: Status) -> None:
        """All agents choose."""
        for agent in self._agents:
            await self.router.set_status(DESK, agent, status)

    async def pairings(self) -> int:
        """How many chats were given to agents."""
        return int(await self._redis.get(keys.pairings(DESK)) or 0)

    async def come(self, chats: int) -> None:
        """Each is queued, and paired in the same script, before the next comes."""
        for n in range(chats):
            self._chats.append(secrets.token_hex(16))
            await self.router.enqueue(DESK, self._chats[-1], self._routes[n % len(self._routes)])

    async def come_raw(self, chats: int) -> None:
        """The script that ``enqueue`` calls, without the router."""
        steps = msgspec.json.encode(self._routes[0])
        for _ in range(chats):
            await call(self._raw, MISSED_MAX, secrets.token_hex(16), steps, 0, CHAT_LEASE_MS)

    async def come_and_go(self, chats: int) -> None:
        """Queued and paired, then over: two scripts each."""
        for _ in range(chats):
            chat = secrets.token_hex(16)
            await self.router.enqueue(DESK, chat, self._routes[0])
            await self.router.finish(DESK, chat)

    async def ring(self, chats: int) -> None:
        """Queued, ringing at the only agent, and accepted: two scripts each."""
        for _ in range(chats):
            chat = secrets.token_hex(16)
            await self.router.enqueue(DESK, chat, self._routes[0])
            await self.router.accept(DESK, chat, self._agents[0])

    async def fill(self, chats: int) -> None:
        """The agent has as many as there is room for, and as many more wait."""
        await self.come(2 * chats)

    async def go(self, chats: int) -> None:
        """One chat after the other is over, and the same script gives the agent the next."""
        for chat in self._chats[:chats]:
            await self.router.finish(DESK, chat)

    async def wait(self, chats: int) -> None:
        """They come while everyone is away."""
        await self.set_all("away")
        await self.come(chats)

    async def serve(self, _chats: int) -> None:
        """The agents come to those who wait: a script for each hundred."""
        await self.set_all("available")
        await self.router.sweep(DESK)


class Case(NamedTuple):
    """What is measured: ``work`` at a desk, after ``before``, which is not."""

    title: str
    desk: Desk
    work: Work
    before: Work | None = None
    callers: int = 1


async def compare(engine: Engine, chats: int) -> list[Compared]:
    """All cases, with so many chats in each slice."""
    async with Redis.from_url(engine.url) as redis:
        nothing = redis.register_script("return 1")

        async def bare(calls: int) -> None:
            for _ in range(calls):
                await call(nothing, "team0")

        one, few, ringing = Desk(redis, agents=1), Desk(redis), Desk(redis, agents=1, accept_ms=ACCEPT_MS)
        fifty, hundreds, teams = Desk(redis, agents=50), Desk(redis, agents=500), Desk(redis, agents=50, teams=5)
        cases = [
            Case("comes, and is given to one of 3 agents", few, few.come),
            Case("the same script, without the router's Python", few, few.come_raw),
            Case("of 50 agents", fifty, fifty.come),
            Case("of 500 agents", hundreds, hundreds.come),
            Case("of 50 agents, each in 5 teams", teams, teams.come),
            Case(f"of 3 agents, {CALLERS} callers at a time", few, few.come, callers=CALLERS),
            Case("a line, when agents come: a script for 100", few, few.serve, before=few.wait),
            Case("a chat is over, and the next is given", one, one.go, before=one.fill),
            Case("comes, is given, and is over: 2 scripts", few, few.come_and_go),
            Case("comes, rings, and is accepted: 2 scripts", ringing, ringing.ring),
        ]
        return [await _compared(case, bare, engine.pid, chats) for case in cases]


async def _compared(case: Case, bare: Work, engine_pid: int, chats: int) -> Compared:
    ours, reference = Stopwatch(engine_pid), Stopwatch(engine_pid)
    for _ in range(SLICES):
        await case.desk.open(capacity=chats)
        if case.before is not None:
            await case.before(chats)
        before = await case.desk.pairings()
        for stopwatch, work in ((reference, bare), (ours, case.work)):
            with stopwatch.running():
                await asyncio.gather(*(work(chats // case.callers) for _ in range(case.callers)))
        assert await case.desk.pairings() == before + chats
    return Compared(case.title, ours.rate(SLICES * chats), reference.rate(SLICES * chats))


async def call(script: AsyncScript, *args: str | bytes | int) -> None:
    """Await a script."""
    await cast(Awaitable[Any], script(keys=[keys.prefix(DESK)], args=args))
