"""Who gets which chat, and in which order."""

from collections import Counter

from routing.types import Finished
from tests.routing.desk import GRACE_MS, NAME, NODES, RINGS_MS, Desk, to


async def test_first_come_first_served(desk: Desk) -> None:
    for chat in ("b", "a", "c"):
        await desk.waits(chat)
        await desk.clock.passes(5)
    await desk.works("anna", capacity=2)
    assert await desk.pairs() == [("b", "anna"), ("a", "anna")]
    assert await desk.order() == ["c"]


async def test_a_visitor_who_comes_while_somebody_is_free_is_theirs_at_once(desk: Desk) -> None:
    await desk.works("anna")
    assert await desk.comes("a", to("sales")) == "active"
    assert await desk.comes("b", to("sales")) == "waiting"
    assert await desk.pairs() == [("a", "anna")]


async def test_arrivals_of_one_millisecond_keep_their_order(desk: Desk) -> None:
    names = [f"{99 - n}" for n in range(90)]
    await desk.waits(*names)
    assert await desk.order() == names
    await desk.works("anna", capacity=90)
    assert [chat for chat, _ in await desk.pairs()] == names


async def test_arrivals_of_one_millisecond_keep_their_order_when_given_back(desk: Desk) -> None:
    names = [f"{99 - n}" for n in range(50)]
    await desk.works("anna", capacity=50)
    await desk.waits(*names)
    await desk.leaves("anna")
    await desk.later(GRACE_MS)
    assert await desk.order() == names


async def test_a_clock_set_back_does_not_let_later_arrivals_overtake(desk: Desk) -> None:
    await desk.waits("first")
    await desk.clock.passes(-60_000)
    await desk.waits("second")
    assert await desk.order() == ["first", "second"]


async def test_no_two_arrivals_of_a_desk_are_alike(desk: Desk) -> None:
    await desk.waits("a", team="sales")
    await desk.waits("b", team="support")
    await desk.works("anna", capacity=1, teams=("support", "sales"))
    assert await desk.pairs() == [("a", "anna")]
    assert (await desk.place("a")).arrived_ms < (await desk.place("b")).arrived_ms


async def test_a_chat_goes_only_to_an_agent_of_its_team(desk: Desk) -> None:
    await desk.waits("c", team="sales")
    await desk.works("anna", teams=("support", "repairs"))
    assert await desk.pairs() == []
    await desk.works("bea", teams=("support", "sales"))
    assert await desk.pairs() == [("c", "bea")]


async def test_an_agent_who_changed_teams_gets_chats_of_the_new_one_only(desk: Desk) -> None:
    await desk.works("anna", capacity=2, teams=("sales",))
    await desk.works("anna", capacity=2, teams=("support",))
    await desk.waits("s", team="sales")
    await desk.waits("t", team="support")
    assert await desk.pairs() == [("t", "anna")]
    await desk.works("anna", capacity=2, teams=("sales",))
    assert await desk.pairs() == [("s", "anna")]


async def test_an_agent_never_gets_more_than_their_capacity(desk: Desk) -> None:
    await desk.works("anna", capacity=3)
    await desk.waits("a", "b", "c", "d")
    assert [chat for chat, _ in await desk.pairs()] == ["a", "b", "c"]
    await desk.router.sweep(NAME)
    assert await desk.pairs() == []


async def test_capacity_is_shared_by_all_teams_of_an_agent(desk: Desk) -> None:
    await desk.works("anna", capacity=1, teams=("sales", "support"))
    await desk.waits("s", team="sales")
    await desk.waits("t", team="support")
    assert await desk.pairs() == [("s", "anna")]
    await desk.router.finish(NAME, "s")
    assert await desk.pairs() == [("t", "anna")]


async def test_an_agent_of_several_teams_serves_whoever_came_first(desk: Desk) -> None:
    for chat, team in (("t1", "support"), ("s1", "sales"), ("r1", "repairs"), ("s2", "sales"), ("t2", "support")):
        await desk.waits(chat, team=team)
        await desk.clock.passes(1)
    await desk.works("anna", capacity=5, teams=("repairs", "sales", "support"))
    assert [chat for chat, _ in await desk.pairs()] == ["t1", "s1", "r1", "s2", "t2"]


