"""A desk on a real database: what a test files, and what was told."""

import secrets

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.exchange import By, Exchange, Words, by_agent
from chat.desk.form import NewTicket
from chat.desk.happenings import Happening, Listener
from chat.desk.merging import Merging
from chat.desk.notifications import Notifications
from chat.desk.promises import Promises
from chat.desk.queues import Filter, Queues, Viewer
from chat.desk.records import Ticket
from chat.desk.requester import Requester
from chat.desk.telling import Telling
from chat.desk.tickets import Tickets
from chat.metrics import Metrics
from chat.people.agents import Agents, NewAgent
from chat.people.passwords import Passwords
from chat.settings import Plan, Settings, Site, Team
from chat.storage.database import Database

SETTINGS = Settings(
    plans={"gold": Plan(first_response="2h-4h", next_response="1h")},
    teams={"support": Team(title="Support"), "sales": Team(title="Sales")},
    sites={
        "shop": Site(title="Shop", origins=[], topics=["Orders", "Returns"], request_types=["Question"]),
        "blog": Site(title="Blog", origins=[]),
    },
)
CUSTOMER = By("customer", "Olga")


class Recorded:
    """A listener that remembers what it heard."""

    def __init__(self) -> None:
        self.recorded: list[Happening] = []
        self.told: list[Happening] = []

    async def record(self, connection: AsyncConnection, happening: Happening) -> None:
        self.recorded.append(happening)

    async def committed(self, happening: Happening) -> None:
        self.told.append(happening)


class Desk:
    """The desk, and what was told to change."""

    def __init__(self, database: Database, settings: Settings = SETTINGS) -> None:
        self.database = database
        self.changes: list[tuple[str, int]] = []
        self.notified: list[tuple[str, int]] = []
        self.notifications = Notifications(database, self.note_notified)
        self.metrics = Metrics()
        self.recorded = Recorded()
        listeners: list[Listener] = [self.notifications, Telling(self.metrics, self.note), self.recorded]
        promises = Promises(settings)
        self.tickets = Tickets(database, settings.sites, promises, listeners)
        self.exchange = Exchange(database, self.tickets, settings, promises, listeners)
        self.merging = Merging(database, self.tickets, promises, listeners)
        self.queues = Queues(database)

    async def note(self, site: str, number: int) -> None:
        self.changes.append((site, number))

    async def note_notified(self, site: str, number: int) -> None:
        self.notified.append((site, number))

    async def file(self, dedupe: str = "1", site: str = "shop", **fields: object) -> Ticket:
        """Somebody files a request."""
        new = NewTicket(site=site, dedupe=dedupe, channel="form", subject=f"About {dedupe}", body="Please help.")
        return await self.tickets.file(msgspec.structs.replace(new, **fields))

    async def hire(self, name: str) -> By:
        """An agent more."""
        agents = Agents(self.database, Passwords())
        return by_agent(await agents.add(NewAgent(email=f"{name.lower()}@example.com", name=name, teams=("support",))))

    async def listed(self, viewer: Viewer | None = None, **filters: object) -> list[tuple[str, int]]:
        """What a list shows."""
        page = await self.queues.list(msgspec.structs.replace(Filter(), **filters), viewer)
        return [(ticket.site, ticket.number) for ticket in page.tickets]

    async def own(self, email: str, **filters: object) -> list[int]:
        """What somebody finds among their own in the shop."""
        wanted = msgspec.structs.replace(Filter(), **filters)
        page = await self.queues.list_of(Requester("shop", email=email), wanted)
        return [ticket.number for ticket in page.tickets]


def words(text: str = "Hello", **more: str) -> Words:
    """Something said, for the first time."""
    return Words(ref=more.pop("ref", secrets.token_hex(4)), text=text, **more)
