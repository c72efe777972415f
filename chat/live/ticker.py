"""What happens because time has passed. Every node does it; what two do at once is harmless."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from redis.exceptions import RedisError

from chat.errors import Unavailable
from chat.live.connections import Connections
from chat.live.service import LiveService
from chat.live.silence import Silence
from routing.router import Router

logger = structlog.get_logger()

TICK_S = 1.0
PUSH_EVERY_S = 0.25
BOARD_EVERY_S = 1.0
SESSIONS_EVERY_S = 10.0


class Ticker:
    """Deadlines: of connections, of waits, of silence, of people who are gone."""

    def __init__(
        self, *, live: LiveService, connections: Connections, silence: Silence, router: Router, desk: str
    ) -> None:
        self._live = live
        self._connections = connections
        self._silence = silence
        self._router = router
        self._desk = desk
        self._now = asyncio.get_running_loop().time

    async def keep_ticking(self) -> None:
        """Every second: cut, let go, pair, end, remind, offer."""
        while True:
            await asyncio.sleep(TICK_S)
            self._connections.sweep(self._now())
            await self._bravely(self.tick())

    async def tick(self) -> None:
        """One round of what depends on Redis."""
        await self._router.sweep(self._desk)
        for chat_id in await self._live.log.sweep():
            await self._live.conversations.end(chat_id, "visitor")
        now = self._now()
        self._live.board.grow_old(now)
        for chat in [chat for chat in self._live.hub.chats.values() if chat.site]:
            self._silence.look(chat, now)
            if chat.state == "waiting":
                self._live.lines.look(chat, now, time.time() * 1000)
                self._live.lines.count_down(chat, now)
            elif now - chat.last_said_at > self._live.settings.chat.idle_end_s:
                await self._live.conversations.end(chat.id, "idle")

    async def keep_pushing(self) -> None:
        """When lines have moved, tell everyone here, but not more often than they can be read."""
        await self._keep(self._live.lines.changed, self._live.lines.push, PUSH_EVERY_S)

    async def keep_showing(self) -> None:
        """The same for the supervisors' board."""
        await self._keep(self._live.board.changed, self._live.board.push, BOARD_EVERY_S)

    async def _keep(
        self, changed: asyncio.Event, push: Callable[[], Coroutine[Any, Any, None]], every_s: float
    ) -> None:
        while True:
            await changed.wait()
            changed.clear()
            if await self._bravely(push()):
                await asyncio.sleep(every_s)
            else:
                changed.set()
                await asyncio.sleep(TICK_S)

    async def keep_asking_who_is_signed_in(self) -> None:
        """Sign-outs are told at once where Redis can be reached; this finds those that were told to nobody."""
        while True:
            await asyncio.sleep(SESSIONS_EVERY_S)
            for console in self._live.consoles:
                await self._bravely(console.check_signed_in())

    async def _bravely(self, work: Coroutine[Any, Any, None]) -> bool:
        """Redis or the database may be away: then False, and the next round tries again."""
        try:
            await work
        except (RedisError, Unavailable) as error:
            if isinstance(error, RedisError):
                self._live.metrics.redis_errors.inc()
            logger.warning("tick failed", error=type(error).__name__)
            return False
        return True
