"""Filing: a request becomes a ticket, once, with a number of its site's own."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.attachments import attach
from chat.desk.course import filed
from chat.desk.form import NewTicket, checked
from chat.desk.happenings import Filed, Listener
from chat.desk.promises import Promises
from chat.desk.records import Ticket, course_columns, is_ticket, select_tickets, ticket_of, whole_ticket
from chat.desk.search import folded
from chat.errors import Refused, Unavailable
from chat.people.emails import normalise
from chat.settings import Site
from chat.storage.database import Database
from chat.storage.tables import ticket_sequences, tickets

FIRST_NUMBER = 1001
ATTEMPTS = 5
"""Filing collides only when two file a site's first ticket, or the same one, in the same instant."""


class Tickets:
    """The tickets in the database. ``listeners`` hear of each that is new."""

    def __init__(
        self, database: Database, sites: Mapping[str, Site], promises: Promises, listeners: Sequence[Listener]
    ) -> None:
        self._database = database
        self._sites = sites
        self._promises = promises
        self._listeners = listeners

    async def file(self, new: NewTicket) -> Ticket:
        """Keep a request; with a ``dedupe`` that was filed before, return that ticket.

        Raises ``Refused("invalid")`` with every fault, ``Refused("unknown_site")``, or ``Unavailable``; then nothing
        is kept.
        """
        new = checked(new, self.site(new.site))
        if new.plan is None and new.channel in ("phone", "desk"):
            new = msgspec.structs.replace(new, plan=await self._plan_of(new))
        for _ in range(ATTEMPTS):
            try:
                ticket, is_new = await self._insert(new)
            except IntegrityError:
                continue
            if is_new:
                for listener in self._listeners:
                    await listener.committed(Filed(ticket))
            return ticket
        raise Unavailable

    async def get(self, site: str, number: int) -> Ticket:
        """One ticket with its entries and files. Raises ``Refused("not_found")``."""
        async with self._database.connect() as connection:
            row = (await connection.execute(select_tickets().where(is_ticket(site, number)))).one_or_none()
            if row is None:
                raise Refused("not_found", "there is no such ticket")
            return await whole_ticket(connection, row)

    def site(self, key: str) -> Site:
        """The site with this key. Raises ``Refused("unknown_site")``."""
        site = self._sites.get(key)
        if site is None:
            raise Refused("unknown_site", f"no site {key!r}")
        return site

    async def _plan_of(self, new: NewTicket) -> str | None:
        """The plan of the requester's latest ticket that has one, by their identity or an address vouched for."""
        by_address = sa.and_(tickets.c.email_vouched, tickets.c.email_key == normalise(new.email or ""))
        theirs = sa.or_(tickets.c.sub == (new.sub or ""), by_address)
        found = sa.select(tickets.c.plan).where(tickets.c.site == new.site, theirs, tickets.c.plan.is_not(None))
        async with self._database.connect() as connection:
            plan: str | None = await connection.scalar(found.order_by(tickets.c.number.desc()).limit(1))
        return plan

    async def _insert(self, new: NewTicket) -> tuple[Ticket, bool]:
        """The ticket, and whether it is new. One transaction: a number is used up only by a ticket."""
        async with self._database.begin() as connection:
            same = sa.select(tickets.c.number).where(tickets.c.site == new.site, tickets.c.dedupe == new.dedupe)
            number = await connection.scalar(same)
            is_new = number is None
            if number is None:
                number = await self._next_number(connection, new.site)
                await connection.execute(tickets.insert().values(self._row(new, number)))
                if new.file is not None:
                    await attach(connection, new.file, new.site, number)
            row = (await connection.execute(select_tickets().where(is_ticket(new.site, number)))).one()
            ticket = await whole_ticket(connection, row) if new.file is not None else ticket_of(row)
            if is_new:
                for listener in self._listeners:
                    await listener.record(connection, Filed(ticket))
            return ticket, is_new

    async def _next_number(self, connection: AsyncConnection, site: str) -> int:
        counting = ticket_sequences.update().where(ticket_sequences.c.site == site)
        number: int | None = await connection.scalar(
            counting.values(last=ticket_sequences.c.last + 1).returning(ticket_sequences.c.last)
        )
        if number is None:
            number = FIRST_NUMBER
            await connection.execute(ticket_sequences.insert().values(site=site, last=number))
        return number

    def _row(self, new: NewTicket, number: int) -> dict[str, object]:
        now = datetime.now(UTC)
        terms = self._promises.terms(new.site, plan=new.plan, team=new.team, time_zone=new.time_zone)
        # What support opens towards the customer waits for the customer; nobody owes an answer.
        standing = {"status": "pending"} if new.channel == "desk" else course_columns(filed(terms, now))
        row = msgspec.structs.asdict(new) | standing
        del row["file"]
        return row | {
            "number": number,
            "salt": secrets.token_hex(16),
            "version": 1,
            "email_key": normalise(new.email) if new.email else None,
            "fields": msgspec.json.encode(new.fields).decode() if new.fields else None,
            "transcript": msgspec.json.encode(new.transcript).decode() if new.transcript is not None else None,
            "search": folded(new.subject, new.body, new.name, new.email, new.phone),
            "created_at": now,
            "updated_at": now,
            "said_at": now,
        }
