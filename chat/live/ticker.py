"""What happens because time has passed. Every node does it; what two do at once is harmless."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from redis.exceptions import RedisError

from chat.errors import Unavailable
from chat.live.connections import Connections
from chat.live.conversations import Conversations
from chat.live.hub import Hub
from chat.live.lines import Lines
from chat.live.log import ChatLog
from chat.metrics import Metrics
from chat.settings import Settings
from routing.router import Router

logger = structlog.get_logger()

TICK_S = 1.0
PUSH_EVERY_S = 0.25
SESSIONS_EVERY_S = 10.0


class Ticker:
    """Deadlines: of connections, of waits, of silence, of people who are gone."""

    def __init__(
        self,
        *,
        settings: Settings,
        connections: Connections,
        hub: Hub,
        lines: Lines,
        log: ChatLog,
        router: Router,
        conversations: Conversations,
        metrics: Metrics,
        desk: str,
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._hub = hub
        self._lines = lines
        self._log = log
        self._router = router
        self._conversations = conversations
        self._metrics = metrics
        self._desk = desk
        self._now = asyncio.get_running_loop().time

    async def keep_ticking(self) -> None:
        """Every second: cut, let go, end, pair, offer."""
        while True:
            await asyncio.sleep(TICK_S)
            self._connections.sweep(self._now())
            await self._bravely(self.tick())

    async def tick(self) -> None:
        """One round of what depends on Redis."""
        await self._router.sweep(self._desk)
        for chat_id in await self._log.sweep():
            await self._conversations.end(chat_id, "visitor")
        await self._conversations.settle(*self._settings.teams)
        now = self._now()
        for chat in list(self._hub.chats.values()):
            if not chat.site:
                continue
            if chat.state == "waiting" and chat.offered in (None, "no_agents"):
                team = self._settings.teams.get(chat.team)  # None: taken out of the config while the chat waits
                if team is None or now - chat.arrived_at > team.max_wait_s:
                    self._lines.offer(chat, "waited")
            elif chat.state == "active" and now - chat.last_said_at > self._settings.chat.idle_end_s:
                await self._conversations.end(chat.id, "idle")

    async def keep_pushing(self) -> None:
        """When lines have moved, tell everyone here, but not more often than they can be read."""
        while True:
            await self._hub.moved.wait()
            self._hub.moved.clear()
            teams, self._hub.moved_teams = self._hub.moved_teams, set()
            await self._bravely(self._lines.push(teams))
            await asyncio.sleep(PUSH_EVERY_S)

    async def keep_asking_who_is_signed_in(self) -> None:
        """Sign-outs are told at once where Redis can be reached; this finds those that were told to nobody."""
        while True:
            await asyncio.sleep(SESSIONS_EVERY_S)
            for console in [console for tabs in self._hub.consoles.values() for console in tabs]:
                await self._bravely(console.check_signed_in())

    async def _bravely(self, work: Coroutine[Any, Any, None]) -> None:
        """Redis or the database may be away; the next round tries again."""
        try:
            await work
        except (RedisError, Unavailable) as error:
            if isinstance(error, RedisError):
                self._metrics.redis_errors.inc()
            logger.warning("tick failed", error=type(error).__name__)
