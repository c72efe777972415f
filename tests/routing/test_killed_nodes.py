"""Nodes that are processes of their own are killed at any moment and start again; no rule is ever broken."""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from routing import keys
from routing.router import Router
from routing.types import decode_event
from tests.routing.clock import LOOK, START_MS, Clock, LookingRedis, RecordedRedis
from tests.routing.desk import MISSED_MAX, NAME, NODES, connect, names
from tests.routing.killed_node import CAPACITY, MS_PER_OPERATION, TEAMS
from tests.routing.witness import Witness

ROOT = Path(__file__).parents[2]
KILL_EVERY = 2000
AWAY_FOR = (0, 120, 800, 3200)
"""Operations of the others until a killed node is back: at once; within the agents' lease; their grace; after the chats' lease."""


class World:
    """One Redis, three nodes, and who watches them."""

    def __init__(self, url: str, redis: "Redis", router: Router, looker: Router, seed: int) -> None:
        self._url = url
        self._redis = redis
        self._router = router
        self._looker = looker
        self._chance = random.Random(seed)
        self._clock = Clock(redis, recorded=True)
        self.witness = Witness(CAPACITY, TEAMS, MISSED_MAX)
        self._nodes: dict[str, Process] = {}
        self._starts: dict[str, int] = dict.fromkeys(NODES, 0)  # node → operations at which it starts
        self._lives = 0
        self.kills = 0

    async def goes_on_until(self, operations: int) -> None:
        """Nodes start, work and are killed."""
        await self._clock.start()
        done, next_kill = 0, KILL_EVERY
        while done < operations:
            for node, at in list(self._starts.items()):
                if done >= at or not self._nodes:
                    del self._starts[node]
                    await self._start(node)
            if done >= next_kill and self._nodes:
                next_kill = done + self._chance.randrange(KILL_EVERY // 2, KILL_EVERY * 3 // 2)
                node = self._chance.choice(sorted(self._nodes))
                await self._kill(node)
                self._starts[node] = done + self._chance.choice(AWAY_FOR)
            await self._watch()
            done = int(await self._redis.get("operations") or 0)
            await self._clock.passes(START_MS + done * MS_PER_OPERATION - self._clock.now)
            await asyncio.sleep(0.03)
            await self._are_well()
        for node in list(self._nodes):
            await self._kill(node)

    async def comes_to_rest(self) -> None:
        """All nodes are dead. Everyone is there again on another, accepts what rings, and serves until nobody waits."""
        for agent in CAPACITY:
            await self._router.attach(NAME, agent, name=agent.title(), capacity=CAPACITY[agent], teams=TEAMS[agent])
            await self._router.set_status(NAME, agent, "available")
        for _ in range(300):
            await self._clock.passes(2000)
            await self._router.renew(NAME, list(CAPACITY), await self._chats())
            for _ in range(2):
                await self._router.sweep(NAME)
            await self._watch()
            self.witness.is_in_order()
            entries = await self._router.entries(NAME)
            if not entries:
                break
            for entry in entries:
                if entry.ringing:
                    await self._router.accept(NAME, entry.chat, entry.agent)
                elif entry.agent:
                    await self._router.finish(NAME, entry.chat)
        assert await self._chats() == [], "somebody is stuck"
        await self._watch()
        assert self.witness.holders == {}

    async def stop(self) -> None:
        for node in list(self._nodes):
            await self._kill(node)

    async def _start(self, node: str) -> None:
        self._lives += 1
        self._nodes[node] = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.routing.killed_node", self._url, node, str(self._lives), cwd=ROOT, stderr=PIPE
        )  # fmt: skip

    async def _kill(self, node: str) -> None:
        process = self._nodes.pop(node)
        process.kill()
        await process.communicate()
        self.kills += 1

    async def _are_well(self) -> None:
        for node, process in self._nodes.items():
            if process.returncode is not None:
                _, said = await process.communicate()
                raise AssertionError(f"{node} has ended: {said.decode()}")

    async def _chats(self) -> list[str]:
        return names(await self._redis.zrange(keys.leases(NAME), 0, -1))

    async def _watch(self) -> None:
        """The witness hears what was recorded, with one look somewhere in between."""
        places = await self._looker.places(NAME, await self._chats())
        for note in await cast(Any, self._redis.lpop("record", 1_000_000)) or ():
            if b'"queue_moved"' in note:
                continue
            match note.decode().split(" "):
                case ["now", ms]:
                    self.witness.now = int(ms)
                case ["hand", chat, agent]:
                    self.witness.by_hand.add((chat, agent))
                case ["doubt", chat]:
                    self.witness.doubted.add(chat)
                case [word] if word == LOOK:
                    self.witness.looks(places)
                case _:
                    self.witness.hears(decode_event(note))


@asynccontextmanager
async def world(url: str, seed: int) -> AsyncIterator[World]:
    redis, recorded, looking = (connect(url, kind) for kind in (Redis, RecordedRedis, LookingRedis))
    made = World(url, redis, Router(recorded, node="keeper", missed_max=MISSED_MAX), Router(looking, node=""), seed)
    try:
        await redis.flushall()
        yield made
    finally:
        await made.stop()
        for client in (redis, recorded, looking):
            await client.aclose()


@pytest.mark.timeout(600)
async def test_whenever_nodes_are_killed_no_rule_is_broken_and_nobody_is_lost_or_stuck(
    engine_url: str, full: bool
) -> None:
    operations = 100_000 if full else 10_000
    async with world(engine_url, seed=1) as killing:
        await killing.goes_on_until(operations)
        await killing.comes_to_rest()
    heard = killing.witness.counts
    assert killing.kills > operations / KILL_EVERY / 2
    assert heard["turns"] > operations / 100
    assert {what for what, count in heard.items() if count} >= {
        "Paired", "Rang", "RangOffaccepted", "RangOffdeclined", "RangOffmissed", "RangOffwithdrawn", "GivenBack", "MovedOn",
        "TransferBegan", "TransferOvernot_taken", "TransferOvercancelled", "AgentGone",
    }  # fmt: skip
