"""An ear on what nodes are told of the chats of bucket 0."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from chat.live import keys
from chat.live.log import Told, parse_feed


class Feed:
    """The feed of bucket 0."""

    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub

    async def tells(self) -> list[Told]:
        """The next batch."""
        async with asyncio.timeout(5):
            while True:
                news = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=1)
                if news is not None:
                    return list(parse_feed(news["data"]))

    async def is_quiet(self, redis: "Redis") -> bool:
        """Nothing was told before now."""
        await redis.publish(keys.feed(0), b"")
        return await self.tells() == []


@asynccontextmanager
async def listening(redis: "Redis") -> AsyncIterator[Feed]:
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe(keys.feed(0))
        while not await pubsub.get_message(timeout=1):
            pass
        yield Feed(pubsub)
