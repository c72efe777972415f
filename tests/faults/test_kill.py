"""Many chats, and then something dies. Nothing acknowledged is lost, nothing is shown twice, nobody has two agents."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from tests.actors import Agent, Visitor
from tests.conftest import Figures
from tests.faults.crowd import FLAWLESS, TABLE, Crowd, crowd, serving
from tests.service import Installation, until

pytestmark = pytest.mark.configured(resume_grace_s=30, agent_grace_s=20, history_max=10000)


LINES_A_SECOND = 400
"""Of visitors, and as many of agents: what two cores can do beside the clients."""


async def assignments(crowd: Crowd) -> dict[str, int]:
    """Chat → agent, as every console is told anew."""
    seen: dict[str, int] = {}
    for number, agent in enumerate(crowd.agents):
        async with Agent(crowd.nodes[1], agent.cookie) as tab:
            for chat in (await tab.opens())["chats"]:
                assert chat["chat"] not in seen, "a chat with two agents"
                seen[chat["chat"]] = number
    return seen


async def test_a_node_is_killed_in_the_middle_of_many_chats(
    mayfly: Installation, full: bool, chats: int, figures: Figures
) -> None:
    async with crowd(mayfly, chats, max(0.5, chats / LINES_A_SECOND)) as people:
        before = await assignments(people)
        for turn in range(6 if full else 1):
            mayfly.redis.freeze()  # what is said now is under way when the node dies: accepted, and acknowledged to nobody
            await asyncio.sleep(0.3)
            async with people.fault():
                people.nodes[turn % 2].kill()
                mayfly.redis.thaw()
            if full:
                people.nodes[turn % 2] = await serving(mayfly, people.nodes[turn % 2].port)
        verdict = await people.settles()
        figures(
            TABLE, **people.row("`kill -9` of one of two nodes with lines under way, its launcher and workers", verdict)
        )
        assert verdict == FLAWLESS
        assert sum(bool(tab.closed_with) for tab in people.tabs) >= len(people.visitors) // 2
        assert await assignments(people) == before


async def test_redis_is_killed_and_comes_back_empty_under_many_chats_and_a_line_that_keeps_its_order(
    mayfly: Installation, full: bool, figures: Figures
) -> None:
    async with crowd(mayfly, 200 if full else 20, 0.5) as people, AsyncExitStack() as line:
        before = await assignments(people)
        waiting = [await line.enter_async_context(Visitor(node, "offers")) for node in people.nodes * 5]
        for visitor in waiting:
            await visitor.opens()
            await visitor.asks()
        for _ in range(5 if full else 1):
            async with people.fault():
                mayfly.redis.kill()
                await asyncio.sleep(1)
                await mayfly.redis.start()
        verdict = await people.settles()
        figures(TABLE, **people.row("Redis killed, and started again empty after a second", verdict))
        assert verdict == FLAWLESS
        assert await assignments(people) == before
        for tab in people.tabs:
            assert not tab.got("ended"), "no chat may end for it"
            assert not tab.closed_with, "the sockets stay open"
        sam = await line.enter_async_context(Agent(people.nodes[0], await mayfly.hire("Sam", "sales", capacity=1)))
        await sam.opens()
        await sam.is_available()
        for visitor in waiting:
            assert await sam.is_given() == visitor.chat
            await sam.sends("end", chat=visitor.chat)
        assert not full or max(people.again) < 5


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
