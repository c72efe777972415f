"""Many come in the same moment."""

import asyncio
from contextlib import AsyncExitStack

from tests.actors import Agent, Visitor
from tests.service import Installation

VISITORS = 150


async def test_a_crowd_that_comes_at_once_is_served_to_the_last_one(mayfly: Installation) -> None:
    node = await mayfly.node()
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(Agent(node, await mayfly.hire("Anna", capacity=VISITORS)))
        await anna.opens()
        await anna.is_available()
        crowd = [await stack.enter_async_context(Visitor(node)) for _ in range(VISITORS)]
        await asyncio.gather(*(visitor.opens() for visitor in crowd))

        await asyncio.gather(*(visitor.asks() for visitor in crowd))

        for visitor in crowd:
            assert (await visitor.gets("assigned"))["agent"]["name"] == "Anna"
            await visitor.gets("said", author="system", text="joined")
            assert not visitor.got("failed")
        assert {await anna.is_given() for _ in crowd} == {visitor.chat for visitor in crowd}
