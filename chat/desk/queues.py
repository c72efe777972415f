"""Lists of tickets: queues, filters, search; a page at a time, by cursor, so that page 1,000 costs what page 1 does."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, assert_never

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from chat.desk.course import ACTIVE, Status
from chat.desk.records import Priority, Ticket, select_tickets, ticket_of
from chat.desk.requester import Requester
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import Utc, tickets

Queue = Literal["mine", "unassigned", "team", "due_soon", "overdue", "all"]
QUEUES: tuple[Queue, ...] = ("mine", "unassigned", "team", "due_soon", "overdue", "all")

PAGE = 50


class Viewer(Struct, frozen=True):
    """The agent for whom a queue is read."""

    agent_id: str
    teams: tuple[str, ...]


class Filter(Struct, frozen=True, kw_only=True):
    """What to list; a None filters nothing.

    ``q`` is a number, or words of which every one stands somewhere in the ticket. ``assignee`` is an agent's id, or
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
    """A page of the list; ``next`` asks for the following one."""

    tickets: list[Ticket]
    next: str | None


class Queues:
    """The lists of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self, filter: Filter, viewer: Viewer | None = None, *, cursor: str | None = None, limit: int = PAGE
    ) -> TicketPage:
        """A page: last changed first, and what is due soon or overdue by when it is due.

        Raises ``Refused("invalid")`` for a cursor that was not made for this order.
        """
        query = select_tickets().where(*_conditions(filter, viewer, datetime.now(UTC)))
        by_due = filter.queue in ("due_soon", "overdue")
        return await self._page(query, tickets.c.due_at if by_due else tickets.c.updated_at, by_due, cursor, limit)

    async def list_of(
        self, requester: Requester, filter: Filter, *, cursor: str | None = None, limit: int = PAGE
    ) -> TicketPage:
        """A page of somebody's own tickets, last changed first. Raises as ``list``."""
        own = _conditions(filter, None, datetime.now(UTC), (tickets.c.search,))
        query = select_tickets().where(requester.owns(), *own)
        return await self._page(query, tickets.c.updated_at, False, cursor, limit)

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

    async def _page(
        self, query: sa.Select[Any], column: sa.Column[Any], rising: bool, cursor: str | None, limit: int
    ) -> TicketPage:
        place = (column, tickets.c.site, tickets.c.number)
        if cursor:
            here = sa.tuple_(*_place(cursor, column.name))
            query = query.where(sa.tuple_(*place) > here if rising else sa.tuple_(*place) < here)
        query = query.order_by(*(one.asc() if rising else one.desc() for one in place))
        async with self._database.connect() as connection:
            rows = (await connection.execute(query.limit(limit + 1))).all()
        shown = [ticket_of(row) for row in rows[:limit]]
        return TicketPage(shown, _cursor(shown[-1], str(column.name)) if len(rows) > limit else None)


def _conditions(
    filter: Filter,
    viewer: Viewer | None,
    now: datetime,
    searched: Sequence[sa.Column[str]] = (tickets.c.search, tickets.c.search_notes),
) -> list[sa.ColumnElement[bool]]:
    """Words are looked for in ``searched``: the requester must not find what agents noted."""
    exact = ("site", "status", "topic", "request_type", "team", "priority")
    given = {name: wanted for name in exact if (wanted := getattr(filter, name)) is not None}
    found = [*_in_queue(filter.queue, viewer, now), *(tickets.c[name] == wanted for name, wanted in given.items())]
    if filter.assignee is not None:
        found.append(tickets.c.assignee_id == (None if filter.assignee == "nobody" else filter.assignee))
    if filter.since is not None:
        found.append(tickets.c.created_at >= filter.since)
    if filter.until is not None:
        found.append(tickets.c.created_at < filter.until)
    if filter.q and (wanted := filter.q.strip()):
        found.append(_matches(wanted, searched))
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


def _matches(wanted: str, searched: Sequence[sa.Column[str]]) -> sa.ColumnElement[bool]:
    digits = wanted.removeprefix("#")
    words = sa.and_(
        *(
            sa.or_(*(column.contains(word, autoescape=True) for column in searched))
            for word in wanted.casefold().split()
        )
    )
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        return sa.or_(tickets.c.number == int(digits), words)
    return words


class _Cursor(Struct, array_like=True, frozen=True):
    order: str
    at: datetime
    site: str
    number: int


def _cursor(last: Ticket, order: str) -> str:
    at = last.due_at if order == "due_at" else last.updated_at
    assert at is not None, "what is listed by due_at has one"
    return urlsafe_b64encode(msgspec.json.encode(_Cursor(order, at, last.site, last.number))).decode()


def _place(cursor: str, order: str) -> Sequence[sa.ColumnElement[Any]]:
    try:
        place = msgspec.json.decode(urlsafe_b64decode(cursor.encode()), type=_Cursor)
        if place.order != order:
            raise ValueError
    except (ValueError, msgspec.MsgspecError):
        raise Refused("invalid", "this cursor was not made here", fields={"cursor": "invalid"}) from None
    return sa.literal(place.at, Utc), sa.literal(place.site), sa.literal(place.number)
