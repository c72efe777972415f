"""The visitor's card: what the hello tells, then what the pre-chat form adds, cut to a decent length."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

import msgspec

from chat import protocol as wire
from chat.errors import Refused
from chat.people.emails import is_email
from chat.settings import Site

LONGEST = {"name": 200, "phone": 50, "email": 254, "topic": 200, "url": 2000, "title": 300}
TECHNICAL = ("exp", "iat", "nbf", "iss", "aud", "jti")
"""Claims about the token, not about the person (RFC 7519, 4.1)."""


def first_card(hello: wire.VisitorHello, claims: dict[str, Any] | None) -> wire.VisitorCard:
    """What is known of a visitor before they fill in anything."""
    claims = claims or {}
    said = {name: claims[name] for name in ("name", "email", "phone") if isinstance(claims.get(name), str)}
    zones = (zone for zone in (claims.get("time_zone"), hello.time_zone) if isinstance(zone, str))
    return wire.VisitorCard(
        locale=hello.locale or "en",
        time_zone=next((zone for zone in zones if zone in _time_zones()), None),
        page=cut_page(hello.page) if hello.page is not None else None,
        claims={k: v for k, v in claims.items() if k not in TECHNICAL} or None,
        **said,
    )


def filled_in(site: Site, start: wire.Start, card: wire.VisitorCard, max_text: int) -> wire.VisitorCard:
    """The card with the pre-chat form on it; what it already tells need not be filled in.

    Raises Refused ``invalid`` with every field at fault.
    """
    known = {"name": card.name, "phone": card.phone, "email": card.email}
    faults: dict[str, str] = {}
    values: dict[str, str | None] = {}
    for name in ("name", "phone", "email", "question", "topic"):
        need = getattr(site.pre_chat, name)
        value = (getattr(start, name) or "").strip() or None
        if need == "absent" and name != "question":
            value = None
        elif value is None and need == "required" and not known.get(name):
            faults[name] = "required"
        elif value is not None and len(value) > LONGEST.get(name, max_text):
            faults[name] = "too_long"
        elif name == "topic" and value is not None and value not in site.topics:
            faults[name] = "not_a_choice"
        values[name] = value
    if values["email"] and not is_email(values["email"]):
        faults["email"] = "not_an_email"
    if faults:
        raise Refused("invalid", "; ".join(f"{name}: {fault}" for name, fault in faults.items()), fields=faults)
    return msgspec.structs.replace(
        card,
        name=values["name"] or card.name,
        phone=values["phone"] or card.phone,
        email=values["email"] or card.email,
        question=values["question"] or "",
        topic=values["topic"],
    )


def cut_page(page: wire.Page) -> wire.Page:
    """A page with its address and title cut to a decent length; only http(s) addresses are passed on."""
    url = page.url[: LONGEST["url"]]
    if not url.startswith(("https://", "http://")):
        url = ""
    return wire.Page(url=url, title=page.title[: LONGEST["title"]])


_time_zones = cache(available_timezones)
