"""How many are let in at the same time.

When a node has died all its clients come to the others in one moment. Each hello asks Redis several times; were all of
them asked at once, whoever talks would have to queue behind them for a connection of the pool.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.errors import Closed

AT_ONCE = 10
"""Of the pool's 50 connections."""

WAIT_S = 12.0
"""At most: a client that has heard something waits one and a half heartbeats for the rest. Who would have to wait longer is
told to come back."""


class Door:
    """Of one process."""

    def __init__(self, at_once: int = AT_ONCE, wait_s: float = WAIT_S) -> None:
        self._gate = asyncio.Semaphore(at_once)
        self._wait_s = wait_s

    @property
    def crowded(self) -> bool:
        """Whether one has to wait."""
        return self._gate.locked()

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait for one's turn, and be let in during the block. Raises Closed ``try_later``."""
        try:
            async with asyncio.timeout(self._wait_s):
                await self._gate.acquire()
        except TimeoutError:
            raise Closed("try_later", "many are coming at once") from None
        try:
            yield
        finally:
            self._gate.release()
