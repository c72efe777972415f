"""Who is important goes first, and nobody waits for ever because of it."""

import random

import pytest

from routing.types import HIGHEST_PRIORITY, Paired
from tests.routing.desk import NAME, RINGS_MS, Desk, to

FAIR_MS = 600_000


async def test_priority_first_then_arrival(desk: Desk) -> None:
    for chat, priority in (("c", 0), ("a", 9), ("e", 10), ("d", 0), ("b", 9), ("f", HIGHEST_PRIORITY)):
        await desk.waits(chat, priority=priority)
        await desk.clock.passes(1)
    assert await desk.order() == ["f", "e", "a", "b", "c", "d"]
    await desk.works("anna", capacity=6)
    assert [chat for chat, _ in await desk.pairs()] == ["f", "e", "a", "b", "c", "d"]


async def test_priority_counts_among_the_teams_of_an_agent(desk: Desk) -> None:
    await desk.waits("early", team="sales")
    await desk.waits("important", team="support", priority=1)
    await desk.works("anna", teams=("sales", "support"))
    assert await desk.pairs() == [("important", "anna")]


async def test_a_waiting_chat_is_let_go_before_or_after_others(desk: Desk) -> None:
    await desk.waits("a", "b", "c", priority=5)
    assert await desk.router.prioritise(NAME, "c", 6)
    assert await desk.order() == ["c", "a", "b"]
    assert await desk.router.prioritise(NAME, "a", 0)
    assert await desk.order() == ["c", "b", "a"]
    assert (await desk.place("a")).priority == 0
    await desk.router.prioritise(NAME, "a", 6)
    assert await desk.order() == ["a", "c", "b"]


