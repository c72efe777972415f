"""When somebody is there: opening hours by a clock on a wall, counted exactly in UTC.

A calendar says what the wall clock must read; in a time zone it becomes hours. Between two changes of a zone's clock
the wall differs from UTC by one constant, so the UTC axis is cut at the changes and each piece is plain arithmetic:
an hour that is repeated is open twice, an hour that is skipped not at all. All moments are datetimes in UTC.
"""

import heapq
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from msgspec import Struct

CUSTOMER = "customer"
YEAR = timedelta(days=366)
WEEK = timedelta(days=7, hours=12)
"""With time to spare for a clock that is put back."""

Opening = tuple[datetime, datetime]
"""From (inclusive) and until (exclusive)."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 86_400
_STRIDE = 3 * _DAY
"""No zone puts its clock there and back within this time; the nearest it came since 1970 is a week."""
_EPOCH = datetime.fromtimestamp(0, UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SECOND = timedelta(seconds=1)

_T = TypeVar("_T", int, datetime)


class Hours:
    """When it is open. ``pieces(start, until)`` lists that between two moments: rising, some may touch, none overlap."""

    def __init__(self, pieces: Callable[[datetime, datetime], Iterable[Opening]]) -> None:
        self.pieces = pieces

    def intervals(self, start: datetime, until: datetime) -> list[Opening]:
        """When it is open between two moments: rising, and apart from each other."""
        return list(_joined(self.pieces(start, until)))

    def is_open(self, t: datetime) -> bool:
        """Whether it is open at ``t``."""
        return any(True for _ in self.pieces(t, t + datetime.resolution))

    def opens_at(self, t: datetime) -> datetime | None:
        """The first moment from ``t`` on at which it is open, ``t`` itself if it is; None: not within a year."""
        return next((opens for opens, _ in self.pieces(t, t + YEAR)), None)

    def closes_at(self, t: datetime) -> datetime | None:
        """The first moment from ``t`` on at which it is closed, ``t`` itself if it is; None: not within a week."""
        until = t + WEEK
        opens, closes = next(_joined(self.pieces(t, until)), (until, until))
        if opens > t:
            return t
        return closes if closes < until else None

    def after(self, t: datetime, duration: timedelta) -> datetime | None:
        """The moment at which it has been open for ``duration`` (above 0) since ``t``; None: not within a year."""
        for opens, closes in self.pieces(t, t + YEAR):
            if duration <= closes - opens:
                return opens + duration
            duration -= closes - opens
        return None

    def open_time(self, start: datetime, until: datetime) -> timedelta:
        """How long it is open between two moments."""
        return sum((closes - opens for opens, closes in self.pieces(start, until)), timedelta())


def all_of(hours: Iterable[Hours]) -> Hours:
    """Open when all of ``hours`` are; always, if there are none."""
    limits = [one for one in hours if one is not ALWAYS]
    if len(limits) > 1:
        return Hours(partial(_at_least, len(limits), limits))
    return limits[0] if limits else ALWAYS


def any_of(hours: Sequence[Hours]) -> Hours:
    """Open when one of ``hours`` is; never, if there are none."""
    if ALWAYS in hours:
        return ALWAYS
    return hours[0] if len(hours) == 1 else Hours(partial(_at_least, 1, hours))


def _at_least(needed: int, hours: Sequence[Hours], start: datetime, until: datetime) -> Iterator[Opening]:
    are_open = 0
    since = start
    for moment, change in heapq.merge(*(_edges(one.pieces(start, until)) for one in hours)):
        if are_open == needed and change < 0:
            yield since, moment
        are_open += change
        if are_open == needed and change > 0:
            since = moment


def _edges(pieces: Iterable[Opening]) -> Iterator[tuple[datetime, int]]:
    for opens, closes in pieces:
        yield opens, 1
        yield closes, -1


def _whole(start: datetime, until: datetime) -> Iterator[Opening]:
    if start < until:
        yield start, until


ALWAYS = Hours(_whole)
"""Compare with ``is``: a calendar that is always open has these hours, and putting hours together keeps them."""


class Calendar(Struct, frozen=True):
    """Opening hours in words of the wall clock; ``parse`` makes one.

    ``zone`` None is the customer's own. ``week`` lists for each weekday, Monday first, the ranges that begin on it, in
    seconds after its midnight: rising, apart, and up to a day long, so the last may end on the next day. ``closed``
    are the dates on which nothing begins, as "2027-01-01" or "01-01".
    """

    zone: ZoneInfo | None
    week: tuple[tuple[tuple[int, int], ...], ...]
    closed: frozenset[str] = frozenset()

    def in_zone(self, customer: ZoneInfo | None = None) -> Hours:
        """The hours for somebody in the zone ``customer``; a calendar with a zone of its own keeps to that.

        UTC stands for a customer's zone nobody knows.
        """
        if not self.closed and list(_joined(self._wall(0, 7 * _DAY))) == [(0, 7 * _DAY)]:
            return ALWAYS
        return Hours(partial(self._pieces, self.zone or customer or ZoneInfo("UTC")))

    def _pieces(self, zone: ZoneInfo, start: datetime, until: datetime) -> Iterator[Opening]:
        if start >= until:
            return
        for begin, end, offset in _unchanged(zone, (start - _EPOCH) // _SECOND, -((_EPOCH - until) // _SECOND)):
            for opens, closes in self._wall(begin + offset, end + offset):
                yield max(start, _utc(opens - offset)), min(until, _utc(closes - offset))

    def _wall(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """What is open while the wall clock goes from ``begin`` to ``end``, in seconds after 1970-01-01 on the wall."""
        reached = begin
        for day in range(begin // _DAY - 1, -(-end // _DAY)):
            if self.closed:
                its_date = date.fromordinal(_EPOCH_ORDINAL + day).isoformat()
                if its_date in self.closed or its_date[5:] in self.closed:
                    continue
            for after_midnight, closes_after in self.week[(day + 3) % 7]:  # 1970-01-01 was a Thursday
                opens = max(day * _DAY + after_midnight, reached)
                closes = min(day * _DAY + closes_after, end)
                if opens < closes:
                    yield opens, closes
                    reached = closes


def _unchanged(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut a stretch of Unix time where the zone's clock is changed; each piece comes with its seconds east of UTC."""
    while begin < end:
        until = _until_changed(zone, begin, min(begin + _STRIDE, end))
        yield begin, until, _offset(zone, begin)
        begin = until


