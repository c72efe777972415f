"""Whatever happens in whatever order on three nodes, Redis stands where plain Python says it should."""

import random
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest

from routing import keys
from routing.router import CHAT_LEASE_MS
from routing.types import AgentGone, AgentReturned, AnyRoutingEvent, ChatFinished, GivenBack, Place
from tests.routing.desk import GRACE_MS, LEASE_MS, NAME, NODES, Desk
from tests.routing.oracle import MARK, Oracle

OPERATIONS = 1000
TEAMS = ("sales", "support", "repairs")
AGENTS = tuple(f"agent{n}" for n in range(6))
CHATS = tuple(f"chat{n}" for n in range(30))
WEIGHTS = {
    "enqueue": 25, "assign": 15, "take": 12, "finish": 8, "attach": 12, "detach": 6, "set_status": 8, "renew": 12,
    "sweep": 12, "time": 20, "restart": 0.5,
}  # fmt: skip


class Story:
    """One random run: each step is done to Redis and to the oracle, and both must answer alike and then stand alike."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = random.Random(seed)
        self.oracle = Oracle(LEASE_MS, GRACE_MS, CHAT_LEASE_MS, desk.clock.now)
        self.memories: list[dict[str, Place]] = [{}] * 3
        self.steps: list[str] = []
        self.answers: set[tuple[str, Any]] = set()

    async def go_on(self) -> None:
        chance = self.chance
        agent, chat, team = chance.choice(AGENTS), chance.choice(CHATS), chance.choice(TEAMS)
        match chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]:
            case "enqueue":
                self.answers.add(("enqueue", await self.do("enqueue", chat, team, 6)))
            case "assign":
                await self.do("assign", team)
            case "take":
                self.answers.add(("take", await self.do("take", chat, agent)))
            case "finish":
                await self.do("finish", chat)
            case "attach":
                teams = chance.sample(TEAMS, chance.randint(0, 3))
                await self.do("attach", agent, name=agent.title(), capacity=chance.randint(0, 4), teams=teams)
            case "detach":
                await self.do("detach", agent)
            case "set_status":
                await self.do("set_status", agent, chance.choice(["available", "available", "away"]))
            case "renew":
                await self.do("renew", chance.sample(AGENTS, 3), chance.sample(CHATS, 20))
            case "sweep":
                await self.do("sweep")
            case "time":
                await self.pass_time(chance.choice([1, 7, 1000, 3000, LEASE_MS, GRACE_MS]))
            case "restart":
                await self.restart()
        if chance.random() < 0.02:
            self.memories[chance.randrange(3)] = self.oracle.places(CHATS)
        await self.compare()

    async def do(self, verb: str, *args: Any, **named: Any) -> Any:
        self.oracle.node = self.chance.choice(NODES)
        self.steps.append(f"{self.oracle.node}.{verb} {args} {named or ''}")
        got = await getattr(self.desk.nodes[self.oracle.node], verb)(NAME, *args, **named)
        expected = getattr(self.oracle, verb)(*args, **named)
        assert got == expected, self.so_far()
        return got

    async def pass_time(self, ms: int) -> None:
        self.steps.append(f"{ms} ms pass")
        await self.desk.clock.passes(ms)
        self.oracle.now = self.desk.clock.now

    async def restart(self) -> None:
        """Redis comes back empty; three nodes tell what they knew, some of it long out of date."""
        self.steps.append("Redis loses its memory")
        statuses = {name: who.status for name, who in self.oracle.agents.items()}
        self.memories[0] = self.oracle.places(CHATS)
        await self.desk.loses_memory()
        self.oracle.lose_memory()
        await self.mark()
        self.chance.shuffle(self.memories)
        for memory in self.memories:
            await self.do("restore_chats", list(memory.values()))
            for agent in self.chance.sample(list(statuses), len(statuses) // 2):
                await self.do("restore_agent", agent, statuses[agent])
                await self.do("attach", agent, name=agent.title(), capacity=2, teams=TEAMS[:2])
        await self.do("assign", self.chance.choice(TEAMS))
        await self.desk.hold_passes()
        self.oracle.held_up = False

    async def mark(self) -> None:
        await self.desk.redis.set(keys.mark(NAME), MARK)

    async def compare(self) -> None:
        router = self.desk.nodes[self.chance.choice(NODES)]
        assert await router.lines(NAME, TEAMS) == self.oracle.lines(TEAMS), self.so_far()
        assert await router.places(NAME, CHATS) == self.oracle.places(CHATS), self.so_far()

    def so_far(self) -> str:
        return "\n".join(["the last steps:", *(step[:200] for step in self.steps[-25:])])


def by_subject(events: Iterable[AnyRoutingEvent]) -> dict[str, list[AnyRoutingEvent]]:
    """What was told of each chat and each agent; one sweep may tell of several in any order."""
    told: dict[str, list[AnyRoutingEvent]] = defaultdict(list)
    for event in events:
        told[getattr(event, "chat", getattr(event, "agent", ""))].append(event)
    return told


@pytest.mark.parametrize("seed", range(5))
async def test_a_thousand_random_steps_on_three_nodes_end_where_the_oracle_says(desk: Desk, seed: int) -> None:
    story = Story(desk, seed)
    await story.mark()
    for _ in range(OPERATIONS):
        await story.go_on()
    assert by_subject(await desk.told()) == by_subject(story.oracle.told)
    assert story.answers >= {("enqueue", state) for state in ("waiting", "active", None)}
    assert story.answers >= {("take", how) for how in ("taken", "not_waiting", "not_yours", "at_capacity")}
    assert {type(event) for event in story.oracle.told} >= {GivenBack, ChatFinished, AgentGone, AgentReturned}
