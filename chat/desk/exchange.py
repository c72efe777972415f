"""Everything that happens to a ticket after it was filed: replies, notes, changes. Each is an entry, in order, for good.

One transaction an entry, with the ticket's row held, so that two who write at once come one after the other. Whoever
names the ``version`` they have seen is refused when there is a newer one: nobody overwrites what they did not see.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct, structs
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk import course
from chat.desk.attachments import attach
from chat.desk.course import Course, Status
from chat.desk.form import MAX_BODY
from chat.desk.happenings import Added, Listener
from chat.desk.promises import Promises, Terms
from chat.desk.records import (
    Author,
    Change,
    Entry,
    EntryKind,
    Priority,
    Ticket,
    course_columns,
    is_ticket,
    select_tickets,
    ticket_of,
)
from chat.desk.tickets import Tickets
from chat.errors import Refused
from chat.people.agents import Agent
from chat.settings import Settings
from chat.storage.database import Database
from chat.storage.tables import agents, promises, ticket_entries, tickets


class By(Struct, frozen=True):
    """Who does something: a customer, or an agent with their id."""

    author: Author
    name: str | None
    agent_id: str | None = None


def by_customer(ticket: Ticket) -> By:
    """Its requester does it."""
    return By("customer", ticket.name)


def by_agent(agent: Agent) -> By:
    """An agent does it."""
    return By("agent", agent.name, agent.id)


class Words(Struct, frozen=True, kw_only=True):
    """A reply or a note. ``ref`` is the author's own id for it: sending it again adds nothing. ``file`` is an upload."""

    ref: str
    text: str
    file: str | None = None


