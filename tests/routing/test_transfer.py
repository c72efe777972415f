"""An agent hands a chat over to a team or a colleague, and keeps it until somebody takes it."""

import pytest

from routing.types import (
    GivenBack,
    Paired,
    Rang,
    RangOff,
    Step,
    TransferBegan,
    TransferOver,
    line_of,
)
from tests.routing.desk import GRACE_MS, NAME, RINGS_MS, Desk, to

WAIT_MS = 45_000
BEA = line_of("bea")
SUPPORT = to("support", wait_ms=WAIT_MS)
RINGING_SUPPORT = to("support", wait_ms=WAIT_MS, accept_ms=RINGS_MS)
RINGING_BEA = Step(BEA, "support", wait_ms=WAIT_MS, accept_ms=RINGS_MS)


async def anna_has(desk: Desk, chat: str = "a", *, capacity: int = 1) -> None:
    """Anna of sales talks with a visitor."""
    await desk.works("anna", capacity=capacity)
    await desk.waits(chat)
    await desk.told()


async def transfers(desk: Desk, to: Step, chat: str = "a") -> str:
    return await desk.router.transfer(NAME, chat, "anna", to)


async def test_a_transfer_to_a_free_team_is_taken_at_once(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await desk.told()
    await desk.clock.passes(1000)
    assert await transfers(desk, SUPPORT) == "begun"
    assert await desk.told() == [
        TransferBegan("a", "anna", SUPPORT, desk.clock.now + WAIT_MS),
        Paired("a", "bea", "Bea", "support", 2, 1000, by="anna"),
    ]
    assert (await desk.holds("anna"), await desk.holds("bea")) == (set(), {"a"})
    place = await desk.place("a")
    assert (place.agent, place.team, place.epoch, place.transfer, place.line) == ("bea", "support", 2, None, "")
    await desk.later(WAIT_MS)
    assert await desk.told() == []


async def test_until_somebody_takes_it_the_chat_is_with_its_agent_as_before(desk: Desk) -> None:
    await anna_has(desk)
    assert await transfers(desk, SUPPORT) == "begun"
    place = await desk.place("a")
    assert (place.state, place.agent, place.team, place.epoch, place.position) == ("active", "anna", "sales", 1, 0)
    assert (place.transfer, place.transfer_until_ms) == (SUPPORT, desk.clock.now + WAIT_MS)
    assert await desk.holds("anna") == {"a"}
    assert await desk.router.positions(NAME, ["a"]) == {}
    await desk.later(WAIT_MS - 1)
    await desk.works("bea", teams=("support",))
    assert (await desk.place("a")).agent == "bea"


async def test_a_transfer_goes_before_everyone_who_waits_there(desk: Desk) -> None:
    await desk.waits("important", team="support", priority=99)
    await anna_has(desk)
    await transfers(desk, SUPPORT)
    assert (await desk.place("important")).position == 2
    await desk.works("bea", teams=("support",))
    assert await desk.holds("bea") == {"a"}


async def test_a_transfer_nobody_takes_comes_back(desk: Desk) -> None:
    await anna_has(desk)
    await transfers(desk, SUPPORT)
    await desk.later(WAIT_MS - 1)
    assert TransferOver("a", "anna", "support", "not_taken") not in await desk.told()
    await desk.later(1)
    assert await desk.told() == [TransferOver("a", "anna", "support", "not_taken")]
    place = await desk.place("a")
    assert (place.agent, place.team, place.epoch, place.transfer, place.line) == ("anna", "sales", 1, None, "")
    await desk.works("bea", teams=("support",))
    assert await desk.pairs() == [("a", "anna")]
    assert (await desk.line("support")).waiting == 0


async def test_a_transfer_rings_and_is_accepted(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await desk.told()
    await transfers(desk, RINGING_SUPPORT)
    assert await desk.told() == [
        TransferBegan("a", "anna", RINGING_SUPPORT, desk.clock.now + WAIT_MS),
        Rang("a", "bea", "support", desk.clock.now + RINGS_MS, by="anna"),
    ]
    assert (await desk.place("a")).state == "active"
    attached = await desk.router.attach(NAME, "bea", name="Bea", capacity=1, teams=["support"])
    assert [(ring.chat, ring.by) for ring in attached.rings] == [("a", "anna")]
    assert await desk.router.accept(NAME, "a", "bea")
    assert await desk.told() == [
        RangOff("a", "bea", "accepted"),
        Paired("a", "bea", "Bea", "support", 2, 0, by="anna"),
    ]


async def test_a_transfer_that_one_declines_rings_at_the_next_of_the_team(desk: Desk) -> None:
    await anna_has(desk)
    for agent in ("bea", "cleo"):
        await desk.works(agent, teams=("support",))
    await transfers(desk, RINGING_SUPPORT)
    await desk.router.decline(NAME, "a", "bea")
    assert await desk.rings() == [("a", "bea"), ("a", "cleo")]
    await desk.router.decline(NAME, "a", "cleo")
    assert (await desk.place("a")).transfer
    await desk.later(WAIT_MS)
    assert TransferOver("a", "anna", "support", "not_taken") in await desk.told()


async def test_a_ring_is_withdrawn_when_the_time_of_the_transfer_is_over(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await transfers(desk, to("support", wait_ms=10_000, accept_ms=RINGS_MS))
    await desk.told()
    await desk.later(10_000)
    assert await desk.told() == [
        RangOff("a", "bea", "withdrawn"),
        TransferOver("a", "anna", "support", "not_taken"),
    ]
    assert (await desk.line("support")).free_places == 1


@pytest.mark.parametrize(
    ("how", "reason"), [("declines", "declined"), ("misses", "not_taken"), ("leaves", "not_taken")]
)
async def test_a_colleague_who_does_not_take_it_ends_the_transfer_at_once(desk: Desk, how: str, reason: str) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    assert await transfers(desk, RINGING_BEA) == "begun"
    if how == "declines":
        await desk.router.decline(NAME, "a", "bea")
    elif how == "misses":
        await desk.later(RINGS_MS)
    else:
        await desk.leaves("bea")
    told = await desk.told()
    assert TransferOver("a", "anna", BEA, reason) in told  # type: ignore[arg-type]
    place = await desk.place("a")
    assert (place.agent, place.transfer, place.offered_to) == ("anna", None, "")


async def test_a_colleague_who_declined_may_be_asked_again(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    for _ in range(3):
        assert await transfers(desk, RINGING_BEA) == "begun"
        assert await desk.router.decline(NAME, "a", "bea")


async def test_a_colleague_with_full_hands_is_asked_when_one_is_free(desk: Desk) -> None:
    await desk.works("bea", teams=("support",))
    await desk.waits("filler", team="support")
    await anna_has(desk)
    assert await transfers(desk, RINGING_BEA) == "begun"
    assert await desk.rings() == []
    await desk.router.finish(NAME, "filler")
    assert await desk.rings() == [("a", "bea")]


async def test_a_colleague_who_is_not_available_is_refused(desk: Desk) -> None:
    await anna_has(desk)
    assert await transfers(desk, RINGING_BEA) == "away"
    await desk.works("bea")
    await desk.becomes("bea", "away")
    assert await transfers(desk, RINGING_BEA) == "away"
    await desk.becomes("bea", "available")
    await desk.leaves("bea")
    assert await transfers(desk, RINGING_BEA) == "away"
    assert (await desk.place("a")).transfer is None
    assert await transfers(desk, SUPPORT) == "begun"


async def test_only_the_agent_who_has_a_chat_may_transfer_it(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea")
    await desk.waits("b", "c", "d")
    for chat, agent in (("a", "bea"), ("c", "anna"), ("nothing", "anna"), ("a", "nobody")):
        assert await desk.router.transfer(NAME, chat, agent, SUPPORT) == "not_yours"
    assert await desk.told() != []
    assert (await desk.line("support")).waiting == 0


async def test_who_hands_a_chat_over_is_not_given_it_though_they_are_of_that_team(desk: Desk) -> None:
    await anna_has(desk, capacity=3)
    await transfers(desk, to("sales", accept_ms=RINGS_MS))
    assert await desk.rings() == []
    await desk.works("bea")
    assert await desk.rings() == [("a", "bea")]


async def test_the_agent_thinks_better_of_it(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await transfers(desk, RINGING_SUPPORT)
    await desk.told()
    assert not await desk.router.cancel_transfer(NAME, "a", "bea")
    assert await desk.router.cancel_transfer(NAME, "a", "anna")
    assert await desk.told() == [RangOff("a", "bea", "withdrawn"), TransferOver("a", "anna", "support", "cancelled")]
    assert not await desk.router.cancel_transfer(NAME, "a", "anna")
    assert not await desk.router.accept(NAME, "a", "bea")
    assert not await desk.router.cancel_transfer(NAME, "nothing", "anna")
    await desk.later(WAIT_MS)
    assert (await desk.place("a")).agent == "anna"


async def test_another_transfer_takes_the_place_of_the_first(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await desk.works("rita", teams=("repairs",))
    await transfers(desk, RINGING_SUPPORT)
    await desk.clock.passes(5000)
    await transfers(desk, to("repairs", wait_ms=WAIT_MS, accept_ms=RINGS_MS))
    assert RangOff("a", "bea", "withdrawn") in await desk.told()
    place = await desk.place("a")
    assert (place.line, place.offered_to) == ("repairs", "rita")
    assert (await desk.line("support")).waiting == 0
    await desk.router.decline(NAME, "a", "rita")
    await desk.later(WAIT_MS - 1)
    assert (await desk.place("a")).transfer
    await desk.later(1)
    assert (await desk.place("a")).transfer is None


async def test_who_handed_over_has_a_place_for_the_next(desk: Desk) -> None:
    await anna_has(desk)
    await desk.waits("next")
    await desk.works("bea", teams=("support",))
    await transfers(desk, SUPPORT)
    assert await desk.pairs() == [("a", "anna"), ("a", "bea"), ("next", "anna")]


async def test_who_waited_longest_has_the_place_of_who_handed_over_before_a_later_one_has_another(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await desk.waits("with bea", team="support")
    await transfers(desk, SUPPORT)
    await desk.waits("early", team="sales")
    await desk.waits("late", team="support")
    await desk.pairs()
    await desk.works("bea", capacity=3, teams=("support",))
    assert await desk.pairs() == [("a", "bea"), ("early", "anna"), ("late", "bea")]


async def test_a_transfer_may_be_taken_by_hand(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await desk.becomes("bea", "away")
    await desk.works("cleo", teams=("repairs",))
    await transfers(desk, SUPPORT)
    assert await desk.router.take(NAME, "a", "cleo") == "not_yours"
    assert await desk.router.take(NAME, "a", "bea") == "taken"
    assert (await desk.told())[-1] == Paired("a", "bea", "Bea", "support", 2, 0, by="anna")


async def test_a_chat_that_ends_during_a_transfer_is_gone_from_everywhere(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await transfers(desk, RINGING_SUPPORT)
    await desk.router.finish(NAME, "a")
    assert RangOff("a", "bea", "withdrawn") in await desk.told()
    assert (await desk.line("support")).free_places == 1
    assert (await desk.line("support")).waiting == 0
    await desk.later(WAIT_MS)
    assert await desk.told() == []


@pytest.mark.parametrize("how", ["gone", "released"])
async def test_a_chat_whose_agent_is_gone_during_a_transfer_waits_where_it_was_to_go(desk: Desk, how: str) -> None:
    await anna_has(desk)
    await transfers(desk, SUPPORT)
    if how == "gone":
        await desk.leaves("anna")
        await desk.later(GRACE_MS)
    else:
        await desk.router.release(NAME, "anna")
    assert GivenBack("a", "anna", "support", 2) in await desk.told()
    place = await desk.place("a")
    assert (place.state, place.line, place.team, place.position, place.transfer) == (
        "waiting", "support", "support", 1, None,
    )  # fmt: skip
    await desk.later(WAIT_MS)
    await desk.works("bea", teams=("support",))
    assert (await desk.told())[-1] == Paired("a", "bea", "Bea", "support", 3, desk.clock.now - place.arrived_ms)


async def test_it_rings_on_when_the_agent_who_hands_over_is_gone(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await transfers(desk, RINGING_BEA)
    await desk.told()
    await desk.router.release(NAME, "anna")
    assert [event for event in await desk.told() if isinstance(event, RangOff)] == []
    assert await desk.router.accept(NAME, "a", "bea")
    assert (await desk.told())[-1] == Paired("a", "bea", "Bea", "support", 3, 0)


async def test_nobody_is_stuck_with_a_colleague_who_did_not_want_them_when_their_agent_is_gone(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await transfers(desk, RINGING_BEA)
    await desk.router.release(NAME, "anna")
    await desk.works("cleo")
    await desk.router.decline(NAME, "a", "bea")
    assert (await desk.place("a")).agent == "cleo"


async def test_a_chat_handed_over_goes_back_to_the_new_team_and_then_to_the_old_one(desk: Desk) -> None:
    await anna_has(desk)
    await desk.works("bea", teams=("support",))
    await transfers(desk, SUPPORT)
    await desk.leaves("bea")
    await desk.waits("busy", team="sales")
    await desk.later(GRACE_MS)
    place = await desk.place("a")
    assert (place.line, place.position) == ("support", 1)
    await desk.later(2000)
    assert (await desk.place("a")).line == "sales"
    await desk.router.finish(NAME, "busy")
    assert (await desk.place("a")).agent == "anna"
