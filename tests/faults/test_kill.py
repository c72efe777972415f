"""Fifty chats, and then something dies. Nothing acknowledged is lost, nothing is shown twice, nobody has two agents."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from websockets.exceptions import ConnectionClosed

from tests.actors import Agent, Visitor
from tests.service import Installation, Node, until
from tests.steady import SteadyAgent, SteadyVisitor

CHATS = 50
AGENTS = 5
LINES = 8

pytestmark = pytest.mark.configured(resume_grace_s=20, agent_grace_s=20)


@dataclass
class Crowd:
    """Fifty visitors on two nodes and their agents."""

    one: Node
    two: Node
    agents: list[SteadyAgent]
    visitors: list[SteadyVisitor]

    def agent_of(self, visitor: SteadyVisitor) -> SteadyAgent:
        """The one agent who was given the visitor's chat."""
        (agent,) = (a for a in self.agents if any(e["chat"] == visitor.chat for e in a.got("assigned")))
        return agent

    async def talk(self, between: float) -> None:
        """Everyone says ``LINES`` lines, ``between`` seconds apart."""
        for number in range(LINES):
            for turn, visitor in enumerate(self.visitors):
                visitor.says_steadily(visitor.chat, f"v{turn}-{number}")
                self.agent_of(visitor).says_steadily(visitor.chat, f"a{turn}-{number}")
            await asyncio.sleep(between)

    async def settle(self) -> None:
        """Everything said is acknowledged and shown on both sides."""
        people = [*self.agents, *self.visitors]
        await until(lambda: not any(one.pending for one in people), "all is acknowledged", 60)

        def agreed() -> bool:
            return all(v.shown[v.chat] == self.agent_of(v).shown[v.chat] for v in self.visitors)

        await until(agreed, "both sides show the same", 60)

    def check(self) -> None:
        """Each line is shown exactly once, and each side's in the order it was said."""
        for turn, visitor in enumerate(self.visitors):
            texts = visitor.texts(visitor.chat)
            for side in "va":
                said = [text for text in texts if text.startswith(side)]
                assert sorted(said) == [f"{side}{turn}-{number}" for number in range(LINES)], said


@asynccontextmanager
async def crowd(mayfly: Installation) -> AsyncIterator[Crowd]:
    one, two = await mayfly.node(), await mayfly.node()
    nodes = [one, two]
    agents = [
        SteadyAgent(nodes, nodes[n % 2], await mayfly.hire(f"Agent{n}", capacity=CHATS // AGENTS))
        for n in range(AGENTS)
    ]
    visitors = [SteadyVisitor(nodes, nodes[n // 2 % 2]) for n in range(CHATS)]
    for agent in agents:
        await agent.opens()
        await agent.is_available()
    for visitor in visitors:
        await visitor.opens()
        await visitor.asks()
    for visitor in visitors:
        await visitor.gets("assigned")
    made = Crowd(one, two, agents, visitors)
    await until(lambda: sum(len(a.got("assigned")) for a in agents) == CHATS, "all consoles know")
    for person in (*agents, *visitors):
        person.keeps_coming_back()
    try:
        yield made
    finally:
        await asyncio.gather(*(person.rests() for person in (*agents, *visitors)))


async def assignments(crowd: Crowd) -> dict[str, str]:
    """Chat → agent, as every console sees it now."""
    seen: dict[str, str] = {}
    for agent in crowd.agents:
        tab = Agent(crowd.two, agent._headers["Cookie"].partition("=")[2])
        async with tab:
            for chat in (await tab.opens())["chats"]:
                assert chat["chat"] not in seen, "a chat with two agents"
                seen[chat["chat"]] = agent._headers["Cookie"]
    return seen


async def test_a_node_is_killed_in_the_middle_of_fifty_chats(mayfly: Installation) -> None:
    async with crowd(mayfly) as people:
        before = await assignments(people)
        talking = asyncio.create_task(people.talk(0.5))
        await asyncio.sleep(1.2)
        people.one.kill()
        await talking
        await people.settle()
        people.check()
        assert sum(bool(person.closed_with) for person in (*people.agents, *people.visitors)) >= CHATS // 2
        assert await assignments(people) == before


async def test_redis_is_killed_and_comes_back_empty_in_the_middle_of_fifty_chats(mayfly: Installation) -> None:
    async with crowd(mayfly) as people:
        before = await assignments(people)
        talking = asyncio.create_task(people.talk(0.5))
        await asyncio.sleep(1.2)
        mayfly.redis.kill()
        await asyncio.sleep(1)
        await mayfly.redis.start()
        await talking
        await people.settle()
        people.check()
        assert await assignments(people) == before
        for person in (*people.agents, *people.visitors):
            assert not person.got("ended"), "no chat may end for it"
            assert not person.closed_with, "the sockets stay open"


async def test_what_was_acknowledged_survives_a_redis_that_comes_back_empty(mayfly: Installation) -> None:
    node = await mayfly.node()
    async with Agent(node, await mayfly.hire("Anna")) as anna, Visitor(node) as visitor:
        await anna.opens()
        await anna.is_available()
        await visitor.opens()
        await visitor.asks()
        chat = await anna.is_given()
        await visitor.says("one", "ref-of-one")
        await visitor.hears("one")
        await anna.sends("note", chat=chat, ref="n", text="between us")
        await anna.gets("noted")
        await visitor.vanishes()
        await anna.says(chat, "two")
        await anna.hears("two")

        mayfly.redis.kill()
        await mayfly.redis.start()
        visitor.forgets()
        await until(lambda: resumes(visitor), "the visitor is let in again")
        welcome = visitor.got("welcome")[-1]
        assert [m["text"] for m in welcome["chat"]["messages"]] == ["joined", "one", "two"]
        await visitor.says("one", "ref-of-one")
        await visitor.says("three")
        await anna.hears("three")
        assert [text for _, _, text in anna.said()].count("one") == 1
        await anna.leaves()
        (held,) = (await anna.opens())["chats"]
        assert [m["text"] for m in held["messages"]] == ["joined", "one", "two", "three"]
        assert [note["text"] for note in held["notes"]] == ["between us"]


async def resumes(visitor: Visitor) -> bool:
    """A tab is told to try again while the nodes give Redis back what it has lost."""
    try:
        welcome = await visitor.opens()
    except (AssertionError, ConnectionClosed):
        return False
    assert welcome.get("chat"), "the chat is over"
    return True
