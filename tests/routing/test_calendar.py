"""Opening hours: what they say is what a clock on the wall says, and the C library is asked what that is."""

import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from struct import unpack
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing import calendar
from routing.calendar import ALWAYS, Calendar, Hours, all_of, any_of, find_zone, parse, parse_reply

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ZONES = sorted(zoneinfo.available_timezones())

ODD = [
    ("Africa/Casablanca", "2025-02-23"),  # Ramadan: an hour back, six weeks later forth
    ("Africa/Casablanca", "2025-04-06"),
    ("America/Boa_Vista", "2000-10-08"),  # there and a week later back
    ("America/Caracas", "2016-05-01"),
    ("America/Havana", "2025-11-02"),
    ("America/New_York", "2025-03-09"),
    ("America/New_York", "2025-11-02"),
    ("America/Sao_Paulo", "2018-11-04"),  # no midnight
    ("America/Sao_Paulo", "2018-02-18"),  # two midnights
    ("Antarctica/Troll", "2025-10-26"),  # two hours
    ("Asia/Gaza", "2025-04-12"),
    ("Asia/Kathmandu", "1986-01-01"),  # a quarter of an hour
    ("Asia/Pyongyang", "2018-05-05"),
    ("Australia/Lord_Howe", "2025-04-06"),  # half an hour
    ("Australia/Lord_Howe", "2025-10-05"),
    ("Europe/Dublin", "2025-10-26"),
    ("Europe/Moscow", "2014-10-26"),
    ("Pacific/Apia", "2011-12-30"),  # no such day
    ("Pacific/Chatham", "2025-04-06"),
    ("Pacific/Kwajalein", "1993-08-21"),  # no such day
]
"""Days around which a clock was changed."""


def at(text: str) -> datetime:
    """2026-12-29 05:00 in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ── what the C library says ──────────────────────────────────────────────────────────────────────────────────────

CLOCK = """
import os, sys, time
for line in sys.stdin:
    os.environ["TZ"], start, count = line.split()
    time.tzset()
    walls = (time.localtime(int(start) + 60 * minute) for minute in range(int(count)))
    print(*(time.strftime("%Y-%m-%dT%H:%M", wall) for wall in walls), flush=True)
"""


class Wall:
    """What the clock on the wall reads, minute by minute, by ``localtime`` of the C library in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def reads(self, zone: str, start: datetime, minutes: int) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f":{file_of(zone)} {int(start.timestamp())} {minutes}\n")
        self._process.stdin.flush()
        walls = self._process.stdout.readline().split()
        assert len(walls) == minutes
        return walls


def file_of(zone: str) -> Path:
    """The file that zoneinfo reads too, so that nobody's rules are newer."""
    known = (Path(folder) / zone for folder in zoneinfo.TZPATH)
    return next((file for file in known if file.is_file()), Path(str(files("tzdata") / "zoneinfo" / zone)))


@pytest.fixture(scope="module")
def wall() -> Iterator[Wall]:
    with subprocess.Popen([sys.executable, "-c", CLOCK], stdin=-1, stdout=-1, text=True) as process:
        yield Wall(process)
        assert process.stdin is not None
        process.stdin.close()


# ── what the words of a calendar say ─────────────────────────────────────────────────────────────────────────────

NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

Range = tuple[str, str, str]
"""Days, start and end, as they are written."""


def days_of(words: str) -> set[str]:
    days = set()
    for part in words.split(","):
        first, last = (part.split("-") * 2)[:2]
        day = NAMES.index(first)
        days.add(first)
        while NAMES[day] != last:
            day = (day + 1) % 7
            days.add(NAMES[day])
    return days


@cache
def opens_on(day: date, words: str, closed: frozenset[str]) -> bool:
    return NAMES[day.weekday()] in days_of(words) and str(day) not in closed and day.strftime("%m-%d") not in closed


