"""Lists of tickets: queues, filters, search; a page at a time, by cursor, so that page 1,000 costs what page 1 does."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, assert_never

import msgspec
import sqlalchemy as sa
from msgspec import Meta, Struct, structs
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.course import ACTIVE, Status
from chat.desk.records import Priority, Ticket, select_tickets, ticket_of
from chat.desk.requester import Requester
from chat.desk.search import AGENTS, REQUESTERS, Sought, read
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import Utc, tickets

Queue = Literal["mine", "unassigned", "team", "due_soon", "overdue", "all"]
QUEUES: tuple[Queue, ...] = ("mine", "unassigned", "team", "due_soon", "overdue", "all")

PAGE = 50
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these is every moment that is asked for: weeks and time zones may be added to it without leaving the calendar."""
LARGEST_NUMBER = 2**31 - 1
"""What the databases' integers hold."""
EXAMINED = 20_000
"""In so many tickets words are looked for at a time, so that no search takes longer however many there are."""


class Viewer(Struct, frozen=True):
    """The agent for whom a queue is read."""

    agent_id: str
    teams: tuple[str, ...]


class Filter(Struct, frozen=True, kw_only=True):
    """What to list; a None filters nothing.

    ``q`` is what is sought (see ``search``). ``assignee`` is an agent's id, or
    "nobody". ``since`` (inclusive) and ``until`` (exclusive) are about when a ticket was filed.
    """

    queue: Queue = "all"
    site: str | None = None
    status: Status | None = None
    topic: str | None = None
    request_type: str | None = None
    team: str | None = None
    assignee: str | None = None
    priority: Priority | None = None
    q: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class TicketPage(Struct, frozen=True):
    """A page of the list; ``next`` asks for the following one.

    A search by words looks in ``EXAMINED`` tickets for a page: it may have few tickets, or none, and go on in the next.
    """

    tickets: list[Ticket]
    next: str | None


class Queues:
    """The lists of the database."""

    def __init__(self, database: Database, *, examined: int = EXAMINED) -> None:
        self._database = database
        self._examined = examined

    async def list(
        self, filter: Filter, viewer: Viewer | None = None, *, cursor: str | None = None, limit: int = PAGE
    ) -> TicketPage:
        """A page: last changed first, and what is due soon or overdue by when it is due.

        Raises ``Refused("invalid")`` for a cursor that was not made for this order.
        """
        listing = _Listing(_conditions(filter, viewer, datetime.now(UTC)), read(filter.q), AGENTS)
        if filter.queue in ("due_soon", "overdue"):
            listing = structs.replace(listing, column=tickets.c.due_at, rising=True)
        return await self._page(listing, cursor, limit)

    async def list_of(
        self, requester: Requester, filter: Filter, *, cursor: str | None = None, limit: int = PAGE
    ) -> TicketPage:
        """A page of somebody's own tickets, those first in which something was said last. Raises as ``list``."""
        where = (requester.owns(), *_conditions(filter, None, datetime.now(UTC)))
        return await self._page(_Listing(where, read(filter.q), REQUESTERS, tickets.c.said_at), cursor, limit)

    async def count(self, viewer: Viewer) -> dict[Queue, int]:
        """How many tickets wait in each queue but ``all``."""
        now = datetime.now(UTC)
        counted = [queue for queue in QUEUES if queue != "all"]
        counts = [
            sa.select(sa.func.count()).select_from(tickets).where(*_in_queue(queue, viewer, now)).scalar_subquery()
            for queue in counted
        ]
        async with self._database.connect() as connection:
            row = (await connection.execute(sa.select(*counts))).one()
        return dict(zip(counted, row, strict=True))

    async def _page(self, listing: "_Listing", cursor: str | None, limit: int) -> TicketPage:
        sought, where = listing.sought, listing.where
        here = _place(cursor, listing.order) if cursor else None
        async with self._database.connect() as connection:
            shown: list[Ticket] = []
            if sought.number is not None and here is None:
                shown = await listing.read(connection, *where, tickets.c.number == sought.number)
            if sought.number is not None and not sought.words:
                return TicketPage(shown, None)
            if here is not None:
                where = (*where, listing.beyond(here))
            end = None
            if sought.words:
                end = await listing.place_after(connection, where, self._examined)
                where = (*where, sought.found_in(listing.searched))
                if end is not None:
                    where = (*where, listing.up_to(end))
            if sought.address is not None:
                where = (*where, tickets.c.email_key == sought.address)
            found = await listing.read(connection, *where, limit=limit + 1)
        if len(found) > limit:
            end = listing.place_of(found[limit - 1])
        return TicketPage(shown + found[:limit], _cursor(end) if end is not None else None)