def _until_changed(zone: ZoneInfo, begin: int, end: int) -> int:
    offset = _offset(zone, begin)
    if _offset(zone, end) == offset:
        return end
    return begin + bisect_left(range(begin, end), True, key=lambda t: _offset(zone, t) != offset)


def _utc(t: int) -> datetime:
    return _EPOCH + timedelta(seconds=t)


def _offset(zone: ZoneInfo, t: int) -> int:
    offset = datetime.fromtimestamp(t, zone).utcoffset()
    assert offset is not None
    return offset.days * _DAY + offset.seconds


def _joined(pieces: Iterable[tuple[_T, _T]]) -> Iterator[tuple[_T, _T]]:
    """Join pieces that touch or overlap; they come in the order in which they begin."""
    joined: tuple[_T, _T] | None = None
    for begin, end in pieces:
        if joined is None:
            joined = begin, end
        elif begin <= joined[1]:
            joined = joined[0], max(joined[1], end)
        else:
            yield joined
            joined = begin, end
    if joined is not None:
        yield joined


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def find_zone(*names: object) -> ZoneInfo | None:
    """The first of ``names`` that is a time zone. They may be anything: strangers send them."""
    for name in names:
        if isinstance(name, str):
            with suppress(ValueError, OSError, ZoneInfoNotFoundError):  # OSError: "Europe" is a folder
                return ZoneInfo(name)
    return None


