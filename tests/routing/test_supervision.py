"""What supervisors do with chats and agents that are not theirs, and what agents do at the end of their shift."""

import pytest

from routing.types import GivenBack, Paired, RangOff, StatusChosen, TransferOver
from tests.routing.desk import GRACE_MS, NAME, RINGS_MS, Desk, to


async def supervised(desk: Desk, *, capacity: int = 2) -> None:
    """A supervisor of another team looks on."""
    await desk.works("boss", teams=("board",), capacity=capacity)
    await desk.told()


async def takes_over(desk: Desk, chat: str, agent: str = "boss") -> str:
    return await desk.router.take(NAME, chat, agent, any_chat=True)


async def test_a_supervisor_takes_a_chat_over_from_an_agent(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a", "next")
    await supervised(desk)
    await desk.clock.passes(1000)
    assert await takes_over(desk, "a") == "taken"
    assert await desk.told() == [
        Paired("a", "boss", "Boss", "sales", 2, 1000, by="anna"),
        Paired("next", "anna", "Anna", "sales", 1, 1000 - 1 / 64),
    ]
    assert (await desk.holds("boss"), await desk.holds("anna")) == ({"a"}, {"next"})
    assert (await desk.place("a")).team == "sales"


async def test_a_supervisor_takes_a_waiting_chat_of_any_team(desk: Desk) -> None:
    await desk.waits("a", "b")
    await supervised(desk)
    assert await desk.router.take(NAME, "b", "boss") == "not_yours"
    assert await takes_over(desk, "b") == "taken"
    assert await desk.order() == ["a"]


async def test_a_supervisor_takes_what_rings_at_an_agent(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a", accept_ms=RINGS_MS)
    await supervised(desk)
    assert await takes_over(desk, "a") == "taken"
    assert await desk.told() == [RangOff("a", "anna", "withdrawn"), Paired("a", "boss", "Boss", "sales", 1, 0)]
    assert not await desk.router.accept(NAME, "a", "anna")
    assert (await desk.line()).free_places == 1


async def test_a_supervisor_takes_what_is_being_handed_over(desk: Desk) -> None:
    await desk.works("anna")
    await desk.works("sam", teams=("support",))
    await desk.waits("a")
    await supervised(desk)
    await desk.router.transfer(NAME, "a", "anna", to("support", accept_ms=RINGS_MS))
    assert await takes_over(desk, "a") == "taken"
    told = await desk.told()
    assert RangOff("a", "sam", "withdrawn") in told
    assert not [event for event in told if isinstance(event, TransferOver)]
    assert (await desk.place("a")).transfer is None
    assert (await desk.line("support")).waiting == 0
    await desk.later(600_000)
    assert (await desk.place("a")).agent == "boss"


async def test_taking_over_what_one_has_changes_nothing(desk: Desk) -> None:
    await desk.waits("a")
    await supervised(desk)
    await takes_over(desk, "a")
    await desk.told()
    assert await takes_over(desk, "a") == "taken"
    assert await desk.told() == []
    assert (await desk.place("a")).epoch == 1


async def test_capacity_counts_for_supervisors_too(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await desk.waits("a", "b")
    await supervised(desk, capacity=1)
    assert await takes_over(desk, "a") == "taken"
    assert await takes_over(desk, "b") == "at_capacity"
    assert (await desk.place("b")).agent == "anna"


async def test_nobody_who_is_not_there_takes_a_chat_over(desk: Desk) -> None:
    await desk.waits("a")
    await supervised(desk)
    await desk.leaves("boss")
    await desk.later(GRACE_MS)
    assert await takes_over(desk, "a") == "not_yours"
    assert await takes_over(desk, "a", "nobody") == "not_yours"
    assert await takes_over(desk, "nothing") == "not_waiting"
    assert await desk.order() == ["a"]


async def test_a_chat_taken_over_goes_back_to_its_own_team_when_the_supervisor_is_gone(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a", "next")
    await supervised(desk)
    await takes_over(desk, "a")
    await desk.leaves("boss")
    await desk.later(GRACE_MS)
    assert await desk.order("sales") == ["a"]
    await desk.router.finish(NAME, "next")
    assert (await desk.place("a")).agent == "anna"


async def test_a_supervisor_sets_an_agent_away(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await desk.waits("a")
    await desk.told()
    await desk.router.set_status(NAME, "anna", "away", reason="supervisor")
    await desk.waits("b")
    assert await desk.told() == [StatusChosen("anna", "away", "supervisor")]
    assert await desk.holds("anna") == {"a"}
    assert await desk.order() == ["b"]


async def test_at_the_end_of_the_shift_all_chats_go_back_to_the_heads_of_their_lines(desk: Desk) -> None:
    await desk.works("anna", capacity=3, teams=("sales", "support"))
    await desk.waits("s1", "s2", team="sales")
    await desk.waits("t1", team="support")
    await desk.works("bea", teams=("repairs",))
    await desk.waits("s0", team="sales", priority=99)
    await desk.told()
    assert await desk.router.release(NAME, "anna") == 3
    told = await desk.told()
    assert told[0] == StatusChosen("anna", "away")
    assert sorted(told[1:], key=lambda event: event.chat) == [  # type: ignore[union-attr]
        GivenBack("s1", "anna", "sales", 2),
        GivenBack("s2", "anna", "sales", 2),
        GivenBack("t1", "anna", "support", 2),
    ]
    assert await desk.order("sales") == ["s1", "s2", "s0"]
    assert await desk.order("support") == ["t1"]
    assert await desk.holds("anna") == set()
    assert await desk.router.release(NAME, "anna") == 0


async def test_what_is_handed_over_at_the_end_of_the_shift_is_with_a_colleague_at_once(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await desk.waits("a", "b")
    await desk.works("bea", capacity=1)
    await desk.router.release(NAME, "anna")
    assert await desk.pairs() == [("a", "anna"), ("b", "anna"), ("a", "bea")]
    assert await desk.order() == ["b"]


async def test_what_rings_at_the_end_of_the_shift_rings_at_a_colleague(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a", accept_ms=RINGS_MS)
    await desk.works("bea")
    await desk.router.release(NAME, "anna")
    assert await desk.rings() == [("a", "anna"), ("a", "bea")]


async def test_a_released_agent_who_returns_is_away_until_they_choose(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a")
    await desk.router.release(NAME, "anna")
    attached = await desk.router.attach(NAME, "anna", name="Anna", capacity=1, teams=["sales"])
    assert (attached.status, attached.chats) == ("away", [])
    await desk.becomes("anna", "available")
    assert await desk.pairs() == [("a", "anna"), ("a", "anna")]


@pytest.mark.parametrize("how", ["away", "released"])
async def test_an_agent_who_is_not_connected_can_be_set_away_and_released(desk: Desk, how: str) -> None:
    await desk.works("anna")
    await desk.waits("a")
    await desk.leaves("anna")
    if how == "away":
        await desk.router.set_status(NAME, "anna", "away", reason="supervisor")
        assert await desk.holds("anna") == {"a"}
    else:
        assert await desk.router.release(NAME, "anna") == 1
        assert await desk.order() == ["a"]
