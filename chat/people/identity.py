"""Who a site says its visitor is: a JWT made by the site's own server (RFC 7519, HS256)."""

import re
from collections.abc import Sequence
from typing import Any

import jwt
from msgspec import Struct, msgpack

from chat.errors import Refused
from chat.people import auditor
from chat.settings import Site

MAX_LENGTH = 8 * 1024
LEEWAY_S = 30

_WRITTEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""Decoders pass over characters that are not theirs, and over the bits that 43 characters have more than 32 bytes."""


WHY: dict[type[jwt.InvalidTokenError], str] = {
    jwt.MissingRequiredClaimError: "has no exp",
    jwt.exceptions.InvalidSubjectError: "has a sub that is no text",
    jwt.ImmatureSignatureError: "is not good yet: see its nbf and iat, and the clocks of both servers",
}


class Identity(Struct, frozen=True):
    """A verified identity. ``sub`` is the site's own id of the person, where it gives one."""

    sub: str | None
    claims: dict[str, Any]


def verify(token: str, site: Site, *, of_service: Sequence[str] = ()) -> Identity:
    """Check ``token`` against every secret of ``site``, and as one of an audit against the service's secret keys.

    Raises ``Refused("identity_expired")``, or ``Refused("identity_invalid")`` for everything else: never anonymous.
    """
    if len(token) > MAX_LENGTH:
        raise Refused("identity_invalid", f"the identity token is longer than {MAX_LENGTH} characters")
    if not _WRITTEN.fullmatch(token):
        raise Refused("identity_invalid", "the identity token is no JWT signed with HS256")
    claims = _read(token, [auditor.signing_key(one) for one in of_service])
    if claims is None:
        if not site.identity_secrets:
            raise Refused("identity_invalid", "the site has no identity_secrets to check the token with")
        claims = _read(token, site.identity_secrets)
        if claims is None:
            raise Refused("identity_invalid", "the identity token is signed with none of the site's secrets")
        claims.pop(auditor.CLAIM, None)
    try:
        msgpack.encode(claims)  # as they are sealed in a chat
    except (OverflowError, RecursionError):
        why = "has a number of more than 64 bits, which it may give as text, or is nested too deep"
        raise Refused("identity_invalid", f"the identity token {why}") from None
    return Identity(sub=claims.get("sub"), claims=claims)


def _read(token: str, secrets: Sequence[str]) -> dict[str, Any] | None:
    """The claims, if the token is signed with one of ``secrets``. Raises ``Refused`` if it is and cannot be used."""
    for secret in secrets:
        try:
            claims: dict[str, Any] = jwt.decode(
                token, secret, algorithms=["HS256"], leeway=LEEWAY_S, options={"require": ["exp"], "verify_aud": False}
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError:
            raise Refused("identity_expired", "the identity token has expired; sign a fresh one") from None
        except jwt.InvalidTokenError as fault:
            raise Refused("identity_invalid", f"the identity token {_why(fault)}") from None
        return claims
    return None


def _why(fault: jwt.InvalidTokenError) -> str:
    return next(
        (why for kind, why in WHY.items() if isinstance(fault, kind)), f"cannot be used: {type(fault).__name__}"
    )
