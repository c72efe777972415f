"""What is wrong with a configuration although each value is well formed: one line each, with the key's full path."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from re import fullmatch
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlsplit

from chat.bucket import parse_bucket
from chat.people.emails import is_email, named
from chat.theme_settings import Icon, image_faults
from routing.calendar import find_zone, parse, parse_reply
from routing.rules import AgentStop, Possible, TeamStop, covers, impossible, parse_stop

if TYPE_CHECKING:
    from chat.settings import Route, Settings, Site, Team

SECRET_LENGTH = 32


def contradictions(settings: "Settings") -> Iterable[str]:
    """Every fault."""
    server = settings.server
    if server.public_url is not None and not _is_origin(server.public_url):
        yield f"server.public_url: expected an origin like https://chat.example.com, without a path; got {server.public_url!r}"
    yield from _short("server.secret_keys", server.secret_keys)
    for number, address in enumerate(server.trusted_proxies):
        if not _parses(ip_network, address):
            yield f"server.trusted_proxies[{number}]: expected an address or network like 10.0.0.0/8; got {address!r}"
    yield from _scheme("redis.url", settings.redis.url, ("redis", "rediss", "unix"))
    yield from _scheme("database.url", settings.database.url, ("postgresql", "sqlite"))
    yield from _of_mail(settings)
    if settings.storage.url is not None:
        yield from _faults("storage.url: ", parse_bucket, settings.storage.url)
    for name, calendar in settings.calendars.items():
        yield from _faults(f"calendars.{name}.", parse, calendar.time_zone, calendar.open, calendar.closed)
    for name, plan in settings.plans.items():
        for key in ("first_response", "next_response"):
            if (promised := getattr(plan, key)) is not None:
                yield from _faults(f"plans.{name}.{key}: ", parse_reply, promised)
        yield from _unknown(f"plans.{name}.calendar", plan.calendar, settings.calendars, "calendars")
        yield from _unknown(f"plans.{name}.team", plan.team, settings.teams, "teams")
    for name, team in settings.teams.items():
        yield from _unknown(f"teams.{name}.calendar", team.calendar, settings.calendars, "calendars")
        yield from _unknown(f"teams.{name}.overflow", team.overflow, settings.teams, "teams")
        yield from _circle(name, settings.teams)
    for key, site in settings.sites.items():
        yield from _of_site(f"sites.{key}", site, settings)


def _of_mail(settings: "Settings") -> Iterable[str]:
    mail = settings.mail
    if mail.sender is not None:
        yield from _faults("mail.sender: ", named, mail.sender)
    if mail.smtp_url is None:
        return
    yield from _scheme("mail.smtp_url", mail.smtp_url, ("smtp", "smtps"))
    if _parses(urlsplit, mail.smtp_url) and not (_parses(_port, mail.smtp_url) and urlsplit(mail.smtp_url).hostname):
        yield "mail.smtp_url: expected the server's name behind ://, and a number if there is a port"
    if mail.sender is None:
        yield "mail.sender: missing; expected an address like Support <support@example.com>, for mail.smtp_url is set"
    if settings.server.public_url is None:
        yield "server.public_url: missing; expected the address browsers use: mail needs it for the links in letters"


def _port(url: str) -> int | None:
    return urlsplit(url).port


def _of_site(path: str, site: "Site", settings: "Settings") -> Iterable[str]:
    for number, origin in enumerate(site.origins):
        if not _is_origin(origin):
            yield f"{path}.origins[{number}]: expected an origin like https://www.example.com, without a path; got {origin!r}"
    yield from _short(f"{path}.identity_secrets", site.identity_secrets)
    yield from _unknown(f"{path}.team", site.team, settings.teams, "teams")
    if find_zone(site.time_zone) is None:
        yield f"{path}.time_zone: expected an IANA name like Europe/Berlin; got {site.time_zone!r}"
    if site.articles is not None and not Path(site.articles).is_dir():
        yield f"{path}.articles: expected a folder; got {site.articles!r}"
    if site.eligible.when and site.locales and site.locales[0] not in site.eligible.otherwise:
        yield f"{path}.eligible.otherwise.{site.locales[0]}: missing; expected what to tell those who are not eligible"
    for locale in site.eligible.otherwise:
        yield from _unknown(f"{path}.eligible.otherwise.{locale}", locale, site.locales, "locales")
    for number, extra in enumerate(site.fields):
        if site.locales[0] not in extra.label:
            yield f"{path}.fields[{number}].label.{site.locales[0]}: missing; expected what stands over the field"
        if extra.name in [one.name for one in site.fields[:number]]:
            yield f"{path}.fields[{number}].name: expected another; {extra.name!r} is taken"
    for number, route in enumerate(site.routes):
        for step, text in enumerate(route.to):
            yield from _stop(f"{path}.routes[{number}].to[{step}]", text, settings.teams)
    yield from _of_translations(f"{path}.translations", site)
    yield from _of_looks(path, site)
    yield from _of_contacts(f"{path}.contacts", site, settings.calendars)


def _of_translations(path: str, site: "Site") -> Iterable[str]:
    own = [*site.topics, *site.request_types, *site.importance, *(word for one in site.fields for word in one.options)]
    for locale, words in site.translations.items():
        yield from _unknown(f"{path}.{locale}", locale, site.locales, "locales")
        for word in words:
            yield from _unknown(f"{path}.{locale}", word, own, "topics, request_types, importance, options of fields")


def _of_looks(path: str, site: "Site") -> Iterable[str]:
    theme = site.theme
    if theme.logo is not None:
        yield from image_faults(f"{path}.theme.logo", theme.logo)
    if theme.own_icon is not None:
        yield from image_faults(f"{path}.theme.icon", theme.icon, f"one of {', '.join(get_args(Icon))}, or ")
    for name in theme.texts.__struct_fields__:
        for locale in getattr(theme.texts, name):
            yield from _unknown(f"{path}.theme.texts.{name}.{locale}", locale, site.locales, "locales")
    for number, one in enumerate(site.invitations):
        here = f"{path}.invitations[{number}]"
        yield from _in_languages(f"{here}.text", one.text, site.locales, "what it says")
        if one.name in [other.name for other in site.invitations[:number]]:
            yield f"{here}.name: expected another; {one.name!r} is taken"
        for place, pattern in enumerate(one.pages):
            if not pattern.startswith(("/", "*")):
                yield f"{here}.pages[{place}]: expected a path like /prices or /shop/*; got {pattern!r}"


def _of_contacts(path: str, site: "Site", calendars: Collection[str]) -> Iterable[str]:
    contacts = site.contacts
    for kind, words in (("people", "role"), ("phones", "country"), ("mails", "subject"), ("messengers", None)):
        for number, one in enumerate(getattr(contacts, kind)):
            yield from _unknown(f"{path}.{kind}[{number}].calendar", one.calendar, calendars, "calendars")
            if words is not None:
                yield from _in_languages(
                    f"{path}.{kind}[{number}].{words}", getattr(one, words), site.locales, "what stands over it"
                )
    for number, mail in enumerate(contacts.mails):
        if not is_email(mail.address):
            yield f"{path}.mails[{number}].address: expected an address like help@example.com; got {mail.address!r}"


def _in_languages(path: str, words: Mapping[str, str], locales: Sequence[str], what: str) -> Iterable[str]:
    """Words are there at least in the first language, and in none that the site does not have."""
    if locales and locales[0] not in words:
        yield f"{path}.{locales[0]}: missing; expected {what}"
    for locale in words:
        yield from _unknown(f"{path}.{locale}", locale, locales, "locales")


def unreachable(settings: "Settings") -> Iterable[str]:
    """Rules of the sites that no visitor can ever match, and people whom no route can find."""
    for key, site in settings.sites.items():
        asks_topic = site.pre_chat.topic != "absent"
        possible = Possible(
            bool(site.identity_secrets), site.topics if asks_topic else [], site.locales, [*settings.plans]
        )
        for number, when in enumerate(site.eligible.when):
            if why := impossible(when, possible):
                yield f"sites.{key}.eligible.when[{number}]: can never match: {why}"
        for number, route in enumerate(site.routes):
            path = f"sites.{key}.routes[{number}]"
            wider = next((n for n, one in enumerate(site.routes[:number]) if covers(one.when, route.when)), None)
            if why := impossible(route.when, possible):
                yield f"{path}: can never match: {why}"
            elif wider is not None:
                yield f"{path}: can never match: routes[{wider}] comes before it and takes everyone it is for"
            else:
                yield from _never_found(path, route, possible)


def _never_found(path: str, route: "Route", possible: Possible) -> Iterable[str]:
    for number, text in enumerate(route.to):
        stop = parse_stop(text) if _parses(parse_stop, text) else None
        if isinstance(stop, AgentStop) and (why := impossible({**route.when, stop.claim: "*"}, possible)):
            yield f"{path}.to[{number}]: can never be found: {why}"


def _stop(path: str, text: str, teams: Collection[str]) -> Iterable[str]:
    try:
        stop = parse_stop(text)
    except ValueError as fault:
        yield f"{path}: {fault}; got {text!r}"
        return
    if isinstance(stop, TeamStop):
        yield from _unknown(path, stop.team, teams, "teams")


def _unknown(path: str, name: str | None, known: Collection[str], what: str) -> Iterable[str]:
    if name is not None and name not in known:
        yield f"{path}: expected one of {', '.join(known) or f'[{what}], and there are none'}; got {name!r}"


def _circle(first: str, teams: Mapping[str, "Team"]) -> Iterable[str]:
    """A chain of overflows that comes back to ``first``; it is told once, at the least of its names."""
    chain = [first]
    following = teams[first].overflow
    while following is not None and following in teams and following not in chain:
        chain.append(following)
        following = teams[following].overflow
    if following == first == min(chain):
        yield f"teams.{first}.overflow: expected a chain with an end; got {' → '.join([*chain, first])}"


def _faults(path: str, read: Callable[..., object], *values: object) -> Iterable[str]:
    """What ``read`` finds wrong with ``values``, a line each."""
    try:
        read(*values)
    except ValueError as fault:
        yield from (f"{path}{line}" for line in str(fault).splitlines())


def _short(path: str, keys: list[str]) -> Iterable[str]:
    for number, key in enumerate(keys):
        if len(key) < SECRET_LENGTH:
            yield f"{path}[{number}]: expected {SECRET_LENGTH} characters or more; got {len(key)} characters"


def _scheme(path: str, url: str | None, schemes: tuple[str, ...]) -> Iterable[str]:
    if url is not None and (not _parses(urlsplit, url) or urlsplit(url).scheme not in schemes or "://" not in url):
        yield f"{path}: expected an address that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}"


def _is_origin(text: str) -> bool:
    """Whether a browser would send ``text`` as an Origin (RFC 6454): scheme, host and port in lower case, no more."""
    return fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", text) is not None


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
