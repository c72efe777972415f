"""One node whose parts die: several workers behave as one service, and the embedded engine comes back."""

import asyncio
import os
import signal

import pytest

from tests.service import Installation, until
from tests.steady import SteadyAgent, SteadyVisitor

pytestmark = pytest.mark.configured(resume_grace_s=20, agent_grace_s=20)


async def test_workers_are_one_service_and_one_that_dies_takes_no_chat_with_it(mayfly: Installation) -> None:
    node = await mayfly.node(workers=2)
    anna = SteadyAgent([node], node, await mayfly.hire("Anna", capacity=12))
    await anna.opens()
    await anna.is_available()
    visitors = [SteadyVisitor([node], node) for _ in range(12)]
    for visitor in visitors:
        await visitor.opens()
        await visitor.asks()
        await anna.gets("assigned", chat=visitor.chat)
    for person in (anna, *visitors):
        person.keeps_coming_back()
    victims, killed = set(node.workers()), set[int]()
    for number in range(4):
        if number in (1, 2):  # one after the other, since nobody knows who is connected to which
            (victim,) = victims.difference(killed) if number == 2 else {min(victims)}
            killed.add(victim)
            os.kill(victim, signal.SIGKILL)
        for visitor in visitors:
            visitor.says_steadily(visitor.chat, f"v{number}")
            anna.says_steadily(visitor.chat, f"a{number}")
        await until(lambda: not any(person.pending for person in (anna, *visitors)), "all is acknowledged", 60)
    for visitor in visitors:
        await until(lambda visitor=visitor: len(visitor.texts(visitor.chat)) == 8, "all is shown")
        assert sorted(visitor.texts(visitor.chat)) == sorted(f"{side}{n}" for n in range(4) for side in "va")
    assert any(person.closed_with for person in (anna, *visitors)), "nobody was on the worker that died"
    await asyncio.gather(*(person.rests() for person in (anna, *visitors)))


@pytest.mark.configured(embedded=True, resume_grace_s=20, agent_grace_s=20)
async def test_the_embedded_engine_dies_and_the_conversation_goes_on(mayfly: Installation) -> None:
    node = await mayfly.node()
    anna = SteadyAgent([node], node, await mayfly.hire("Anna"))
    visitor = SteadyVisitor([node], node)
    await anna.opens()
    await anna.is_available()
    await visitor.opens()
    await visitor.asks()
    await visitor.gets("assigned")
    await anna.is_given()
    visitor.says_steadily(visitor.chat, "before")
    await anna.hears("before")
    engine = await mayfly.engine_of(node)
    os.kill(engine, signal.SIGKILL)
    visitor.says_steadily(visitor.chat, "during")
    await anna.hears("during")
    anna.says_steadily(visitor.chat, "after")
    await visitor.hears("after")
    assert await mayfly.engine_of(node) != engine
    assert visitor.texts(visitor.chat) == ["before", "during", "after"]
    await asyncio.gather(anna.rests(), visitor.rests())