async def test_a_line_without_a_free_agent_does_not_hold_up_another(desk: Desk) -> None:
    await desk.waits("first", team="support")
    await desk.waits("second", team="sales")
    await desk.works("anna")
    assert await desk.pairs() == [("second", "anna")]


async def test_an_agent_with_capacity_0_gets_nothing(desk: Desk) -> None:
    await desk.works("anna", capacity=0)
    await desk.waits("c")
    assert await desk.pairs() == []
    await desk.works("anna", capacity=1)
    assert await desk.pairs() == [("c", "anna")]


async def test_a_lowered_capacity_counts_from_the_next_chat_on(desk: Desk) -> None:
    await desk.works("anna", capacity=3)
    await desk.waits("a", "b", "c")
    await desk.pairs()
    assert await desk.works("anna", capacity=2) == ["a", "b", "c"]
    await desk.router.finish(NAME, "a")
    await desk.waits("d")
    assert await desk.pairs() == []
    await desk.router.finish(NAME, "b")
    assert await desk.pairs() == [("d", "anna")]


async def test_the_least_loaded_agent_is_chosen(desk: Desk) -> None:
    await desk.works("anna", capacity=4)
    await desk.works("bea", capacity=4)
    await desk.waits("a", "b", "c", "d")
    assert Counter(agent for _, agent in await desk.pairs()) == {"anna": 2, "bea": 2}
    await desk.router.finish(NAME, "b")
    await desk.router.finish(NAME, "d")
    await desk.clock.passes(1000)
    await desk.waits("e", "f")
    assert await desk.pairs() == [("e", "bea"), ("f", "bea")]


async def test_load_is_relative_to_capacity(desk: Desk) -> None:
    await desk.works("small", capacity=2)
    await desk.works("big", capacity=6)
    await desk.waits(*"abcdefgh")
    assert Counter(agent for _, agent in await desk.pairs()) == {"small": 2, "big": 6}
    for chat in "abcdefgh":
        await desk.router.finish(NAME, chat)
    await desk.clock.passes(1000)
    await desk.waits(*"mnop")
    assert Counter(agent for _, agent in await desk.pairs()) == {"small": 1, "big": 3}


async def test_among_equally_loaded_the_one_longest_without_a_new_chat_is_chosen(desk: Desk) -> None:
    for agent in ("anna", "bea", "cleo"):
        await desk.works(agent)
    for n in range(6):
        await desk.waits(f"c{n}")
        await desk.router.finish(NAME, f"c{n}")
        await desk.clock.passes(1)
    assert [agent for _, agent in await desk.pairs()] == ["anna", "bea", "cleo"] * 2


async def test_many_pairs_at_once_go_round(desk: Desk) -> None:
    chats = [f"c{n}" for n in range(90)]
    await desk.router.restore_agent(NAME, "anna", "available")
    for agent in ("anna", "bea", "cleo"):
        await desk.works(agent, capacity=30)
    await desk.waits(*chats)
    await desk.hold_passes()
    assert await desk.pairs() == list(zip(chats, ["anna", "bea", "cleo"] * 30, strict=True))


async def test_one_call_makes_no_more_than_a_hundred_pairs_and_a_sweep_makes_the_rest(desk: Desk) -> None:
    await desk.waits(*(f"c{n}" for n in range(250)), max_waiting=250)
    await desk.becomes("anna", "available")
    await desk.router.attach(NAME, "anna", name="Anna", capacity=250, teams=["sales"])
    assert len(await desk.pairs()) == 100
    await desk.nodes[NODES[1]].sweep(NAME)
    assert len(await desk.pairs()) == 150


