"""Two people who talk while others attack, and how long each word takes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from statistics import quantiles

from tests.actors import Agent, Visitor
from tests.service import Installation, Node

PAUSE_S = 0.02
IN_ONE_CHAT = 400


@dataclass
class Bystanders:
    """A visitor and an agent in a chat of their own."""

    visitor: Visitor
    agent: Agent
    took_s: list[float] = field(default_factory=list)

    async def talk(self) -> None:
        """Until cancelled: one says something, the other hears it, and the other way round."""
        for number in count(1):
            if number % IN_ONE_CHAT == 0:
                await self.begin_anew()
            chat = self.visitor.chat
            began = time.perf_counter()
            if number % 2:
                await self.visitor.says(f"{number}")
                await self.agent.hears(f"{number}")
            else:
                await self.agent.says(chat, f"{number}")
                await self.visitor.hears(f"{number}")
            self.took_s.append(time.perf_counter() - began)
            for one in (self.visitor, self.agent):
                one.forgets()
            await asyncio.sleep(PAUSE_S)

    async def begin_anew(self) -> None:
        """A chat holds only so much."""
        await self.visitor.sends("end")
        await self.visitor.gets("erased")
        await self.visitor.asks()
        await self.agent.is_given()

    @property
    def p99_ms(self) -> float:
        """Of all words so far."""
        return round(quantiles(self.took_s, n=100)[98] * 1000, 1)


@asynccontextmanager
async def bystanders(installation: Installation, node: Node) -> AsyncIterator[Bystanders]:
    """They talk until the end of the block; whatever keeps one from hearing the other is raised there."""
    cookie = await installation.hire("Bea", "support")
    async with Visitor(node) as visitor, Agent(node, cookie) as agent:
        await agent.opens()
        await agent.is_available()
        await visitor.opens()
        await visitor.asks()
        await agent.is_given()
        two = Bystanders(visitor, agent)
        talking = asyncio.create_task(two.talk())
        try:
            yield two
        finally:
            if talking.done():
                talking.result()
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
