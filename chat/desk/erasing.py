"""Somebody asks to be forgotten: their tickets go, with everything that belongs to them, and what is left is a receipt.

Gone with a ticket are its entries, files, promises, notifications and letters, and what a merge has copied out of it into
the ticket of somebody else. What an agent has typed about them elsewhere nobody can find for them.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.merging import copied_from
from chat.desk.records import File, Ticket, is_ticket, select_tickets, whole_ticket
from chat.desk.storage import Storage
from chat.storage.database import Database
from chat.storage.tables import attachments, outbox, ticket_entries, tickets


class Whose(Struct, frozen=True, kw_only=True):
    """Whose tickets: all with an address (normalised), all of an identity, or the one with a number.

    An identity and a number mean something at their ``site`` only. An address is anybody's who typed it.
    """

    site: str | None = None
    email: str | None = None
    sub: str | None = None
    number: int | None = None

    def are(self) -> sa.ColumnElement[bool]:
        """Which tickets these are."""
        asked = {"site": self.site, "email_key": self.email, "sub": self.sub, "number": self.number}
        return sa.and_(*(tickets.c[name] == value for name, value in asked.items() if value is not None))

    def letters(self) -> sa.ColumnElement[bool]:
        """Which letters are to them and about no ticket: codes."""
        return sa.and_(outbox.c.number.is_(None), sa.func.lower(outbox.c.recipient) == self.email)


class ErasedTicket(Struct, frozen=True):
    """A ticket that is gone: how many entries and files it had."""

    site: str
    number: int
    created_at: datetime
    entries: int
    files: int


class ErasedCopies(Struct, frozen=True):
    """Entries that a merge had copied into a ticket which stays, for it is somebody else's."""

    site: str
    number: int
    entries: int


class Receipt(Struct, frozen=True):
    """What was erased, or would be. It names nobody, so it can be kept."""

    at: datetime
    tickets: list[ErasedTicket]
    copies: list[ErasedCopies]
    letters: int

    def lines(self) -> list[str]:
        """The same to read."""
        told = [
            f"{one.site} #{one.number} of {one.created_at:%Y-%m-%d}: {one.entries} entries, {one.files} files"
            for one in self.tickets
        ]
        told += [
            f"{one.site} #{one.number}, which stays: {one.entries} entries copied by a merge" for one in self.copies
        ]
        told += [f"{self.letters} letters that told of no ticket"] if self.letters else []
        return told


class Erasing:
    """Erases for good. Both raise ``Unavailable`` when the database or the storage is away."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    async def look(self, whose: Whose) -> Receipt:
        """The receipt that ``erase`` would give."""
        async with self._database.connect() as connection:
            return await _receipt(connection, await _theirs(connection, whose), whose)

    async def erase(self, whose: Whose) -> Receipt:
        """Erase everything in one transaction, then the files, then what the database still has of deleted rows.

        Files that cannot be reached then are taken away by the service's hourly round.
        """
        async with self._database.begin() as connection:
            theirs = await _theirs(connection, whose)
            receipt = await _receipt(connection, theirs, whose)
            files = [file.id for ticket in theirs for file in _files(ticket)]
            for ticket in theirs:
                for into in _merged_into(ticket):
                    files += await _take_back(connection, ticket, into)
            await connection.execute(tickets.delete().where(whose.are()))
            await connection.execute(outbox.delete().where(whose.letters()))
        await self._storage.delete(files)
        await self._database.scrub()
        return receipt


async def _theirs(connection: AsyncConnection, whose: Whose) -> list[Ticket]:
    rows = await connection.execute(select_tickets().where(whose.are()).order_by(tickets.c.site, tickets.c.number))
    return [await whole_ticket(connection, row) for row in rows.all()]


async def _receipt(connection: AsyncConnection, theirs: list[Ticket], whose: Whose) -> Receipt:
    erased = [ErasedTicket(one.site, one.number, one.created_at, len(one.entries), len(_files(one))) for one in theirs]
    gone = {(one.site, one.number) for one in theirs}
    copies: Counter[tuple[str, int]] = Counter()
    for ticket in theirs:
        for into in _merged_into(ticket):
            if (ticket.site, into) not in gone:
                counting = sa.select(sa.func.count()).select_from(ticket_entries).where(_copies(ticket, into))
                copies[ticket.site, into] += await connection.scalar(counting) or 0
    counting = sa.select(sa.func.count()).select_from(outbox).where(whose.letters())
    return Receipt(
        at=datetime.now(UTC),
        tickets=erased,
        copies=[ErasedCopies(*place, entries) for place, entries in copies.items() if entries],
        letters=await connection.scalar(counting) or 0,
    )


async def _take_back(connection: AsyncConnection, ticket: Ticket, into: int) -> Sequence[str]:
    """Out of ticket ``into`` what a merge has copied there, and out of what is searched in it; returns its files."""
    copies = sa.select(ticket_entries.c.id).where(_copies(ticket, into))
    files = await connection.scalars(sa.select(attachments.c.id).where(attachments.c.entry_id.in_(copies)))
    ids = files.all()
    deleted = ticket_entries.delete().where(_copies(ticket, into)).returning(ticket_entries.c.text)
    for text in (await connection.scalars(deleted)).all():
        searched = (tickets.c.search, tickets.c.search_notes)
        without = {column.name: sa.func.replace(column, "\n" + (text or "").casefold(), "") for column in searched}
        await connection.execute(tickets.update().where(is_ticket(ticket.site, into)).values(without))
    return ids


def _copies(ticket: Ticket, into: int) -> sa.ColumnElement[bool]:
    """Which entries of ticket ``into`` are copies out of ``ticket``."""
    there = sa.and_(ticket_entries.c.site == ticket.site, ticket_entries.c.number == into)
    return sa.and_(there, ticket_entries.c.dedupe.startswith(copied_from(ticket.number)))


def _merged_into(ticket: Ticket) -> set[int]:
    """The numbers of all tickets into which it ever was merged."""
    changes = [change for entry in ticket.entries for change in entry.changes]
    return {int(change.new) for change in changes if change.field == "merged_into" and change.new}


def _files(ticket: Ticket) -> list[File]:
    return [file for file in (ticket.file, *(entry.file for entry in ticket.entries)) if file is not None]
