"""This node vouches for whom it holds, and gives back to a Redis that has lost its memory what it knows.

A mark in each hash slot tells one life of Redis from the next. A heartbeat that finds another mark, or a feed that
was interrupted, leads to ``check``: under a new mark agents, chats and waiting visitors are registered as this node
knew them, with their original arrival; then everything this node may have missed is read.
"""

import asyncio
from collections.abc import Iterable, Iterator
from typing import TypeVar

import structlog
from redis.exceptions import RedisError

from chat.live.consoles import Consoles
from chat.live.hands import Hands
from chat.live.hub import Hub
from chat.live.livechat import LiveChat
from chat.live.log import ChatLog
from chat.live.offers import Offers
from routing.router import Router
from routing.types import Renewal

logger = structlog.get_logger()

BEAT_S = 3.0
RETRY_S = 0.2
CHATS_PER_CALL = 500
READ_AT_ONCE = 40
"""Below the size of the connection pool, so that others are served meanwhile."""

Item = TypeVar("Item")


class Presence:
    """The node's heartbeat and its recovery."""

    def __init__(
        self, *, log: ChatLog, router: Router, hub: Hub, consoles: Consoles, hands: Hands, offers: Offers, desk: str
    ) -> None:
        self._log = log
        self._router = router
        self._hub = hub
        self._consoles = consoles
        self._hands = hands
        self._offers = offers
        self._desk = desk

    async def begin(self) -> None:
        """Learn the marks of this life of Redis."""
        self._hub.life = await self._hub.life_of_redis()

    async def _vouch(self) -> tuple[Renewal, dict[int, str], set[str]]:
        """Say whom this node holds: the marks Redis has now, and the chats and agents it does not know."""
        renewal = await self._router.renew(self._desk, self._consoles.agents(), list(self._hub.chats))
        tabs = [chat.id for chat in list(self._hub.chats.values()) if chat.tabs]
        gone: set[str] = set()
        marks: dict[int, str] = {}
        for some in batched(tabs, CHATS_PER_CALL):
            more_marks, unknown = await self._log.present(some)
            marks |= more_marks
            gone |= unknown
        return renewal, marks, gone

    async def beat(self) -> None:
        """Vouch for whom this node holds; find out what Redis does not know."""
        renewal, marks, gone = await self._vouch()
        known_mark, known_marks = self._hub.life
        if renewal.mark != known_mark or any(known_marks.get(n) != mark for n, mark in marks.items()):
            await self.check()
        elif gone or renewal.unknown:
            for chat_id in gone | renewal.unknown:
                if chat_id in self._hub.chats:
                    await self._hub.catch_up(self._hub.chats[chat_id])
            # What is still here was let go because this node was not heard for too long.
            chats_let_go = [chat for chat in self._hub.chats.values() if chat.id in renewal.unknown and chat.site]
            agents = [agent for agent in self._consoles.agents() if agent in renewal.unknown]
            await self._register(agents, chats_let_go)

    async def check(self) -> None:
        """After an interruption: register again what a new life of Redis does not know, then read what was missed."""
        life = await self._hub.life_of_redis()
        loaded = [chat for chat in self._hub.chats.values() if chat.site]
        if life != self._hub.life:
            logger.warning("redis has lost its memory", chats=len(loaded), agents=len(self._consoles.agents()))
            for chat in (one for one in loaded if not one.over):
                await self._log.restore(chat.id, chat.record(), chat.sealed_lines())
            await self._register(self._consoles.agents(), loaded)
            for some in batched([chat.id for chat in loaded if chat.tabs], CHATS_PER_CALL):
                await self._log.present(some)
            self._hub.memory_lost(life)
        else:
            await self._vouch()  # before the grace of those who were not heard of runs out: reading takes its time
        for few in batched(loaded, READ_AT_ONCE):
            await asyncio.gather(*(self._hub.catch_up(chat) for chat in few if self._hub.chats.get(chat.id) is chat))
        for agent_id in self._consoles.agents():
            await self._ask_for(agent_id)

    async def _ask_for(self, agent_id: str) -> None:
        """What is an agent's now: a status, chats and rings this node may not have heard of."""
        for console in self._consoles.of(agent_id)[:1]:
            attached = await self._hands.attach(console.agent)
            if attached.status != self._consoles.statuses.get(agent_id):
                self._consoles.has_status(agent_id, attached.status)
            for chat_id in attached.chats:
                for tab in self._consoles.of(agent_id):
                    tab.give(chat_id)
            await self._offers.learn(agent_id, attached.rings)

    async def _register(self, agents: Iterable[str], chats: list[LiveChat]) -> None:
        """Tell the router again of agents, and where chats stand."""
        for agent_id in agents:
            await self._router.restore_agent(self._desk, agent_id, self._consoles.statuses.get(agent_id, "away"))
            for console in self._consoles.of(agent_id)[:1]:
                await self._hands.attach(console.agent)
        await self._router.restore_chats(self._desk, (chat.standing() for chat in chats if not chat.over))

    async def keep_beating(self) -> None:
        """The heartbeat, for ever; at once when something seems to be missing."""
        while True:
            try:
                async with asyncio.timeout(BEAT_S):
                    await self._hub.lost_memory.wait()
            except TimeoutError:
                pass
            suspicious = self._hub.lost_memory.is_set()
            self._hub.lost_memory.clear()
            try:
                await (self.check() if suspicious else self.beat())
            except RedisError as error:
                logger.warning("heartbeat failed", error=type(error).__name__)
                if suspicious:
                    self._hub.lost_memory.set()
            if self._hub.lost_memory.is_set():
                await asyncio.sleep(RETRY_S)


def batched(items: list[Item], most: int) -> Iterator[list[Item]]:
    """``items`` in lists of at most ``most``, as ``itertools.batched`` of Python 3.12."""
    for start in range(0, len(items), most):
        yield items[start : start + most]