class Changes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent may set; what is absent stays. None takes a topic, type, plan, team or assignee away."""

    status: Status | msgspec.UnsetType = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    topic: str | msgspec.UnsetType | None = msgspec.UNSET
    request_type: str | msgspec.UnsetType | None = msgspec.UNSET
    plan: str | msgspec.UnsetType | None = msgspec.UNSET
    team: str | msgspec.UnsetType | None = msgspec.UNSET
    assignee: str | msgspec.UnsetType | None = msgspec.UNSET


class Draft:
    """A ticket in the hands of one transaction; ``entry`` is what it adds."""

    def __init__(self, connection: AsyncConnection, ticket: Ticket, terms: Terms, now: datetime) -> None:
        self.connection = connection
        self.ticket = ticket
        self.terms = terms
        self.now = now
        self.entry: Entry | None = None

    async def add(
        self, by: By, kind: EntryKind, ref: str, after: Course, *, words: Words | None = None, text: str | None = None,
        changes: Sequence[Change] = (), **values: Any,
    ) -> None:  # fmt: skip
        """Add the entry; the ticket stands ``after`` it, with ``values`` in its columns, and a kept promise is counted."""
        ticket = self.ticket
        site, number = ticket.site, ticket.number
        changes = [*_status_change(ticket.course, after), *changes]
        if ticket.merged_into is not None and after.status in course.ACTIVE:  # it goes on by itself
            changes.append(Change("merged_into", str(ticket.merged_into), None))
            values["merged_into"] = None
        row = {
            "site": site,
            "number": number,
            "kind": kind,
            "author": by.author,
            "agent_id": by.agent_id,
            "name": by.name,
            "text": text,
            "changes": msgspec.json.encode(changes).decode() if changes else None,
            "dedupe": ref,
            "created_at": self.now,
        }
        entry_id = await self.connection.scalar(ticket_entries.insert().values(row).returning(ticket_entries.c.id))
        assert entry_id is not None
        file = words.file if words is not None else None
        self.entry = Entry(
            id=entry_id, kind=kind, author=by.author, name=by.name, text=text, changes=changes,
            file=await attach(self.connection, file, site, number, entry_id) if file is not None else None,
            created_at=self.now,
        )  # fmt: skip
        set_now: dict[str, Any] = {"version": tickets.c.version + 1, "updated_at": self.now} | values
        if kind == "reply" or after.status != ticket.status:
            set_now["said_at"] = self.now
        if text:
            column = tickets.c.search_notes if kind == "note" else tickets.c.search
            set_now[column.name] = column + "\n" + text.casefold()
        if after.promise != ticket.course.promise:
            set_now["due_stage"] = 0
        if after.kept is not None:
            met = {
                "site": site,
                "number": number,
                "kind": after.kept.kind,
                "team": ticket.team,
                "due_at": after.kept.due_at,
                "met_at": self.now,
            }
            await self.connection.execute(promises.insert().values(met))
        this = is_ticket(site, number)
        await self.connection.execute(tickets.update().where(this).values(set_now | course_columns(after)))


class Exchange:
    """The verbs of tickets. All raise ``Refused("not_found")``, ``Refused("changed_meanwhile")`` and ``Unavailable``."""

    def __init__(
        self,
        database: Database,
        tickets: Tickets,
        settings: Settings,
        promises: Promises,
        listeners: Sequence[Listener],
    ) -> None:
        self._database = database
        self._tickets = tickets
        self._settings = settings
        self._promises = promises
        self._listeners = listeners

    async def reply(
        self, site: str, number: int, by: By, words: Words, *, status: Status = "pending", version: int | None = None
    ) -> Ticket:
        """Say something to the other side; ``status`` is how an agent leaves the ticket, a customer opens it again.

        Raises ``Refused("invalid")`` for no words, too many, or a file that is gone.
        """
        text = _checked(words)
        async with self._drafting(site, number, version, words.ref) as draft:
            if draft is None:
                return await self._tickets.get(site, number)
            before, changes, values = draft.ticket.course, [], {}
            if by.author == "customer":
                after = course.customer_wrote(before, draft.terms, draft.now)
            else:
                after = course.answered(before, status, draft.terms, draft.now)
                if draft.ticket.assignee_id is None:  # who answers first has it
                    values["assignee_id"] = by.agent_id
                    changes.append(Change("assignee", None, by.name))
            await draft.add(by, "reply", words.ref, after, words=words, text=text, changes=changes, **values)
        return await self._tickets.get(site, number)

    async def note(self, site: str, number: int, by: By, words: Words) -> Ticket:
        """Say something among agents. Raises as ``reply``."""
        text = _checked(words)
        async with self._drafting(site, number, None, words.ref) as draft:
            if draft is not None:
                await draft.add(by, "note", words.ref, draft.ticket.course, words=words, text=text)
        return await self._tickets.get(site, number)

    async def change(
        self, site: str, number: int, by: By, changes: Changes, *, ref: str, version: int | None = None
    ) -> Ticket:
        """Set what is given. Raises ``Refused("invalid")`` for what is not a choice, naming the fields."""
        async with self._drafting(site, number, version, ref) as draft:
            if draft is not None:
                values, said = await self._changed(draft, changes)
                after = draft.ticket.course
                if not isinstance(changes.status, msgspec.UnsetType):
                    after = course.moved(after, changes.status, draft.terms, draft.now)
                if said or after.status != draft.ticket.status:
                    await draft.add(by, "change", ref, after, changes=said, **values)
        return await self._tickets.get(site, number)

    async def settle(self, site: str, number: int, by: By, status: Status, *, ref: str) -> Ticket:
        """The customer closes it with thanks, or opens it again."""
        async with self._drafting(site, number, None, ref) as draft:
            if draft is not None and draft.ticket.status != status:
                if status in course.OVER:
                    after = course.settled(draft.ticket.course, status, draft.now)
                else:
                    after = course.asked_again(draft.ticket.course, status, draft.terms, draft.now)
                await draft.add(by, "change", ref, after)
        return await self._tickets.get(site, number)

    @asynccontextmanager
    async def _drafting(self, site: str, number: int, version: int | None, ref: str) -> AsyncIterator[Draft | None]:
        """The ticket, held for one entry; None if the entry with this ``ref`` is there already."""
        async with self._database.begin() as connection:
            held = select_tickets().where(is_ticket(site, number)).with_for_update(of=tickets)
            row = (await connection.execute(held)).one_or_none()
            if row is None:
                raise Refused("not_found", "there is no such ticket")
            ticket = ticket_of(row)
            if await connection.scalar(entry_with(site, number, ref)):
                yield None
                return
            if version is not None and version != ticket.version:
                raise Refused("changed_meanwhile", "somebody has changed the ticket meanwhile; look at it again")
            terms = self._promises.terms(site, plan=ticket.plan, team=ticket.team, time_zone=ticket.time_zone)
            draft = Draft(connection, ticket, terms, datetime.now(UTC))
            yield draft
            if draft.entry is None:
                return
            row = (await connection.execute(select_tickets().where(is_ticket(site, number)))).one()
            happening = Added(ticket_of(row), draft.entry)
            for listener in self._listeners:
                await listener.record(connection, happening)
        for listener in self._listeners:
            await listener.committed(happening)

    async def _changed(self, draft: Draft, changes: Changes) -> tuple[dict[str, Any], list[Change]]:
        """The columns to set, and what is said of them."""
        ticket, site = draft.ticket, self._settings.sites.get(draft.ticket.site)
        given = {name: value for name, value in structs.asdict(changes).items() if value is not msgspec.UNSET}
        choices: dict[str, Sequence[str]] = {
            "topic": site.topics if site is not None else (),
            "request_type": site.request_types if site is not None else (),
            "plan": list(self._settings.plans),
            "team": list(self._settings.teams),
        }
        faults = {n: "not_a_choice" for n, v in given.items() if n in choices and v is not None and v not in choices[n]}
        names = {"assignee": ticket.assignee}
        if (wanted := given.get("assignee")) is not None:
            names["new"] = await _name_of(draft.connection, wanted)
            if names["new"] is None:
                faults["assignee"] = "not_a_choice"
        if faults:
            raise Refused("invalid", f"not a choice: {', '.join(faults)}", fields=faults)
        values: dict[str, Any] = {}
        said: list[Change] = []
        given.pop("status", None)  # by the course, with the promise
        for name, value in given.items():
            column = "assignee_id" if name == "assignee" else name
            if (old := getattr(ticket, column)) != value:
                values[column] = value
                shown = (names["assignee"], names.get("new")) if name == "assignee" else (old, value)
                said.append(Change(name, *shown))
        return values, said


def _checked(words: Words) -> str:
    text = words.text.replace("\0", "").strip()
    if not text:
        raise Refused("invalid", "write something", fields={"text": "required"})
    if len(text) > MAX_BODY:
        raise Refused("invalid", f"write at most {MAX_BODY} characters", fields={"text": "too_long"})
    return text


def _status_change(before: Course, after: Course) -> list[Change]:
    return [Change("status", before.status, after.status)] if before.status != after.status else []


def entry_with(site: str, number: int, ref: str) -> sa.Select[tuple[int]]:
    """The id of the entry that was added with this ``ref``."""
    c = ticket_entries.c
    return sa.select(c.id).where(c.site == site, c.number == number, c.dedupe == ref)


async def _name_of(connection: AsyncConnection, agent_id: str) -> str | None:
    if "\0" in agent_id:  # which PostgreSQL does not take
        return None
    enabled = sa.and_(agents.c.id == agent_id, agents.c.disabled.is_(False))
    name: str | None = await connection.scalar(sa.select(agents.c.name).where(enabled))
    return name
