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


class RecordedRedis(ClockedRedis):
    """A client whose scripts also write what they publish into the list ``record``, which nobody can miss."""

    def register_script(self, script: Any) -> AsyncScript:  # type: ignore[override]
        assert "'PUBLISH', P .. 'feed'," in script
        return super().register_script(script.replace("'PUBLISH', P .. 'feed',", "'RPUSH', 'record',"))


class LookingRedis(ClockedRedis):
    """A client whose scripts leave ``LOOK`` in the record where they looked."""

    def register_script(self, script: Any) -> AsyncScript:  # type: ignore[override]
        return super().register_script(f"redis.call('RPUSH', 'record', '{LOOK}')\n{script}")


LOOK = "look"


class Clock:
    """What the scripts take for now; ``recorded``: the record tells from where on it was so."""

    def __init__(self, redis: "Redis", *, recorded: bool = False) -> None:
        self._redis = redis
        self._recorded = recorded
        self.now = START_MS

    async def start(self, *called: bytes | str) -> None:
        """Show the time, also to a Redis that has lost its memory; ``called`` keys as if a node had just called."""
        async with self._redis.pipeline() as both:
            both.delete("clock")
            both.rpush("clock", self.now // 1000, self.now % 1000 * 1000)
            for key in called:
                both.set(key, self.now)
            if self._recorded:
                both.rpush("record", f"now {self.now}")
            await both.execute()

    async def passes(self, ms: int) -> None:
        """Let time pass, while some node or other calls."""
        self.now += ms
        await self.start(*await self._redis.keys("*:called"))

    async def is_set(self, ms: int) -> None:
        """Somebody sets the clock forward, or back; or nobody calls for so long."""
        self.now += ms
        await self.start()
