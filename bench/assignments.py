"""How fast waiting chats are paired with agents, beside a script that does nothing, called as often."""

import secrets
import time
from collections.abc import Awaitable
from typing import Any, cast

from msgspec import Struct
from redis.asyncio import Redis

from bench.usage import cpu_s
from chat.engine import Engine
from routing.router import Router

DESK, TEAM = "bench", "support"
AGENTS = 3


class Rate(Struct, frozen=True):
    """Done per second, and the engine's CPU for each."""

    per_s: float
    engine_us: float


class _Timed:
    def __init__(self, engine_pid: int) -> None:
        self._pid = engine_pid
        self._cpu, self._began = cpu_s(engine_pid), time.perf_counter()

    def rate(self, done: int) -> Rate:
        seconds, cpu = time.perf_counter() - self._began, cpu_s(self._pid) - self._cpu
        return Rate(done / seconds, cpu / done * 1e6)


async def together(engine: Engine, chats: int) -> Rate:
    """A line of ``chats`` is paired at once, as when agents come back."""
    async with Redis.from_url(engine.url) as redis:
        router = await _staffed(redis, chats)
        for _ in range(chats):
            await router.enqueue(DESK, secrets.token_hex(16), TEAM, chats)
        timed = _Timed(engine.pid)
        made = await router.assign(DESK, TEAM)
        assert len(made) == chats
        return timed.rate(chats)


async def one_by_one(engine: Engine, chats: int) -> Rate:
    """Each chat is queued and paired before the next comes: two scripts each."""
    async with Redis.from_url(engine.url) as redis:
        router = await _staffed(redis, chats)
        timed = _Timed(engine.pid)
        for _ in range(chats):
            await router.enqueue(DESK, secrets.token_hex(16), TEAM, chats)
            (_one,) = await router.assign(DESK, TEAM)
        return timed.rate(chats)


async def bare_script(engine: Engine, calls: int) -> Rate:
    """A script that does nothing, awaited each time."""
    async with Redis.from_url(engine.url) as redis:
        script = redis.register_script("return 1")
        timed = _Timed(engine.pid)
        for _ in range(calls):
            await cast(Awaitable[Any], script(keys=["mayfly:{bench}"], args=[TEAM]))
        return timed.rate(calls)


async def _staffed(redis: "Redis", chats: int) -> Router:
    await redis.flushall()
    router = Router(redis, node="bench", agent_lease_ms=600_000)
    for n in range(AGENTS):
        await router.attach(DESK, f"agent{n}", name=f"Agent {n}", capacity=chats, teams=[TEAM])
        await router.set_status(DESK, f"agent{n}", "available")
    return router
