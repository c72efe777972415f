"""The wait as a visitor is told it: calm, and not less honest for that."""

from itertools import pairwise
from math import log, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.estimate import readable, steady

waits = st.floats(1, 100_000) | st.floats(1, 1000)
spans = st.floats(0, 100_000) | st.floats(0, 60)


def told(before: float, elapsed_s: float, fresh: float) -> float:
    return steady(before, elapsed_s, fresh)


def test_the_first_estimate_is_told_as_it_is() -> None:
    assert steady(None, 0, 300) == 300


def test_a_line_that_stands_still_counts_down_ever_slower_to_half_of_the_estimate() -> None:
    waited = [told(600, t, 600) for t in (0, 1, 60, 300, 600, 3600)]
    assert [round(one) for one in waited] == [600, 599, 546, 410, 341, 300]


def test_a_better_estimate_is_told_soon_and_a_worse_one_slowly() -> None:
    assert [round(told(900, t, 60)) for t in (0, 5, 30, 120)] == [900, 766, 350, 46]
    assert [round(told(60, t, 900)) for t in (0, 5, 30, 120)] == [60, 64, 85, 151]


@given(waits, spans, waits)
def test_what_is_told_moves_towards_half_of_the_estimate_and_not_beyond(
    before: float, elapsed: float, fresh: float
) -> None:
    now = told(before, elapsed, fresh)
    assert min(before, fresh / 2) <= now * (1 + 1e-12)
    assert now <= max(before, fresh / 2) * (1 + 1e-12)


@given(waits, spans, waits)
def test_it_rises_only_if_it_was_too_short_by_half_and_then_slower_than_the_clock(
    before: float, elapsed: float, fresh: float
) -> None:
    now = told(before, elapsed, fresh)
    assert now <= before + (elapsed if fresh > 2 * before else 0) + 1e-6


@given(waits, spans, waits)
def test_while_it_is_no_longer_than_the_estimate_it_falls_no_faster_than_the_clock(
    before: float, elapsed: float, fresh: float
) -> None:
    if before <= fresh:
        assert told(before, elapsed, fresh) >= before - elapsed - 1e-6


@given(waits, st.floats(0, 5), waits)
def test_within_a_moment_it_changes_by_a_part_of_itself(before: float, elapsed: float, fresh: float) -> None:
    now = told(before, elapsed, fresh)
    assert abs(now - before) <= max(elapsed, before * 2 * elapsed / fresh) + 1e-6


@given(waits, st.lists(spans, min_size=2, max_size=5), waits)
def test_it_is_the_same_asked_often_or_seldom(before: float, elapsed: list[float], fresh: float) -> None:
    often = before
    for one in elapsed:
        often = told(often, one, fresh)
    assert often == pytest.approx(told(before, sum(elapsed), fresh))


@given(waits)
def test_people_read_no_less_than_the_wait_and_not_much_more(wait: float) -> None:
    assert wait <= readable(wait)
    assert readable(wait) - wait < max(60, wait / 2)
    assert readable(readable(wait)) == readable(wait)


@given(waits, waits)
def test_of_two_waits_the_longer_does_not_read_shorter(one: float, other: float) -> None:
    assert readable(min(one, other)) <= readable(max(one, other))


def test_people_read_round_times() -> None:
    assert [readable(s) for s in (0.2, 30, 31, 61, 599, 601, 1800, 3601, 9000)] == [
        30, 30, 60, 120, 600, 900, 1800, 5400, 9000,
    ]  # fmt: skip


def line(random: Random) -> list[tuple[int, int]]:
    """A visitor in a line, every 2 s until they are served: the estimate by position, and the seconds that are left."""
    agents, position, mean = random.randint(1, 8), random.randint(1, 12), 300
    served, free = 0.0, [random.expovariate(1 / mean) for _ in range(agents)]
    turns = []
    for _ in range(position):
        served = min(free)
        free[free.index(served)] += random.expovariate(1 / mean)
        turns.append(served)
    return [
        (max(1, round(sum(turn > t for turn in turns) * mean / agents)), round(served) - t)
        for t in range(0, round(served), 2)
    ]


def test_in_lines_as_they_are_nobody_reads_a_rise_and_the_estimate_is_as_good_as_before() -> None:
    random = Random(300)
    rises, of_fresh, of_told = 0, list[float](), list[float]()
    for visit in (line(random) for _ in range(300)):
        wait: float | None = None
        read = []
        for fresh, left in visit:
            wait = steady(wait, 2, fresh)
            read.append(readable(wait))
            if left > 20:
                of_fresh.append(log(fresh / left) ** 2)
                of_told.append(log(wait / left) ** 2)
        rises += sum(after > before for before, after in pairwise(read))
    assert rises == 0
    assert sqrt(sum(of_told) / len(of_told)) < 1.1 * sqrt(sum(of_fresh) / len(of_fresh))