def shows_open(wall: str, ranges: list[Range], closed: frozenset[str]) -> bool:
    """Whether somebody who reads the sign on the door and the clock on the wall finds it open."""
    today, time = date.fromisoformat(wall[:10]), wall[11:]
    for words, start, end in ranges:
        if opens_on(today, words, closed) and start <= time and (time < end or end <= start):
            return True
        if end <= start and time < end and opens_on(today - DAY, words, closed):
            return True
    return False


def written(ranges: list[Range]) -> list[str]:
    return [f"{words} {start}-{end}" for words, start, end in ranges]


names = st.sampled_from(NAMES)
days = st.one_of(names, st.tuples(names, names).map("-".join))
hour = st.sampled_from(
    ["00:00", "00:30", "01:00", "01:30", "02:00", "02:15", "02:30", "03:00", "09:00", "22:00", "23:30"]
)
minute = st.integers(0, 1439).map(lambda n: f"{n // 60:02}:{n % 60:02}")
start_or_end = hour | minute
a_range = st.tuples(
    st.lists(days, min_size=1, max_size=2).map(",".join), start_or_end, start_or_end | st.just("24:00")
).filter(lambda one: one[1] != one[2])
some_ranges = st.lists(a_range, min_size=1, max_size=4)
odd_or_any = st.sampled_from(ODD) | st.tuples(
    st.sampled_from(ZONES), st.dates(date(1975, 1, 1), date(2099, 1, 1)).map(str)
)


def open_minutes(hours: Hours, start: datetime, minutes: int) -> list[bool]:
    """Minute by minute; it fails if anything begins or ends between."""
    found = [False] * minutes
    for opens, closes in hours.intervals(start, start + minutes * MINUTE):
        first, beyond = (opens - start) / MINUTE, (closes - start) / MINUTE
        assert first.is_integer()
        assert beyond.is_integer()
        found[int(first) : int(beyond)] = [True] * int(beyond - first)
    return found


@pytest.mark.parametrize(("zone", "day"), ODD)
def test_every_other_quarter_of_an_hour_is_kept_while_the_clock_is_changed(wall: Wall, zone: str, day: str) -> None:
    ranges = [("mon-sun", f"{h:02}:{m:02}", f"{h:02}:{m + 15}") for h in range(24) for m in (0, 30)]
    start, minutes = at(f"{day} 00:00") - timedelta(hours=15), 30 * 60
    walls = wall.reads(zone, start, minutes)
    assert datetime.fromisoformat(walls[-1]) - datetime.fromisoformat(walls[0]) != (minutes - 1) * MINUTE
    expected = [shows_open(reads, ranges, frozenset()) for reads in walls]
    assert open_minutes(parse(zone, written(ranges)).in_zone(), start, minutes) == expected


@given(where=odd_or_any, ranges=some_ranges, shut=st.sets(st.integers(-2, 2), max_size=2), yearly=st.booleans())
@settings(max_examples=100, deadline=None)
def test_it_is_open_when_the_clock_on_the_wall_says_so(
    wall: Wall, where: tuple[str, str], ranges: list[Range], shut: set[int], yearly: bool
) -> None:
    zone, day = where
    noon = at(f"{day} 12:00")
    start, minutes = noon - timedelta(hours=28), 56 * 60
    closed = frozenset(str((noon + n * DAY).date())[5 * yearly :] for n in shut)
    expected = [shows_open(reads, ranges, closed) for reads in wall.reads(zone, start, minutes)]
    hours = parse(zone, written(ranges), sorted(closed)).in_zone()
    assert open_minutes(hours, start, minutes) == expected

    for n in range(0, minutes, 97):
        t = start + n * MINUTE + timedelta(seconds=59, microseconds=999_999)
        assert hours.is_open(t) == expected[n]
        for found, state in ((hours.opens_at(t), True), (hours.closes_at(t), False)):
            if state not in expected[n:]:
                assert found is None or found >= start + minutes * MINUTE
            elif state is expected[n]:
                assert found == t
            else:
                assert found == start + expected.index(state, n) * MINUTE


# ── spans of time ────────────────────────────────────────────────────────────────────────────────────────────────

