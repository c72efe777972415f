"""Who is there: agents come, go and return, nodes die, chats are vouched for."""

import pytest

from routing import keys
from routing.router import CHAT_LEASE_MS, CHATS_AT_ONCE, Router
from routing.types import AgentGone, AgentReturned, GivenBack, Paired
from tests.routing.desk import GRACE_MS, LEASE_MS, NAME, NODES, Desk, connect

NORTH, SOUTH, WEST = NODES


async def busy(desk: Desk, *chats: str) -> None:
    """Anna works on ``chats``, and one more visitor waits."""
    await desk.works("anna", capacity=len(chats))
    await desk.waits(*chats, "waiting")
    assert await desk.holds("anna") == set(chats)
    await desk.told()


async def test_an_agent_without_a_tab_gets_nothing_at_once(desk: Desk) -> None:
    await desk.works("anna")
    assert await desk.router.detach(NAME, "anna")
    await desk.waits("a")
    assert await desk.pairs() == []


async def test_an_agent_gone_beyond_the_grace_gives_the_chats_back_to_the_head(desk: Desk) -> None:
    await busy(desk, "a", "b")
    await desk.router.detach(NAME, "anna")
    await desk.clock.passes(GRACE_MS - 1)
    assert await desk.router.sweep(NAME) == 0
    assert await desk.order() == ["waiting"]
    await desk.clock.passes(1)
    assert await desk.router.sweep(NAME) == 1
    assert await desk.order() == ["a", "b", "waiting"]
    assert (await desk.place("a")).position == 1
    assert await desk.told() == [
        AgentGone("anna"),
        GivenBack("a", "anna", "sales", 2),
        GivenBack("b", "anna", "sales", 2),
    ]
    await desk.pairs()
    await desk.works("bea", capacity=9)
    assert [chat for chat, _ in await desk.pairs()] == ["a", "b", "waiting"]


async def test_a_chat_given_back_goes_ahead_of_one_that_arrived_earlier(desk: Desk) -> None:
    await desk.works("anna")
    await desk.becomes("anna", "away")
    await desk.waits("early", "late")
    await desk.router.take(NAME, "late", "anna")
    await desk.router.detach(NAME, "anna")
    await desk.clock.passes(GRACE_MS)
    await desk.router.sweep(NAME)
    assert await desk.order() == ["late", "early"]


async def test_an_agent_back_in_time_keeps_the_chats(desk: Desk) -> None:
    await busy(desk, "a", "b")
    await desk.router.detach(NAME, "anna")
    await desk.clock.passes(GRACE_MS - 1)
    assert sorted(await desk.works("anna", capacity=2, node=SOUTH)) == ["a", "b"]
    assert await desk.told() != []
    await desk.clock.passes(LEASE_MS)
    await desk.nodes[SOUTH].renew(NAME, ["anna"], [])
    assert await desk.router.sweep(NAME) == 0
    assert await desk.holds("anna") == {"a", "b"}


async def test_the_visitor_hears_that_the_agent_left_and_is_back(desk: Desk) -> None:
    await busy(desk, "a")
    await desk.router.detach(NAME, "anna")
    assert (await desk.place("a")).agent_gone
    await desk.router.attach(NAME, "anna", name="Anna", capacity=1, teams=["sales"])
    assert not (await desk.place("a")).agent_gone
    assert await desk.told() == [AgentGone("anna"), AgentReturned("anna")]


async def test_saying_twice_that_an_agent_is_gone_does_not_begin_the_grace_anew(desk: Desk) -> None:
    await busy(desk, "a")
    assert await desk.router.detach(NAME, "anna")
    await desk.clock.passes(GRACE_MS - 1)
    assert await desk.router.detach(NAME, "anna")
    await desk.clock.passes(1)
    assert await desk.router.sweep(NAME) == 1
    assert await desk.told() == [AgentGone("anna"), GivenBack("a", "anna", "sales", 2)]


async def test_an_agent_is_there_while_any_node_has_a_tab(desk: Desk) -> None:
    await busy(desk, "a")
    await desk.works("anna", node=SOUTH)
    assert not await desk.nodes[NORTH].detach(NAME, "anna")
    assert (await desk.line()).available == 1
    assert await desk.nodes[SOUTH].detach(NAME, "anna")
    assert (await desk.line()).available == 0


async def test_an_agent_whose_node_died_is_gone_after_the_lease_and_for_good_after_the_grace(desk: Desk) -> None:
    await busy(desk, "a")
    await desk.clock.passes(LEASE_MS - 1)
    assert await desk.nodes[SOUTH].sweep(NAME) == 0
    assert not (await desk.place("a")).agent_gone
    await desk.clock.passes(1)
    await desk.nodes[SOUTH].sweep(NAME)
    assert (await desk.place("a")).agent_gone
    await desk.clock.passes(GRACE_MS)
    await desk.nodes[SOUTH].sweep(NAME)
    assert await desk.order() == ["a", "waiting"]


