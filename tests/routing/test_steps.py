"""A route: which line a chat waits in, and when it goes on to the next."""

import pytest

from routing.types import MovedOn, Step, line_of
from tests.routing.desk import GRACE_MS, NAME, RINGS_MS, Desk, to

ANNA = line_of("anna")


async def works_for(desk: Desk, *teams: str) -> None:
    """In each of the teams there is somebody, who has their hands full."""
    for team in teams:
        await desk.works(f"busy {team}", teams=(team,))
        await desk.waits(f"filler {team}", team=team)
    await desk.told()


def opens(desk: Desk, line: str, begin_s: int, until_s: int, **how: int) -> Step:
    """A step that is open from and until so many seconds from now, and was and will be on another day."""
    now, day = desk.clock.now, 86_400_000
    hours = (now - day, now - day // 2), (now + begin_s * 1000, now + until_s * 1000), (now + day, now + 2 * day)
    return Step(line, line, hours=hours, **how)


async def where(desk: Desk, chat: str) -> tuple[str, str, int]:
    place = await desk.place(chat)
    return place.line, place.team, place.step


# ── where a chat begins to wait ──────────────────────────────────────────────────────────────────────────────────


async def test_a_chat_waits_at_the_first_step_where_somebody_is_there_though_busy(desk: Desk) -> None:
    await works_for(desk, "sales", "support")
    assert await desk.comes("a", to("sales"), to("support")) == "waiting"
    assert await where(desk, "a") == ("sales", "sales", 0)


async def test_a_free_agent_of_a_later_step_does_not_draw_away_who_waits_for_an_earlier_one(desk: Desk) -> None:
    await works_for(desk, "sales")
    await desk.works("bea", teams=("support",))
    await desk.comes("a", to("sales"), to("support"))
    assert await desk.pairs() == [("filler sales", "busy sales")]


async def test_a_closed_step_is_skipped(desk: Desk) -> None:
    await works_for(desk, "sales", "support")
    await desk.comes("a", opens(desk, "sales", 1, 9), to("support"))
    assert await where(desk, "a") == ("support", "support", 1)


@pytest.mark.parametrize(("begin_s", "until_s", "line"), [(0, 9, "sales"), (-9, 0, "support")])
async def test_a_step_opens_at_the_first_moment_of_its_hours_and_closes_at_the_last(
    desk: Desk, begin_s: int, until_s: int, line: str
) -> None:
    await works_for(desk, "sales", "support")
    await desk.comes("a", opens(desk, "sales", begin_s, until_s), to("support"))
    assert (await desk.place("a")).line == line


async def test_who_is_away_gone_or_has_no_capacity_is_skipped(desk: Desk) -> None:
    await works_for(desk, "support")
    await desk.works("anna")
    await desk.becomes("anna", "away")
    await desk.works("bea")
    await desk.leaves("bea")
    await desk.works("cleo", capacity=0)
    persons = [to(line_of(agent)) for agent in ("anna", "bea", "cleo", "nobody")]
    await desk.comes("a", *persons, to("sales"), to("support"))
    assert await where(desk, "a") == ("support", "support", 5)


async def test_a_person_who_is_there_gets_their_own(desk: Desk) -> None:
    await works_for(desk, "sales")
    await desk.works("anna", teams=("support",))
    await desk.comes("a", Step(ANNA, "managers"), to("sales"))
    assert await where(desk, "a") == ("", "managers", 0)
    assert (await desk.pairs())[-1] == ("a", "anna")


async def test_a_full_line_is_skipped(desk: Desk) -> None:
    await works_for(desk, "sales", "support")
    await desk.waits("b", "c")
    await desk.comes("a", to("sales", max_waiting=2), to("support"))
    assert (await desk.place("a")).line == "support"


async def test_where_nobody_is_there_a_chat_waits_for_the_first_open_team(desk: Desk) -> None:
    await desk.comes("a", to(ANNA), opens(desk, "sales", 5, 9), to("support"), to("repairs"))
    assert await where(desk, "a") == ("support", "support", 2)


async def test_where_nobody_is_there_a_full_team_is_skipped(desk: Desk) -> None:
    await desk.waits("b")
    await desk.comes("a", to("sales", max_waiting=1), to("support"))
    assert (await desk.place("a")).line == "support"


async def test_a_route_of_persons_only_waits_for_the_first(desk: Desk) -> None:
    assert await desk.comes("a", opens(desk, line_of("bea"), 5, 9), to(ANNA)) == "waiting"
    assert await where(desk, "a") == (ANNA, "sales", 1)
    await desk.works("anna")
    assert await desk.pairs() == [("a", "anna")]


async def test_all_open_lines_full_is_full_and_nothing_open_is_closed(desk: Desk) -> None:
    await desk.waits("b")
    assert await desk.comes("a", to("sales", max_waiting=1), opens(desk, "support", 5, 9)) == "full"
    assert await desk.comes("a", to(line_of("anna"), max_waiting=0)) == "full"
    assert await desk.comes("a", opens(desk, "sales", 5, 9), opens(desk, ANNA, -5, 0)) == "closed"
    assert await desk.comes("a", to("sales", hours=())) == "closed"
    assert await desk.router.places(NAME, ["a"]) == {}
    assert await desk.order() == ["b"]


# ── when it goes on ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_after_its_wait_a_chat_goes_on_to_the_next_team(desk: Desk) -> None:
    await works_for(desk, "sales", "support")
    await desk.comes("a", to("sales", wait_ms=60_000), to("support"))
    await desk.later(59_999)
    assert await where(desk, "a") == ("sales", "sales", 0)
    await desk.later(1)
    assert await where(desk, "a") == ("support", "support", 1)
    assert await desk.told() == [MovedOn("a", "support", "support", 1)]
    await desk.router.finish(NAME, "filler support")
    assert (await desk.place("a")).agent == "busy support"


async def test_any_script_that_changes_something_lets_the_wait_be_over(desk: Desk) -> None:
    await works_for(desk, "sales")
    await desk.works("bea", teams=("support",))
    await desk.comes("a", to("sales", wait_ms=1000), to("support"))
    await desk.clock.passes(1000)
    await desk.pairs()
    await desk.waits("somebody else", team="repairs")
    assert await desk.pairs() == [("a", "bea")]


async def test_the_wait_at_each_step_begins_when_it_is_entered(desk: Desk) -> None:
    await works_for(desk, "sales", "support", "repairs")
    await desk.comes("a", to("sales", wait_ms=10_000), to("support", wait_ms=20_000), to("repairs"))
    lines = []
    for _ in range(4):
        lines.append((await desk.place("a")).line)
        await desk.later(10_000)
    assert lines == ["sales", "support", "support", "repairs"]


async def test_a_chat_whose_wait_is_over_stays_until_a_later_step_is_usable(desk: Desk) -> None:
    await works_for(desk, "sales")
    await desk.waits("first in repairs", team="repairs")
    await desk.comes(
        "a", to("sales", wait_ms=1000), opens(desk, "night", 30, 60), to("support"), to("repairs", max_waiting=1)
    )
    await desk.works("of the night", teams=("night",), capacity=0)
    await desk.later(20_000)
    assert (await desk.place("a")).line == "sales"
    await desk.works("of the night", teams=("night",))
    await desk.later(9_000)
    assert (await desk.place("a")).line == "sales"
    await desk.later(3_000)
    assert (await desk.place("a")).agent == "of the night"


async def test_a_chat_goes_on_the_moment_its_line_closes(desk: Desk) -> None:
    await works_for(desk, "sales", "night")
    await desk.comes("a", opens(desk, "sales", -60, 5), to("night"))
    await desk.later(4999)
    assert (await desk.place("a")).line == "sales"
    await desk.later(1)
    assert (await desk.place("a")).line == "night"


async def test_a_chat_whose_line_has_closed_goes_on_as_soon_as_somebody_is_elsewhere(desk: Desk) -> None:
    await works_for(desk, "sales")
    await desk.comes("a", opens(desk, "sales", -60, 5, wait_ms=600_000), to("night"))
    await desk.later(30_000)
    assert (await desk.place("a")).line == "sales"
    await desk.works("nina", teams=("night",))
    await desk.later(2000)
    assert (await desk.place("a")).agent == "nina"


async def test_a_line_that_has_closed_still_serves_who_waits_in_it(desk: Desk) -> None:
    await works_for(desk, "sales")
    await desk.comes("a", opens(desk, "sales", -60, 5), to("night"))
    await desk.later(60_000)
    await desk.router.finish(NAME, "filler sales")
    assert (await desk.pairs())[-1] == ("a", "busy sales")


@pytest.mark.parametrize("how", ["away", "gone", "another team", "no capacity", "released", "dead node"])
async def test_when_the_last_agent_of_a_line_goes_who_waits_there_goes_on_at_once(desk: Desk, how: str) -> None:
    await works_for(desk, "support")
    for agent in ("anna", "bea"):
        await desk.works(agent)
        await desk.waits(f"with {agent}")
    await desk.comes("a", to("sales"), to("support"))
    await desk.becomes("bea", "away")
    assert (await desk.place("a")).line == "sales"
    match how:
        case "away":
            await desk.router.set_status(NAME, "anna", "away", reason="supervisor")
        case "gone":
            await desk.leaves("anna")
        case "another team":
            await desk.works("anna", teams=("repairs",))
        case "no capacity":
            await desk.works("anna", capacity=0)
        case "released":
            await desk.router.release(NAME, "anna")
        case "dead node":
            await desk.clock.passes(8000)
            await desk.nodes["south"].renew(NAME, ["busy support"], ["a", "with anna", "filler support"])
            await desk.clock.passes(2000)
            await desk.nodes["south"].sweep(NAME)
    assert await where(desk, "a") == ("support", "support", 1)


async def test_on_call_comes_online_for_who_waits_where_nobody_is(desk: Desk) -> None:
    assert await desk.comes("a", to("sales"), to("on call")) == "waiting"
    await desk.later(30_000)
    assert (await desk.place("a")).line == "sales"
    await desk.works("olga", teams=("on call",))
    await desk.later(2000)
    assert await desk.pairs() == [("a", "olga")]


async def test_who_waits_for_a_person_that_left_waits_for_the_team_though_nobody_is_there(desk: Desk) -> None:
    await desk.works("anna", teams=())
    await desk.comes("first", to(ANNA))
    await desk.comes("a", to(ANNA), to(line_of("bea")), opens(desk, "sales", 5, 9), to("support"))
    await desk.becomes("anna", "away")
    assert await where(desk, "a") == ("support", "support", 3)


async def test_who_waits_for_a_person_whose_time_is_over_waits_on_if_nobody_else_is_there(desk: Desk) -> None:
    await desk.works("anna", teams=())
    await desk.comes("first", to(ANNA))
    await desk.comes("a", to(ANNA, wait_ms=1000), to("support"))
    await desk.later(60_000)
    assert (await desk.place("a")).line == ANNA


async def test_a_team_that_nobody_is_in_is_not_left_for_another_that_nobody_is_in(desk: Desk) -> None:
    await desk.comes("a", to("sales", wait_ms=1000), to("support"))
    await desk.later(600_000)
    assert (await desk.place("a")).line == "sales"


async def test_a_chat_never_goes_back(desk: Desk) -> None:
    await works_for(desk, "support")
    await desk.comes("a", to("sales"), to("support", wait_ms=1000))
    assert (await desk.place("a")).line == "support"
    await desk.works("free", teams=("sales",))
    await desk.later(600_000)
    assert (await desk.place("a")).line == "support"
    await desk.becomes("busy support", "away")
    await desk.later(600_000)
    assert (await desk.place("a")).line == "support"


async def test_a_chat_takes_its_arrival_and_its_priority_along(desk: Desk) -> None:
    await works_for(desk, "sales", "support")
    route = to("sales", wait_ms=10_000), to("support")
    await desk.comes("important", *route, priority=5)
    await desk.waits("early", team="support")
    await desk.clock.passes(1)
    await desk.comes("a", *route)
    await desk.clock.passes(1)
    await desk.waits("late", team="support")
    await desk.later(10_000)
    assert await desk.order("support") == ["important", "early", "a", "late"]


async def test_a_chat_does_not_go_on_while_it_rings(desk: Desk) -> None:
    await works_for(desk, "support")
    await desk.works("anna")
    await desk.comes("a", to("sales", wait_ms=1000, accept_ms=RINGS_MS), to("support"))
    await desk.later(RINGS_MS - 1)
    place = await desk.place("a")
    assert (place.offered_to, place.line, place.step) == ("anna", "sales", 0)
    await desk.later(1)
    await desk.later(2000)
    assert await where(desk, "a") == ("support", "support", 1)


@pytest.mark.parametrize("how", ["declines", "misses"])
async def test_nobody_waits_on_for_a_person_who_did_not_want_them(desk: Desk, how: str) -> None:
    await works_for(desk, "support")
    await desk.works("anna", teams=())
    await desk.comes("a", to(ANNA, accept_ms=RINGS_MS), to("support"))
    if how == "declines":
        assert await desk.router.decline(NAME, "a", "anna")
    else:
        await desk.later(RINGS_MS)
        await desk.router.sweep(NAME)
    assert await where(desk, "a") == ("support", "support", 1)


async def test_a_person_who_did_not_want_the_chat_is_asked_again_if_there_is_nobody_else(desk: Desk) -> None:
    await desk.works("anna", teams=())
    await desk.comes("a", to(ANNA, accept_ms=RINGS_MS), to("support"))
    await desk.router.decline(NAME, "a", "anna")
    assert (await desk.place("a")).line == ANNA
    await desk.rings()
    await desk.later(59_999)
    assert await desk.rings() == []
    await desk.later(1)
    assert await desk.rings() == [("a", "anna")]


async def test_a_chat_given_back_waits_anew_at_the_step_where_it_was_taken(desk: Desk) -> None:
    await works_for(desk, "support")
    await desk.works("anna")
    await desk.works("bea")
    await desk.waits("with bea")
    await desk.comes("a", to("repairs"), to("sales", wait_ms=60_000), to("support"))
    agent = (await desk.place("a")).agent
    await desk.later(300_000)
    await desk.leaves(agent)
    await desk.later(GRACE_MS)
    assert await where(desk, "a") == ("sales", "sales", 1)
    await desk.later(59_999)
    assert (await desk.place("a")).line == "sales"
    await desk.later(1)
    assert (await desk.place("a")).line == "support"
