"""``mayfly route``: where a visitor would go at a given time, and why, in words."""

import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from chat import protocol as wire
from chat.errors import Refused
from chat.live.cards import first_card
from chat.live.reception import Admission, FindAgent, Reception
from chat.settings import Settings, Site
from routing.calendar import find_zone


class Question(Struct, frozen=True, kw_only=True):
    """Who comes to which site, and when. ``at`` without a zone is the visitor's local time; None is now."""

    site: str
    claims: dict[str, Any] | None = None
    topic: str | None = None
    locale: str | None = None
    page: str | None = None
    time_zone: str | None = None
    at: datetime | None = None


def read_claims(file: Path | None) -> dict[str, Any] | None:
    """The claims in a JSON file, or on stdin ("-"). Raises ``Refused``."""
    if file is None:
        return None
    try:
        text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return msgspec.json.decode(text, type=dict[str, Any])
    except OSError as error:
        raise Refused("invalid", f"{file}: cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("invalid", f'{file}: expected a JSON object like {{"plan": "vip"}}: {error}') from None


def read_time(text: str | None) -> datetime | None:
    """RFC 3339, or a local time. Raises ``Refused``."""
    try:
        return datetime.fromisoformat(text) if text is not None else None
    except ValueError:
        raise Refused("invalid", f'expected a time like "2026-11-23 09:30" or RFC 3339; got {text!r}') from None


async def explain(settings: Settings, find_agent: FindAgent, question: Question) -> Iterator[str]:
    """The answer, line by line. Raises ``Refused`` for a question about what the site does not have."""
    _known("site", question.site, settings.sites)
    site = settings.sites[question.site]
    _known("topic", question.topic, site.topics)
    _known("locale", question.locale, site.locales)
    if question.time_zone is not None and find_zone(question.time_zone) is None:
        raise Refused("invalid", f"no time zone {question.time_zone!r}: expected an IANA name like Europe/Berlin")
    card = _card(site, question)
    zone = find_zone(card.time_zone, site.time_zone) or ZoneInfo("UTC")
    at = question.at or datetime.now(UTC)
    now = (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    admission = await Reception(settings, find_agent).admit(question.site, card, now=now)
    return _told(admission, now, zone)


def _known(what: str, name: str | None, known: Collection[str]) -> None:
    if name is not None and name not in known:
        there = f"only {', '.join(known)}" if known else "none at all"
        raise Refused("not_found", f"no {what} {name!r} in the configuration, {there}")


def _card(site: Site, question: Question) -> wire.VisitorCard:
    if question.claims is not None and not site.identity_secrets:
        raise Refused("invalid", f"nobody can sign in at {question.site}: the site has no identity_secrets")
    hello = wire.VisitorHello(
        protocol=wire.VERSION,
        locale=question.locale or site.locales[0],
        time_zone=question.time_zone,
        page=wire.Page(url=question.page) if question.page is not None else None,
    )
    return msgspec.structs.replace(first_card(hello, question.claims), topic=question.topic)


def _told(admission: Admission, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    yield f"At {_moment(now, zone)}, the visitor's time:"
    yield from (f"  {reason}" for reason in admission.reasons)
    if admission.refused is not None:
        yield f"Not for them. They are told: {admission.refused}"
        return
    if admission.open:
        until = f" until {_moment(admission.closes_at, zone)}" if admission.closes_at else ""
        yield f"Open for them{until}. A chat goes to the first step that is open and has somebody available."
        yield f"Priority {admission.priority}."
    else:
        until = f" until {_moment(admission.opens_at, zone)}" if admission.opens_at else ", and does not open in a year"
        yield f"Closed for them{until}. They are offered the request form."
    if admission.channels is not None:
        yield f"The panel offers {', '.join(admission.channels)}."
    if admission.reply_within is not None:
        by = f": by {_moment(admission.reply_by, zone)}" if admission.reply_by else ""
        yield f"A request is answered within {admission.reply_within} of open time{by}."


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %Y %H:%M} {zone.key}"
