"""A Redis that has lost its memory gets back from the nodes what they knew."""

import pytest

from routing import keys
from routing.router import CHAT_LEASE_MS, HOLD_MS
from routing.types import Place
from tests.routing.desk import GRACE_MS, LEASE_MS, NAME, NODES, Desk

NORTH, SOUTH, WEST = NODES


async def returns(desk: Desk, agent: str, *, node: str = NORTH, capacity: int = 3) -> list[str]:
    """The agent's node registers them as available, as after an outage."""
    await desk.nodes[node].restore_agent(NAME, agent, "available")
    return (await desk.nodes[node].attach(NAME, agent, name=agent.title(), capacity=capacity, teams=["sales"])).chats


async def test_agents_chats_and_lines_stand_as_before(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    for chat in ("a", "b", "c", "d"):
        await desk.waits(chat)
        await desk.clock.passes(10)
    await desk.pairs()
    before = await desk.router.places(NAME, ["a", "b", "c", "d"])
    await desk.loses_memory()
    await desk.nodes[SOUTH].restore_chats(NAME, [before["d"], before["a"]])
    await desk.nodes[WEST].restore_chats(NAME, [before["c"], before["b"]])
    assert await returns(desk, "anna", capacity=2) == ["a", "b"]
    assert await desk.router.places(NAME, ["a", "b", "c", "d"]) == before
    await desk.hold_passes()
    assert await desk.pairs() == []
    await desk.router.finish(NAME, "a")
    assert await desk.pairs() == [("c", "anna")]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
async def test_what_a_node_knows_with_a_higher_epoch_wins_whoever_comes_first(
    desk: Desk, order: tuple[int, int, int]
) -> None:
    stale = Place("a", "waiting", "sales", "", "", 0, desk.clock.now, 1)
    older = Place("a", "active", "sales", "bea", "Bea", 1, desk.clock.now, 0)
    newest = Place("a", "active", "sales", "anna", "Anna", 3, desk.clock.now, 0)
    for n in order:
        await desk.router.restore_chats(NAME, [(stale, older, newest)[n]])
    assert (await desk.place("a")).agent == "anna"
    assert await desk.holds("anna") == {"a"}
    assert await desk.holds("bea") == set()
    assert await desk.order() == []


async def test_a_chat_known_as_given_back_is_not_held_by_anyone(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [Place("a", "active", "sales", "bea", "Bea", 1, desk.clock.now, 0)])
    await desk.router.restore_chats(NAME, [Place("a", "waiting", "sales", "", "", 2, desk.clock.now, 0)])
    assert await desk.holds("bea") == set()
    assert await desk.order() == ["a"]


async def test_a_chat_given_back_is_at_the_head_again(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("early", "late")
    await desk.router.take(NAME, "late", "anna")
    await desk.router.detach(NAME, "anna")
    await desk.clock.passes(GRACE_MS)
    await desk.router.sweep(NAME)
    before = await desk.router.places(NAME, ["early", "late"])
    await desk.loses_memory()
    await desk.router.restore_chats(NAME, before.values())
    assert await desk.router.places(NAME, ["early", "late"]) == before
    assert await desk.order() == ["late", "early"]


async def test_a_chat_whose_agent_does_not_come_back_is_given_back(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a")
    await desk.pairs()
    before = await desk.place("a")
    await desk.loses_memory()
    await desk.nodes[SOUTH].restore_chats(NAME, [before])
    await returns(desk, "bea", node=SOUTH)
    await desk.hold_passes()
    await desk.clock.passes(LEASE_MS + GRACE_MS - 1)
    await desk.nodes[SOUTH].renew(NAME, ["bea"], ["a"])
    await desk.nodes[SOUTH].sweep(NAME)
    assert await desk.order() == []
    await desk.clock.passes(1)
    await desk.nodes[SOUTH].sweep(NAME)
    assert await desk.pairs() == [("a", "bea")]


async def test_a_chat_that_no_node_vouches_for_after_all_is_forgotten(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [Place("a", "waiting", "sales", "", "", 0, desk.clock.now, 0)])
    await desk.clock.passes(CHAT_LEASE_MS)
    await desk.router.sweep(NAME)
    assert await desk.router.places(NAME, ["a"]) == {}


async def test_nobody_is_assigned_before_all_nodes_were_heard(desk: Desk) -> None:
    await desk.router.restore_chats(NAME, [Place("a", "waiting", "sales", "", "", 0, desk.clock.now, 0)])
    await returns(desk, "anna")
    assert 0 < await desk.redis.pttl(keys.hold(NAME)) <= HOLD_MS
    assert await desk.pairs() == []
    assert await desk.router.take(NAME, "a", "anna") == "not_waiting"
    await desk.hold_passes()
    assert await desk.pairs() == [("a", "anna")]


async def test_a_starting_node_does_not_hold_up_the_others(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a")
    await desk.nodes[SOUTH].ensure_mark(NAME)
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