async def test_an_away_agent_gets_nothing_and_keeps_what_they_have(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await desk.waits("a")
    await desk.becomes("anna", "away")
    await desk.waits("b")
    assert await desk.pairs() == [("a", "anna")]
    assert await desk.holds("anna") == {"a"}


async def test_an_agent_is_away_until_they_choose_and_keeps_the_choice(desk: Desk) -> None:
    async def opens() -> str:
        return (await desk.router.attach(NAME, "anna", name="Anna", capacity=1, teams=["sales"])).status

    assert await opens() == "away"
    await desk.becomes("anna", "available")
    await desk.leaves("anna")
    await desk.clock.passes(3_600_000)
    await desk.router.sweep(NAME)
    assert await opens() == "available"


async def test_a_full_line_takes_no_more(desk: Desk) -> None:
    two = to("sales", max_waiting=2)
    assert [await desk.comes(chat, two) for chat in "abc"] == ["waiting", "waiting", "full"]
    assert await desk.router.places(NAME, ["c"]) == {}
    assert await desk.comes("c", to("support", max_waiting=2)) == "waiting"


async def test_a_line_in_which_nobody_may_wait_still_takes_whom_somebody_is_free_for(desk: Desk) -> None:
    nobody_waits = to("sales", max_waiting=0)
    assert await desk.comes("a", nobody_waits) == "full"
    await desk.works("anna")
    assert await desk.comes("a", nobody_waits) == "active"
    assert await desk.comes("b", nobody_waits) == "full"
    await desk.router.finish(NAME, "a")
    assert await desk.comes("b", nobody_waits) == "active"


async def test_a_chat_that_rings_keeps_nobody_from_the_next_agent(desk: Desk) -> None:
    rings = to("sales", max_waiting=1, accept_ms=RINGS_MS)
    await desk.works("anna")
    await desk.works("bea")
    assert [await desk.comes(chat, rings) for chat in "abc"] == ["waiting", "waiting", "full"]
    assert await desk.rings() == [("a", "anna"), ("b", "bea")]


async def test_joining_the_line_twice_changes_nothing(desk: Desk) -> None:
    await desk.waits("a", "b")
    before = await desk.place("a")
    await desk.clock.passes(1000)
    assert await desk.comes("a", to("support"), to("sales", max_waiting=0), priority=50) == "waiting"
    assert await desk.place("a") == before
    await desk.works("anna")
    assert await desk.comes("a", to("sales", max_waiting=0)) == "active"
    assert await desk.order() == ["b"]


async def test_an_agent_takes_a_chat_out_of_turn(desk: Desk) -> None:
    await desk.works("anna")
    await desk.becomes("anna", "away")
    await desk.waits("a", "b")
    assert await desk.router.take(NAME, "b", "anna") == "taken"
    assert await desk.order() == ["a"]
    assert (await desk.place("b")).agent == "anna"


async def test_an_away_agent_may_take_a_chat_by_hand(desk: Desk) -> None:
    await desk.works("anna")
    await desk.becomes("anna", "away")
    await desk.waits("a")
    assert await desk.router.take(NAME, "a", "anna") == "taken"


async def test_taking_is_refused_beyond_capacity_outside_the_team_and_for_what_does_not_wait(desk: Desk) -> None:
    await desk.works("anna", capacity=1)
    await desk.becomes("anna", "away")
    await desk.works("bea", capacity=1, teams=("support",))
    await desk.waits("a", "b")
    assert await desk.router.take(NAME, "nothing", "anna") == "not_waiting"
    assert await desk.router.take(NAME, "a", "bea") == "not_yours"
    assert await desk.router.take(NAME, "a", "nobody") == "not_yours"
    assert await desk.router.take(NAME, "a", "anna") == "taken"
    assert await desk.router.take(NAME, "a", "anna") == "taken"
    assert await desk.router.take(NAME, "a", "cleo") == "not_waiting"
    assert await desk.router.take(NAME, "b", "anna") == "at_capacity"
    assert await desk.order() == ["b"]


async def test_a_finished_chat_frees_its_agent(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a", "b")
    await desk.clock.passes(4000)
    assert await desk.router.finish(NAME, "a") == Finished("active", "sales", "anna", 4000)
    assert await desk.pairs() == [("a", "anna"), ("b", "anna")]


async def test_a_chat_that_ends_while_waiting_leaves_the_line(desk: Desk) -> None:
    await desk.waits("a", "b")
    assert await desk.router.finish(NAME, "a") == Finished("waiting", "sales", "", 0)
    assert await desk.order() == ["b"]
    assert await desk.router.finish(NAME, "a") is None


async def test_the_epoch_rises_with_every_change_of_hands(desk: Desk) -> None:
    await desk.waits("a")
    epochs = [(await desk.place("a")).epoch]
    for node in NODES:
        await desk.works("anna", node=node)
        epochs.append((await desk.place("a")).epoch)
        await desk.leaves("anna", node=node)
        await desk.later(GRACE_MS)
        epochs.append((await desk.place("a")).epoch)
    assert epochs == list(range(7))
