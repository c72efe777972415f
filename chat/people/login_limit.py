"""How often a password may be guessed: a few times an account, ten times as often an address, in 15 minutes."""

import math
import time
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.errors import Refused
from chat.people import keys
from chat.people.emails import normalise

WINDOW_S = 15 * 60
ADDRESS_FACTOR = 10
REMEMBERED = 10_000
"""Counters kept in this process while Redis is away; beyond it the oldest are forgotten."""


class LoginLimit:
    """Counts attempts before the password is looked at, so that guesses made at once count too.

    The counters are shared through Redis. While Redis is away each process counts for itself: a guesser then gets
    the limit once per process, and nobody is locked out of a console whose Redis has to be mended.
    """

    def __init__(self, redis: Redis, attempts: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._attempts = attempts
        self._clock = clock
        self._local: dict[str, tuple[int, float]] = {}

    async def attempt(self, email: str, ip: str) -> None:
        """Count one attempt. Raises ``Refused("too_many")`` with the seconds to wait."""
        account = keys.login_account(normalise(email))
        for key, most in ((account, self._attempts), (keys.login_address(ip), self._attempts * ADDRESS_FACTOR)):
            count, left_s = await self._count(key)
            if count > most:
                raise Refused(
                    "too_many", "too many attempts to sign in", retry_after_s=float(max(1, math.ceil(left_s)))
                )

    async def succeeded(self, email: str, ip: str) -> None:
        """Forget the account's attempts, and take this one off the address's."""
        account, address = keys.login_account(normalise(email)), keys.login_address(ip)
        self._local.pop(account, None)
        try:
            await self._redis.delete(account)
            # An address whose window has just ended must not come to life at -1, and without an expiry.
            if await self._redis.incrby(address, -1) < 0:
                await self._redis.delete(address)
        except (RedisError, OSError):
            return  # the counters expire by themselves

    async def _count(self, key: str) -> tuple[int, float]:
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, WINDOW_S, nx=True)
                pipe.pttl(key)
                count, _, left_ms = await pipe.execute()
            return count, left_ms / 1000
        except (RedisError, OSError):
            return self._count_here(key)

    def _count_here(self, key: str) -> tuple[int, float]:
        now = self._clock()
        count, until = self._local.get(key, (0, 0.0))
        if until <= now:
            count, until = 0, now + WINDOW_S
            self._local.pop(key, None)
        self._local[key] = (count + 1, until)
        while len(self._local) > REMEMBERED:
            del self._local[next(iter(self._local))]
        return count + 1, until - now
