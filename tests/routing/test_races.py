"""What went wrong in other live chats when several nodes raced, by name."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from routing.types import Paired, RangOff, TransferOver
from tests.routing.desk import NAME, NODES, RINGS_MS, Desk, to

ROUNDS = 20


async def at_once(n: int, *calls: Awaitable[Any]) -> list[Any]:
    """The answers of calls that race; in each round ``n`` another one starts first."""
    first = n % len(calls)
    answers = await asyncio.gather(*calls[first:], *calls[:first])
    return [*answers[-first:], *answers[:-first]] if first else answers


async def test_limit_3_with_three_instances_gave_4_chats(desk: Desk) -> None:
    await desk.works("anna", capacity=3)
    for n in range(ROUNDS):
        chats = [f"{n}-{i}" for i in range(10)]
        await asyncio.gather(
            *(
                step
                for i, chat in enumerate(chats)
                for router in [desk.nodes[NODES[i % 3]]]
                for step in (
                    router.enqueue(NAME, chat, [to("sales")]),
                    router.sweep(NAME),
                    router.take(NAME, chat, "anna"),
                )
            )
        )
        held = await desk.holds("anna")
        assert len(held) == 3
        places = await desk.router.places(NAME, chats)
        assert {chat for chat, place in places.items() if place.agent} == held
        for chat in chats:
            await desk.router.finish(NAME, chat)
        await desk.told()


async def test_rings_counted_for_nothing_and_two_accepted_at_once_gave_one_too_many(desk: Desk) -> None:
    await desk.works("anna", capacity=3)
    for n in range(ROUNDS):
        chats = [f"{n}-{i}" for i in range(10)]
        await asyncio.gather(
            *(
                step
                for i, chat in enumerate(chats)
                for router in [desk.nodes[NODES[i % 3]]]
                for step in (
                    router.enqueue(NAME, chat, [to("sales", accept_ms=RINGS_MS)]),
                    router.accept(NAME, chat, "anna"),
                    router.take(NAME, chat, "anna"),
                )
            )
        )
        assert (await desk.line()).free_places == 0
        assert len(await desk.holds("anna")) <= 3
        for chat in chats:
            await desk.router.finish(NAME, chat)


async def test_agents_overwritten_within_seconds(desk: Desk) -> None:
    everyone = [f"agent{n}" for n in range(30)]
    await asyncio.gather(*(desk.works(agent, node=NODES[n % 3]) for n, agent in enumerate(everyone)))
    for _ in range(10):
        await desk.clock.passes(3000)
        await asyncio.gather(
            *(router.renew(NAME, everyone[n::3], []) for n, router in enumerate(desk.nodes.values())),
            *(router.sweep(NAME) for router in desk.nodes.values()),
        )
    line = await desk.line()
    assert (line.available, line.free_places) == (30, 30)
    await desk.waits(*(f"c{n}" for n in range(30)))
    assert {agent for _, agent in await desk.pairs()} == set(everyone)


async def test_the_backlog_was_not_picked_up_when_an_agent_came_online(desk: Desk) -> None:
    await desk.waits("a", "b", "c")
    await desk.nodes[NODES[1]].attach(NAME, "anna", name="Anna", capacity=2, teams=["sales"])
    assert await desk.pairs() == []
    await desk.nodes[NODES[2]].set_status(NAME, "anna", "available")
    assert await desk.pairs() == [("a", "anna"), ("b", "anna")]


async def test_two_rooms_for_one_visitor_from_parallel_starts(desk: Desk) -> None:
    await desk.works("anna", capacity=9)
    await desk.works("bea", capacity=9)
    for n in range(ROUNDS):
        answers = await asyncio.gather(
            *(router.enqueue(NAME, f"c{n}", [to("sales")]) for router in [*desk.nodes.values()] * 3)
        )
        assert set(answers) == {"active"}
        assert [chat for chat, _ in await desk.pairs()] == [f"c{n}"]
        assert (await desk.holds("anna") | await desk.holds("bea")) == {f"c{n}"}
        await desk.router.finish(NAME, f"c{n}")


async def test_two_agents_took_the_same_chat(desk: Desk) -> None:
    agents = ("anna", "bea", "cleo")
    for agent, node in zip(agents, NODES, strict=True):
        await desk.works(agent, node=node)
        await desk.becomes(agent, "away")
    for n in range(ROUNDS):
        await desk.waits(f"c{n}")
        outcomes = await asyncio.gather(
            *(desk.nodes[node].take(NAME, f"c{n}", agent) for agent, node in zip(agents, NODES, strict=True))
        )
        assert sorted(outcomes) == ["not_waiting", "not_waiting", "taken"]
        winner = agents[outcomes.index("taken")]
        assert (await desk.place(f"c{n}")).agent == winner
        await desk.router.finish(NAME, f"c{n}")


async def test_two_agents_accepted_the_same_chat(desk: Desk) -> None:
    agents = ("anna", "bea", "cleo")
    for agent, node in zip(agents, NODES, strict=True):
        await desk.works(agent, node=node)
    for n in range(ROUNDS):
        await desk.waits(f"c{n}", accept_ms=RINGS_MS)
        rung = (await desk.place(f"c{n}")).offered_to
        outcomes = await asyncio.gather(
            *(desk.nodes[node].accept(NAME, f"c{n}", agent) for agent, node in zip(agents, NODES, strict=True))
        )
        assert dict(zip(agents, outcomes, strict=True)) == {agent: agent == rung for agent in agents}
        assert await desk.holds(rung) == {f"c{n}"}
        await desk.router.finish(NAME, f"c{n}")


async def test_an_accept_at_the_last_moment_gave_the_chat_to_two(desk: Desk) -> None:
    await desk.works("anna")
    await desk.works("bea")
    for n in range(ROUNDS):
        await desk.waits(f"c{n}", accept_ms=RINGS_MS)
        rung = (await desk.place(f"c{n}")).offered_to
        await desk.clock.passes(RINGS_MS)
        await asyncio.gather(*(router.renew(NAME, ["anna", "bea"], [f"c{n}"]) for router in desk.nodes.values()))
        north, south, west = desk.nodes.values()
        accepted, *_ = await at_once(n, north.accept(NAME, f"c{n}", rung), south.sweep(NAME), west.sweep(NAME))
        place = await desk.place(f"c{n}")
        assert place.agent == (rung if accepted else "")
        assert accepted or place.offered_to not in ("", rung)
        assert (await desk.holds("anna") | await desk.holds("bea")) == ({f"c{n}"} if accepted else set())
        await desk.router.finish(NAME, f"c{n}")
        for agent in ("anna", "bea"):
            await desk.becomes(agent, "available")


async def test_an_accept_and_another_who_takes_it_by_hand(desk: Desk) -> None:
    await desk.works("anna")
    await desk.works("boss", teams=("board",), node=NODES[1])
    for n in range(ROUNDS):
        await desk.waits(f"c{n}", accept_ms=RINGS_MS)
        north, south, _ = desk.nodes.values()
        await at_once(n, north.accept(NAME, f"c{n}", "anna"), south.take(NAME, f"c{n}", "boss", any_chat=True))
        assert await desk.holds("boss") == {f"c{n}"}
        assert await desk.holds("anna") == set()
        assert await desk.pairs() in ([(f"c{n}", "boss")], [(f"c{n}", "anna"), (f"c{n}", "boss")])
        await desk.router.finish(NAME, f"c{n}")


async def test_a_transfer_was_taken_while_it_was_cancelled(desk: Desk) -> None:
    await desk.works("anna", teams=("sales",))
    await desk.works("bea", teams=("support",), node=NODES[1])
    for n in range(ROUNDS):
        await desk.waits(f"c{n}")
        assert await desk.router.transfer(NAME, f"c{n}", "anna", to("support", accept_ms=RINGS_MS)) == "begun"
        await desk.told()
        north, south, _ = desk.nodes.values()
        cancelled, accepted = await at_once(
            n, north.cancel_transfer(NAME, f"c{n}", "anna"), south.accept(NAME, f"c{n}", "bea")
        )
        assert accepted is not cancelled
        assert (await desk.place(f"c{n}")).agent == ("bea" if accepted else "anna")
        assert await desk.holds("bea" if cancelled else "anna") == set()
        told = await desk.told()
        assert any(isinstance(event, Paired) for event in told) == accepted
        assert any(isinstance(event, TransferOver) for event in told) == cancelled
        await desk.router.finish(NAME, f"c{n}")


async def test_an_agent_went_away_while_it_rang_and_the_chat_rang_for_nobody(desk: Desk) -> None:
    for n in range(ROUNDS):
        await desk.works("anna")
        await desk.works("bea", node=NODES[1])
        await desk.waits(f"c{n}", accept_ms=RINGS_MS)
        rung = (await desk.place(f"c{n}")).offered_to
        other = "bea" if rung == "anna" else "anna"
        north, south, west = desk.nodes.values()
        accepted, *_ = await at_once(
            n, north.accept(NAME, f"c{n}", rung), south.set_status(NAME, rung, "away"), west.sweep(NAME)
        )
        place = await desk.place(f"c{n}")
        assert (place.agent, place.offered_to) == ((rung, "") if accepted else ("", other))
        reasons = [event.reason for event in await desk.told() if isinstance(event, RangOff)]
        assert reasons[-1] == ("accepted" if accepted else "withdrawn")
        await desk.router.finish(NAME, f"c{n}")


async def test_the_visitor_left_as_the_agent_accepted(desk: Desk) -> None:
    await desk.works("anna")
    for n in range(ROUNDS):
        await desk.waits(f"c{n}", accept_ms=RINGS_MS)
        north, south, _ = desk.nodes.values()
        await at_once(n, north.accept(NAME, f"c{n}", "anna"), south.finish(NAME, f"c{n}"))
        assert await desk.router.places(NAME, [f"c{n}"]) == {}
        assert await desk.holds("anna") == set()
        assert (await desk.line()).free_places == 1
