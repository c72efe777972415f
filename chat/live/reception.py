"""What the desk offers a visitor at a given time: where they would wait, until when it is open, what is promised."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from chat import protocol as wire
from chat.errors import Refused
from chat.people.agents import Agent
from chat.people.auditor import CLAIM as AUDITOR
from chat.people.auditor import is_auditor
from chat.settings import Plan, Route, Settings, Site
from routing.calendar import ALWAYS, Hours, all_of, any_of, find_zone, parse, parse_reply
from routing.rules import AgentStop, TeamStop, Visitor, When, first, in_words, mismatch, parse_stop, said
from routing.types import Step, line_of

AHEAD = timedelta(days=7)
"""How far ahead the router knows a step's hours: longer than anybody waits."""

FindAgent = Callable[[str], Awaitable[Agent | None]]


class Admission(Struct, frozen=True):
    """What the desk offers a visitor now.

    ``refused`` are the site's own words, in the visitor's language, for one who is not eligible; then only ``reasons``
    is set besides. ``steps`` are all of the route, also those closed now. ``opens_at`` is None while it is open, or if
    it does not open within a year; ``closes_at`` while it is closed, or if it does not close within a week.
    ``reply_by`` is the latest moment of ``reply_within``, in the hours of this route. ``reasons`` tell in English how
    it came to this; they repeat claims, so they are for an operator's eyes and never for a log.
    """

    refused: str | None = None
    plan: str | None = None
    priority: int = 0
    steps: tuple[Step, ...] = ()
    channels: tuple[wire.Channel, ...] | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    open: bool = False
    reply_within: str | None = None
    reply_by: datetime | None = None
    reasons: tuple[str, ...] = ()


class Case(Struct, frozen=True):
    """A visitor of a site. ``plan_name`` is None, and ``plan`` empty, for one without."""

    site: Site
    visitor: Visitor
    plan_name: str | None
    plan: Plan
    zone: ZoneInfo


class Stop(Struct, frozen=True):
    """A step whose hours are not told for a certain time yet; for the reasons its title, its calendars and its clock."""

    line: str
    team: str
    hours: Hours
    title: str
    calendars: tuple[str, ...]
    zone: ZoneInfo


