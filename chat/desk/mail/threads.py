"""How the letters about a ticket hang together (RFC 5322, 3.6.4): ids made anew whenever they are needed, never kept."""

import hmac
from base64 import b32encode
from collections.abc import Sequence

from msgspec import Struct

from chat.desk.records import Ticket

MOST_REFERENCES = 20


class Thread(Struct, frozen=True):
    """Where a letter stands: its own id, and those of the letters before it, the oldest first."""

    message_id: str
    earlier: Sequence[str] = ()


def message_id(secret: str, domain: str, ticket: Ticket, entry: int | None) -> str:
    """The id of the letter about an entry of a ticket, None for the ticket itself.

    It names the ticket for whoever gets an answer to it, and the HMAC in it says that we wrote it: nobody who has not
    had the letter can refer to it. The ticket's salt is in it as in its links.
    """
    place = f"{ticket.site}.{ticket.number}.{entry or 0}"
    digest = hmac.digest(secret.encode(), f"mayfly letter {place} {ticket.salt}".encode(), "sha256")[:15]
    return f"<{place}.{b32encode(digest).decode().lower()}@{domain}>"


def thread(secret: str, domain: str, ticket: Ticket, entries: Sequence[int]) -> Thread:
    """The thread as of the last of ``entries``, which are those that were mailed, in order; none: it begins.

    What is left out of a long one is its middle: the first letter is what mail programs gather the others under.
    """
    first, *others = [message_id(secret, domain, ticket, entry) for entry in (None, *entries)]
    if not others:
        return Thread(first)
    return Thread(others[-1], [first, *others[:-1][-(MOST_REFERENCES - 1) :]])
