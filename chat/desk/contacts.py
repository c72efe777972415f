"""Where else a visitor may turn, and whether somebody answers there now."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from msgspec import Struct

from chat.contact_settings import OwnPerson
from chat.live.livechat import rfc3339
from chat.live.reception import FindAgent, plan_of
from chat.people.emails import is_email
from chat.protocol import VisitorCard
from chat.settings import Settings, Site
from routing.calendar import find_zone, parse

LONGEST = {"name": 200, "phone": 50, "email": 254, "photo": 2000}
"""What a claim may hold, in characters; as in a visitor's own card."""


class Hours(Struct, frozen=True):
    """Whether somebody answers now. Times are RFC 3339 in UTC.

    ``opens_at`` only while it is closed; ``closes_at`` only while it is open, and not if it does not close within a week.
    """

    open: bool
    opens_at: str | None
    closes_at: str | None


class PersonCard(Struct, frozen=True, kw_only=True):
    """Somebody of the visitor's own. ``photo`` lies at one of the site's own origins."""

    role: str
    name: str | None
    phone: str | None
    email: str | None
    photo: str | None
    hours: Hours | None


class PhoneCard(Struct, frozen=True, kw_only=True):
    """A telephone, with what it is for."""

    country: str
    number: str
    hours: Hours | None


class MailCard(Struct, frozen=True, kw_only=True):
    """A mail address, with what it is for."""

    subject: str
    address: str
    hours: Hours | None


class MessengerCard(Struct, frozen=True, kw_only=True):
    """A messenger to write in."""

    app: str
    link: str
    hours: Hours | None


class Contacts(Struct, frozen=True, kw_only=True):
    """All there are for one visitor, in the order of the configuration. ``hours`` is None where nothing is said of them."""

    people: list[PersonCard]
    phones: list[PhoneCard]
    mails: list[MailCard]
    messengers: list[MessengerCard]


class ContactBook:
    """Reads the contacts of the configuration for one visitor at a time.

    ``find_agent`` finds an account by e-mail address or id; it is asked for a person whose name no claim tells.
    """

    def __init__(
        self, settings: Settings, find_agent: FindAgent, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._find_agent = find_agent
        self._clock = clock
        self._calendars = {name: parse(one.time_zone, one.open, one.closed) for name, one in settings.calendars.items()}

    async def read(self, site_key: str, card: VisitorCard) -> Contacts:
        """What the site shows the visitor with this card, whoever that is: also one who may not use the desk."""
        site, now = self._settings.sites[site_key], self._clock()
        zone = find_zone(card.time_zone, site.time_zone)
        assert zone is not None, "the configuration was checked"

        def words(text: Mapping[str, str]) -> str:
            return text.get(card.locale) or text[site.locales[0]]

        def hours(calendar: str | None) -> Hours | None:
            return self._hours(calendar, zone, now)

        told = site.contacts
        people = [
            PersonCard(role=words(one.role), hours=hours(one.calendar), **known)
            for one in told.people
            if (known := await self._person(one, card.claims or {}, site)) is not None
        ]
        return Contacts(
            people=people,
            phones=[
                PhoneCard(country=words(one.country), number=one.number, hours=hours(one.calendar))
                for one in told.phones
                if self._may_call(card)
            ],
            mails=[
                MailCard(subject=words(one.subject), address=one.address, hours=hours(one.calendar))
                for one in told.mails
            ],
            messengers=[
                MessengerCard(app=one.app, link=one.link, hours=hours(one.calendar)) for one in told.messengers
            ],
        )

    def _hours(self, calendar: str | None, zone: ZoneInfo, now: datetime) -> Hours | None:
        if calendar is None:
            return None
        hours = self._calendars[calendar].in_zone(zone)
        closes = hours.closes_at(now)
        if closes != now:
            return Hours(True, None, _time(closes))
        return Hours(False, _time(hours.opens_at(now)), None)

    def _may_call(self, card: VisitorCard) -> bool:
        plan = plan_of(self._settings, card)
        channels = self._settings.plans[plan].channels if plan is not None else None
        return channels is None or "phone" in channels

    async def _person(self, one: OwnPerson, claims: Mapping[str, Any], site: Site) -> dict[str, str | None] | None:
        """What the claims tell of somebody, or nothing where they name nobody."""
        told = {part: _text(claims, f"{one.claim}_{part}", longest) for part, longest in LONGEST.items()}
        who = _text(claims, one.claim, LONGEST["email"])
        if who is not None and is_email(who):
            told["email"] = told["email"] or who
        if who is not None and told["name"] is None:
            agent = await self._find_agent(who)
            told["name"] = agent.name if agent is not None and not agent.disabled else None
        if told["photo"] is not None and not _lies_at(told["photo"], site.origins):
            told["photo"] = None
        return told if told["name"] or told["email"] or told["phone"] else None


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str | None:
    value = claims.get(name)
    return value.strip() or None if isinstance(value, str) and len(value) <= longest else None


def _lies_at(url: str, origins: list[str]) -> bool:
    """Whether an address is at one of ``origins``: whoever signs claims cannot have other servers told who reads them."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in origins


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment.timestamp() * 1000)