async def test_a_dead_node_does_not_take_away_an_agent_who_has_a_tab_on_another(desk: Desk) -> None:
    await busy(desk, "a")
    await desk.works("anna", node=SOUTH)
    for _ in range(5):
        await desk.clock.passes(LEASE_MS - 1)
        await desk.nodes[SOUTH].renew(NAME, ["anna"], [])
        await desk.nodes[WEST].sweep(NAME)
    assert (await desk.place("a")).agent == "anna"
    assert (await desk.line()).available == 1


async def test_a_node_configured_with_a_longer_grace_does_not_let_go_of_who_is_there(
    desk: Desk, engine_url: str
) -> None:
    await busy(desk, "a")
    async with connect(engine_url) as client:
        await Router(client, node="patient", agent_grace_ms=10 * GRACE_MS).sweep(NAME)
    assert (await desk.line()).available == 1
    assert not (await desk.place("a")).agent_gone


async def test_a_node_that_was_frozen_and_thaws_brings_its_agents_back(desk: Desk) -> None:
    await busy(desk, "a")
    await desk.clock.passes(LEASE_MS + GRACE_MS)
    await desk.nodes[SOUTH].sweep(NAME)
    assert await desk.holds("anna") == set()
    await desk.told()
    renewal = await desk.nodes[NORTH].renew(NAME, ["anna"], ["a"])
    assert renewal.unknown == frozenset()
    assert await desk.told() == [AgentReturned("anna"), Paired("a", "anna", "Anna", "sales", 3, 25_000)]


async def test_an_agent_who_keeps_the_console_open_for_weeks_is_not_forgotten(desk: Desk) -> None:
    await desk.works("anna")
    await desk.redis.expire(keys.agent(NAME, "anna"), 5)
    await desk.router.renew(NAME, ["anna"], [])
    assert await desk.redis.ttl(keys.agent(NAME, "anna")) > 600_000


@pytest.mark.parametrize("state", ["waiting", "active"])
async def test_a_chat_nobody_vouches_for_is_forgotten(desk: Desk, state: str) -> None:
    if state == "active":
        await desk.works("anna")
    await desk.waits("a", "b")
    assert (await desk.place("a")).state == state
    await desk.clock.passes(CHAT_LEASE_MS - 1)
    await desk.router.renew(NAME, ["anna"] if state == "active" else [], ["b"])
    await desk.router.sweep(NAME)
    assert set(await desk.router.places(NAME, ["a", "b"])) == {"a", "b"}
    await desk.clock.passes(1)
    await desk.router.sweep(NAME)
    assert await desk.router.places(NAME, ["a"]) == {}
    assert await desk.holds("anna") == ({"b"} if state == "active" else set())


async def test_a_heartbeat_tells_what_redis_does_not_know(desk: Desk) -> None:
    await busy(desk, "a")
    mark = await desk.router.ensure_mark(NAME)
    renewal = await desk.router.renew(NAME, ["anna", "ghost"], ["a", "b", "waiting"])
    assert renewal.mark == mark
    assert renewal.unknown == {"ghost", "b"}


async def test_a_node_may_have_more_chats_than_one_script_takes(desk: Desk) -> None:
    chats = [f"chat{n}" for n in range(CHATS_AT_ONCE + 2)]
    await desk.waits(*chats[:-1], max_waiting=len(chats))
    assert (await desk.router.renew(NAME, ["ghost"], chats)).unknown == {"ghost", chats[-1]}
    assert await desk.router.positions(NAME, chats) == {chat: ("sales", n) for n, chat in enumerate(chats[:-1], 1)}
    assert list(await desk.router.places(NAME, chats)) == chats[:-1]


@pytest.mark.parametrize("ms", [86_400_000, -86_400_000, 11_000], ids=["a day ahead", "a day back", "nobody called"])
async def test_a_clock_that_is_set_takes_nobody_for_gone_and_moves_what_was_to_happen(desk: Desk, ms: int) -> None:
    await desk.works("anna", capacity=2)
    await desk.waits("a", "b")
    await desk.works("bob", teams=("duty",))
    await desk.clock.passes(100)
    await desk.waits("first", "second")
    await desk.waits("rings", team="duty", accept_ms=5000)
    await desk.told()
    await desk.clock.passes(1000)
    (line,) = await desk.router.lines(NAME, ["sales"])

    await desk.clock.is_set(ms)
    assert await desk.router.sweep(NAME) == 0
    assert await desk.router.lines(NAME, ["sales"]) == [line]
    assert await desk.holds("anna") == {"a", "b"}
    assert await desk.order() == ["first", "second"]
    await desk.waits("third")
    assert await desk.order() == ["first", "second", "third"]
    assert await desk.told() == []
    await desk.clock.passes(3999)
    await desk.router.sweep(NAME)
    assert (await desk.place("rings")).offered_to == "bob"
    await desk.clock.passes(1)
    await desk.router.sweep(NAME)
    assert (await desk.place("rings")).offered_to == ""
