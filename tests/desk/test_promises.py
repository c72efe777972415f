"""Promises are counted in open time, and what happens to a ticket does to them what the desk says."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chat.desk import course
from chat.desk.course import Course, Status, filed
from chat.desk.promises import Promises, Terms
from chat.settings import Calendar, Plan, Settings, Site, Team
from tests.desk.oracle import DAY, QUARTER, Owed, Sign, Watcher, midnight

HOUR = timedelta(hours=1)
CLOCK_CHANGES = [
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2027, 11, 7)),
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2027, 10, 31)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),  # half an hour
    ("Pacific/Chatham", date(2027, 9, 26)),  # three quarters east of a whole hour
    ("Asia/Kolkata", date(2027, 6, 1)),
]

quarters = st.integers(0, 95)
a_range = st.tuples(st.integers(0, 6), quarters, quarters).filter(lambda one: one[1] != one[2])
week_round = st.lists(a_range, min_size=2, max_size=5).map(tuple)
statuses = st.sampled_from(["open", "pending", "solved", "closed"])
happenings = st.one_of(
    st.just(("customer", "")),
    st.just(("settles", "")),
    st.tuples(st.just("answer"), statuses),
    st.tuples(st.just("move"), statuses),
)
waits = st.integers(0, 30) | st.integers(0, 300)


@st.composite
def signs(draw: st.DrawFn, zone: str, day: date, *always: tuple[int, int, int]) -> Sign:
    shut = draw(st.sets(st.integers(-2, 4), max_size=2))
    return Sign(zone, (*draw(week_round), *always), frozenset(day + n * DAY for n in shut))


@st.composite
def desks(draw: st.DrawFn) -> tuple[Watcher, Terms]:
    """A ticket that was filed at about the time at which clocks are changed; whoever watches it, and its terms."""
    zone, day = draw(st.sampled_from(CLOCK_CHANGES))
    plans = draw(signs(zone, day, (2, 40, 44)))  # an hour of Wednesday at least: every promise has an end,
    midweek = [(weekday, 0, 96) for weekday in (1, 2, 3)]  # and whenever that is in Berlin, somebody is there
    teams = draw(st.none() | signs("Europe/Berlin", day, *midweek))
    first, later = draw(st.integers(1, 8)), draw(st.integers(1, 4))
    both = {"plans": plans} | ({"teams": teams} if teams is not None else {})
    terms = terms_of(both, f"{first}h", f"{later}h", zone)
    now = midnight(day) + draw(st.integers(-96, 96)) * QUARTER
    return Watcher(list(both.values()), first * 4, later * 4, now), terms


def terms_of(signs: dict[str, Sign], first: str, later: str, zone: str) -> Terms:
    """As the configuration makes them; the plan's calendar is by the customer's clock."""
    calendars = {
        name: Calendar(
            time_zone="customer" if name == "plans" else sign.zone,
            open=sign.written(),
            closed=sorted(map(str, sign.closed)),
        )
        for name, sign in signs.items()
    }
    configured = Settings(
        calendars=calendars,
        plans={"gold": Plan(calendar="plans", first_response=first, next_response=later)},
        teams={"support": Team(title="", calendar="teams" if "teams" in signs else None)},
        sites={"shop": Site(title="", origins=[])},
    )
    return Promises(configured).terms("shop", plan="gold", team="support", time_zone=zone)


def happens(kind: str, status: Status, before: Course, terms: Terms, watcher: Watcher) -> Course:
    """The same to the course and to whoever watches."""
    match kind:
        case "answer":
            watcher.is_answered(status)
            return course.answered(before, status, terms, watcher.now)
        case "move":
            watcher.is_moved(status)
            return course.moved(before, status, terms, watcher.now)
        case "settles" if before.status in course.OVER:
            watcher.customer_writes()
            return course.asked_again(before, "open", terms, watcher.now)
        case "settles":
            watcher.is_settled()
            return course.settled(before, "solved", watcher.now)
        case _:
            watcher.customer_writes()
            return course.customer_wrote(before, terms, watcher.now)


def agrees(after: Course, watcher: Watcher) -> None:
    """Both say the same of the ticket."""
    assert after.status == watcher.status
    promise, owed = after.promise, watcher.owed
    assert (promise is None) == (owed is None)
    if promise is not None and owed is not None:
        assert promise.kind == owed.kind
        if owed.runs:
            assert (promise.due_at, promise.left) == (watcher.will_be_due(owed), None)
        else:
            assert (promise.due_at, promise.left) == (None, owed.left * QUARTER)
    assert (after.kept is None) == (watcher.met is None)
    if after.kept is not None and watcher.met is not None:
        assert after.kept.due_at == watcher.will_be_due(watcher.met)
        assert after.kept.kind == watcher.met.kind


@given(desks(), st.lists(st.tuples(waits, happenings), max_size=8))
@settings(max_examples=100, deadline=None)
def test_whatever_happens_the_response_is_owed_when_a_clock_on_the_wall_says_so(
    desk: tuple[Watcher, Terms], story: list[tuple[int, tuple[str, Status]]]
) -> None:
    watcher, terms = desk
    now = filed(terms, watcher.now)
    agrees(now, watcher)
    for quarters, (kind, status) in story:
        watcher.waits(quarters)
        now = happens(kind, status, now, terms, watcher)
        agrees(now, watcher)


@given(desks())
@settings(max_examples=50, deadline=None)
def test_it_is_due_soon_when_a_quarter_of_it_is_left_at_least_a_quarter_of_an_hour(
    desk: tuple[Watcher, Terms],
) -> None:
    watcher, terms = desk
    promise = filed(terms, watcher.now).promise
    assert promise is not None
    assert promise.warn_at == watcher.will_be_due(Owed("first", watcher.first), spare=max(watcher.first // 4, 1))


# ── the same in plain cases ──────────────────────────────────────────────────────────────────────────────────────

MONDAY = datetime(2027, 2, 1, 10, tzinfo=UTC)
OFFICE = Sign("UTC", tuple((day, 36, 68) for day in range(5)))  # Monday to Friday, 09:00-17:00
TERMS = terms_of({"plans": OFFICE}, "4h", "2h", "UTC")


def due(one: Course) -> datetime:
    assert one.promise is not None
    assert one.promise.due_at is not None
    return one.promise.due_at


def test_writing_again_does_not_prolong_what_is_owed() -> None:
    one = filed(TERMS, MONDAY)
    assert due(one) == MONDAY + 4 * HOUR
    for later in (HOUR, 3 * HOUR, 5 * HOUR):
        one = course.customer_wrote(one, TERMS, MONDAY + later)
        assert due(one) == MONDAY + 4 * HOUR


def test_it_is_paused_while_the_customer_is_waited_for_and_goes_on_with_what_was_left() -> None:
    pending = course.moved(filed(TERMS, MONDAY), "pending", TERMS, MONDAY + HOUR)
    assert pending.promise is not None
    assert (pending.promise.due_at, pending.promise.left, pending.promise.warn_at) == (None, 3 * HOUR, None)
    friday = MONDAY + 4 * DAY + 6 * HOUR  # 16:00
    again = course.customer_wrote(pending, TERMS, friday)
    assert due(again) == MONDAY + 7 * DAY + HOUR  # an hour on Friday, two on Monday


def test_an_answer_keeps_the_promise_and_what_is_written_after_it_begins_another() -> None:
    answered = course.answered(filed(TERMS, MONDAY), "pending", TERMS, MONDAY + HOUR)
    assert answered.promise is None
    assert answered.kept is not None
    assert (answered.kept.kind, answered.kept.due_at) == ("first", MONDAY + 4 * HOUR)
    again = course.customer_wrote(answered, TERMS, MONDAY + 2 * HOUR)
    assert again.promise is not None
    assert (again.promise.kind, due(again), again.kept) == ("next", MONDAY + 4 * HOUR, None)


def test_who_opens_a_ticket_again_is_owed_an_answer_anew_and_an_agent_who_does_owes_none() -> None:
    solved = course.moved(filed(TERMS, MONDAY), "solved", TERMS, MONDAY + HOUR)
    assert solved.kept is not None
    again = course.asked_again(solved, "open", TERMS, MONDAY + 3 * HOUR)
    assert again.promise is not None
    assert (again.promise.kind, due(again)) == ("next", MONDAY + 5 * HOUR)
    assert course.moved(solved, "open", TERMS, MONDAY + 3 * HOUR) == Course("open")


def test_what_the_customer_ends_nobody_has_kept_though_it_may_be_broken() -> None:
    one = filed(TERMS, MONDAY)
    assert course.settled(one, "solved", MONDAY + HOUR) == Course("solved")
    overdue = course.settled(one, "solved", MONDAY + 5 * HOUR)
    assert (overdue.promise, overdue.kept) == (None, one.promise)


def test_what_is_overdue_stays_so_while_the_customer_is_waited_for() -> None:
    late = MONDAY + 6 * HOUR
    pending = course.moved(filed(TERMS, MONDAY), "pending", TERMS, late)
    assert (pending.status, due(pending)) == ("pending", MONDAY + 4 * HOUR)
    answered = course.answered(pending, "pending", TERMS, late + 7 * DAY)
    assert answered.kept is not None
    assert answered.kept.due_at == MONDAY + 4 * HOUR


def test_without_a_plan_nothing_is_promised() -> None:
    terms = Promises(Settings(sites={"shop": Site(title="", origins=[])}))
    for plan, team in ((None, None), ("gone", "gone")):
        assert filed(terms.terms("shop", plan=plan, team=team, time_zone=None), MONDAY) == Course("open")
    gone = terms.terms("a site that is no more", plan=None, team=None, time_zone="Nowhere/Land")
    assert filed(gone, MONDAY) == Course("open")


def test_a_short_promise_is_due_soon_when_half_of_it_is_left() -> None:
    terms = terms_of({"plans": OFFICE}, "20m", "20m", "UTC")
    promise = filed(terms, MONDAY).promise
    assert promise is not None
    assert promise.warn_at == MONDAY + timedelta(minutes=10)
