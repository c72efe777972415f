"""A desk of ``examples/``, with its customers and agents, and a clock in the test's hand.

Reception and Router are the real ones, on a real database and a real Redis; no browser and no socket stands between.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from chat import protocol as wire
from chat.engine import Engine
from chat.live.cards import first_card
from chat.live.reception import Admission, Reception
from chat.people.agents import Agent, Agents, NewAgent
from chat.people.passwords import Passwords
from chat.settings import Settings, read
from chat.storage.database import Database, database_url
from routing.types import Enqueued
from tests.databases import make_sqlite
from tests.routing.desk import NAME, Desk, opened

EXAMPLES = Path(__file__).parents[2] / "examples"


class ExampleDesk:
    """Who works there, and what time it is."""

    def __init__(self, settings: Settings, agents: Agents, desk: Desk) -> None:
        self.settings = settings
        self.desk = desk
        self._agents = agents
        self.reception = Reception(settings, agents.find, lambda: datetime.fromtimestamp(desk.clock.now / 1000, UTC))

    async def opens(self, local: str, zone: str) -> None:
        """The scene begins at this local time, before anybody has come."""
        self.desk.clock.now = round(moment(local, zone).timestamp() * 1000)
        await self.desk.clock.start()

    async def waits(self, minutes: float) -> None:
        """Time passes while everyone stays."""
        await self.desk.later(round(minutes * 60_000))

    async def hires(self, name: str, *teams: str, capacity: int = 1) -> Agent:
        """An account."""
        email = f"{name.lower()}@example.com"
        return await self._agents.add(NewAgent(email=email, name=name, teams=teams, capacity=capacity))

    async def works(self, agent: Agent) -> None:
        """The agent opens a console and takes chats."""
        await self.desk.works(agent.id, capacity=agent.capacity, teams=agent.teams)

    async def hires_and_works(self, name: str, *teams: str, capacity: int = 1) -> Agent:
        """Somebody who is there."""
        agent = await self.hires(name, *teams, capacity=capacity)
        await self.works(agent)
        return agent

    async def goes_away(self, agent: Agent) -> None:
        """The agent takes no new chats."""
        await self.desk.becomes(agent.id, "away")

    async def accepts(self, agent: Agent, customer: "Customer") -> bool:
        """The agent takes the chat that rings."""
        return await self.desk.router.accept(NAME, customer.name, agent.id)

    async def ends(self, customer: "Customer") -> None:
        """The chat is over."""
        await self.desk.router.finish(NAME, customer.name)


class Customer:
    """Somebody on a site; ``claims`` are None for one who is not signed in."""

    def __init__(
        self,
        desk: ExampleDesk,
        name: str,
        site: str,
        claims: dict[str, Any] | None = None,
        *,
        browser: str | None = None,
        locale: str = "en",
    ) -> None:
        self.desk = desk
        self.name = name
        self._site = site
        self._card = first_card(wire.VisitorHello(protocol=wire.VERSION, locale=locale, time_zone=browser), claims)
        self.admission = Admission()

    async def looks(self, topic: str | None = None) -> Admission:
        """Opens the panel: what they are offered."""
        card = msgspec.structs.replace(self._card, topic=topic)
        self.admission = await self.desk.reception.admit(self._site, card)
        return self.admission

    async def asks(self, topic: str | None = None) -> Enqueued:
        """Asks for a chat."""
        offered = await self.looks(topic)
        assert offered.refused is None
        return await self.desk.desk.comes(self.name, *offered.steps, priority=offered.priority)

    async def talks_to(self, agent: Agent) -> bool:
        """Whether this agent has their chat."""
        return (await self.desk.desk.place(self.name)).agent == agent.id

    async def rings_at(self, agent: Agent) -> bool:
        """Whether their chat rings at this agent."""
        return (await self.desk.desk.place(self.name)).offered_to == agent.id

    async def line(self) -> str:
        """The line they wait in."""
        return (await self.desk.desk.place(self.name)).line

    async def position(self) -> int:
        """Their place in it, 1 is next."""
        return (await self.desk.desk.place(self.name)).position


def moment(local: str, zone: str) -> datetime:
    """What a clock on the wall of ``zone`` shows at that moment."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))


@asynccontextmanager
async def example_desk(example: str, folder: Path) -> AsyncIterator[ExampleDesk]:
    """The desk of ``examples/EXAMPLE.toml``, empty."""
    settings = read(EXAMPLES / f"{example}.toml", {"MAYFLY_SERVER_DATA_DIR": str(folder)})
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(Engine(wipe_memory=False))
        await make_sqlite(folder / "mayfly.db")
        database = Database(database_url(settings))
        stack.push_async_callback(database.close)
        desk = await stack.enter_async_context(opened(engine.url))
        yield ExampleDesk(settings, Agents(database, Passwords()), desk)
