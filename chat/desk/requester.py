"""Whose a ticket is, for whoever has not its link: decided here and nowhere else.

A ticket's address is **vouched for** if whoever filed it had proven it, by a mailed code or by the signed ``email`` claim
of their identity, or if an agent entered it, for a caller or to open a request. Anybody may type any other into a form.

- An **identity** (``sub``) has the tickets filed as that person; and by its ``email`` claim, for which the site
  answers, those filed as nobody whose address is the same and vouched for. So a stranger's form puts nothing before
  somebody's eyes, and does not read what they wrote.
- Who has **proven an address** has all tickets of that address: our letters about them, with the link, go there.
- Two tickets are **the same requester's** if they have the same ``sub``, or, where not both have one, the same address,
  vouched for in both.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from msgspec import Struct

from chat.desk.records import Ticket
from chat.people.emails import is_email, normalise
from chat.storage.tables import tickets


class Requester(Struct, frozen=True):
    """Somebody at a site: the ``sub`` of their identity with the ``email`` it claims, or the ``email`` they have proven.

    Addresses are normalised.
    """

    site: str
    sub: str | None = None
    email: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of the tickets that are theirs, as ``key_of`` tells them."""
        if self.sub is None:
            return f"email:{self.email}", f"typed:{self.email}"
        return (f"sub:{self.sub}",) if self.email is None else (f"sub:{self.sub}", f"email:{self.email}")

    def owns(self) -> sa.ColumnElement[bool]:
        """Which tickets are theirs."""
        here = tickets.c.site == self.site
        addressed = sa.and_(here, tickets.c.email_key == self.email)
        if self.sub is None:
            return addressed
        named = sa.and_(here, tickets.c.sub == self.sub)
        if self.email is None:
            return named
        # Two selects, each by its index: of an OR of both, SQLite would read every ticket of the site.
        nobodys = sa.and_(addressed, tickets.c.sub.is_(None), tickets.c.email_vouched)
        both = (sa.select(tickets.c.number).where(one).correlate(None) for one in (named, nobodys))
        return sa.and_(here, tickets.c.number.in_(sa.union_all(*both)))

    def is_of(self, ticket: Ticket) -> bool:
        """Whether this one is."""
        addressed = self.email is not None and normalise(ticket.email or "") == self.email
        if self.sub is None:
            theirs = addressed
        else:
            theirs = ticket.sub == self.sub or (addressed and ticket.sub is None and ticket.email_vouched)
        return ticket.site == self.site and theirs


def key_of(ticket: Ticket) -> str | None:
    """Whose it is, as one text; None if nobody could tell."""
    if ticket.sub:
        return f"sub:{ticket.sub}"
    if not ticket.email:
        return None
    return f"{'email' if ticket.email_vouched else 'typed'}:{normalise(ticket.email)}"


def same_requester(one: Ticket, other: Ticket) -> bool:
    """Whether both are one person's, so that whoever may read the one may read the other."""
    if one.sub is not None and other.sub is not None:
        return one.sub == other.sub
    return one.email_vouched and other.email_vouched and same_address(one, other)


def same_address(one: Ticket, other: Ticket) -> bool:
    """Whether both have the same address, whoever says so."""
    return bool(one.email and other.email) and normalise(one.email or "") == normalise(other.email or "")


def claimed_email(claims: Mapping[str, object] | None) -> str | None:
    """The address that an identity claims, normalised."""
    email = (claims or {}).get("email")
    return normalise(email) if isinstance(email, str) and is_email(email.strip()) else None
