"""Tickets as they are told over HTTP: in a list, whole to an agent, and whole to their requester."""

from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from chat.desk.course import Status
from chat.desk.form import Channel, TranscriptLine
from chat.desk.promises import Kind
from chat.desk.records import Author, Change, Entry, EntryKind, File, Priority, Ticket
from chat.web.file_links import FileLinks


class Requester(Struct):
    """Whom the ticket is for."""

    name: str | None
    email: str | None
    phone: str | None


class Due(Struct):
    """The response that is promised. While the customer is waited for, ``at`` is None and ``left_s`` what remains."""

    kind: Kind
    at: datetime | None
    left_s: int | None


class Person(Struct):
    """An agent."""

    id: str
    name: str


class FileView(Struct):
    """What was attached. ``link`` is where it is downloaded; it is good for an hour."""

    id: str
    name: str
    media_type: str
    size: int
    link: str


class EntryView(Struct):
    """What was added to a ticket, to an agent."""

    id: int
    kind: EntryKind
    author: Author
    name: str | None
    text: str | None
    changes: list[Change]
    file: FileView | None
    created_at: datetime


class Summary(Struct):
    """A ticket in an agent's list."""

    site: str
    number: int
    version: int
    channel: Channel
    subject: str
    status: Status
    priority: Priority
    topic: str | None
    request_type: str | None
    importance: str | None
    plan: str | None
    team: str | None
    assignee: Person | None
    requester: Requester
    due: Due | None
    created_at: datetime
    updated_at: datetime
    agent: str | None


class Whole(Summary):
    """A ticket with all that was kept, to an agent."""

    body: str
    fields: dict[str, str]
    locale: str | None
    transcript: list[TranscriptLine] | None
    file: FileView | None
    entries: list[EntryView]
    merged_into: int | None


class OwnSummary(Struct):
    """A ticket in its requester's list."""

    number: int
    subject: str
    topic: str | None
    status: Status
    created_at: datetime
    updated_at: datetime


class OwnEntry(Struct):
    """What both sides see: words, or a status that was set."""

    id: int
    kind: EntryKind
    author: Author
    name: str | None
    text: str | None
    status: Status | None
    file: FileView | None
    created_at: datetime


class OwnWhole(OwnSummary):
    """A ticket with all that was said between both sides. ``author`` wrote ``body``: support, where it opened the ticket."""

    author: Author
    author_name: str | None
    request_type: str | None
    importance: str | None
    requester: Requester
    body: str
    fields: dict[str, str]
    transcript: list[TranscriptLine] | None
    file: FileView | None
    entries: list[OwnEntry]
    reply_by: datetime | None
    merged_into: int | None


def summary(ticket: Ticket) -> Summary:
    """For an agent's list."""
    return Summary(**_summary(ticket))


def whole(ticket: Ticket, links: FileLinks) -> Whole:
    """For an agent."""
    return Whole(
        **_summary(ticket),
        **_same(ticket, "body", "fields", "locale", "transcript", "merged_into"),
        file=_file(ticket.file, links),
        entries=[_entry(entry, links) for entry in ticket.entries],
    )


def own_summary(ticket: Ticket) -> OwnSummary:
    """For the requester's list: what agents do among themselves is no update."""
    return OwnSummary(
        **_same(ticket, "number", "subject", "topic", "status", "created_at"),
        updated_at=ticket.said_at,
    )


def own_whole(ticket: Ticket, links: FileLinks, merged_into: int | None = None) -> OwnWhole:
    """For the requester: no notes, and of what was changed only the status; ``merged_into`` only if it is theirs too."""
    by_support = ticket.channel == "desk"
    return OwnWhole(
        **structs.asdict(own_summary(ticket)),
        author="agent" if by_support else "customer",
        author_name=ticket.agent if by_support else ticket.name,
        **_same(ticket, "request_type", "importance", "body", "fields", "transcript"),
        file=_file(ticket.file, links),
        requester=_requester(ticket),
        entries=[own for entry in ticket.entries if (own := _own_entry(entry, links)) is not None],
        reply_by=ticket.due_at,
        merged_into=merged_into,
    )


def _entry(entry: Entry, links: FileLinks) -> EntryView:
    values = {name: getattr(entry, name) for name in EntryView.__struct_fields__}
    return EntryView(**values | {"file": _file(entry.file, links)})


def _own_entry(entry: Entry, links: FileLinks) -> OwnEntry | None:
    status = next((change.new for change in entry.changes if change.field == "status"), None)
    if entry.kind == "note" or (entry.kind == "change" and status is None):
        return None
    names = ("id", "kind", "author", "name", "text", "created_at")
    file = _file(entry.file, links)
    return OwnEntry(**{name: getattr(entry, name) for name in names}, file=file, status=status)  # type: ignore[arg-type]


def _file(file: File | None, links: FileLinks) -> FileView | None:
    return None if file is None else FileView(**structs.asdict(file), link=links(file.id))


def _summary(ticket: Ticket) -> dict[str, Any]:
    assignee = Person(ticket.assignee_id, ticket.assignee or "") if ticket.assignee_id is not None else None
    due = Due(ticket.due_kind, ticket.due_at, ticket.due_left_s) if ticket.due_kind is not None else None
    own = {"assignee", "due", "requester"}
    return {
        **_same(ticket, *(name for name in Summary.__struct_fields__ if name not in own)),
        "assignee": assignee,
        "due": due,
        "requester": _requester(ticket),
    }


def _requester(ticket: Ticket) -> Requester:
    return Requester(ticket.name, ticket.email, ticket.phone)


def _same(ticket: Ticket, *names: str) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in names}
