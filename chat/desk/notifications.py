"""What a customer is told on the site's pages: that support has answered, or has opened a request towards them.

At most one for a ticket, with the newest words; it waits until it is put off, deleted, or the ticket was read or
answered. Deleting it never touches the ticket.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.happenings import Added, Filed, Happening
from chat.desk.records import Ticket
from chat.desk.requester import Requester, key_of
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import notifications, tickets

NotificationKind = Literal["answer", "opened"]

LONGEST_TEXT = 400
SHOWN_AT_ONCE = 20
LONGEST_RECIPIENT = 300
_WHOLE_WORDS = re.compile(rf".{{0,{LONGEST_TEXT}}}(?=\s)", re.DOTALL)


class Notification(Struct, frozen=True):
    """What is told. ``text`` is cut to a length that can be read at a glance."""

    id: str
    number: int
    kind: NotificationKind
    subject: str
    text: str
    created_at: datetime


class DueNotifications(Struct, frozen=True):
    """Those due now, oldest first; ``next_at`` is when one that was put off comes back. ``unread`` counts those, too."""

    notifications: list[Notification]
    next_at: datetime | None
    unread: int


class Notifications:
    """The notifications in the database.

    ``on_notified`` is awaited with (site, number) after there is one more. All raise ``Unavailable``.
    """

    def __init__(self, database: Database, on_notified: Callable[[str, int], Awaitable[None]]) -> None:
        self._database = database
        self._on_notified = on_notified

    # ── as a listener ────────────────────────────────────────────────────────────────────────────────────────

    async def record(self, connection: AsyncConnection, happening: Happening) -> None:
        """Replace the ticket's notification by what support said; drop it when the customer did something."""
        ticket = happening.ticket
        if isinstance(happening, Added) and happening.entry.author == "customer":
            await connection.execute(notifications.delete().where(_of_ticket(ticket.site, ticket.number)))
            return
        kind, recipient = _kind(happening), _recipient(ticket)
        if kind is None or recipient is None:
            return
        entry = happening.entry if isinstance(happening, Added) else None
        gone = notifications.delete().where(_of_ticket(ticket.site, ticket.number)).returning(notifications.c.kind)
        if await connection.scalar(gone) == "opened":
            kind = "opened"  # still new to them as a whole
        now = datetime.now(UTC)
        row = {
            "id": secrets.token_hex(16),  # a new one: who deletes what they saw does not delete what they have not
            "site": ticket.site,
            "number": ticket.number,
            "entry_id": entry.id if entry is not None else None,
            "recipient": recipient,
            "kind": kind,
            "text": cut(entry.text or "" if entry is not None else ticket.body),
            "show_at": now,
            "created_at": now,
        }
        await connection.execute(notifications.insert().values(row))

    async def committed(self, happening: Happening) -> None:
        """Tell that there is a notification."""
        if _kind(happening) is not None and _recipient(happening.ticket) is not None:
            await self._on_notified(happening.ticket.site, happening.ticket.number)

    # ── for the one it is for ────────────────────────────────────────────────────────────────────────────────

    async def list_due(self, requester: Requester) -> DueNotifications:
        """What they have not dealt with."""
        now = datetime.now(UTC)
        theirs, column = _theirs(requester), notifications.c.show_at
        due = _selected().where(theirs, column <= now).order_by(notifications.c.created_at, notifications.c.id)
        later = sa.select(sa.func.min(column)).where(theirs, column > now)
        all_of_them = sa.select(sa.func.count()).select_from(notifications).where(theirs)
        async with self._database.connect() as connection:
            rows = await connection.execute(due.limit(SHOWN_AT_ONCE))
            return DueNotifications(
                [_notification(row) for row in rows],
                next_at=await connection.scalar(later),
                unread=await connection.scalar(all_of_them) or 0,
            )

    async def of_ticket(self, site: str, number: int) -> tuple[str, Notification] | None:
        """A ticket's notification, if it is due, with its recipient as ``recipients_of`` writes them."""
        due = _selected().where(_of_ticket(site, number), notifications.c.show_at <= datetime.now(UTC))
        async with self._database.connect() as connection:
            row = (await connection.execute(due)).one_or_none()
        return (row.recipient, _notification(row)) if row is not None else None

    async def snooze(self, requester: Requester, id: str, minutes: int) -> None:
        """Put it off. Raises ``Refused("not_found")`` for one that is not theirs, or gone."""
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        await self._change(notifications.update().values(show_at=until), requester, id)

    async def delete(self, requester: Requester, id: str) -> None:
        """Drop it. Raises as ``snooze``."""
        await self._change(notifications.delete(), requester, id)

    async def ticket_read(self, requester: Requester, ticket: Ticket) -> None:
        """They have read the ticket as it is here: it need not be told any more, except what was said since."""
        seen = max((entry.id for entry in ticket.entries), default=0)
        known = sa.or_(notifications.c.entry_id.is_(None), notifications.c.entry_id <= seen)
        this = (_of_ticket(ticket.site, ticket.number), _theirs(requester), known)
        async with self._database.connect() as connection:
            if await connection.scalar(sa.select(notifications.c.id).where(*this)) is None:
                return
        async with self._database.begin() as connection:
            await connection.execute(notifications.delete().where(*this))

    async def _change(self, statement: sa.Update | sa.Delete, requester: Requester, id: str) -> None:
        if "\0" in id:  # which PostgreSQL does not take
            raise Refused("not_found", "there is no such notification")
        async with self._database.begin() as connection:
            changed = await connection.execute(statement.where(notifications.c.id == id, _theirs(requester)))
        if not changed.rowcount:
            raise Refused("not_found", "there is no such notification")


def recipients_of(requester: Requester) -> tuple[str, ...]:
    """Whom what is theirs may be for."""
    return tuple(map(_fitting, requester.keys))


def _recipient(ticket: Ticket) -> str | None:
    """Whom it is for, if anybody."""
    key = key_of(ticket)
    return _fitting(key) if key is not None else None


def _fitting(key: str) -> str:
    """The key of a requester; of one that is too long its digest."""
    return key if len(key) <= LONGEST_RECIPIENT and "\0" not in key else f"sha256:{sha256(key.encode()).hexdigest()}"


def cut(text: str) -> str:
    """At most ``LONGEST_TEXT`` characters, ending at a word's end where one is near."""
    text = text.strip()
    if len(text) <= LONGEST_TEXT:
        return text
    whole = _WHOLE_WORDS.match(text)
    head = whole[0] if whole is not None and len(whole[0]) > LONGEST_TEXT - 40 else text[:LONGEST_TEXT]
    return head.rstrip(" ,;:–—-") + " …"


def _kind(happening: Happening) -> NotificationKind | None:
    """How the customer is told of it, if they are."""
    match happening:
        case Filed(ticket):
            return "opened" if ticket.channel == "desk" else None
        case Added(_, entry):
            return "answer" if entry.kind == "reply" and entry.author == "agent" else None


def _of_ticket(site: str, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(notifications.c.site == site, notifications.c.number == number)


def _theirs(requester: Requester) -> sa.ColumnElement[bool]:
    return sa.and_(notifications.c.site == requester.site, notifications.c.recipient.in_(recipients_of(requester)))


def _selected() -> sa.Select[tuple[Any, ...]]:
    here = sa.and_(tickets.c.site == notifications.c.site, tickets.c.number == notifications.c.number)
    return sa.select(notifications, tickets.c.subject).join(tickets, here)


def _notification(row: sa.Row[tuple[Any, ...]]) -> Notification:
    return Notification(row.id, row.number, row.kind, row.subject, row.text, row.created_at)
