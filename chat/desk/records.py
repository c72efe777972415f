"""Tickets, entries and files as they are read from the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.course import Course, Status
from chat.desk.form import Channel, TranscriptLine
from chat.desk.promises import Kind, Promise
from chat.storage.tables import agents, attachments, ticket_entries, tickets

Priority = Literal["low", "normal", "high", "urgent"]
Author = Literal["customer", "agent", "service"]
EntryKind = Literal["reply", "note", "change"]


class File(Struct, frozen=True):
    """What was attached. ``media_type`` is by its content, ``size`` in bytes."""

    id: str
    name: str
    media_type: str
    size: int


class Change(Struct, frozen=True):
    """A field of a ticket that was set: to and from values as they are stored, people and teams by their names."""

    field: str
    old: str | None
    new: str | None


class Entry(Struct, frozen=True, kw_only=True):
    """What was added to a ticket: a ``reply`` both sides see, a ``note`` among agents, or a ``change`` of its fields.

    ``id`` rises. ``name`` is the author's.
    """

    id: int
    kind: EntryKind
    author: Author
    name: str | None
    text: str | None
    changes: list[Change]
    file: File | None
    created_at: datetime


class Ticket(Struct, frozen=True, kw_only=True):
    """A request that was kept.

    ``salt`` is for its links alone, ``email_vouched`` for whose it is (see ``requester``). ``version`` rises with every entry. ``agent`` is the name of the agent who filed it, ``assignee`` of the one who has
    it. ``due_at`` is until when ``due_kind`` of response is promised, None while nothing is owed or it is paused;
    from ``due_warn_at`` on it is due soon. ``said_at`` is when something happened last that both sides see.
    ``entries`` and ``file`` (what came with the request itself) are there only where one ticket is read as a whole.
    """

    site: str
    number: int
    salt: str
    version: int
    channel: Channel
    status: Status
    priority: Priority
    subject: str
    body: str
    name: str | None
    email: str | None
    email_vouched: bool
    phone: str | None
    request_type: str | None
    topic: str | None
    importance: str | None
    fields: dict[str, str]
    locale: str | None
    time_zone: str | None
    plan: str | None
    team: str | None
    transcript: list[TranscriptLine] | None
    sub: str | None
    agent_id: str | None
    agent: str | None
    assignee_id: str | None
    assignee: str | None
    merged_into: int | None
    due_kind: Kind | None
    due_at: datetime | None
    due_warn_at: datetime | None
    due_left_s: int | None
    due_stage: int
    created_at: datetime
    updated_at: datetime
    said_at: datetime
    entries: list[Entry] = []
    file: File | None = None

    @property
    def course(self) -> Course:
        """What the next event starts from."""
        if self.due_kind is None:
            return Course(self.status)
        left = timedelta(seconds=self.due_left_s) if self.due_left_s is not None else None
        return Course(self.status, Promise(self.due_kind, self.due_at, left, self.due_warn_at))


def course_columns(course: Course) -> dict[str, object]:
    """How a ticket's course is stored."""
    promise = course.promise
    return {
        "status": course.status,
        "due_kind": promise.kind if promise else None,
        "due_at": promise.due_at if promise else None,
        "due_warn_at": promise.warn_at if promise else None,
        "due_left_s": round(promise.left.total_seconds()) if promise and promise.left is not None else None,
    }


_TRANSCRIPT = msgspec.json.Decoder(list[TranscriptLine])
_FIELDS = msgspec.json.Decoder(dict[str, str])
_CHANGES = msgspec.json.Decoder(list[Change])
_assignees = agents.alias("assignees")
_STORED = [name for name in Ticket.__struct_fields__ if name in tickets.c]


def select_tickets(*, brief: bool = False) -> sa.Select[tuple[Any, ...]]:
    """Tickets with the names of their people; ``ticket_of`` reads the rows. ``brief`` leaves what may be long empty."""
    left_out = {"body": "", "fields": None, "transcript": None} if brief else {}
    stored = [
        sa.literal(left_out[name], sa.Text).label(name) if name in left_out else tickets.c[name] for name in _STORED
    ]
    named = (agents.c.name.label("agent"), _assignees.c.name.label("assignee"))
    return (
        sa.select(*stored, *named)
        .outerjoin(agents, agents.c.id == tickets.c.agent_id)
        .outerjoin(_assignees, _assignees.c.id == tickets.c.assignee_id)
    )


def ticket_of(row: sa.Row[tuple[Any, ...]]) -> Ticket:
    """A row of ``select_tickets``."""
    values = row._asdict()
    values["transcript"] = _TRANSCRIPT.decode(row.transcript) if row.transcript is not None else None
    values["fields"] = _FIELDS.decode(row.fields) if row.fields is not None else {}
    return Ticket(**values)


def is_ticket(site: str, number: int) -> sa.ColumnElement[bool]:
    """Which row of ``tickets`` it is."""
    return sa.and_(tickets.c.site == site, tickets.c.number == number)


async def whole_ticket(connection: AsyncConnection, row: sa.Row[tuple[Any, ...]]) -> Ticket:
    """The ticket with its entries and files."""
    ticket = ticket_of(row)
    here = (ticket.site, ticket.number)
    files: dict[int | None, File] = {}
    of_ticket = sa.and_(attachments.c.site == here[0], attachments.c.number == here[1])
    for one in await connection.execute(sa.select(attachments).where(of_ticket)):
        files[one.entry_id] = file_of(one)
    entries = await read_entries(connection, *here, files)
    return msgspec.structs.replace(ticket, entries=list(entries), file=files.get(None))


def file_of(row: sa.Row[tuple[Any, ...]]) -> File:
    """A row of ``attachments``."""
    return File(row.id, row.name, row.media_type, row.size)


async def read_entries(
    connection: AsyncConnection, site: str, number: int, files: dict[int | None, File]
) -> Sequence[Entry]:
    """What was added to a ticket, in order."""
    of_ticket = sa.and_(ticket_entries.c.site == site, ticket_entries.c.number == number)
    rows = await connection.execute(sa.select(ticket_entries).where(of_ticket).order_by(ticket_entries.c.id))
    return [
        Entry(
            id=row.id,
            kind=row.kind,
            author=row.author,
            name=row.name,
            text=row.text,
            changes=_CHANGES.decode(row.changes) if row.changes is not None else [],
            file=files.get(row.id),
            created_at=row.created_at,
        )
        for row in rows
    ]