moments = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))
zones = st.sampled_from(ZONES)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return parse(
        draw(zones | st.just("customer")), written(draw(some_ranges)), draw(st.lists(st.dates().map(str), max_size=2))
    )


hours_of_one = st.builds(lambda one, zone: one.in_zone(ZoneInfo(zone)), calendars(), zones) | st.just(ALWAYS)


@given(hours_of_one, moments, st.timedeltas(timedelta(0), 20 * DAY), st.timedeltas(timedelta(0), 20 * DAY))
@settings(max_examples=100, deadline=None)
def test_open_time_adds_up(hours: Hours, start: datetime, first: timedelta, second: timedelta) -> None:
    middle, end = start + first, start + first + second
    assert hours.open_time(start, middle) + hours.open_time(middle, end) == hours.open_time(start, end)
    assert hours.open_time(end, start) == timedelta(0)
    assert hours.intervals(start, start) == []


@given(hours_of_one, moments, st.timedeltas(timedelta(microseconds=1), 10 * DAY))
@settings(max_examples=100, deadline=None)
def test_a_target_is_the_first_moment_by_which_it_was_open_for_so_long(
    hours: Hours, start: datetime, duration: timedelta
) -> None:
    target = hours.after(start, duration)
    assume(target is not None)
    assert target is not None
    assert hours.open_time(start, target) == duration
    assert hours.is_open(target - datetime.resolution)


@given(hours_of_one, moments, st.timedeltas(timedelta(0), 20 * DAY))
@settings(max_examples=100, deadline=None)
def test_a_target_undoes_open_time(hours: Hours, start: datetime, span: timedelta) -> None:
    until = start + span
    opened = hours.open_time(start, until)
    assume(opened > timedelta(0))
    target = hours.after(start, opened)
    assert target is not None
    assert start < target <= until
    assert hours.open_time(target, until) == timedelta(0)


@given(
    st.lists(hours_of_one, max_size=3), moments, st.lists(st.timedeltas(timedelta(0), 9 * DAY), min_size=5, max_size=5)
)
@settings(max_examples=100, deadline=None)
def test_all_of_some_hours_and_any_of_them(hours: list[Hours], start: datetime, later: list[timedelta]) -> None:
    together, either = all_of(hours), any_of(hours)
    until = start + 9 * DAY
    edges = {edge for one in hours for interval in one.intervals(start, until) for edge in interval if edge < until}
    for t in [*(start + one for one in later), *edges]:
        assert together.is_open(t) == all(one.is_open(t) for one in hours)
        assert either.is_open(t) == any(one.is_open(t) for one in hours)
    for both in (together, either, all_of([together, either])):
        intervals = both.intervals(start, until)
        assert all(opens < closes for opens, closes in intervals)
        assert all(before[1] < after[0] for before, after in pairwise(intervals))
        assert both.open_time(start, until) == sum((closes - opens for opens, closes in intervals), timedelta(0))


def test_no_zone_puts_its_clock_there_and_back_within_a_stride() -> None:
    nearest = min(
        (there_and_back, zone) for zone in ZONES for there_and_back in _there_and_back(file_of(zone).read_bytes())
    )
    assert nearest[0] > calendar._STRIDE, nearest


def _there_and_back(tzif: bytes) -> Iterator[int]:
    """Seconds from each change of the clock since 1970 to the next, where that undoes it (RFC 8536)."""

    def counts(at: int) -> tuple[int, ...]:
        return unpack(">4s16x6l", tzif[at : at + 44])[1:]

    isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt = counts(0)
    second = 44 + timecnt * 5 + typecnt * 6 + charcnt + leapcnt * 8 + isstdcnt + isutcnt
    _, _, _, timecnt, typecnt, _ = counts(second)
    times = unpack(f">{timecnt}q", tzif[second + 44 : second + 44 + timecnt * 8])
    kinds = tzif[second + 44 + timecnt * 8 :]
    offsets = [unpack(">l", kinds[timecnt + 6 * kind : timecnt + 6 * kind + 4])[0] for kind in kinds[:timecnt]]
    changes = [
        (t, offset) for t, offset, before in zip(times[1:], offsets[1:], offsets, strict=False) if offset != before
    ]
    for before, (t, _), (back, undone) in zip(changes, changes[1:], changes[2:], strict=False):
        if t > 0 and undone == before[1]:
            yield back - t


