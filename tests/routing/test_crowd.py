"""Three nodes do everything at once, thousands of times; whatever the order, no rule is ever broken."""

import asyncio
import random
from typing import Any

import pytest

from routing import keys
from routing.router import Router
from routing.types import Status, Step, line_of
from tests.routing.desk import GRACE_MS, LEASE_MS, MISSED_MAX, NAME, NODES, Desk, names, to
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
ROUTES = (
    [to("sales", fair_ms=20_000)],
    [to("support", accept_ms=5000), to("repairs")],
    [to(line_of("bea"), accept_ms=8000, wait_ms=6000), to("sales", wait_ms=10_000), to("support")],
    [to("repairs", max_waiting=3), to("sales", accept_ms=3000, fair_ms=0), to("support", max_waiting=2)],
)
WEIGHTS = {
    "enqueue": 30, "answer": 16, "take": 6, "take over": 2, "transfer": 6, "cancel": 2, "prioritise": 3, "finish": 20,
    "attach": 8, "detach": 1, "status": 3, "release": 0.5, "renew": 8, "sweep": 4,
}  # fmt: skip


class Crowd:
    """What the nodes do at random."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = random.Random(seed)
        self.witness = Witness(CAPACITY, TEAMS, MISSED_MAX)

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
                await router.enqueue(NAME, chat, chance.choice(ROUTES), chance.choice([0, 0, 5, 99]))
            case "answer":
                await self.answer(router)
            case "take" | "take over" as how:
                self.witness.by_hand.add((chat, agent))
                await router.take(NAME, chat, agent, any_chat=how == "take over")
            case "transfer":
                place = (await router.places(NAME, [chat])).get(chat)
                await router.transfer(NAME, chat, (place and place.agent) or agent, self.stop())
            case "cancel":
                await router.cancel_transfer(NAME, chat, self.witness.holders.get(chat, agent))
            case "prioritise":
                self.witness.doubted.add(chat)
                await router.prioritise(NAME, chat, chance.choice([0, 50]))
            case "finish":
                await router.finish(NAME, chat)
            case "attach":
                await self.attach(router, agent)
            case "detach":
                await router.detach(NAME, agent)
            case "status":
                await router.set_status(NAME, agent, chance.choice(["available", "available", "available", "away"]))
            case "release":
                await router.release(NAME, agent)
            case "renew":
                await router.renew(NAME, chance.sample(list(CAPACITY), 6), chance.sample(CHATS, 40))
            case "sweep":
                await router.sweep(NAME)

    async def answer(self, router: Router) -> None:
        """Two agents whose consoles show that a chat rings answer at the same time, one of them perhaps too late."""
        ringing = [entry for entry in await router.entries(NAME) if entry.ringing]
        if not ringing:
            return
        entry = self.chance.choice(ringing)
        other = self.chance.choice(list(self.desk.nodes.values()))
        if self.chance.random() < 0.3:
            await router.decline(NAME, entry.chat, entry.agent)
        else:
            await asyncio.gather(
                router.accept(NAME, entry.chat, entry.agent),
                other.accept(NAME, entry.chat, self.chance.choice(list(CAPACITY))),
            )

    def stop(self) -> Step:
        line = self.chance.choice([*EVERY_TEAM, line_of(self.chance.choice(list(CAPACITY)))])
        return to(line, wait_ms=self.chance.choice([1000, 20_000]), accept_ms=self.chance.choice([0, 4000]))

    async def everyone_comes(self) -> None:
        """All agents open a console; what they have chosen before stands."""
        for agent in CAPACITY:
            await self.attach(self.desk.router, agent)

    async def attach(self, router: Router, agent: str) -> None:
        await router.attach(NAME, agent, name=agent.title(), capacity=CAPACITY[agent], teams=TEAMS[agent])

    async def settle(self) -> None:
        """What the ticker of every node does, on all of them at once; twice, since what passes may let more pass."""
        for _ in range(2):
            await asyncio.gather(*(router.sweep(NAME) for router in self.desk.nodes.values()))

    async def hear(self) -> None:
        """What has happened, up to now."""
        self.witness.now = self.desk.clock.now
        for event in await self.desk.told():
            self.witness.hears(event)

    async def restart(self) -> None:
        """Redis comes back empty, and the nodes tell it at once what they know, each most of it; the agents who were there."""
        places = await self.desk.router.places(NAME, CHATS)
        agents = [agent for agent in CAPACITY if (await self.agent(agent)).get("left") == "0"]
        statuses: dict[str, Status] = {agent: (await self.agent(agent))["status"] for agent in agents}
        await self.desk.loses_memory()

        async def tells(n: int, router: Router) -> None:
            await router.ensure_mark(NAME)
            await router.restore_chats(NAME, [place for i, place in enumerate(places.values()) if i % 3 != n])
            for agent in agents[n:]:
                await router.restore_agent(NAME, agent, statuses[agent])
                await self.attach(router, agent)

        await asyncio.gather(*(tells(n, router) for n, router in enumerate(self.desk.nodes.values())))
        self.witness.remembers_only(agents, places)
        await self.everyone_comes()
        await self.desk.hold_passes()

    async def agent(self, agent: str) -> dict[str, Any]:
        known: dict[Any, Any] = await self.desk.redis.hgetall(keys.agent(NAME, agent))
        return {field.decode(): value.decode() for field, value in known.items()}


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full)])
async def test_never_two_agents_never_above_capacity_in_order_and_nothing_stuck(desk: Desk, seed: int) -> None:
    crowd = Crowd(desk, seed)
    witness = crowd.witness
    await crowd.everyone_comes()
    for n in range(BURSTS):
        await crowd.burst()
        await crowd.hear()
        await crowd.settle()
        await crowd.hear()

        witness.looks(await desk.router.places(NAME, CHATS))
        witness.is_in_order()
        witness.by_hand.clear()
        witness.doubted.clear()
        for agent in CAPACITY:
            assert await desk.holds(agent) == {chat for chat, holder in witness.holders.items() if holder == agent}
        await desk.clock.passes(crowd.chance.choice([0, 1, 900, 900, 4000, 6000, 9000, LEASE_MS, LEASE_MS + GRACE_MS]))
        if n % 20 == 10:
            await crowd.restart()

    assert witness.counts["turns"] > BURSTS * 2
    assert {what for what, count in witness.counts.items() if count} >= {
        "Paired", "Rang", "RangOffaccepted", "RangOffdeclined", "RangOffmissed", "RangOffwithdrawn", "GivenBack", "MovedOn",
        "TransferBegan", "TransferOvernot_taken",
    }  # fmt: skip
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
    assert {name.partition(":")[0] for name in left} == {"agent", "times", "called", "mark", "arrival", "pairings"}
