"""What went wrong in other live chats when several nodes raced, by name."""

import asyncio

from tests.routing.desk import NAME, NODES, Desk

ROUNDS = 20


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
                    router.enqueue(NAME, chat, "sales", 100),
                    router.assign(NAME, "sales"),
                    router.take(NAME, chat, "anna"),
                )
            )
        )
        held = await desk.holds("anna")
        assert len(held) == 3
        assert sorted([*held, *await desk.order()]) == sorted(chats)
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
    assert await desk.pairs() == []
    await desk.nodes[NODES[1]].attach(NAME, "anna", name="Anna", capacity=2, teams=["sales"])
    assert await desk.pairs() == []
    await desk.nodes[NODES[1]].set_status(NAME, "anna", "available")
    assert await desk.pairs() == [("a", "anna"), ("b", "anna")]


async def test_two_rooms_for_one_visitor_from_parallel_starts(desk: Desk) -> None:
    await desk.works("anna", capacity=9)
    await desk.works("bea", capacity=9)
    for n in range(ROUNDS):
        answers = await asyncio.gather(
            *(
                step
                for router in desk.nodes.values()
                for step in (router.enqueue(NAME, f"c{n}", "sales", 100), router.assign(NAME, "sales"))
            )
        )
        pairs = [pair for answer in answers if isinstance(answer, list) for pair in answer]
        assert [pair.chat for pair in pairs] == [f"c{n}"]
        assert (await desk.holds("anna") | await desk.holds("bea")) == {f"c{n}"}
        await desk.router.finish(NAME, f"c{n}")


async def test_two_agents_took_the_same_chat(desk: Desk) -> None:
    agents = ("anna", "bea", "cleo")
    for agent, node in zip(agents, NODES, strict=True):
        await desk.works(agent, node=node)
    for n in range(ROUNDS):
        await desk.waits(f"c{n}")
        outcomes = await asyncio.gather(
            *(desk.nodes[node].take(NAME, f"c{n}", agent) for agent, node in zip(agents, NODES, strict=True))
        )
        assert sorted(outcomes) == ["not_waiting", "not_waiting", "taken"]
        winner = agents[outcomes.index("taken")]
        assert (await desk.place(f"c{n}")).agent == winner
        await desk.router.finish(NAME, f"c{n}")
