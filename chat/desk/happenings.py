"""What happens to tickets, as those hear of it who write letters, notify customers, count, or redraw consoles."""

from typing import Protocol

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.records import Entry, Ticket


class Filed(Struct, frozen=True):
    """A new ticket."""

    ticket: Ticket


class Added(Struct, frozen=True):
    """An entry more: a reply, a note, or a change. ``ticket`` is as it stands afterwards, without its entries."""

    ticket: Ticket
    entry: Entry


Happening = Filed | Added


class Listener(Protocol):
    """Hears of everything twice: while it can still be taken back, and when it is certain."""

    async def record(self, connection: AsyncConnection, happening: Happening) -> None:
        """Write what has to be true exactly if this is, in the same transaction."""

    async def committed(self, happening: Happening) -> None:
        """Tell those who want to know."""