class _Place(Struct, array_like=True, frozen=True):
    """Between two tickets of a list: after this one."""

    order: str
    at: Annotated[datetime, Meta(tz=True)]
    site: str
    number: Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]


class _Listing(Struct, frozen=True):
    """A list: which tickets, what is sought in them and where, and in which order."""

    where: Sequence[sa.ColumnElement[bool]]
    sought: Sought
    searched: Sequence[sa.Column[str]]
    column: sa.Column[Any] = tickets.c.updated_at
    rising: bool = False

    @property
    def _columns(self) -> tuple[sa.Column[Any], ...]:
        return self.column, tickets.c.site, tickets.c.number

    @property
    def order(self) -> str:
        """Its name."""
        return str(self.column.name)

    def beyond(self, place: _Place) -> sa.ColumnElement[bool]:
        """What comes after a place."""
        here = sa.tuple_(sa.literal(place.at, Utc), sa.literal(place.site), sa.literal(place.number))
        return sa.tuple_(*self._columns) > here if self.rising else sa.tuple_(*self._columns) < here

    def up_to(self, place: _Place) -> sa.ColumnElement[bool]:
        """What comes before it, and what is there."""
        here = sa.tuple_(sa.literal(place.at, Utc), sa.literal(place.site), sa.literal(place.number))
        return sa.tuple_(*self._columns) <= here if self.rising else sa.tuple_(*self._columns) >= here

    def place_of(self, ticket: Ticket) -> _Place:
        """Where it stands."""
        at: datetime | None = getattr(ticket, self.order)
        assert at is not None, "what is listed by due_at has one"
        return _Place(self.order, at, ticket.site, ticket.number)

    async def read(
        self, connection: AsyncConnection, *where: sa.ColumnElement[bool], limit: int = PAGE
    ) -> list[Ticket]:
        """The first tickets, as a list shows them."""
        query = self._ordered(select_tickets(brief=True).where(*where)).limit(limit)
        return [ticket_of(row) for row in await connection.execute(query)]

    async def place_after(
        self, connection: AsyncConnection, where: Sequence[sa.ColumnElement[bool]], number: int
    ) -> _Place | None:
        """The place behind so many tickets; None if there are not more."""
        query = self._ordered(sa.select(*self._columns).where(*where)).offset(number - 1).limit(2)
        rows = (await connection.execute(query)).all()
        return _Place(self.order, *rows[0]) if len(rows) == 2 else None

    def _ordered(self, query: sa.Select[Any]) -> sa.Select[Any]:
        return query.order_by(*(one.asc() if self.rising else one.desc() for one in self._columns))


def _conditions(filter: Filter, viewer: Viewer | None, now: datetime) -> Sequence[sa.ColumnElement[bool]]:
    """All that is asked of a ticket but what is sought in its words."""
    exact = ("site", "status", "topic", "request_type", "team", "priority")
    given = {name: wanted for name in exact if (wanted := getattr(filter, name)) is not None}
    found = [*_in_queue(filter.queue, viewer, now), *(tickets.c[name] == wanted for name, wanted in given.items())]
    if filter.assignee is not None:
        found.append(tickets.c.assignee_id == (None if filter.assignee == "nobody" else filter.assignee))
    if filter.since is not None:
        found.append(tickets.c.created_at >= filter.since)
    if filter.until is not None:
        found.append(tickets.c.created_at < filter.until)
    return found


def _in_queue(queue: Queue, viewer: Viewer | None, now: datetime) -> Sequence[sa.ColumnElement[bool]]:
    active = tickets.c.status.in_(ACTIVE)
    match queue:
        case "mine":
            return active, tickets.c.assignee_id == (viewer.agent_id if viewer else None)
        case "unassigned":
            return active, tickets.c.assignee_id.is_(None)
        case "team":
            return active, tickets.c.team.in_(viewer.teams if viewer else ())
        case "due_soon":
            return tickets.c.due_at >= now, tickets.c.due_warn_at <= now
        case "overdue":
            return (tickets.c.due_at < now,)
        case "all":
            return ()
    assert_never(queue)


def _cursor(place: _Place) -> str:
    return urlsafe_b64encode(msgspec.json.encode(place)).decode()


def _place(cursor: str, order: str) -> _Place:
    try:
        place = msgspec.json.decode(urlsafe_b64decode(cursor.encode()), type=_Place)
        if place.order != order or not EARLIEST <= place.at < LATEST:
            raise ValueError
    except (ValueError, msgspec.MsgspecError):
        raise Refused("invalid", "this cursor was not made here", fields={"cursor": "invalid"}) from None
    return place
