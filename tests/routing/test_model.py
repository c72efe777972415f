"""Whatever happens in whatever order on three nodes, Redis stands where plain Python says it should."""

import random
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from routing import keys
from routing.router import CHAT_LEASE_MS
from routing.types import (
    AgentGone,
    AgentReturned,
    AnyRoutingEvent,
    ChatFinished,
    GivenBack,
    Line,
    MovedOn,
    Paired,
    Place,
    QueueMoved,
    Rang,
    RangOff,
    StatusChosen,
    Step,
    TransferBegan,
    TransferOver,
    line_of,
)
from tests.routing.desk import GRACE_MS, LEASE_MS, MISSED_MAX, NAME, NODES, Desk
from tests.routing.oracle import ASK_AGAIN_MS, MARK, Oracle

OPERATIONS = 1200
TEAMS = ("sales", "support", "repairs")
AGENTS = tuple(f"agent{n}" for n in range(6))
LINES = (*TEAMS, *(line_of(agent) for agent in AGENTS))
CHATS = tuple(f"chat{n}" for n in range(24))
WEIGHTS = {
    "enqueue": 26, "accept": 12, "decline": 6, "take": 10, "transfer": 10, "cancel_transfer": 2, "prioritise": 4,
    "finish": 7, "attach": 12, "detach": 3, "set_status": 8, "release": 1, "renew": 14, "sweep": 8, "time": 20, "restart": 0.4,
}  # fmt: skip


EVERY_ANSWER = {
    *(("enqueue", outcome) for outcome in ("waiting", "active", "full", "closed")),
    *(("take", outcome) for outcome in ("taken", "not_waiting", "not_yours", "at_capacity")),
    *(("transfer", outcome) for outcome in ("begun", "not_yours", "away")),
    *((verb, done) for verb in ("accept", "decline", "prioritise", "detach") for done in (True, False)),
}
EVERY_EVENT = {
    *((event, "") for event in (AgentGone, AgentReturned, ChatFinished, GivenBack, MovedOn, Paired, Rang, TransferBegan)),
    *((RangOff, reason) for reason in ("accepted", "declined", "missed", "withdrawn")),
    (TransferOver, "not_taken"), (StatusChosen, "chosen"), (StatusChosen, "missed"),
}  # fmt: skip


