"""When an answer is promised: counted in the open time of plan and team, paused while the customer is waited for."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from chat.settings import Plan, Settings
from routing.calendar import ALWAYS, Hours, all_of, find_zone, parse, parse_reply

Kind = Literal["first", "next"]


class Promise(Struct, frozen=True):
    """A response that is owed. While it is paused ``due_at`` is None and ``left`` the open time that remains."""

    kind: Kind
    due_at: datetime | None
    left: timedelta | None = None


class Terms(Struct, frozen=True):
    """What a ticket's plan promises, and the hours it is counted in; None: nothing."""

    hours: Hours
    first: timedelta | None
    next: timedelta | None

    def begin(self, kind: Kind, now: datetime) -> Promise | None:
        """The promise that begins at ``now``; None without one, or if it is not open for so long within a year."""
        span = self.first if kind == "first" else self.next
        due_at = self.hours.after(now, span) if span is not None else None
        return Promise(kind, due_at) if due_at is not None else None

    def pause(self, promise: Promise, now: datetime) -> Promise:
        """Stop the clock; what is overdue has nothing left."""
        if promise.due_at is None:
            return promise
        left = self.hours.open_time(now, promise.due_at) if promise.due_at > now else timedelta()
        return Promise(promise.kind, None, left)

    def resume(self, promise: Promise, now: datetime) -> Promise:
        """Let the clock go on with what was left."""
        if promise.due_at is not None:
            return promise
        left = promise.left or timedelta()
        return Promise(promise.kind, (self.hours.after(now, left) if left else None) or now)


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
