"""Visitors an agent has refused for a time: known by a keyed digest only, of their identity or else their address."""

from redis.asyncio import Redis

from chat.errors import Refused
from chat.live import keys
from chat.live.seal import Sealer


class Blocks:
    """Who may not start a chat for now. Methods raise ``redis.exceptions.RedisError`` when Redis is away."""

    def __init__(self, redis: "Redis", sealer: Sealer) -> None:
        self._redis = redis
        self._sealer = sealer

    def source(self, site: str, sub: str | None, address: str) -> str:
        """What a chat keeps of whom it comes from; ``sub`` is the site's own id of a signed-in visitor."""
        return self._sources(site, sub, address)[0]

    def _sources(self, site: str, sub: str | None, address: str) -> list[str]:
        return self._sealer.sources(site, f"sub {sub}" if sub is not None else f"address {address}")

    async def add(self, source: str, minutes: int) -> None:
        """Refuse new chats from there."""
        await self._redis.set(keys.blocked(source), b"1", ex=minutes * 60)

    async def check(self, site: str, sub: str | None, address: str) -> None:
        """Raises Refused ``blocked`` with the time that is left."""
        left = await self.left_s(site, sub, address)
        if left > 0:
            raise Refused("blocked", f"chats are refused for {left} s more", retry_after_s=left)

    async def left_s(self, site: str, sub: str | None, address: str) -> int:
        """For how many seconds more they are refused; 0 or less: they are not."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for source in self._sources(site, sub, address):  # one for each secret key: a block outlives a new key
                pipe.ttl(keys.blocked(source))
            return int(max(await pipe.execute()))