class Reception:
    """Reads calendars, plans, teams and routes of the configuration.

    ``find_agent`` finds an account by e-mail address or id; it is asked only where a route names a person.
    """

    def __init__(
        self, settings: Settings, find_agent: FindAgent, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._find_agent = find_agent
        self._clock = clock
        self._calendars = {name: parse(one.time_zone, one.open, one.closed) for name, one in settings.calendars.items()}

    async def admit(self, site_key: str, card: wire.VisitorCard, *, now: datetime | None = None) -> Admission:
        """What the site offers the visitor with this card, at ``now`` (default: the clock's).

        Raises as ``find_agent``, and ``Refused`` with a token of an audit that is over.
        """
        now = now or self._clock()
        case = self._case(self._settings.sites[site_key], card)
        may = case.site.eligible.when
        if may and first(may, case.visitor) is None and case.visitor[AUDITOR] is None:
            told = (f"not eligible: {_unmet(when, case.visitor)}" for when in may)
            return Admission(refused=_in_language(case.site, card.locale), reasons=tuple(told))
        reasons = self._on_plan(case)
        number = first((route.when for route in case.site.routes), case.visitor)
        reasons += _on_route(case, number)
        route = case.site.routes[number] if number is not None else None
        stops = await self._stops(case, route, reasons)
        reasons += (f"{number}. {stop.title}: {_hours_in_words(stop, now)}" for number, stop in enumerate(stops, 1))
        return self._admission(case, route, stops, now, reasons)

    def _case(self, site: Site, card: wire.VisitorCard) -> Case:
        visitor = Visitor(card.claims, card.topic, card.locale, card.page.url if card.page is not None else "")
        name, plans = plan_of(self._settings, card), self._settings.plans
        zone = find_zone(card.time_zone, site.time_zone)
        assert zone is not None, "the configuration was checked"
        return Case(site, visitor, name, plans[name] if name is not None else Plan(), zone)

    def _admission(
        self, case: Case, route: Route | None, stops: list[Stop], now: datetime, reasons: list[str]
    ) -> Admission:
        plan = case.plan
        hours = any_of([stop.hours for stop in stops])
        closes = hours.closes_at(now)
        is_open = closes != now
        return Admission(
            plan=case.plan_name,
            priority=route.priority if route is not None and route.priority is not None else plan.priority,
            steps=tuple(
                step(self._settings, stop.team, line=stop.line, hours=_ahead(stop.hours, now)) for stop in stops
            ),
            channels=tuple(plan.channels) if plan.channels is not None else None,
            opens_at=None if is_open else hours.opens_at(now),
            closes_at=closes if is_open else None,
            open=is_open,
            reply_within=plan.first_response,
            reply_by=hours.after(now, parse_reply(plan.first_response)[1]) if plan.first_response else None,
            reasons=tuple(reasons),
        )

    # ── the stops of a route ─────────────────────────────────────────────────────────────────────────────────

    async def _stops(self, case: Case, route: Route | None, reasons: list[str]) -> list[Stop]:
        """In order and without repeats; what is left out is told in ``reasons``."""
        if (auditor := case.visitor[AUDITOR]) is not None:
            return [await self._of_auditor(case, auditor)]
        stops: dict[str, Stop] = {}
        for text in route.to if route is not None else ():
            match parse_stop(text):
                case TeamStop(team):
                    found: Stop | str = self._of_team(case, team, text)
                case AgentStop(claim):
                    found = await self._of_agent(case, claim, text)
            if isinstance(found, str):
                reasons.append(f"{text} is left out: {found}")
            else:
                stops.setdefault(found.line, found)
        if not stops:
            team = case.plan.team or case.site.team
            whose = f"plan {case.plan_name}" if case.plan.team else "the site"
            stops[team] = self._of_team(case, team, f"team:{team}, the team of {whose}")
        team = list(stops.values())[-1].team
        while team := self._settings.teams[team].overflow or "":  # the configuration was checked: it has an end
            stops.setdefault(team, self._of_team(case, team, f"team:{team}, by overflow"))
        return list(stops.values())

    def _of_team(self, case: Case, team: str, title: str) -> Stop:
        return self._stop(case, team, team, [self._settings.teams[team].calendar], title)

    async def _of_agent(self, case: Case, claim: str, title: str) -> Stop | str:
        who = case.visitor[claim]
        if not isinstance(who, str):
            return f"there is no claim {claim}" if who is None else f"the claim {claim} is no text"
        agent = await self._find_agent(who)
        if agent is None:
            return f"there is no agent {who}"
        if agent.disabled:
            return f"{agent.name} is disabled"
        teams = [team for team in agent.teams if team in self._settings.teams]
        if not teams:
            return f"{agent.name} is in no team of the configuration"
        calendars = [self._settings.teams[team].calendar for team in teams]
        title = f"{title}, {agent.name} <{agent.email}> of team {teams[0]}"
        return self._stop(case, line_of(agent.id), teams[0], calendars, title)

    async def _of_auditor(self, case: Case, agent_id: str) -> Stop:
        """An audit's chats are for its own agent, at any time."""
        agent = await self._find_agent(agent_id)
        if agent is None or not is_auditor(agent):
            raise Refused("not_allowed", "the audit that this token was made for is over")
        return Stop(line_of(agent.id), case.site.team, ALWAYS, "mayfly audit's own agent", (), case.zone)

    def _stop(self, case: Case, line: str, team: str, calendars: list[str | None], title: str) -> Stop:
        """Open while one of ``calendars`` and the plan's is; None is a calendar that is always open."""
        works = any_of([self._hours(calendar, case.zone) for calendar in calendars])
        hours = all_of([works, self._hours(case.plan.calendar, case.zone)])
        named = tuple(dict.fromkeys(filter(None, [*calendars, case.plan.calendar])))
        zone = self._calendars[named[0]].zone if named else None
        return Stop(line, team, hours, title, named, zone or case.zone)

    def _hours(self, calendar: str | None, zone: ZoneInfo) -> Hours:
        return self._calendars[calendar].in_zone(zone) if calendar is not None else ALWAYS

    # ── in words ─────────────────────────────────────────────────────────────────────────────────────────────

    def _on_plan(self, case: Case) -> list[str]:
        if not self._settings.plans:
            return []
        if case.plan_name is not None:
            return [f"plan {case.plan_name}"]
        claim = case.visitor["plan"]
        return ["no plan: " + ("there is no claim plan" if claim is None else f"none is called {said(claim)}")]


def plan_of(settings: Settings, card: wire.VisitorCard) -> str | None:
    """The plan that the visitor's claim names, if it is configured."""
    plan = (card.claims or {}).get("plan")
    return plan if isinstance(plan, str) and plan in settings.plans else None


def step(settings: Settings, team: str, *, line: str = "", hours: tuple[tuple[int, int], ...] | None = None) -> Step:
    """A step by the rules of ``team``, in the team's own line or in another that counts for it."""
    rules = settings.teams[team]
    return Step(
        line=line or team,
        team=team,
        wait_ms=round(rules.max_wait_s * 1000),
        max_waiting=rules.max_waiting,
        accept_ms=round(rules.accept_within_s * 1000) if rules.assignment == "accept" else 0,
        fair_ms=round(rules.fair_after_s * 1000),
        hours=hours,
    )


def _ahead(hours: Hours, now: datetime) -> tuple[tuple[int, int], ...] | None:
    """The openings of the coming days in Unix ms; None is always."""
    if hours is ALWAYS:
        return None
    return tuple((_ms(opens), _ms(closes)) for opens, closes in hours.intervals(now, now + AHEAD))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _in_language(site: Site, locale: str) -> str:
    """What the site tells those who are not eligible; in its first language where it has no other words."""
    words = site.eligible.otherwise
    return words.get(locale) or words.get(locale.split("-")[0]) or words[site.locales[0]]


def _on_route(case: Case, number: int | None) -> list[str]:
    routes = case.site.routes
    over = [f"routes[{n}] is passed over: {_unmet(one.when, case.visitor)}" for n, one in enumerate(routes[:number])]
    if number is None:
        return over
    return [*over, f"routes[{number}] is taken, for {in_words(routes[number].when)}"]


def _unmet(when: When, visitor: Visitor) -> str:
    name = mismatch(when, visitor)
    assert name is not None
    known = visitor[name]
    return f"it asks that {in_words({name: when[name]})}, " + (
        "and there is none" if known is None else f"not {said(known)}"
    )


def _hours_in_words(stop: Stop, now: datetime) -> str:
    if stop.hours is ALWAYS:
        return "always open"
    by = f" (calendar {' and '.join(stop.calendars)})"
    closes = stop.hours.closes_at(now)
    if closes != now:
        return ("open" if closes is None else f"open until {_in_words(closes, stop.zone)}") + by
    opens = stop.hours.opens_at(now)
    return ("closed" if opens is None else f"closed until {_in_words(opens, stop.zone)}") + by


def _in_words(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %Y %H:%M} {zone.key}"
