"""Links to one ticket, and to one file for a while: an HMAC each under the service's secret.

In a ticket's is its ``salt`` too. A database that was restored counts on from an earlier number: without the salt, the
links of tickets that were lost with it would open those that get their numbers.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from urllib.parse import quote

from chat.desk.records import Ticket


def ticket_key(secret: str, ticket: Ticket) -> str:
    """The key of a ticket: 43 characters of HMAC-SHA256."""
    named = f"{ticket.site}|{ticket.number}"
    if ticket.salt:  # without one it is of the first version, whose links stay good
        named += f"|{ticket.salt}"
    digest = hmac.digest(secret.encode(), f"mayfly ticket {named}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def key_fits(secrets: Sequence[str], ticket: Ticket, key: str) -> bool:
    """Whether ``key`` was made for this ticket with any of the secrets: the first signs, all verify."""
    given = key.encode()
    return any(hmac.compare_digest(ticket_key(secret, ticket).encode(), given) for secret in secrets)


def ticket_link(origin: str, secret: str, ticket: Ticket) -> str:
    """Where the requester reads the ticket."""
    return f"{origin}/tickets/{quote(ticket.site)}/{ticket.number}?key={ticket_key(secret, ticket)}"


FILE_LINK_S = 3600
"""How long a link to a file is good: it is made anew whenever its ticket is read."""


def file_link(origin: str, secret: str, file_id: str, expires: int) -> str:
    """Where a file is downloaded until ``expires``, in seconds since 1970."""
    return f"{origin}/files/{file_id}?expires={expires}&signature={_file_signature(secret, file_id, str(expires))}"


def file_link_fits(secrets: Sequence[str], file_id: str, expires: str, signature: str) -> bool:
    """Whether the link was made for this file and this end with any of the secrets; not whether it is over."""
    given = signature.encode()
    fitting = (_file_signature(secret, file_id, expires).encode() for secret in secrets)
    return any(hmac.compare_digest(one, given) for one in fitting)


def _file_signature(secret: str, file_id: str, expires: str) -> str:
    digest = hmac.digest(secret.encode(), f"mayfly file {file_id}|{expires}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