# ── the example desks ────────────────────────────────────────────────────────────────────────────────────────────


def test_moscow_working_days() -> None:
    desk = parse("Europe/Moscow", ["mon-fri 08:00-20:00"], [date(2027, 1, 1), "01-07"]).in_zone()
    thursday_evening = at("2026-12-31 17:00")
    assert not desk.is_open(thursday_evening)
    assert desk.is_open(thursday_evening - datetime.resolution)
    assert desk.opens_at(thursday_evening) == at("2027-01-04 05:00")
    assert desk.closes_at(at("2027-01-04 05:00")) == at("2027-01-04 17:00")
    assert desk.closes_at(thursday_evening) == thursday_evening
    assert desk.after(at("2026-12-31 16:00"), timedelta(hours=4)) == at("2027-01-04 08:00")
    assert desk.after(at("2026-12-31 16:00"), timedelta(hours=1)) == thursday_evening
    assert desk.opens_at(at("2028-01-06 18:00")) == at("2028-01-10 05:00")


def test_eastern_working_days_around_the_clock_and_weekends_by_day() -> None:
    desk = parse("America/New_York", ["mon-fri 00:00-24:00", "sat,sun 09:00-17:00"]).in_zone()
    assert desk.intervals(at("2026-03-06 00:00"), at("2026-03-10 00:00")) == [
        (at("2026-03-06 00:00"), at("2026-03-07 05:00")),
        (at("2026-03-07 14:00"), at("2026-03-07 22:00")),
        (at("2026-03-08 13:00"), at("2026-03-08 21:00")),
        (at("2026-03-09 04:00"), at("2026-03-10 00:00")),
    ]
    assert desk.closes_at(at("2026-03-09 04:00")) == at("2026-03-14 04:00")
    assert desk.open_time(at("2026-03-02 05:00"), at("2026-03-09 04:00")) == timedelta(days=5, hours=16)


def test_weekdays_where_the_customer_is() -> None:
    curators = parse("customer", ["mon-fri 09:00-18:00"])
    monday = at("2026-06-01 08:00")
    assert curators.in_zone(ZoneInfo("Europe/Moscow")).is_open(monday)
    assert not curators.in_zone(ZoneInfo("America/New_York")).is_open(monday)
    assert curators.in_zone(ZoneInfo("America/New_York")).opens_at(monday) == at("2026-06-01 13:00")
    assert curators.in_zone(None).opens_at(monday) == at("2026-06-01 09:00")


def test_a_calendar_with_a_zone_of_its_own_keeps_to_it_wherever_the_customer_is() -> None:
    moscow = parse("Europe/Moscow", ["mon-fri 09:00-18:00"])
    for customer in (ZoneInfo("America/New_York"), None):
        assert moscow.in_zone(customer).opens_at(at("2026-06-01 00:00")) == at("2026-06-01 06:00")
    assert parse("Europe/Moscow", ["always"]).in_zone(ZoneInfo("America/New_York")) is ALWAYS


def test_a_plan_and_a_team_are_there_while_both_are() -> None:
    plan = parse("Europe/Moscow", ["mon-fri 08:00-20:00"]).in_zone()
    team = parse("America/New_York", ["mon-fri 09:00-17:00"]).in_zone()
    both, one = all_of([plan, team]), any_of([plan, team])
    sunday = at("2026-06-07 12:00")
    assert both.opens_at(sunday) == at("2026-06-08 13:00")
    assert both.closes_at(at("2026-06-08 13:00")) == at("2026-06-08 17:00")
    assert one.opens_at(sunday) == at("2026-06-08 05:00")
    assert one.closes_at(at("2026-06-08 05:00")) == at("2026-06-08 21:00")


