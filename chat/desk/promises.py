"""When an answer is promised: counted in the open time of plan and team, paused while the customer is waited for."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from chat.settings import Plan, Settings
from routing.calendar import ALWAYS, Hours, all_of, find_zone, parse, parse_reply

Kind = Literal["first", "next"]

LEAST_WARNING = timedelta(minutes=15)


class Promise(Struct, frozen=True):
    """A response that is owed; from ``warn_at`` on it is due soon. While it is paused ``due_at`` is None and ``left`` the open time that remains."""

    kind: Kind
    due_at: datetime | None
    left: timedelta | None = None
    warn_at: datetime | None = None


class Terms(Struct, frozen=True):
    """What a ticket's plan promises, and the hours it is counted in; None: nothing."""

    hours: Hours
    first: timedelta | None
    next: timedelta | None

    def begin(self, kind: Kind, now: datetime) -> Promise | None:
        """The promise that begins at ``now``; None without one, or if it is not open for so long within a year."""
        span = self.first if kind == "first" else self.next
        if span is None or self.hours.after(now, span) is None:
            return None
        return self._running(kind, now, span)

    def pause(self, promise: Promise, now: datetime) -> Promise:
        """Stop the clock; what is overdue stays so."""
        if promise.due_at is None or promise.due_at <= now:
            return promise
        return Promise(promise.kind, None, self.hours.open_time(now, promise.due_at))

    def resume(self, promise: Promise, now: datetime) -> Promise:
        """Let the clock go on with what was left."""
        if promise.due_at is not None:
            return promise
        return self._running(promise.kind, now, promise.left or timedelta())

    def _running(self, kind: Kind, now: datetime, left: timedelta) -> Promise:
        return Promise(kind, self._after(now, left), None, self._after(now, left - self._warning(kind)))

    def _after(self, now: datetime, open_time: timedelta) -> datetime:
        return (self.hours.after(now, open_time) if open_time > timedelta() else None) or now

    def _warning(self, kind: Kind) -> timedelta:
        """How much open time before the end it is due soon: a quarter of all, at least 15 minutes, at most half."""
        span = (self.first if kind == "first" else self.next) or timedelta()
        return min(max(span / 4, LEAST_WARNING), span / 2)


class Promises:
    """Reads plans and calendars of the configuration."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._calendars = {name: parse(one.time_zone, one.open, one.closed) for name, one in settings.calendars.items()}

    def terms(self, site: str, *, plan: str | None, team: str | None, time_zone: str | None) -> Terms:
        """What is promised; plans and teams that the configuration no longer has promise nothing and are always open.

        ``time_zone`` is the requester's, None for the site's.
        """
        rules = self._settings.plans.get(plan or "", Plan())
        known = self._settings.sites.get(site)
        zone = find_zone(time_zone, known.time_zone if known is not None else None)
        works = self._settings.teams[team].calendar if team in self._settings.teams else None
        named = [name for name in (rules.calendar, works) if name is not None]
        hours = all_of([self._calendars[name].in_zone(zone) for name in named]) if named else ALWAYS
        first = parse_reply(rules.first_response)[1] if rules.first_response else None
        later = parse_reply(rules.next_response)[1] if rules.next_response else first
        return Terms(hours, first, later)
