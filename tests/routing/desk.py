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
from routing.types import AnyRoutingEvent, Line, Place, QueueMoved, decode_event
from tests.routing.clock import Clock, ClockedRedis

NAME = "shop"
NODES = ("north", "south", "west")
LEASE_MS, GRACE_MS = 10_000, 15_000


class Desk:
    """Who waits, who works, who has whom. ``nodes`` are routers on clients of their own; the first acts by default."""

    def __init__(self, redis: "Redis", clock: Clock, nodes: dict[str, Router], feed: PubSub) -> None:
        self.redis = redis
        self.clock = clock
        self.nodes = nodes
        self.router = nodes[NODES[0]]
        self._feed = feed

    async def works(
        self, agent: str, *, capacity: int = 1, teams: tuple[str, ...] = ("sales",), node: str = NODES[0]
    ) -> list[str]:
        """An agent opens a console and is available; the chats that are theirs."""
        await self.nodes[node].set_status(NAME, agent, "available")
        attached = await self.nodes[node].attach(NAME, agent, name=agent.title(), capacity=capacity, teams=teams)
        return attached.chats

    async def waits(self, *chats: str, team: str = "sales") -> None:
        """Visitors join the line one after another."""
        for chat in chats:
            assert await self.router.enqueue(NAME, chat, team, 1000) == "waiting"

    async def pairs(self, team: str = "sales") -> list[tuple[str, str]]:
        """Who gets whom now: (chat, agent) in the order of assignment."""
        return [(made.chat, made.agent) for made in await self.router.assign(NAME, team)]

    async def line(self, team: str = "sales") -> Line:
        (line,) = await self.router.lines(NAME, [team])
        return line

    async def place(self, chat: str) -> Place:
        return (await self.router.places(NAME, [chat]))[chat]

    async def order(self, team: str = "sales") -> list[str]:
        """The line from its head."""
        return names(await self.redis.zrange(keys.queue(NAME, team), 0, -1))

    async def holds(self, agent: str) -> set[str]:
        return set(names(await self.redis.smembers(keys.holds(NAME, agent))))

    async def told(self) -> list[AnyRoutingEvent]:
        """What the feed told since the last time, but for moved queues."""
        return [event for event in await self.told_all() if not isinstance(event, QueueMoved)]

    async def told_all(self) -> list[AnyRoutingEvent]:
        """What the feed told since the last time."""
        await self.redis.publish(keys.feed(NAME), b"that is all")
        events = []
        async with asyncio.timeout(10):
            async for message in self._feed.listen():
                if message["data"] == b"that is all":
                    break
                events.append(decode_event(message["data"]))
        return events

    async def loses_memory(self) -> None:
        """Redis starts again, empty."""
        await self.redis.flushall()
        await self.clock.start()

    async def hold_passes(self) -> None:
        """The time given to the nodes to register is over."""
        await self.redis.pexpire(keys.hold(NAME), 0)


def names(answer: Iterable[Any]) -> list[str]:
    return [name.decode() for name in answer]


def connect(url: str, *, clocked: bool = True) -> "Redis":
    kind = ClockedRedis if clocked else Redis
    return kind.from_url(url, retry=Retry(NoBackoff(), 0))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Desk]:
    """An empty desk whose time stands still until the test lets it pass."""
    clients = {node: connect(url) for node in NODES}
    redis = connect(url, clocked=False)
    try:
        await redis.flushall()
        clock = Clock(redis)
        await clock.start()
        nodes = {
            node: Router(client, node=node, agent_lease_ms=LEASE_MS, agent_grace_ms=GRACE_MS)
            for node, client in clients.items()
        }
        async with redis.pubsub(ignore_subscribe_messages=True) as feed:
            await feed.subscribe(keys.feed(NAME))
            yield Desk(redis, clock, nodes, feed)
    finally:
        for client in (*clients.values(), redis):
            await client.aclose()
