"""Three nodes do everything at once, thousands of times; whatever the order, no rule is ever broken."""

import asyncio
import random
from typing import Any

import pytest

from routing import keys
from routing.router import Router
from routing.types import Assignment, Status
from tests.routing.desk import GRACE_MS, LEASE_MS, NAME, NODES, Desk, names
from tests.routing.witness import Witness

BURSTS = 100
STEPS_PER_BURST = 72
CHATS = tuple(f"chat{n}" for n in range(60))
CAPACITY = {"anna": 1, "bea": 2, "cleo": 3, "dora": 4, "emma": 5, "fay": 2, "gwen": 3, "hanna": 0}
TEAMS = {
    "anna": ["sales"], "bea": ["sales", "support"], "cleo": ["support"], "dora": ["sales", "repairs"],
    "emma": ["repairs"], "fay": ["sales", "support", "repairs"], "gwen": ["support", "repairs"], "hanna": ["sales"],
}  # fmt: skip
EVERY_TEAM = ("sales", "support", "repairs")
TEAM_OF = {chat: EVERY_TEAM[n % 3] for n, chat in enumerate(CHATS)}
WEIGHTS = {
    "enqueue": 30, "assign": 15, "take": 8, "finish": 25, "attach": 8, "detach": 2, "set_status": 3, "renew": 8, "sweep": 5,
}  # fmt: skip


class Crowd:
    """What the nodes do at random, and what they were answered."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = random.Random(seed)
        self.statuses: dict[str, Status] = {}
        self.assigned: list[Assignment] = []
        self.took = 0

    async def burst(self) -> None:
        """Four hands on each node work at the same time."""
        share = STEPS_PER_BURST // 12
        await asyncio.gather(*(self.work(router, share) for router in self.desk.nodes.values() for _ in range(4)))

    async def work(self, router: Router, steps: int) -> None:
        for _ in range(steps):
            await self.step(router)

    async def step(self, router: Router) -> None:
        chance = self.chance
        agent, chat = chance.choice(list(CAPACITY)), chance.choice(CHATS)
        match chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]:
            case "enqueue":
                await router.enqueue(NAME, chat, TEAM_OF[chat], 12)
            case "assign":
                self.assigned += await router.assign(NAME, chance.choice(EVERY_TEAM))
            case "take":
                self.took += await router.take(NAME, chat, agent) == "taken"
            case "finish":
                await router.finish(NAME, chat)
            case "attach":
                await self.attach(router, agent)
            case "detach":
                await router.detach(NAME, agent)
            case "set_status":
                await router.set_status(NAME, agent, chance.choice(["available", "available", "available", "away"]))
            case "renew":
                await router.renew(NAME, chance.sample(list(CAPACITY), 4), chance.sample(CHATS, 30))
            case "sweep":
                await router.sweep(NAME)

    async def attach(self, router: Router, agent: str) -> None:
        await router.attach(NAME, agent, name=agent.title(), capacity=CAPACITY[agent], teams=TEAMS[agent])

    async def settle(self) -> None:
        """What the ticker of every node does, on all of them at once."""
        for router in self.desk.nodes.values():
            await router.sweep(NAME)
        made = await asyncio.gather(
            *(router.assign(NAME, team) for router in self.desk.nodes.values() for team in EVERY_TEAM)
        )
        self.assigned += [pair for some in made for pair in some]

    async def restart(self) -> list[str]:
        """Redis comes back empty, and the nodes tell it at once what they know, each most of it; the agents who were there."""
        places = list((await self.desk.router.places(NAME, CHATS)).values())
        agents = [agent for agent in CAPACITY if (await self.agent(agent)).get("left") == "0"]
        statuses = {agent: (await self.agent(agent))["status"] for agent in agents}
        await self.desk.loses_memory()

        async def tells(n: int, router: Router) -> None:
            await router.ensure_mark(NAME)
            await router.restore_chats(NAME, [place for i, place in enumerate(places) if i % 3 != n])
            for agent in agents[n:]:
                await router.restore_agent(NAME, agent, statuses[agent])
                await self.attach(router, agent)

        await asyncio.gather(*(tells(n, router) for n, router in enumerate(self.desk.nodes.values())))
        await self.desk.hold_passes()
        return agents

    async def agent(self, agent: str) -> dict[str, Any]:
        known: dict[Any, Any] = await self.desk.redis.hgetall(keys.agent(NAME, agent))
        return {field.decode(): value.decode() for field, value in known.items()}

    async def free(self, witness: Witness) -> set[str]:
        """Teams with somebody who could take a chat, from what Redis keeps of each agent and the feed's account of their load."""
        teams: set[str] = set()
        for name in CAPACITY:
            known = await self.agent(name)
            load = sum(holder == name for holder in witness.holders.values())
            if known.get("status") == "available" and known.get("left") == "0" and load < CAPACITY[name]:
                teams |= set(known.get("teams", "").split(","))
        return teams


@pytest.mark.parametrize("seed", range(3))
async def test_never_two_agents_never_above_capacity_in_order_and_nothing_stuck(desk: Desk, seed: int) -> None:
    crowd = Crowd(desk, seed)
    witness = Witness(CAPACITY, TEAMS)
    for n in range(BURSTS):
        witness.looks(await desk.router.places(NAME, CHATS))
        await crowd.burst()
        witness.hears(await desk.told(), crowd.assigned)
        await crowd.settle()
        witness.hears(await desk.told(), crowd.assigned)
        crowd.assigned.clear()

        free = await crowd.free(witness)
        for line in await desk.router.lines(NAME, EVERY_TEAM):
            assert not line.waiting or (line.team not in free and not line.free_places), f"{line} is stuck"
        for agent in CAPACITY:
            assert await desk.holds(agent) == {chat for chat, holder in witness.holders.items() if holder == agent}
        await desk.clock.passes(crowd.chance.choice([0, 1, 900, 4000, LEASE_MS, LEASE_MS + GRACE_MS]))
        if n % 20 == 10:
            witness.remembers_only(await crowd.restart())

    assert witness.paired > BURSTS * 3
    assert witness.given_back > 10
    assert crowd.took > 5
    await everyone_leaves(desk)


async def everyone_leaves(desk: Desk) -> None:
    """When all is over only what is known of agents and handling times is left."""
    for chat in CHATS:
        await desk.router.finish(NAME, chat)
    for agent in CAPACITY:
        for node in NODES:
            await desk.nodes[node].detach(NAME, agent)
    await desk.clock.passes(GRACE_MS)
    await desk.router.sweep(NAME)
    left = [name.removeprefix(keys.prefix(NAME)) for name in names(await desk.redis.keys(keys.prefix(NAME) + "*"))]
    assert {name.partition(":")[0] for name in left} == {"agent", "times", "mark"}