class Story:
    """One random run: each step is done to Redis and to the oracle, and both must answer alike and then stand alike."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = random.Random(seed)
        self.oracle = Oracle(LEASE_MS, GRACE_MS, CHAT_LEASE_MS, MISSED_MAX, desk.clock.now)
        self.memories: list[dict[str, Place]] = [{}] * 3
        self.steps: list[str] = []
        self.answers: set[tuple[str, Any]] = set()
        self.told: list[AnyRoutingEvent] = []
        self.seen: list[Line] = []

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────

    async def go_on(self) -> None:
        chance = self.chance
        agent, chat = chance.choice(AGENTS), chance.choice(CHATS)
        match chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]:
            case "enqueue":
                route = [self.step() for _ in range(chance.choice([1, 1, 2, 3]))]
                await self.do("enqueue", chat, route, chance.choice([0, 0, 3, 99]))
            case "accept" | "decline" as verb:
                await self.do(verb, *self.ringing(chat, agent))
            case "take":
                await self.do("take", chat, agent, any_chat=chance.random() < 0.3)
            case "transfer":
                to = self.step()
                if chance.random() < 0.3:
                    to = msgspec.structs.replace(to, line=line_of(agent))
                await self.do("transfer", *self.held(chat, agent), to)
            case "cancel_transfer":
                await self.do("cancel_transfer", *self.held(chat, agent, transferring=True))
            case "prioritise":
                await self.do("prioritise", chat, chance.choice([0, 3, 99]))
            case "finish":
                await self.do("finish", chat)
            case "attach":
                teams = chance.sample(TEAMS, chance.randint(0, 3))
                await self.do("attach", agent, name=agent.title(), capacity=chance.randint(0, 3), teams=teams)
            case "set_status":
                await self.do("set_status", agent, chance.choice(["available", "available", "away"]))
            case "detach" | "release" as verb:
                await self.do(verb, agent)
            case "renew":
                await self.do("renew", chance.sample(AGENTS, 5), chance.sample(CHATS, 18))
            case "sweep":
                await self.do("sweep")
            case "time":
                await self.pass_time(
                    chance.choice([1, 1, 7, 7, 100, 1000, 1000, 2000, 2000, 3000, LEASE_MS, GRACE_MS, 30_000])
                )
            case "restart":
                await self.restart()
        if chance.random() < 0.02:
            self.memories[chance.randrange(3)] = self.oracle.places(CHATS)
        await self.compare()

    def step(self) -> Step:
        """Any stop of a route: of a team or a person, with or without asking, always open or at times."""
        chance, now = self.chance, self.oracle.now
        line = chance.choice(LINES if chance.random() < 0.4 else TEAMS)
        begin = now + chance.choice([-9000, -1000, 0, 1000])
        hours = (
            None
            if chance.random() < 0.7
            else ((begin, begin + chance.choice([1000, 5000, 60_000])), (now + 10**9, 2**42))
        )
        return Step(
            line, line if line in TEAMS else chance.choice(TEAMS), wait_ms=chance.choice([0, 1000, 7000, 60_000]),
            max_waiting=chance.choice([2, 6, 100]), accept_ms=chance.choice([0, 2000, 10_000]),
            fair_ms=chance.choice([0, 5000, 30_000, 600_000]), hours=hours,
        )  # fmt: skip

    def ringing(self, chat: str, agent: str) -> tuple[str, str]:
        """Mostly a chat that rings, and at whom."""
        rings = sorted((chat.id, chat.rings_at) for chat in self.oracle.chats.values() if chat.rings_at)
        return self.chance.choice(rings) if rings and self.chance.random() < 0.8 else (chat, agent)

    def held(self, chat: str, agent: str, *, transferring: bool = False) -> tuple[str, str]:
        """Mostly a chat that somebody has, and who."""
        chats = self.oracle.chats.values()
        held = sorted((chat.id, chat.agent) for chat in chats if chat.agent and (chat.transfer or not transferring))
        return self.chance.choice(held) if held and self.chance.random() < 0.8 else (chat, agent)

    async def do(self, verb: str, *args: Any, **named: Any) -> Any:
        self.oracle.node = self.chance.choice(NODES)
        self.steps.append(f"{self.oracle.node}.{verb} {args} {named or ''}")
        got = plain(await getattr(self.desk.nodes[self.oracle.node], verb)(NAME, *args, **named))
        expected = plain(getattr(self.oracle, verb)(*args, **named))
        assert got == expected, self.so_far()
        if isinstance(got, str | bool):
            self.answers.add((verb, got))
        return got

    async def pass_time(self, ms: int) -> None:
        self.steps.append(f"{ms} ms pass")
        before = self.oracle.now
        await self.desk.clock.passes(ms)
        self.oracle.now = self.desk.clock.now
        # Who refused a chat may be asked again: no deadline says so, but every sweep looks.
        if any(
            before < at + ASK_AGAIN_MS <= self.oracle.now
            for chat in self.oracle.chats.values()
            for at in chat.asked.values()
        ):
            await self.do("sweep")

    async def restart(self) -> None:
        """Redis comes back empty; three nodes tell what they knew, some of it long out of date."""
        self.steps.append("Redis loses its memory")
        statuses = {name: who.status for name, who in self.oracle.agents.items()}
        self.memories[0] = self.oracle.places(CHATS)
        await self.desk.loses_memory()
        self.oracle.lose_memory()
        self.seen = []
        await self.mark()
        self.chance.shuffle(self.memories)
        for memory in self.memories:
            await self.do("restore_chats", list(memory.values()))
            for agent in self.chance.sample(list(statuses), len(statuses) // 2):
                await self.do("restore_agent", agent, statuses[agent])
                await self.do("attach", agent, name=agent.title(), capacity=2, teams=TEAMS[:2])
        await self.do("take", self.chance.choice(CHATS), self.chance.choice(AGENTS), any_chat=True)
        await self.pass_time(1000)
        await self.do("sweep")
        await self.desk.redis.delete(keys.hold(NAME))
        self.oracle.held_up = False
        await self.do("sweep")

    async def mark(self) -> None:
        await self.desk.redis.set(keys.mark(NAME), MARK)

    # ── how it stands ────────────────────────────────────────────────────────────────────────────────────────

    async def compare(self) -> None:
        router = self.desk.nodes[self.chance.choice(NODES)]
        lines = await router.lines(NAME, LINES)
        assert lines == self.oracle.lines(LINES), self.so_far()
        assert await router.places(NAME, CHATS) == self.oracle.places(CHATS), self.so_far()
        if len(self.steps) % 5 == 0:
            assert await router.positions(NAME, CHATS) == self.oracle.positions(CHATS), self.so_far()
            assert await router.entries(NAME) == self.oracle.entries(), self.so_far()
            assert plain(await router.colleagues(NAME)) == plain(self.oracle.colleagues()), self.so_far()
        await self.listen(lines)

    async def listen(self, lines: list[Line]) -> None:
        """What the nodes were told is what happened, and of every line that is not as it was they were told."""
        told = await self.desk.told_all()
        moved = {event.line for event in told if isinstance(event, QueueMoved)}
        for before, after in zip(self.seen, lines, strict=False):
            if (before.waiting, before.head, before.available) != (after.waiting, after.head, after.available):
                assert after.line in moved, self.so_far()
        self.seen = lines
        happened = [event for event in told if not isinstance(event, QueueMoved)]
        assert by_subject(happened) == by_subject(self.oracle.told), self.so_far()
        self.told += happened
        self.oracle.told.clear()

    def so_far(self) -> str:
        return "\n".join(["the last steps:", *(step[:300] for step in self.steps[-25:])])


def plain(answer: Any) -> Any:
    """An answer whose lists have no order of their own, in one."""
    if isinstance(answer, list):
        return sorted(answer, key=repr)
    if rings := getattr(answer, "rings", None):
        rings.sort(key=repr)
    return answer


def by_subject(events: Iterable[AnyRoutingEvent]) -> dict[str, list[AnyRoutingEvent]]:
    """What was told of each chat and each agent; one script may tell of several in any order."""
    told: dict[str, list[AnyRoutingEvent]] = defaultdict(list)
    for event in events:
        told[getattr(event, "chat", getattr(event, "agent", ""))].append(event)
    return told


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 5))])
async def test_a_thousand_random_steps_on_three_nodes_end_where_the_oracle_says(desk: Desk, seed: int) -> None:
    story = Story(desk, seed)
    await story.mark()
    for _ in range(OPERATIONS):
        await story.go_on()
    assert story.answers >= EVERY_ANSWER
    assert {(type(event), getattr(event, "reason", "")) for event in story.told} >= EVERY_EVENT
