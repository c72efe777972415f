"""One matter, two tickets: the duplicate's exchange is copied into the other, and the duplicate is closed.

Words go only where their author may read them anyway: if both tickets are the same requester's, what was said becomes
part of the other exchange; if not, it becomes notes among agents. The duplicate keeps its own words for its requester,
and comes apart again as soon as it is opened (``exchange.Draft``).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk import course
from chat.desk.course import Course
from chat.desk.exchange import By, Draft, entry_with
from chat.desk.happenings import Added, Happening, Listener
from chat.desk.promises import Promises
from chat.desk.records import Change, Entry, Ticket, is_ticket, select_tickets, ticket_of, whole_ticket
from chat.desk.requester import same_address, same_requester
from chat.desk.tickets import Tickets
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import attachments, ticket_entries, tickets


class Merging:
    """Merges duplicates. ``listeners`` hear of a change in either ticket, not of the words that were copied."""

    def __init__(self, database: Database, tickets: Tickets, promises: Promises, listeners: Sequence[Listener]) -> None:
        self._database = database
        self._tickets = tickets
        self._promises = promises
        self._listeners = listeners

    async def merge(self, site: str, number: int, into: int, by: By, *, ref: str) -> Ticket:
        """Close ticket ``number`` as a duplicate of ``into``, and return that one; with the same ``ref`` only once.

        Raises ``Refused("not_found")`` if either is not there, and ``Refused("invalid")`` about ``into`` for the
        ticket itself or one that is merged, about ``number`` if this one is.
        """
        if number == into:
            raise Refused("invalid", "a ticket is no duplicate of itself", fields={"into": "same_ticket"})
        happenings: list[Happening] = []
        async with self._database.begin() as connection:
            held = await _hold(connection, site, number, into)
            if await connection.scalar(entry_with(site, number, ref)) is None:
                now = datetime.now(UTC)
                duplicate, target = (self._draft(connection, one, now) for one in held)
                await _merge(duplicate, target, by, ref)
                happenings = [await _added(one) for one in (target, duplicate)]
                for happening in happenings:
                    for listener in self._listeners:
                        await listener.record(connection, happening)
        for happening in happenings:
            for listener in self._listeners:
                await listener.committed(happening)
        return await self._tickets.get(site, into)

    def _draft(self, connection: AsyncConnection, ticket: Ticket, now: datetime) -> Draft:
        terms = self._promises.terms(ticket.site, plan=ticket.plan, team=ticket.team, time_zone=ticket.time_zone)
        return Draft(connection, ticket, terms, now)


async def _hold(connection: AsyncConnection, site: str, number: int, into: int) -> list[Ticket]:
    """Both tickets, held by number, so that two who merge crosswise come one after the other."""
    both = sa.and_(tickets.c.site == site, tickets.c.number.in_((number, into)))
    rows = await connection.execute(select_tickets().where(both).order_by(tickets.c.number).with_for_update(of=tickets))
    held = {row.number: row for row in rows}
    if len(held) < 2:
        raise Refused("not_found", "there is no such ticket")
    return [await whole_ticket(connection, held[number]), ticket_of(held[into])]


async def _merge(duplicate: Draft, target: Draft, by: By, ref: str) -> None:
    merged = [("number", duplicate.ticket), ("into", target.ticket)]
    if faults := {field: "merged" for field, ticket in merged if ticket.merged_into is not None}:
        raise Refused("invalid", "this ticket is merged into another", fields=faults)
    number, into = duplicate.ticket.number, target.ticket.number
    theirs = same_requester(duplicate.ticket, target.ticket)
    after = target.ticket.course
    waits = theirs or same_address(duplicate.ticket, target.ticket)  # the answer will be mailed to them
    if waits and duplicate.ticket.status == "open":
        after = course.customer_wrote(after, target.terms, target.now)
        after = course.sooner(after, duplicate.ticket.course.promise)
    values = await _copy(duplicate, target, public=theirs)
    said = Change("merged", None, str(number))
    await target.add(by, "change", f"{ref} {number}", after, changes=[said], **values)
    said = Change("merged_into", None, str(into))
    await duplicate.add(by, "change", ref, Course("closed"), changes=[said], merged_into=into)


async def _copy(duplicate: Draft, target: Draft, *, public: bool) -> dict[str, Any]:
    """What was said in the duplicate, as entries of the target; what its columns become by that.

    What was copied before, by a merge that came apart, is not copied again.
    """
    connection, site, number = target.connection, target.ticket.site, target.ticket.number
    mark = copied_from(duplicate.ticket.number)
    there = sa.and_(ticket_entries.c.site == site, ticket_entries.c.number == number)
    copied = sa.select(ticket_entries.c.dedupe).where(there, ticket_entries.c.dedupe.startswith(mark))
    known = set(await connection.scalars(copied))
    found: dict[str, list[str]] = {"search": [], "search_notes": []}
    for line in _said(duplicate.ticket):
        dedupe = f"{mark}{line.id}"
        if dedupe in known:
            continue
        kind = line.kind if public else "note"
        row = {
            "site": site,
            "number": number,
            "kind": kind,
            "author": line.author,
            "name": line.name,
            "text": line.text,
            "dedupe": dedupe,
            "created_at": line.created_at,
        }
        entry_id = await connection.scalar(ticket_entries.insert().values(row).returning(ticket_entries.c.id))
        if public and line.file is not None:
            moved = attachments.update().where(attachments.c.id == line.file.id)
            await connection.execute(moved.values(number=number, entry_id=entry_id))
        found["search_notes" if kind == "note" else "search"].append((line.text or "").casefold())
    values: dict[str, Any] = {name: tickets.c[name] + "\n" + "\n".join(texts) for name, texts in found.items() if texts}
    return values | ({"said_at": target.now} if found["search"] else {})


def copied_from(number: int) -> str:
    """How ``dedupe`` begins of entries that were copied out of the ticket with this number."""
    return f"merged {number} "


def _said(ticket: Ticket) -> list[Entry]:
    """The request itself, with the chat it came from, and all that was said after it."""
    lines = [f"{line.name or line.author}: {line.text}" for line in ticket.transcript or () if line.author != "system"]
    request = Entry(
        id=0,
        kind="reply",
        author="agent" if ticket.channel == "desk" else "customer",
        name=ticket.agent if ticket.channel == "desk" else ticket.name,
        text="\n\n".join(filter(None, (ticket.subject, ticket.body, "\n".join(lines)))),
        changes=[],
        file=ticket.file,
        created_at=ticket.created_at,
    )
    return [request, *(entry for entry in ticket.entries if entry.kind != "change")]


async def _added(draft: Draft) -> Added:
    this = is_ticket(draft.ticket.site, draft.ticket.number)
    row = (await draft.connection.execute(select_tickets().where(this))).one()
    assert draft.entry is not None
    return Added(ticket_of(row), draft.entry)
