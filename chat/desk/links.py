"""The link to one ticket: its key is an HMAC, so it opens that ticket only and nothing has to be stored."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from urllib.parse import quote


def ticket_key(secret: str, site: str, number: int) -> str:
    """The key of a ticket: 43 characters of HMAC-SHA256 under the service's secret."""
    digest = hmac.digest(secret.encode(), f"mayfly ticket {site}|{number}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def key_fits(secrets: Sequence[str], site: str, number: int, key: str) -> bool:
    """Whether ``key`` was made for this ticket with any of the secrets: the first signs, all verify."""
    given = key.encode()
    return any(hmac.compare_digest(ticket_key(secret, site, number).encode(), given) for secret in secrets)


def ticket_link(origin: str, secret: str, site: str, number: int) -> str:
    """Where the requester reads the ticket."""
    return f"{origin}/tickets/{quote(site)}/{number}?key={ticket_key(secret, site, number)}"
