"""Somebody asks to be forgotten: their tickets go, with everything that belongs to them, and what is left is a receipt.

Gone with a ticket are its entries, files, promises, notifications and letters, and what a merge has copied out of it into
the ticket of somebody else. What an agent has typed about them elsewhere nobody can find for them.
"""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.mail.message import deliverable
from chat.desk.merging import copied_from
from chat.desk.records import File, Ticket, is_ticket, select_tickets, whole_ticket
from chat.desk.search import searched
from chat.desk.storage import Storage
from chat.people.emails import normalise
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
            return (await _found(connection, whose)).receipt

    async def erase(self, whose: Whose) -> Receipt:
        """Erase everything in one transaction, then the files; ``Database.scrub`` is to follow.

        Files that cannot be reached then are taken away by the service's hourly round.
        """
        async with self._database.begin() as connection:
            found = await _found(connection, whose)
            await connection.execute(tickets.delete().where(whose.are()))
            await _take_back(connection, found.copies)
            await connection.execute(outbox.delete().where(outbox.c.id.in_(found.letters)))
        await self._storage.delete(found.files)
        return found.receipt


class _Copy(Struct, frozen=True):
    """An entry that was copied by a merge, in whichever ticket it stands now."""

    id: int
    site: str
    number: int


class _Found(Struct, frozen=True):
    theirs: list[Ticket]
    copies: list[_Copy]
    """In tickets that stay."""
    files: list[str]
    letters: list[int]

    @property
    def receipt(self) -> Receipt:
        told = Counter((one.site, one.number) for one in self.copies)
        return Receipt(
            at=datetime.now(UTC),
            tickets=[
                ErasedTicket(one.site, one.number, one.created_at, len(one.entries), len(_files(one)))
                for one in self.theirs
            ],
            copies=[ErasedCopies(*place, entries) for place, entries in sorted(told.items())],
            letters=len(self.letters),
        )


async def _found(connection: AsyncConnection, whose: Whose) -> _Found:
    rows = await connection.execute(select_tickets().where(whose.are()).order_by(tickets.c.site, tickets.c.number))
    theirs = [await whole_ticket(connection, row) for row in rows.all()]
    gone = {(one.site, one.number) for one in theirs}
    everywhere = [copy for ticket in theirs for copy in await _copies(connection, ticket)]
    copies = [copy for copy in everywhere if (copy.site, copy.number) not in gone]
    moved = sa.select(attachments.c.id).where(attachments.c.entry_id.in_([copy.id for copy in copies]))
    files = [file.id for ticket in theirs for file in _files(ticket)]
    return _Found(
        theirs,
        copies,
        files=[*files, *await connection.scalars(moved)],
        letters=await _letters(connection, whose.email) if whose.email is not None else [],
    )


async def _copies(connection: AsyncConnection, ticket: Ticket) -> list[_Copy]:
    """What merges have copied out of a ticket, and out of that one in turn."""
    entries = ticket_entries.c
    first = sa.and_(entries.number.in_(_merged_into(ticket)), entries.dedupe.startswith(copied_from(ticket.number)))
    found: list[_Copy] = []
    where: sa.ColumnElement[bool] | None = first
    while where is not None:
        query = sa.select(entries.id, entries.site, entries.number).where(entries.site == ticket.site, where)
        new = [_Copy(*row) for row in await connection.execute(query)]
        found += new
        where = entries.dedupe.in_([f"{copied_from(one.number)}{one.id}" for one in new]) if new else None
    return found


async def _take_back(connection: AsyncConnection, copies: list[_Copy]) -> None:
    """Out of the tickets that stay, and out of what is searched in them."""
    await connection.execute(ticket_entries.delete().where(ticket_entries.c.id.in_([copy.id for copy in copies])))
    for site, number in {(copy.site, copy.number) for copy in copies}:
        row = (await connection.execute(select_tickets().where(is_ticket(site, number)))).one()
        await connection.execute(
            tickets.update().where(is_ticket(site, number)).values(searched(await whole_ticket(connection, row)))
        )


async def _letters(connection: AsyncConnection, email: str) -> list[int]:
    """Those to an address that are about no ticket: codes. Few, and compared here: SQLite folds ASCII only."""
    rows = await connection.execute(sa.select(outbox.c.id, outbox.c.recipient).where(outbox.c.number.is_(None)))
    theirs = {email}
    with suppress(ValueError):  # nothing can ever have been sent there
        theirs.add(normalise(deliverable(email)))
    return [row.id for row in rows if normalise(row.recipient) in theirs]


def _merged_into(ticket: Ticket) -> set[int]:
    """The numbers of all tickets into which it ever was merged."""
    changes = [change for entry in ticket.entries for change in entry.changes]
    return {int(change.new) for change in changes if change.field == "merged_into" and change.new}


def _files(ticket: Ticket) -> list[File]:
    return [file for file in (ticket.file, *(entry.file for entry in ticket.entries)) if file is not None]
