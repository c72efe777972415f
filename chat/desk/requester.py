"""Whose tickets somebody may see besides one they have the link to: by verified identity, or by a proven address."""

import sqlalchemy as sa
from msgspec import Struct

from chat.desk.records import Ticket
from chat.people.emails import normalise
from chat.storage.tables import tickets


class Requester(Struct, frozen=True):
    """Somebody at a site: ``sub`` of their identity, or else their ``email``, casefolded."""

    site: str
    sub: str | None = None
    email: str | None = None

    @property
    def key(self) -> str:
        """One text for both, as notifications keep it."""
        return f"sub:{self.sub}" if self.sub is not None else f"email:{self.email}"

    def owns(self) -> sa.ColumnElement[bool]:
        """Which tickets are theirs."""
        theirs = tickets.c.sub == self.sub if self.sub is not None else tickets.c.email_key == self.email
        return sa.and_(tickets.c.site == self.site, theirs)

    def is_of(self, ticket: Ticket) -> bool:
        """Whether this one is."""
        theirs = ticket.sub == self.sub if self.sub is not None else normalise(ticket.email or "") == self.email
        return ticket.site == self.site and theirs
