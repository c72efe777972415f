"""What is left of files is taken away, by one node at a time."""

import asyncio

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.desk.files import Files
from chat.errors import Unavailable
from chat.live import keys

logger = structlog.get_logger()

LOOK_EVERY_S = 300.0
TIDY_EVERY_S = 3600


class Tidying:
    """An hourly round over all files."""

    def __init__(self, redis: "Redis", files: Files) -> None:
        self._redis = redis
        self._files = files

    async def keep_tidying(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.tidy_if_due()
            except (RedisError, Unavailable) as error:
                logger.warning("tidying files failed", error=type(error).__name__)

    async def tidy_if_due(self) -> bool:
        """One round, unless some node has begun one within the hour; whether there was one."""
        if not await self._redis.set(keys.FILES_TIDIED, "1", nx=True, ex=TIDY_EVERY_S):
            return False
        await self._files.tidy()
        return True
