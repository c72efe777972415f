"""A Redis that has lost its memory gets back from the nodes what they knew."""

from typing import Any

import pytest

from routing import keys
from routing.router import CHAT_LEASE_MS, HOLD_MS
from routing.types import Place, line_of
from tests.routing.desk import GRACE_MS, LEASE_MS, NAME, NODES, RINGS_MS, Desk, to

NORTH, SOUTH, WEST = NODES


async def returns(desk: Desk, agent: str, *, node: str = NORTH, capacity: int = 3) -> list[str]:
    """The agent's node registers them as available, as after an outage."""
    await desk.nodes[node].restore_agent(NAME, agent, "available")
    return (await desk.nodes[node].attach(NAME, agent, name=agent.title(), capacity=capacity, teams=["sales"])).chats


def stood(desk: Desk, agent: str = "", *, epoch: int = 0, **more: Any) -> Place:
    """Where a node saw the chat ``a``: with an agent, or waiting."""
    known: dict[str, Any] = {"arrived_ms": desk.clock.now, "steps": (to("sales"),)} | more
    return Place("a", "active" if agent else "waiting", "sales", agent, agent.title(), epoch, **known)


async def test_agents_chats_and_lines_stand_as_before(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    for chat in ("a", "b", "c", "d"):
        await desk.waits(chat)
        await desk.clock.passes(10)
    before = await desk.router.places(NAME, ["a", "b", "c", "d"])
    await desk.loses_memory()
    await desk.nodes[SOUTH].restore_chats(NAME, [before["d"], before["a"]])
    await desk.nodes[WEST].restore_chats(NAME, [before["c"], before["b"]])
    assert await returns(desk, "anna", capacity=2) == ["a", "b"]
    assert await desk.router.places(NAME, ["a", "b", "c", "d"]) == before
    await desk.pairs()
    await desk.hold_passes()
    assert await desk.pairs() == []
    await desk.router.finish(NAME, "a")
    assert await desk.pairs() == [("c", "anna")]


async def test_the_route_how_far_they_were_on_it_and_the_priority_stand_as_before(desk: Desk) -> None:
    route = (to(line_of("anna"), accept_ms=RINGS_MS), to("sales", hours=((0, 1), (5, 2**42)), fair_ms=1), to("support"))
    await desk.works("bea")
    await desk.waits("filler")
    await desk.comes("a", *route, priority=7)
    before = await desk.place("a")
    assert (before.step, before.steps, before.priority) == (1, route, 7)
    await desk.loses_memory()
    await desk.router.restore_chats(NAME, [before])
    await desk.hold_passes()
    assert await desk.place("a") == before
    await desk.works("cleo", teams=("support",))
    await desk.later(2000)
    assert await desk.pairs() == [("filler", "bea"), ("a", "cleo")]


async def test_rings_and_transfers_are_forgotten_and_the_agent_is_asked_again(desk: Desk) -> None:
    await desk.works("anna", capacity=3)
    await desk.waits("a")
    await desk.waits("b", accept_ms=RINGS_MS)
    await desk.router.transfer(NAME, "a", "anna", to("support"))
    before = await desk.router.places(NAME, ["a", "b"])
    assert before["a"].transfer
    assert before["b"].offered_to
    await desk.loses_memory()
    await desk.router.restore_chats(NAME, before.values())
    await returns(desk, "anna")
    after = await desk.router.places(NAME, ["a", "b"])
    assert (after["a"].agent, after["a"].transfer, after["a"].line) == ("anna", None, "")
    assert (after["b"].state, after["b"].offered_to) == ("waiting", "")
    await desk.rings()
    await desk.clock.passes(1000)
    await desk.hold_passes()
    assert await desk.rings() == [("b", "anna")]
    assert (await desk.place("b")).offer_until_ms == desk.clock.now + RINGS_MS


async def test_who_comes_after_the_loss_is_behind_who_was_there_before_also_if_the_clock_is_behind(desk: Desk) -> None:
    await desk.waits("early")
    before = await desk.place("early")
    await desk.loses_memory()
    await desk.clock.passes(-5000)
    await desk.router.restore_chats(NAME, [before])
    await desk.waits("late")
    assert await desk.order() == ["early", "late"]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
async def test_what_a_node_knows_with_a_higher_epoch_wins_whoever_comes_first(
    desk: Desk, order: tuple[int, int, int]
) -> None:
    known = (stood(desk), stood(desk, "bea", epoch=1), stood(desk, "anna", epoch=3))
    for n in order:
        await desk.router.restore_chats(NAME, [known[n]])
    assert (await desk.place("a")).agent == "anna"
    assert await desk.holds("anna") == {"a"}
    assert await desk.holds("bea") == set()
    assert (await desk.line()).waiting == 0


async def test_a_chat_known_as_given_back_is_not_held_by_anyone(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [stood(desk, "bea", epoch=1)])
    await desk.router.restore_chats(NAME, [stood(desk, epoch=2)])
    assert await desk.holds("bea") == set()
    assert (await desk.line()).head == "a"


async def test_a_ring_of_a_chat_that_another_node_knows_better_is_withdrawn(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a", accept_ms=RINGS_MS)
    await desk.router.restore_chats(NAME, [stood(desk, "bea", epoch=1)])
    assert (await desk.place("a")).agent == "bea"
    assert not await desk.router.accept(NAME, "a", "anna")
    assert (await desk.line()).free_places == 1


async def test_a_chat_given_back_is_at_the_head_again(desk: Desk) -> None:
    await desk.works("anna")
    await desk.becomes("anna", "away")
    await desk.waits("early", "late")
    await desk.router.take(NAME, "late", "anna")
    await desk.leaves("anna")
    await desk.clock.passes(GRACE_MS)
    await desk.router.sweep(NAME)
    before = await desk.router.places(NAME, ["early", "late"])
    await desk.loses_memory()
    await desk.router.restore_chats(NAME, before.values())
    assert await desk.router.places(NAME, ["early", "late"]) == before
    assert await desk.order() == ["late", "early"]


async def test_who_waited_long_enough_not_to_be_overtaken_still_is_not(desk: Desk) -> None:
    await desk.waits("patient", fair_ms=60_000)
    await desk.later(50_000)
    before = await desk.place("patient")
    await desk.loses_memory()
    await desk.clock.passes(10_000)
    await desk.router.restore_chats(NAME, [before])
    await desk.hold_passes()
    await desk.waits("important", priority=99)
    assert await desk.order() == ["patient", "important"]


async def test_a_chat_whose_agent_does_not_come_back_is_given_back(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a")
    before = await desk.place("a")
    await desk.loses_memory()
    await desk.nodes[SOUTH].restore_chats(NAME, [before])
    await returns(desk, "bea", node=SOUTH)
    await desk.hold_passes()
    await desk.clock.passes(LEASE_MS + GRACE_MS - 1)
    await desk.nodes[SOUTH].renew(NAME, ["bea"], ["a"])
    await desk.nodes[SOUTH].sweep(NAME)
    assert (await desk.place("a")).agent == "anna"
    await desk.clock.passes(1)
    await desk.nodes[SOUTH].sweep(NAME)
    assert (await desk.place("a")).agent == "bea"


async def test_an_agent_of_whom_only_a_chat_tells_is_no_colleague_yet(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [stood(desk, "anna", epoch=1)])
    assert await desk.router.colleagues(NAME) == []
    await returns(desk, "anna")
    assert [who.agent for who in await desk.router.colleagues(NAME)] == ["anna"]


async def test_a_node_that_tells_late_does_not_prolong_the_grace_of_an_agent_who_is_gone(desk: Desk) -> None:
    await returns(desk, "anna")
    await desk.leaves("anna")
    await desk.router.restore_chats(NAME, [stood(desk, "anna", epoch=1)])
    await desk.clock.passes(GRACE_MS)
    await desk.hold_passes()
    assert (await desk.place("a")).state == "waiting"


async def test_a_chat_that_no_node_vouches_for_after_all_is_forgotten(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [stood(desk)])
    await desk.clock.passes(CHAT_LEASE_MS)
    await desk.hold_passes()
    assert await desk.router.places(NAME, ["a"]) == {}


async def test_nobody_is_assigned_before_all_nodes_were_heard(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [stood(desk)])
    await returns(desk, "anna")
    assert 0 < await desk.redis.pttl(keys.hold(NAME)) <= HOLD_MS
    assert await desk.router.take(NAME, "a", "anna") == "not_waiting"
    assert await desk.comes("b", to("sales")) == "waiting"
    await desk.router.sweep(NAME)
    assert await desk.pairs() == []
    await desk.hold_passes()
    assert await desk.pairs() == [("a", "anna"), ("b", "anna")]


async def test_nobody_is_moved_on_before_all_nodes_were_heard(desk: Desk) -> None:
    route = (to("sales", wait_ms=1000), to("support"))
    await desk.works("bea", teams=("support",), capacity=1)
    await desk.waits("filler", team="support")
    await desk.router.restore_chats(NAME, [stood(desk, steps=route)])
    await desk.clock.passes(5000)
    await desk.router.sweep(NAME)
    assert (await desk.place("a")).line == "sales"
    await desk.hold_passes()
    assert (await desk.place("a")).line == "support"


async def test_a_starting_node_does_not_hold_up_the_others(desk: Desk) -> None:
    await desk.works("anna")
    await desk.nodes[SOUTH].ensure_mark(NAME)
    await desk.waits("a")
    assert await desk.pairs() == [("a", "anna")]


async def test_the_mark_is_the_same_for_all_nodes_and_another_after_a_loss(desk: Desk) -> None:
    marks = {await router.ensure_mark(NAME) for router in desk.nodes.values()}
    await desk.loses_memory()
    assert (await desk.router.renew(NAME, [], [])).mark == ""
    after = {await router.ensure_mark(NAME) for router in desk.nodes.values()}
    assert len(marks) == len(after) == 1
    assert marks != after


async def test_what_the_agent_chose_since_stands_against_what_a_node_remembers(desk: Desk) -> None:
    await desk.loses_memory()
    await desk.nodes[SOUTH].set_status(NAME, "anna", "away")
    await desk.nodes[NORTH].restore_agent(NAME, "anna", "available")
    assert (await desk.router.attach(NAME, "anna", name="Anna", capacity=1, teams=["sales"])).status == "away"


async def test_a_clock_that_is_set_back_holds_nobody_up(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [stood(desk)])
    await desk.redis.pexpire(keys.hold(NAME), 3_600_000)  # as it looks when Redis's clock has gone back by an hour
    await desk.clock.is_set(-3_600_000)
    await desk.router.sweep(NAME)
    assert await desk.redis.pttl(keys.hold(NAME)) <= HOLD_MS