def parse(time_zone: str, open: Sequence[str], closed: Sequence[str | date] = ()) -> Calendar:
    """Read a calendar as it stands in the configuration.

    ``time_zone`` is an IANA name or "customer". ``open`` lists ranges like "mon-fri 08:00-20:00", where one that does
    not end later than it begins ends on the next day, or "always". ``closed`` lists dates, "01-01" for every year.
    Raises ValueError with a line for each fault: ``open[1]: expected …``.
    """
    faults: list[str] = []
    zone = _read(_zone, "time_zone", time_zone, faults)
    ranges = [_read(_ranges, f"open[{number}]", text, faults) for number, text in enumerate(open)]
    dates = [_read(_date, f"closed[{number}]", one, faults) for number, one in enumerate(closed)]
    if not ranges:
        faults.append('open: expected a range like "mon-fri 08:00-20:00", or "always"')
    if faults:
        raise ValueError("\n".join(faults))
    week: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    for days, opens, closes in filter(None, ranges):
        for day in days:
            week[day].append((opens, closes))
    return Calendar(zone, tuple(tuple(_joined(sorted(day))) for day in week), frozenset(filter(None, dates)))


_Text = TypeVar("_Text")
_Value = TypeVar("_Value")


def _read(reader: Callable[[_Text], _Value], path: str, text: _Text, faults: list[str]) -> _Value | None:
    try:
        return reader(text)
    except ValueError as error:
        faults.append(f"{path}: {error}")
        return None


def _zone(name: str) -> ZoneInfo | None:
    if name == CUSTOMER:
        return None
    zone = find_zone(name)
    if zone is None:
        nearest = get_close_matches(name, sorted(available_timezones()), n=1, cutoff=0)[0]
        raise ValueError(
            f'expected a time zone like "Europe/Berlin", or "customer"; got {name!r}; did you mean {nearest}?'
        )
    return zone


def _ranges(text: str) -> tuple[list[int], int, int]:
    """The weekdays, and when it opens and closes on each."""
    if text == "always":
        return list(range(len(_DAYS))), 0, _DAY
    match = re.fullmatch(r"(\S+) ([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})", text)
    if match is None:
        raise ValueError(f'expected days and hours like "mon-fri 08:00-20:00", or "always"; got {text!r}')
    opens, closes = _time(match[2]), _time(match[3])
    if opens in (_DAY, closes):
        raise ValueError(f"expected an end after the start (a whole day is 00:00-24:00); got {text!r}")
    return _weekdays(match[1]), opens, closes if closes > opens else closes + _DAY


def _weekdays(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS or part == f"{first}-":
            raise ValueError(f'expected days like "mon-fri" or "sat,sun"; got {text!r}')
        begin = _DAYS.index(first)
        days += ((begin + n) % 7 for n in range((_DAYS.index(last or first) - begin) % 7 + 1))
    return days


def _time(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    seconds = (hour * 60 + minute) * 60
    if minute > 59 or seconds > _DAY:
        raise ValueError(f"expected a time from 00:00 to 24:00; got {text!r}")
    return seconds


def _date(value: str | date) -> str:
    text = value if isinstance(value, str) else value.isoformat()
    dated = f"2000-{text}" if len(text) == 5 else text
    with suppress(ValueError):
        if date.fromisoformat(dated).isoformat() == dated:
            return text
    raise ValueError(f'expected a date like "2027-01-01", or "01-01" for every year; got {text!r}')


def parse_reply(text: str) -> tuple[timedelta, timedelta]:
    """The least and the most time that "2h-4h", "48h" or "30m" promises. Raises ValueError, in words."""
    match = re.fullmatch(r"([1-9][0-9]{0,3})([mh])(?:-([1-9][0-9]{0,3})([mh]))?", text)
    if match is not None:
        least = _duration(match[1], match[2])
        most = _duration(match[3], match[4]) if match[3] else least
        if least <= most:
            return least, most
    raise ValueError(f'expected a time like "48h" or "30m", or a range like "2h-4h", the shorter first; got {text!r}')


def _duration(number: str, unit: str) -> timedelta:
    return timedelta(hours=int(number)) if unit == "h" else timedelta(minutes=int(number))
