"""A desk on three nodes, told in the words of the story."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from routing import keys
from routing.router import Router
from routing.types import (
    AnyRoutingEvent,
    Enqueued,
    Entry,
    Line,
    Paired,
    Place,
    QueueMoved,
    Rang,
    Status,
    Step,
    decode_event,
)
from tests.routing.clock import Clock, ClockedRedis

NAME = "shop"
NODES = ("north", "south", "west")
LEASE_MS, GRACE_MS = 10_000, 15_000
MISSED_MAX = 3
RINGS_MS = 30_000


def to(line: str, **how: Any) -> Step:
    """A stop of a route. Chats in an agent's own line count for sales."""
    return Step(line, "sales" if ":" in line else line, **how)


class Desk:
    """Who waits, who works, who has whom. ``nodes`` are routers on clients of their own; the first acts by default."""

    def __init__(self, redis: "Redis", clock: Clock, nodes: dict[str, Router], feed: PubSub) -> None:
        self.redis = redis
        self.clock = clock
        self.nodes = nodes
        self.router = nodes[NODES[0]]
        self._feed = feed
        self._heard: list[AnyRoutingEvent] = []
        self._read = {"told": 0, "pairs": 0, "rings": 0}
        self._here: dict[str, set[str]] = {node: set() for node in NODES}
        self._chats: set[str] = set()

    # ── agents ───────────────────────────────────────────────────────────────────────────────────────────────

    async def works(
        self, agent: str, *, capacity: int = 1, teams: tuple[str, ...] = ("sales",), node: str = NODES[0]
    ) -> list[str]:
        """An agent opens a console and is available; the chats that are theirs."""
        self._here[node].add(agent)
        await self.nodes[node].attach(NAME, agent, name=agent.title(), capacity=capacity, teams=teams)
        await self.becomes(agent, "available")
        return sorted(await self.holds(agent))

    async def becomes(self, agent: str, status: Status) -> None:
        await self.router.set_status(NAME, agent, status)

    async def leaves(self, agent: str, *, node: str = NODES[0]) -> bool:
        """The agent's tab on a node is closed; whether it was the last."""
        self._here[node].discard(agent)
        return await self.nodes[node].detach(NAME, agent)

    async def holds(self, agent: str) -> set[str]:
        return set(names(await self.redis.smembers(keys.holds(NAME, agent))))

    # ── chats ────────────────────────────────────────────────────────────────────────────────────────────────

    async def comes(self, chat: str, *route: Step, priority: int = 0) -> Enqueued:
        """A visitor wants to chat; what they are told."""
        self._chats.add(chat)
        return await self.router.enqueue(NAME, chat, route, priority)

    async def waits(self, *chats: str, team: str = "sales", priority: int = 0, **how: Any) -> None:
        """Visitors come one after another for one team."""
        for chat in chats:
            assert await self.comes(chat, to(team, **how), priority=priority) in ("waiting", "active")

    async def place(self, chat: str) -> Place:
        return (await self.router.places(NAME, [chat]))[chat]

    async def order(self, line: str = "sales") -> list[str]:
        """The line from its head."""
        chats = sorted(self._chats)
        positions = await self.router.positions(NAME, chats)
        return sorted((chat for chat, (where, _) in positions.items() if where == line), key=lambda c: positions[c][1])

    async def line(self, line: str = "sales") -> Line:
        (found,) = await self.router.lines(NAME, [line])
        return found

    async def entry(self, chat: str) -> Entry:
        (found,) = [entry for entry in await self.router.entries(NAME) if entry.chat == chat]
        return found

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def later(self, ms: int) -> None:
        """Time passes for everyone who is there: nodes vouch for their agents and chats, and look at deadlines."""
        while ms > 0:
            await self.clock.passes(min(ms, LEASE_MS // 2))
            ms -= LEASE_MS // 2
            for node, router in self.nodes.items():
                await router.renew(NAME, sorted(self._here[node]), sorted(self._chats))
        await self.router.sweep(NAME)

    # ── what the feed tells ──────────────────────────────────────────────────────────────────────────────────

    async def pairs(self) -> list[tuple[str, str]]:
        """Who got whom since this was last asked: (chat, agent) in the order of assignment."""
        return [(event.chat, event.agent) for event in await self._since("pairs") if isinstance(event, Paired)]

    async def rings(self) -> list[tuple[str, str]]:
        """What began to ring at whom since this was last asked."""
        return [(event.chat, event.agent) for event in await self._since("rings") if isinstance(event, Rang)]

    async def told(self) -> list[AnyRoutingEvent]:
        """What the feed told since the last time, but for moved queues."""
        return [event for event in await self.told_all() if not isinstance(event, QueueMoved)]

    async def told_all(self) -> list[AnyRoutingEvent]:
        """What the feed told since the last time."""
        return await self._since("told")

    async def _since(self, reader: str) -> list[AnyRoutingEvent]:
        await self.redis.publish(keys.feed(NAME), b"that is all")
        async with asyncio.timeout(10):
            async for message in self._feed.listen():
                if message["data"] == b"that is all":
                    break
                self._heard.append(decode_event(message["data"]))
        begin, self._read[reader] = self._read[reader], len(self._heard)
        return self._heard[begin:]

    # ── Redis ────────────────────────────────────────────────────────────────────────────────────────────────

    async def loses_memory(self) -> None:
        """Redis starts again, empty."""
        await self.redis.flushall()
        await self.clock.start()

    async def hold_passes(self) -> None:
        """The time given to the nodes to register is over."""
        await self.redis.pexpire(keys.hold(NAME), 0)
        await self.router.sweep(NAME)


def names(answer: Iterable[Any]) -> list[str]:
    return [name.decode() for name in answer]


def connect(url: str, kind: "type[Redis]" = ClockedRedis) -> "Redis":
    return kind.from_url(url, retry=Retry(NoBackoff(), 0))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Desk]:
    """An empty desk whose time stands still until the test lets it pass."""
    clients = {node: connect(url) for node in NODES}
    redis = connect(url, Redis)
    try:
        await redis.flushall()
        clock = Clock(redis)
        await clock.start()
        nodes = {
            node: Router(client, node=node, agent_lease_ms=LEASE_MS, agent_grace_ms=GRACE_MS, missed_max=MISSED_MAX)
            for node, client in clients.items()
        }
        async with redis.pubsub(ignore_subscribe_messages=True) as feed:
            await feed.subscribe(keys.feed(NAME))
            yield Desk(redis, clock, nodes, feed)
    finally:
        for client in (*clients.values(), redis):
            await client.aclose()
