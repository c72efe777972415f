"""However a chat ends, it is erased at once, on every node."""

import os
import signal
import uuid
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.actors import Agent, Visitor
from tests.scenarios.conftest import Talk
from tests.service import Installation, Node, until


async def nothing_is_left(mayfly: Installation, chat: str) -> bool:
    async with Redis.from_url(mayfly.redis.url) as redis:
        return not [key async for key in redis.scan_iter(f"*{chat}*")]


async def test_the_visitor_ends_and_everyone_is_told(talk: Talk, mayfly: Installation) -> None:
    await talk.visitor.sends("end")
    assert (await talk.visitor.gets("ended"))["by"] == "visitor"
    assert (await talk.anna.gets("ended", chat=talk.chat))["by"] == "visitor"
    await talk.anna.gets("erased", chat=talk.chat)
    await until(lambda: nothing_is_left(mayfly, talk.chat), "no key of the chat")
    await talk.visitor.says("hello?")
    await talk.visitor.gets("failed", code="no_chat")


async def test_the_last_tab_gone_for_the_grace_erases(talk: Talk, mayfly: Installation) -> None:
    await talk.visitor.leaves()
    left = await talk.anna.gets("visitor_left", chat=talk.chat)
    assert left["erase_at"].endswith("Z")
    assert (await talk.anna.gets("ended", chat=talk.chat))["by"] == "visitor"
    await talk.anna.gets("erased", chat=talk.chat)
    await until(lambda: nothing_is_left(mayfly, talk.chat), "no key of the chat")
    assert "chat" not in await talk.visitor.opens()


async def test_the_ref_of_a_chat_that_is_over_begins_no_other(mayfly: Installation, node: Node) -> None:
    """What was on its way to the one that ended would come into the other, sealed with a key nobody has any more."""
    start = {"ref": str(uuid.uuid4()), "question": "Where is my order?"}
    async with Visitor(node) as visitor, Visitor(node) as other_tab:
        for one in (visitor, other_tab):
            await one.opens()
            await one.sends("start", **start)
            await one.gets("started")
        await visitor.sends("end")
        await visitor.gets("erased")
        await visitor.sends("start", **start)
        await visitor.gets("failed", ref=start["ref"], code="no_chat")
        await visitor.asks("And now?")


@pytest.mark.configured(idle_end_s=1)
async def test_a_chat_nobody_says_anything_in_is_ended(talk: Talk) -> None:
    assert (await talk.visitor.gets("ended"))["by"] == "idle"
    await talk.anna.gets("erased", chat=talk.chat)


async def test_ending_frees_the_agent_for_the_next(talk: Talk, mayfly: Installation) -> None:
    visitors = [Visitor(talk.node) for _ in range(4)]
    for visitor in visitors:
        await visitor.opens()
        await visitor.asks()
    for _ in range(3):
        await talk.anna.is_given()
    await talk.anna.sends("end", chat=talk.chat)
    assert await talk.anna.is_given() == visitors[-1].chat
    for visitor in visitors:
        await visitor.leaves()


async def test_a_rating_is_a_count_and_can_be_given_once(talk: Talk) -> None:
    await talk.visitor.sends("rate", score=9)
    await talk.visitor.gets("failed", code="invalid")
    await talk.visitor.sends("end")
    await talk.visitor.gets("erased")
    await talk.visitor.sends("rate", score=4)
    await talk.visitor.sends("rate", score=4)
    await talk.visitor.gets("failed", code="no_chat")
    assert len(talk.visitor.got("failed")) == 2


async def test_after_a_chat_the_same_tab_may_start_another(talk: Talk) -> None:
    await talk.visitor.sends("end")
    await talk.visitor.gets("erased")
    started = await talk.visitor.asks("One more thing")
    assert started["chat"] != talk.chat
    assert await talk.anna.is_given() == started["chat"]


@pytest.mark.configured(resume_grace_s=1)
async def test_when_every_node_is_dead_a_time_to_live_erases(talk: Talk, mayfly: Installation) -> None:
    await talk.visitor.says("the words")
    await talk.anna.hears("the words")
    talk.node.kill()
    async with Redis.from_url(mayfly.redis.url) as redis:
        lives = {key: await redis.pttl(key) async for key in redis.scan_iter(f"mayfly:{{b:*:{talk.chat}")}
        assert len(lives) >= 3
        assert all(0 < ms <= 120_000 for ms in lives.values()), lives


async def test_a_worker_that_dies_takes_no_chat_with_it(talk: Talk) -> None:
    await talk.visitor.says("before")
    await talk.anna.hears("before")
    (worker,) = talk.node.workers()
    os.kill(worker, signal.SIGKILL)
    await talk.visitor.is_closed_with()
    await until(lambda: [pid for pid in talk.node.workers() if pid != worker], "a new worker")
    await reopen(talk.visitor, after=2)
    await reopen(talk.anna, after={talk.chat: 2})
    await talk.anna.says(talk.chat, "after")
    await talk.visitor.hears("after")
    assert [text for _, _, text in talk.visitor.said()] == ["before", "after"]


async def reopen(actor: Visitor | Agent, **hello: Any) -> None:
    async def opened() -> bool:
        try:
            await actor.opens(**hello)
        except (OSError, EOFError):
            return False
        return True

    await until(opened, "the worker serves")