async def test_what_does_not_wait_has_no_priority_to_change(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a")
    assert not await desk.router.prioritise(NAME, "a", 9)
    assert not await desk.router.prioritise(NAME, "nothing", 9)
    assert (await desk.place("a")).priority == 0


async def test_a_chat_given_back_is_before_all_priorities_and_cannot_be_put_behind(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("served")
    await desk.waits("important", priority=HIGHEST_PRIORITY)
    await desk.router.release(NAME, "anna")
    await desk.router.prioritise(NAME, "served", 0)
    assert await desk.order() == ["served", "important"]


async def test_a_ringing_chat_stays_where_it_is_and_has_its_priority_when_it_is_asked_for(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("rings", accept_ms=RINGS_MS)
    await desk.waits("other", priority=5)
    assert await desk.router.prioritise(NAME, "rings", 1)
    assert await desk.order() == ["rings", "other"]
    assert (await desk.place("rings")).offered_to == "anna"


async def test_who_has_waited_the_fair_time_goes_before_all_priorities(desk: Desk) -> None:
    await desk.waits("patient", fair_ms=FAIR_MS)
    await desk.later(FAIR_MS - 1)
    await desk.waits("important", priority=HIGHEST_PRIORITY)
    assert await desk.order() == ["important", "patient"]
    await desk.later(1)
    assert await desk.order() == ["patient", "important"]
    await desk.router.prioritise(NAME, "important", HIGHEST_PRIORITY)
    await desk.works("anna")
    assert await desk.pairs() == [("patient", "anna")]


async def test_any_script_that_changes_something_lets_the_fair_time_be_over(desk: Desk) -> None:
    await desk.waits("patient", fair_ms=30_000)
    await desk.waits("important", priority=9)
    await desk.clock.passes(30_000)
    await desk.works("anna")
    assert await desk.pairs() == [("patient", "anna")]


async def test_those_who_have_waited_the_fair_time_go_by_arrival(desk: Desk) -> None:
    for n, priority in enumerate((3, 0, 9, 1)):
        await desk.waits(f"c{n}", priority=priority)
        await desk.clock.passes(10)
    await desk.later(FAIR_MS)
    assert await desk.order() == ["c0", "c1", "c2", "c3"]


async def test_who_has_waited_the_fair_time_cannot_be_put_behind(desk: Desk) -> None:
    await desk.waits("patient", "other")
    await desk.later(FAIR_MS)
    await desk.router.prioritise(NAME, "other", 50)
    await desk.router.prioritise(NAME, "patient", 0)
    assert await desk.order() == ["patient", "other"]


async def test_what_is_fair_is_up_to_the_step_where_the_chat_waits_and_counts_from_its_arrival(desk: Desk) -> None:
    await desk.works("busy", teams=("support",))
    await desk.waits("filler", team="support")
    await desk.works("sam")
    await desk.waits("with sam")
    await desk.clock.passes(1)
    await desk.comes("a", to("sales", wait_ms=10_000, fair_ms=FAIR_MS), to("support", fair_ms=30_000))
    await desk.later(10_000)
    await desk.waits("important", team="support", priority=9)
    await desk.later(19_999)
    assert await desk.order("support") == ["important", "a"]
    await desk.later(1)
    assert await desk.order("support") == ["a", "important"]


async def test_who_was_never_to_be_overtaken_is_not_in_the_next_line_either(desk: Desk) -> None:
    await desk.works("busy", teams=("support",))
    await desk.waits("filler", team="support")
    await desk.works("sam")
    await desk.waits("with sam")
    await desk.comes("a", to("sales", wait_ms=20_000, fair_ms=10_000), to("support", fair_ms=FAIR_MS))
    await desk.later(20_000)
    await desk.waits("important", team="support", priority=9)
    assert await desk.order("support") == ["a", "important"]


async def test_who_comes_to_a_line_after_what_is_fair_there_is_not_overtaken_even_at_that_moment(desk: Desk) -> None:
    await desk.works("sam")
    await desk.waits("with sam")
    await desk.works("sue", teams=("support",))
    route = to("sales", wait_ms=10_000), to("support", fair_ms=10_000)
    await desk.comes("patient", *route)
    await desk.later(1000)
    await desk.comes("important", *route, priority=99)
    await desk.later(10_000)
    assert await desk.pairs() == [("with sam", "sam"), ("patient", "sue")]


async def test_who_was_set_behind_by_the_supervisor_is_still_served_in_the_fair_time(desk: Desk) -> None:
    await desk.waits("troublesome", priority=9)
    await desk.router.prioritise(NAME, "troublesome", 0)
    await desk.later(FAIR_MS)
    await desk.waits("important", priority=9)
    assert await desk.order() == ["troublesome", "important"]


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full)])
async def test_nobody_who_waited_the_fair_time_is_overtaken_by_one_who_came_later(desk: Desk, seed: int) -> None:
    """More visitors than three teams that share their agents can serve, most of them important, then no more come."""
    chance = random.Random(seed)
    teams = {"sales": 30_000, "support": 60_000, "repairs": 90_000}
    serves = {"anna": ("sales", "support", "repairs"), "bea": ("sales", "support"), "cleo": ("repairs",)}
    for agent, their_teams in serves.items():
        await desk.works(agent, teams=their_teams)
    waiting: dict[str, tuple[float, str]] = {}
    served: list[str] = []
    times_it_mattered = 0
    for n in range(350):
        for chat in (f"{n}a", f"{n}b") if n < 150 else ():
            priority = 0 if chance.random() < 0.2 else chance.randint(90, HIGHEST_PRIORITY)
            team = chance.choice(list(teams))
            await desk.waits(chat, team=team, priority=priority, fair_ms=teams[team], max_waiting=1000)
            waiting[chat] = (await desk.place(chat)).arrived_ms, team
        await desk.later(1000)
        await desk.router.finish(NAME, served.pop(chance.randrange(len(served))) if served else "")
        for event in await desk.told():
            if isinstance(event, Paired):
                arrived, _ = waiting.pop(event.chat)
                served.append(event.chat)
                for other, (came, team) in waiting.items():
                    if arrived + event.waited_ms - came >= teams[team] and team in serves[event.agent]:
                        assert came > arrived, f"{event.chat} overtook {other}"
                        times_it_mattered += 1
    assert waiting == {}
    assert times_it_mattered > 1000


async def test_of_two_teams_that_share_an_agent_neither_starves(desk: Desk) -> None:
    await desk.works("anna", teams=("busy", "quiet"))
    await desk.waits("first", team="busy", priority=50)
    await desk.waits("patient", team="quiet", fair_ms=20_000)
    chats = ["first"]
    for n in range(30):
        chats.append(f"c{n}")
        await desk.waits(chats[-1], team="busy", priority=50)
        await desk.later(1000)
        await desk.router.finish(NAME, chats.pop(0))
        if (await desk.place("patient")).agent:
            break
    assert (await desk.place("patient")).agent == "anna"
    assert desk.clock.now - (await desk.place("patient")).arrived_ms <= 21_000