def test_always_is_known_as_always_in_company() -> None:
    day = parse("UTC", ["mon-sun 08:00-20:00"]).in_zone()
    assert any_of([day, all_of([])]) is ALWAYS
    assert all_of([ALWAYS, any_of([ALWAYS])]) is ALWAYS
    assert all_of([ALWAYS, any_of([day])]) is day


# ── nights, holidays, never and always ───────────────────────────────────────────────────────────────────────────


def test_a_night_that_began_before_a_closed_date_runs_to_its_end() -> None:
    bar = parse("UTC", ["thu,fri 22:00-02:00"], ["2027-01-01"]).in_zone()
    assert bar.intervals(at("2026-12-31 00:00"), at("2027-01-03 00:00")) == [
        (at("2026-12-31 22:00"), at("2027-01-01 02:00"))
    ]


def test_what_is_closed_on_a_date_is_what_begins_on_it() -> None:
    night = parse("UTC", ["mon-sun 20:00-24:00", "mon-sun 00:00-04:00"], ["2027-01-01"]).in_zone()
    assert night.closes_at(at("2026-12-31 21:00")) == at("2027-01-01 00:00")
    assert night.opens_at(at("2027-01-01 00:00")) == at("2027-01-02 00:00")


def test_ranges_of_a_day_that_overlap_are_one() -> None:
    shop = parse("UTC", ["mon-fri 12:00-18:00", "mon-wed 08:00-13:00", "mon 18:00-20:00", "sun 23:00-09:00"]).in_zone()
    assert shop.intervals(at("2026-06-01 00:00"), at("2026-06-03 00:00")) == [
        (at("2026-06-01 00:00"), at("2026-06-01 20:00")),
        (at("2026-06-02 08:00"), at("2026-06-02 18:00")),
    ]


def test_always_never_closes_and_may_be_said_in_ranges() -> None:
    for words in (["always"], ["mon-sun 00:00-24:00"], ["fri-thu 06:00-18:00", "mon-sun 18:00-06:00"]):
        hours = parse("Europe/Berlin", words).in_zone()
        assert hours is ALWAYS
        assert hours.closes_at(at("2026-03-29 00:30")) is None
        assert hours.opens_at(at("2026-03-29 00:30")) == at("2026-03-29 00:30")


def test_always_but_on_some_days() -> None:
    hours = parse("Europe/Berlin", ["always"], ["12-25"]).in_zone()
    assert hours.closes_at(at("2026-12-24 12:00")) == at("2026-12-24 23:00")
    assert hours.opens_at(at("2026-12-24 23:00")) == at("2026-12-25 23:00")
    assert hours.closes_at(at("2026-12-01 12:00")) is None


def test_the_one_closed_hour_of_a_week_is_seen_from_its_other_end_also_when_the_week_is_longer() -> None:
    nearly = parse("Europe/Berlin", ["mon 01:00-24:00", "tue-sun 00:00-24:00"]).in_zone()
    assert nearly.closes_at(at("2026-10-19 00:00")) == at("2026-10-25 23:00")


EVERY_DATE = [f"{date(2000, 1, 1) + n * DAY:%m-%d}" for n in range(366)]


