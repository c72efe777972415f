"""Redis's clock in a test's hand: the same scripts on a real Redis, only their time is read from a key."""

from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

REAL = "redis.call('TIME')"
HELD = "redis.call('LRANGE', 'clock', 0, 1)"
START_MS = 1_800_000_000_000


class ClockedRedis(Redis):
    """A client whose scripts go by the ``clock`` key."""

    def register_script(self, script: Any) -> AsyncScript:  # type: ignore[override]
        assert script.count(REAL) == 1, "the scripts read the time in one place"
        return super().register_script(script.replace(REAL, HELD))


class Clock:
    """What the scripts take for now."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self.now = START_MS

    async def start(self) -> None:
        """Show the time, also to a Redis that has lost its memory."""
        async with self._redis.pipeline() as both:
            both.delete("clock")
            both.rpush("clock", self.now // 1000, self.now % 1000 * 1000)
            await both.execute()

    async def passes(self, ms: int) -> None:
        """Let time pass."""
        self.now += ms
        await self.start()
