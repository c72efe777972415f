"""Who is really asking, and under which address they know us: proxies are believed only where the config says so."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from chat.settings import Settings

Scheme = Literal["http", "https"]
_HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Client:
    """The browser's own network address, and the scheme it used.

    Of IPv6 it is the /64: whoever has one address of it has them all (RFC 6177), and would be as many as they like.
    """

    address: str
    scheme: Scheme


def seen_client(peer: str, scheme: str, headers: Mapping[str, str], trusted_proxies: Sequence[str]) -> Client:
    """The client behind ``peer``, by X-Forwarded-For and -Proto as far as trusted proxies vouch for them.

    Every proxy appends the address it saw, so the list is read from its end: the first address that is not a trusted
    proxy's is the client's; what stands before it is hearsay. ``headers`` has lower-case names.
    """
    secure: Scheme = "https" if scheme in ("https", "wss") else "http"
    if not _trusted(peer, tuple(trusted_proxies)):
        return Client(_counted(peer), secure)
    forwarded = headers.get("x-forwarded-proto", secure).split(",")[-1].strip().lower()
    address = peer
    for hop in reversed(headers.get("x-forwarded-for", "").split(",")):
        if not (hop := hop.strip()):
            continue
        if not _is_address(hop):
            break
        address = hop
        if not _trusted(hop, tuple(trusted_proxies)):
            break
    return Client(_counted(address), "https" if forwarded == "https" else "http")


def joined(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header lines by lower-case name; lines of one name are one list (RFC 9110, 5.3).

    A proxy may add its X-Forwarded-For as a line of its own behind the client's, and only the last entry is to be believed.
    """
    headers: dict[str, str] = {}
    for name, value in lines:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def names_a_host(text: str) -> bool:
    """Whether a Host header holds a name or address, with or without a port, and nothing else."""
    return _HOST.fullmatch(text) is not None


def own_origin(settings: Settings, scheme: str, host: str) -> str:
    """The origin under which this browser knows us: ``server.public_url``, or else what the request says."""
    if settings.server.public_url:
        return settings.server.public_url.rstrip("/")
    return f"{scheme}://{host.lower()}"


def _counted(address: str) -> str:
    try:
        ip = IPv6Address(address)
    except ValueError:
        return address
    return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _trusted(address: str, proxies: tuple[str, ...]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _networks(proxies))


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(proxy, strict=False) for proxy in proxies)