def test_it_opens_again_within_a_year_or_never() -> None:
    once = parse("Europe/Berlin", ["mon-sun 08:00-20:00"], sorted({*EVERY_DATE} - {"06-01"})).in_zone()
    assert once.opens_at(at("2026-06-01 18:00")) == at("2027-06-01 06:00")
    assert once.after(at("2026-06-01 17:00"), timedelta(hours=2)) == at("2027-06-01 07:00")
    never = parse("Europe/Berlin", ["mon-sun 08:00-20:00"], EVERY_DATE).in_zone()
    now = at("2026-06-01 12:00")
    for hours in (never, any_of([]), all_of([never, ALWAYS])):
        assert hours.opens_at(now) is None
        assert hours.closes_at(now) == now
        assert hours.after(now, timedelta(hours=1)) is None


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("mon-fri", 'expected days and hours like "mon-fri 08:00-20:00", or "always"'),
        ("mon-fri 8:00-20:00", 'expected days and hours like "mon-fri 08:00-20:00", or "always"'),
        ("mon - fri 08:00-20:00", 'expected days and hours like "mon-fri 08:00-20:00", or "always"'),
        ("Always", 'expected days and hours like "mon-fri 08:00-20:00", or "always"'),
        ("monday 08:00-20:00", 'expected days like "mon-fri" or "sat,sun"'),
        ("mon- 08:00-20:00", 'expected days like "mon-fri" or "sat,sun"'),
        ("-mon 08:00-20:00", 'expected days like "mon-fri" or "sat,sun"'),
        ("mon,,fri 08:00-20:00", 'expected days like "mon-fri" or "sat,sun"'),
        ("mon-fri-sun 08:00-20:00", 'expected days like "mon-fri" or "sat,sun"'),
        ("mon 08:60-20:00", "expected a time from 00:00 to 24:00"),
        ("mon 08:00-24:01", "expected a time from 00:00 to 24:00"),
        ("mon 24:00-08:00", "expected an end after the start (a whole day is 00:00-24:00)"),
        ("mon 08:00-08:00", "expected an end after the start (a whole day is 00:00-24:00)"),
    ],
)
def test_a_range_that_cannot_be_read_says_what_was_expected(words: str, expected: str) -> None:
    with pytest.raises(ValueError) as fault:
        parse("UTC", ["always", words])
    assert str(fault.value).startswith(f"open[1]: {expected}; got ")


@pytest.mark.parametrize(
    "day", ["2027-02-29", "02-30", "20270101", "1-1", "2027-W01-1", "1 May", "", datetime(2027, 1, 1)]
)
def test_a_date_that_cannot_be_read_says_what_was_expected(day: str | date) -> None:
    with pytest.raises(ValueError) as fault:
        parse("UTC", ["always"], ["02-29", day])
    assert str(fault.value).startswith('closed[1]: expected a date like "2027-01-01", or "01-01" for every year; got ')


def test_every_fault_of_a_calendar_has_its_line() -> None:
    with pytest.raises(ValueError) as fault:
        parse("Europe/Mosow", [], ["soon"])
    zone, closed, ranges = str(fault.value).splitlines()
    assert zone == (
        'time_zone: expected a time zone like "Europe/Berlin", or "customer"; '
        "got 'Europe/Mosow'; did you mean Europe/Moscow?"
    )
    assert closed.startswith("closed[0]: ")
    assert ranges == 'open: expected a range like "mon-fri 08:00-20:00", or "always"'


def test_the_first_zone_that_is_one_is_found_whatever_strangers_send() -> None:
    strange: list[object] = [
        None,
        7,
        "",
        "Europe",
        "../../etc/passwd",
        "/etc/localtime",
        "a\0b",
        "x" * 5000,
        "\ud800",
        "Etc/Unknown",
    ]
    assert find_zone(*strange) is None
    found = find_zone(*strange, "Asia/Kolkata", "Europe/Moscow")
    assert found is not None
    assert found.key == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("2h-4h", timedelta(hours=2), timedelta(hours=4)),
        ("48h", timedelta(hours=48), timedelta(hours=48)),
        ("30m", timedelta(minutes=30), timedelta(minutes=30)),
        ("90m-2h", timedelta(minutes=90), timedelta(hours=2)),
    ],
)
def test_a_promised_reply_has_a_least_and_a_most(text: str, least: timedelta, most: timedelta) -> None:
    assert parse_reply(text) == (least, most)


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "4h-2h", "2h-", "-2h", "2h - 4h", "2d", "2h-4h-6h", "1.5h", "٢h"])
def test_a_promise_that_cannot_be_read_says_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match='expected a time like "48h" or "30m", or a range like "2h-4h"'):
        parse_reply(text)
