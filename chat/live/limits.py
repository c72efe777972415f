"""Limits against floods: by connection in memory, by address in Redis."""

import hashlib
from collections.abc import Callable

from redis.asyncio import Redis

from chat.errors import Refused

HOUR_S = 3600


class TokenBucket:
    """Allows ``size`` at once and ``size`` per ``period_s`` in the long run."""

    __slots__ = ("_per_s", "_size", "_tokens", "_updated")

    def __init__(self, size: int, period_s: float) -> None:
        self._size = float(size)
        self._per_s = size / period_s
        self._tokens = float(size)
        self._updated = 0.0

    def take(self, now: float) -> bool:
        """Take one; ``now`` in seconds of any steady clock. False if none is left."""
        self._tokens = min(self._size, self._tokens + (now - self._updated) * self._per_s)
        self._updated = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def wait_s(self) -> float:
        """Seconds until there is one again."""
        return max(0.0, (1 - self._tokens) / self._per_s)


async def count_from(redis: "Redis", key: Callable[[str], str], whom: str, most: int, what: str) -> None:
    """Count one more of ``what`` from ``whom``, an address or a person, this hour. Raises Refused("too_many") past ``most``.

    Only a digest of it goes to Redis.
    """
    name = key(hashlib.sha256(whom.encode()).hexdigest()[:24])
    async with redis.pipeline(transaction=True) as pipe:
        pipe.incr(name)
        pipe.expire(name, HOUR_S, nx=True)
        pipe.ttl(name)
        count, _, ttl = await pipe.execute()
    if count > most:
        raise Refused("too_many", f"too many {what} in an hour; wait {ttl} s", retry_after_s=ttl)
