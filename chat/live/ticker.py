"""What happens because time has passed. Every node does it; what two do at once is harmless."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis.exceptions import RedisError

from chat.live.conversations import Conversations
from chat.live.hub import Hub
from chat.live.lines import Lines
from chat.live.log import ChatLog
from chat.live.sockets import Connections
from chat.settings import Settings
from routing.router import Router

logger = structlog.get_logger()

TICK_S = 1.0
PUSH_EVERY_S = 0.25


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
        desk: str,
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._hub = hub
        self._lines = lines
        self._log = log
        self._router = router
        self._conversations = conversations
        self._desk = desk
        self._now = asyncio.get_running_loop().time

    async def keep_ticking(self) -> None:
        """Every second: cut, let go, end, pair, offer."""
        while True:
            await asyncio.sleep(TICK_S)
            self._connections.sweep(self._now())
            await _bravely(self.tick)

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
                if now - chat.arrived_at > self._settings.teams[chat.team].max_wait_s:
                    self._lines.offer(chat, "waited")
            elif chat.state == "active" and now - chat.last_said_at > self._settings.chat.idle_end_s:
                await self._conversations.end(chat.id, "idle")

    async def keep_pushing(self) -> None:
        """When lines have moved, tell everyone here, but not more often than they can be read."""
        while True:
            await self._hub.moved.wait()
            self._hub.moved.clear()
            teams, self._hub.moved_teams = self._hub.moved_teams, set()
            await _bravely(lambda: self._lines.push(teams))  # noqa: B023  awaited before the next round
            await asyncio.sleep(PUSH_EVERY_S)


async def _bravely(work: Callable[[], Awaitable[None]]) -> None:
    """Redis may be away; the next round tries again."""
    try:
        await work()
    except RedisError as error:
        logger.warning("tick failed", error=type(error).__name__)
