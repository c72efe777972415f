"""Tickets: what people chose to keep. Filed once, numbered per site, listed, and moved through four statuses."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from chat.desk.form import Channel, NewTicket, TranscriptLine, checked
from chat.errors import Refused, Unavailable
from chat.metrics import Metrics
from chat.settings import Site
from chat.storage.database import Database
from chat.storage.tables import Utc, agents, ticket_sequences, tickets

Status = Literal["open", "pending", "solved", "closed"]

FIRST_NUMBER = 1001
PAGE = 50
ATTEMPTS = 5
"""Filing collides only when two file a site's first ticket, or the same one, in the same instant."""


class Ticket(Struct, frozen=True, kw_only=True):
    """A request that was kept; ``agent`` is the name of the agent who filed it."""

    site: str
    number: int
    channel: Channel
    status: Status
    subject: str
    body: str
    name: str | None
    email: str | None
    phone: str | None
    request_type: str | None
    topic: str | None
    importance: str | None
    transcript: list[TranscriptLine] | None
    sub: str | None
    agent_id: str | None
    agent: str | None
    created_at: datetime
    updated_at: datetime


class TicketPage(Struct, frozen=True):
    """A page of the list, last changed first; ``next`` asks for the following one."""

    tickets: list[Ticket]
    next: str | None


class Tickets:
    """The tickets in the database.

    ``on_changed`` is awaited with (site, number) after a ticket is new or has changed.
    """

    def __init__(
        self,
        database: Database,
        sites: Mapping[str, Site],
        metrics: Metrics,
        on_changed: Callable[[str, int], Awaitable[None]],
    ) -> None:
        self._database = database
        self._sites = sites
        self._metrics = metrics
        self._on_changed = on_changed

    async def file(self, new: NewTicket) -> Ticket:
        """Keep a request; with a ``dedupe`` that was filed before, return that ticket.

        Raises ``Refused("invalid")`` with every fault, ``Refused("unknown_site")``, or ``Unavailable``; then nothing
        is kept.
        """
        new = checked(new, self._site(new.site))
        for _ in range(ATTEMPTS):
            try:
                number, is_new = await self._insert(new)
            except IntegrityError:
                continue
            ticket = await self.get(new.site, number)
            if is_new:
                self._metrics.tickets_filed.labels(new.channel).inc()
                await self._on_changed(new.site, number)
            return ticket
        raise Unavailable

    async def get(self, site: str, number: int) -> Ticket:
        """One ticket with all it holds. Raises ``Refused("not_found")``."""
        async with self._database.connect() as connection:
            query = _select().where(tickets.c.site == site, tickets.c.number == number)
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise Refused("not_found", "there is no such ticket")
        return _ticket(row)

    async def list(
        self,
        *,
        site: str | None = None,
        status: Status | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = PAGE,
    ) -> TicketPage:
        """A page of tickets, last changed first. ``q`` is a number, or part of a subject, text, name or address.

        Raises ``Refused("invalid")`` for a cursor that is not ours.
        """
        query = _select().order_by(tickets.c.updated_at.desc(), tickets.c.site.desc(), tickets.c.number.desc())
        if site:
            query = query.where(tickets.c.site == site)
        if status:
            query = query.where(tickets.c.status == status)
        if q and (wanted := q.strip()):
            query = query.where(_matches(wanted))
        if cursor:
            query = query.where(_after(cursor))
        async with self._database.connect() as connection:
            rows = (await connection.execute(query.limit(limit + 1))).all()
        shown = [_ticket(row) for row in rows[:limit]]
        return TicketPage(shown, _cursor(shown[-1]) if len(rows) > limit else None)

    async def change(self, site: str, number: int, *, status: Status | None = None, topic: str | None = None) -> Ticket:
        """Set what is given. Raises ``Refused("invalid")`` for a topic the site does not have, ``not_found``."""
        changes: dict[str, object] = {}
        if status is not None:
            changes["status"] = status
        if topic is not None:
            if topic not in self._site(site).topics:
                raise Refused("invalid", "the site has no such topic", fields={"topic": "not_a_choice"})
            changes["topic"] = topic
        if not changes:
            return await self.get(site, number)
        this = sa.and_(tickets.c.site == site, tickets.c.number == number)
        async with self._database.begin() as connection:
            await connection.execute(tickets.update().where(this).values(updated_at=datetime.now(UTC), **changes))
        changed = await self.get(site, number)
        await self._on_changed(site, number)
        return changed

    def _site(self, key: str) -> Site:
        site = self._sites.get(key)
        if site is None:
            raise Refused("unknown_site", f"no site {key!r}")
        return site

    async def _insert(self, new: NewTicket) -> tuple[int, bool]:
        """The ticket's number, and whether it is new. One transaction: a number is used up only by a ticket."""
        async with self._database.begin() as connection:
            same = sa.select(tickets.c.number).where(tickets.c.site == new.site, tickets.c.dedupe == new.dedupe)
            if (known := await connection.scalar(same)) is not None:
                return known, False
            counting = ticket_sequences.update().where(ticket_sequences.c.site == new.site)
            number = await connection.scalar(
                counting.values(last=ticket_sequences.c.last + 1).returning(ticket_sequences.c.last)
            )
            if number is None:
                number = FIRST_NUMBER
                await connection.execute(ticket_sequences.insert().values(site=new.site, last=number))
            now = datetime.now(UTC)
            row = msgspec.structs.asdict(new) | {
                "number": number,
                "status": "open",
                "transcript": msgspec.json.encode(new.transcript).decode() if new.transcript is not None else None,
                "created_at": now,
                "updated_at": now,
            }
            await connection.execute(tickets.insert().values(row))
            return number, True


_TRANSCRIPT = msgspec.json.Decoder(list[TranscriptLine])


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(tickets, agents.c.name.label("agent")).outerjoin(agents, agents.c.id == tickets.c.agent_id)


def _ticket(row: sa.Row[tuple[object, ...]]) -> Ticket:
    fields = {name: getattr(row, name) for name in Ticket.__struct_fields__}
    fields["transcript"] = _TRANSCRIPT.decode(row.transcript) if row.transcript is not None else None
    return Ticket(**fields)


def _matches(wanted: str) -> sa.ColumnElement[bool]:
    texts = (tickets.c.subject, tickets.c.body, tickets.c.name, tickets.c.email)
    found = [column.icontains(wanted.lower(), autoescape=True) for column in texts]
    digits = wanted.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        found.append(tickets.c.number == int(digits))
    return sa.or_(*found)


def _cursor(last: Ticket) -> str:
    position = (last.updated_at.isoformat(), last.site, last.number)
    return urlsafe_b64encode(msgspec.json.encode(position)).decode()


def _after(cursor: str) -> sa.ColumnElement[bool]:
    try:
        at, site, number = msgspec.json.decode(urlsafe_b64decode(cursor.encode()), type=tuple[datetime, str, int])
    except (ValueError, msgspec.MsgspecError):
        raise Refused("invalid", "this cursor was not made here", fields={"cursor": "invalid"}) from None
    here = sa.tuple_(sa.literal(at, Utc), sa.literal(site), sa.literal(number))
    return sa.tuple_(tickets.c.updated_at, tickets.c.site, tickets.c.number) < here
