"""Teams whose agents are asked: a chat rings, and is accepted, declined or missed."""

import pytest

from routing.types import Paired, Rang, RangOff, Ring, StatusChosen
from tests.routing.desk import GRACE_MS, LEASE_MS, MISSED_MAX, NAME, NODES, RINGS_MS, Desk, to

ASK_AGAIN_MS = 60_000


async def asks(desk: Desk, *chats: str) -> None:
    """Visitors come for a team whose agents are asked."""
    await desk.waits(*chats, accept_ms=RINGS_MS)


async def rung(desk: Desk, chat: str) -> str:
    return (await desk.place(chat)).offered_to


async def test_a_chat_rings_until_its_deadline_and_goes_on_waiting_meanwhile(desk: Desk) -> None:
    await desk.works("anna")
    assert await desk.comes("a", to("sales", accept_ms=RINGS_MS)) == "waiting"
    until = desk.clock.now + RINGS_MS
    assert await desk.told() == [StatusChosen("anna", "available"), Rang("a", "anna", "sales", until)]
    place = await desk.place("a")
    assert (place.state, place.agent, place.offered_to, place.offer_until_ms) == ("waiting", "", "anna", until)
    assert place.position == 1
    assert await desk.holds("anna") == set()


async def test_the_agent_accepts(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    await desk.told()
    await desk.clock.passes(700)
    assert await desk.router.accept(NAME, "a", "anna")
    assert await desk.told() == [RangOff("a", "anna", "accepted"), Paired("a", "anna", "Anna", "sales", 1, 700)]
    place = await desk.place("a")
    assert (place.state, place.agent, place.offered_to, place.offer_until_ms) == ("active", "anna", "", 0)
    await desk.later(RINGS_MS)
    assert await desk.told() == []


async def test_accepting_twice_is_accepting_once(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    assert await desk.router.accept(NAME, "a", "anna")
    assert await desk.router.accept(NAME, "a", "anna")
    assert await desk.pairs() == [("a", "anna")]
    assert (await desk.place("a")).epoch == 1


async def test_only_who_is_asked_may_accept_or_decline(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a", "b")
    await desk.works("bea", capacity=2)
    assert (await rung(desk, "a"), await rung(desk, "b")) == ("anna", "bea")
    for chat, agent in (("a", "bea"), ("b", "anna"), ("nothing", "anna"), ("a", "nobody")):
        assert not await desk.router.accept(NAME, chat, agent)
        assert not await desk.router.decline(NAME, chat, agent)
    assert (await rung(desk, "a"), await rung(desk, "b")) == ("anna", "bea")


async def test_a_declined_chat_rings_at_the_next_agent_at_once(desk: Desk) -> None:
    await desk.works("anna")
    await desk.works("bea")
    await asks(desk, "a")
    await desk.clock.passes(9000)
    assert await desk.router.decline(NAME, "a", "anna")
    assert await desk.rings() == [("a", "anna"), ("a", "bea")]
    assert (await desk.place("a")).offer_until_ms == desk.clock.now + RINGS_MS
    assert RangOff("a", "anna", "declined") in await desk.told()
    assert not await desk.router.decline(NAME, "a", "anna")
    assert not await desk.router.accept(NAME, "a", "anna")


async def test_a_missed_chat_rings_at_the_next_agent(desk: Desk) -> None:
    await desk.works("anna")
    await desk.works("bea")
    await asks(desk, "a")
    await desk.later(RINGS_MS - 1)
    assert await rung(desk, "a") == "anna"
    await desk.later(1)
    assert await rung(desk, "a") == "bea"
    assert RangOff("a", "anna", "missed") in await desk.told()
    assert not await desk.router.accept(NAME, "a", "anna")


async def test_who_accepts_late_but_before_anybody_else_was_asked_is_in_time(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    await desk.clock.passes(RINGS_MS + 500)
    assert await desk.router.accept(NAME, "a", "anna")
    assert await desk.holds("anna") == {"a"}


@pytest.mark.parametrize("how", ["declined", "missed", "withdrawn"])
async def test_a_chat_that_rang_in_vain_keeps_the_head_of_the_line(desk: Desk, how: str) -> None:
    await desk.works("anna")
    await asks(desk, "first")
    await desk.waits("important", priority=99)
    if how == "declined":
        await desk.router.decline(NAME, "first", "anna")
    elif how == "missed":
        await desk.later(RINGS_MS)
    else:
        await desk.becomes("anna", "away")
    await desk.waits("more important", priority=99)
    assert (await desk.order())[0] == "first"
    await desk.works("bea")
    assert await rung(desk, "first") == "bea"


async def test_who_rings_stands_before_everyone_whatever_their_priority(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    await desk.waits("important", priority=99)
    assert await desk.order() == ["a", "important"]


async def test_rings_count_like_chats(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await asks(desk, "a", "b", "c")
    assert await desk.rings() == [("a", "anna"), ("b", "anna")]
    await desk.router.accept(NAME, "a", "anna")
    assert await desk.rings() == []
    await desk.router.finish(NAME, "a")
    assert await desk.rings() == [("c", "anna")]
    assert (await desk.line()).free_places == 0


async def test_the_least_loaded_is_asked_and_rings_are_load(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await desk.works("bea", capacity=2)
    await asks(desk, "a", "b", "c", "d")
    assert await desk.rings() == [("a", "anna"), ("b", "bea"), ("c", "anna"), ("d", "bea")]


async def test_a_chat_that_ends_while_it_rings_frees_the_agent(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a", "b")
    await desk.router.finish(NAME, "a")
    assert RangOff("a", "anna", "withdrawn") in await desk.told()
    assert await rung(desk, "b") == "anna"
    await desk.later(RINGS_MS - 1)
    assert await rung(desk, "b") == "anna"


async def test_nobody_is_asked_about_the_same_chat_again_within_a_minute(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    await desk.router.decline(NAME, "a", "anna")
    await desk.rings()
    await desk.later(ASK_AGAIN_MS - 1)
    assert await desk.rings() == []
    await desk.later(1)
    assert await desk.rings() == [("a", "anna")]


async def test_who_cannot_be_asked_again_yet_does_not_hold_up_the_next_in_line(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a", "b")
    await desk.router.decline(NAME, "a", "anna")
    assert await rung(desk, "b") == "anna"
    assert await desk.order() == ["b", "a"]


async def test_who_refused_a_chat_does_not_get_it_by_a_line_that_does_not_ask(desk: Desk) -> None:
    await desk.works("busy", teams=("support",))
    await desk.waits("filler", team="support")
    await desk.works("anna", teams=("sales", "support"))
    await desk.comes("a", to("sales", accept_ms=RINGS_MS, wait_ms=1000), to("support"))
    await desk.pairs()
    await desk.router.decline(NAME, "a", "anna")
    await desk.later(5000)
    assert (await desk.place("a")).line == "support"
    assert await desk.pairs() == []
    await desk.later(ASK_AGAIN_MS - 5000)
    assert await desk.pairs() == [("a", "anna")]


async def test_a_minute_counts_for_each_agent_by_themselves(desk: Desk) -> None:
    for agent in ("anna", "bea"):
        await desk.works(agent)
    await asks(desk, "a")
    await desk.later(RINGS_MS)
    await desk.later(RINGS_MS)
    assert await desk.rings() == [("a", "anna"), ("a", "bea")]
    await desk.later(RINGS_MS)
    assert await desk.rings() == [("a", "anna")]


# ── agents who do not answer ─────────────────────────────────────────────────────────────────────────────────────


async def test_who_misses_several_in_a_row_is_set_away_and_told(desk: Desk) -> None:
    await desk.works("anna")
    for n in range(MISSED_MAX):
        assert (await desk.line()).available == 1
        await asks(desk, f"c{n}")
        await desk.later(RINGS_MS)
        await desk.router.finish(NAME, f"c{n}")
    told = await desk.told()
    assert told.count(StatusChosen("anna", "away", "missed")) == 1
    assert (await desk.line()).available == 0


async def test_who_is_set_away_loses_what_else_rings_at_them(desk: Desk) -> None:
    await desk.works("anna", capacity=MISSED_MAX + 1)
    for n in range(MISSED_MAX + 1):
        await asks(desk, f"c{n}")
        await desk.clock.passes(10)
    await desk.told()
    await desk.later(RINGS_MS - 20)
    reasons = [event.reason for event in await desk.told() if isinstance(event, RangOff)]
    assert reasons == ["missed"] * MISSED_MAX + ["withdrawn"]


@pytest.mark.parametrize("what", ["accepts", "takes", "chooses"])
async def test_misses_count_only_in_a_row(desk: Desk, what: str) -> None:
    await desk.works("anna")
    for n in range(3 * MISSED_MAX):
        await asks(desk, f"c{n}")
        if n % MISSED_MAX < MISSED_MAX - 1:
            await desk.later(RINGS_MS)
        elif what == "accepts":
            await desk.router.accept(NAME, f"c{n}", "anna")
        elif what == "takes":
            await desk.router.take(NAME, f"c{n}", "anna")
        else:
            await desk.becomes("anna", "available")
        await desk.router.finish(NAME, f"c{n}")
    assert StatusChosen("anna", "away", "missed") not in await desk.told()


async def test_declining_is_not_missing_and_does_not_make_up_for_it(desk: Desk) -> None:
    await desk.works("anna")
    for n in range(MISSED_MAX + 2):
        await asks(desk, f"declined{n}")
        await desk.router.decline(NAME, f"declined{n}", "anna")
        await desk.router.finish(NAME, f"declined{n}")
    assert (await desk.line()).available == 1
    for n in range(MISSED_MAX):
        await asks(desk, f"missed{n}")
        await desk.later(RINGS_MS)
        await desk.router.finish(NAME, f"missed{n}")
        await asks(desk, f"declined{n}")
        await desk.router.decline(NAME, f"declined{n}", "anna")
        await desk.router.finish(NAME, f"declined{n}")
    assert (await desk.line()).available == 0


async def test_who_was_set_away_and_comes_back_begins_to_count_anew(desk: Desk) -> None:
    await desk.works("anna")
    for n in range(2 * MISSED_MAX - 1):
        await asks(desk, f"c{n}")
        await desk.later(RINGS_MS)
        await desk.router.finish(NAME, f"c{n}")
        if n == MISSED_MAX - 1:
            await desk.becomes("anna", "available")
    assert (await desk.line()).available == 1


@pytest.mark.parametrize("how", ["away", "gone", "dead node"])
async def test_what_rings_at_an_agent_who_goes_away_goes_to_the_next_at_once(desk: Desk, how: str) -> None:
    await desk.works("anna", capacity=2)
    await asks(desk, "a", "b")
    await desk.works("bea", capacity=2, node=NODES[1])
    await desk.rings()
    if how == "away":
        await desk.becomes("anna", "away")
    elif how == "gone":
        await desk.leaves("anna")
    else:
        await desk.clock.passes(LEASE_MS)
        await desk.nodes[NODES[1]].renew(NAME, ["bea"], [])
        await desk.nodes[NODES[1]].sweep(NAME)
    assert await desk.rings() == [("a", "bea"), ("b", "bea")]
    assert RangOff("a", "anna", "withdrawn") in await desk.told()


async def test_a_withdrawn_ring_is_no_miss_and_rings_again_when_the_agent_is_back(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    for _ in range(MISSED_MAX + 1):
        await desk.leaves("anna")
        assert await rung(desk, "a") == ""
        attached = await desk.nodes[NODES[1]].attach(NAME, "anna", name="Anna", capacity=1, teams=["sales"])
        assert attached.rings == [Ring("a", desk.clock.now + RINGS_MS)]
        await desk.nodes[NODES[1]].detach(NAME, "anna")
        await desk.works("anna")
    assert await rung(desk, "a") == "anna"
    assert (await desk.line()).available == 1


async def test_a_second_tab_shows_what_rings(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await asks(desk, "a")
    until = desk.clock.now + RINGS_MS
    await desk.clock.passes(5000)
    attached = await desk.nodes[NODES[1]].attach(NAME, "anna", name="Anna", capacity=2, teams=["sales"])
    assert attached.rings == [Ring("a", until)]
    assert attached.chats == []


async def test_a_node_that_dies_with_its_agent_leaves_no_ring_behind(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    await desk.clock.passes(LEASE_MS + GRACE_MS)
    await desk.nodes[NODES[1]].sweep(NAME)
    assert await rung(desk, "a") == ""
    assert await desk.redis.keys("*rings*") == []


async def test_an_agent_takes_by_hand_what_rings_at_them(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    assert await desk.router.take(NAME, "a", "anna") == "taken"
    assert RangOff("a", "anna", "accepted") in await desk.told()


async def test_what_rings_at_another_cannot_be_taken_by_hand(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a")
    await desk.works("bea")
    assert await desk.router.take(NAME, "a", "bea") == "not_waiting"
    assert await rung(desk, "a") == "anna"


async def test_a_ring_takes_up_the_place_for_which_a_chat_could_be_taken_by_hand(desk: Desk) -> None:
    await desk.works("anna")
    await asks(desk, "a", "b")
    assert await desk.router.take(NAME, "b", "anna") == "at_capacity"
