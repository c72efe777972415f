"""What somebody means who looks for tickets: a number, a requester's address, or words that stand in them."""

from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct

from chat.desk.records import EntryKind, Ticket
from chat.people.emails import is_email, normalise
from chat.storage.tables import tickets

AGENTS: Sequence[sa.Column[str]] = (tickets.c.search, tickets.c.search_notes)
"""Where an agent's words are looked for."""
REQUESTERS: Sequence[sa.Column[str]] = (tickets.c.search,)
"""And a requester's, who must not find what agents noted."""


LONGEST = 200
"""So many characters are looked at, by whoever takes them in."""
MOST_WORDS = 10
"""Every one costs a look into each ticket. Who pastes a sentence finds it by its first ones."""


def folded(*texts: str | None) -> str:
    """Texts as they are searched."""
    return "\n".join(filter(None, texts)).casefold()


def searched(ticket: Ticket) -> dict[str, str]:
    """What a ticket with its entries has in the columns that are searched."""

    def said(kind: EntryKind) -> list[str | None]:
        return [entry.text for entry in ticket.entries if entry.kind == kind]

    first = (ticket.subject, ticket.body, ticket.name, ticket.email, ticket.phone)
    return {"search": folded(*first, *said("reply")), "search_notes": folded(*said("note"))}


class Sought(Struct, frozen=True):
    """``number`` and ``address`` are found by an index; for ``words``, of which every one has to be there, one reads.

    A number may be both: ``1042`` is a ticket's, or an order's that somebody wrote of; ``#1042`` is a ticket's.
    """

    number: int | None = None
    address: str | None = None
    words: tuple[str, ...] = ()

    def found_in(self, columns: Sequence[sa.Column[str]]) -> sa.ColumnElement[bool]:
        """Which tickets have the words, other than the one with the number."""
        each = [sa.or_(*(column.contains(word, autoescape=True) for column in columns)) for word in self.words]
        return sa.and_(*each, *([tickets.c.number != self.number] if self.number is not None else []))


def read(text: str | None) -> Sought:
    """What is meant by ``text``; nothing is sought by none."""
    text = (text or "").strip()
    digits = text.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        return Sought(int(digits), words=() if text.startswith("#") else (digits,))
    if is_email(text) and "." in text.partition("@")[2]:
        return Sought(address=normalise(text))
    return Sought(words=tuple(text.casefold().split()[:MOST_WORDS]))
