"""Who comes with what, goes where the configuration says."""

import pytest

from tests.actors import Agent, Visitor
from tests.service import Installation, Node, signed


async def test_who_may_not_use_the_desk_is_told_in_the_sites_own_words(node: Node) -> None:
    async with Visitor(node, "club") as stranger:
        await stranger.connect()
        await stranger.sends("hello", protocol=1)
        failed = await stranger.gets("failed", code="not_eligible")
        assert failed["told"] == "Members only. Ask at the door."
        assert await stranger.is_closed_with() == 4403
    async with Visitor(node, "club") as member:
        assert (await member.opens(identity=signed(member=True)))["availability"] == "busy"


async def test_the_topic_of_the_form_decides(mayfly: Installation, node: Node) -> None:
    async with (
        Agent(node, await mayfly.hire("Sam", "sales")) as sam,
        Agent(node, await mayfly.hire("Anna", "support")) as anna,
        Visitor(node, "club") as one,
        Visitor(node, "club") as other,
    ):
        for agent in (sam, anna):
            await agent.opens()
            await agent.is_available()
        for visitor in (one, other):
            await visitor.opens(identity=signed(member=True))
        await one.asks(topic="Returns")
        given = await sam.gets("assigned")
        assert (given["chat"], given["team"]) == (one.chat, "sales")
        await other.asks(topic="Orders")
        assert await anna.is_given() == other.chat


async def test_ones_own_manager_comes_first_and_the_team_when_they_are_away(mayfly: Installation, node: Node) -> None:
    async with (
        Agent(node, await mayfly.hire("Mona", "sales")) as mona,
        Agent(node, await mayfly.hire("Anna", "support")) as anna,
    ):
        for agent in (mona, anna):
            await agent.opens()
            await agent.is_available()
        identity = signed(member=True, manager="mona@example.com")
        async with Visitor(node, "club") as visitor:
            await visitor.opens(identity=identity)
            await visitor.asks()
            assert await mona.is_given() == visitor.chat
        await mona.sends("set_availability", status="away")
        await mona.gets("availability_changed", status="away")
        async with Visitor(node, "club") as visitor:
            await visitor.opens(identity=identity)
            await visitor.asks()
            assert await anna.is_given() == visitor.chat


@pytest.mark.configured(max_wait_s=2)
async def test_who_waits_for_their_manager_sees_their_place_and_goes_on_after_the_wait(
    mayfly: Installation, node: Node
) -> None:
    two = await mayfly.node()
    async with (
        Agent(node, await mayfly.hire("Mona", "sales", capacity=1)) as mona,
        Agent(two, await mayfly.hire("Anna", "support", capacity=1)) as anna,
        Visitor(node, "club") as with_mona,
        Visitor(node) as with_anna,
        Visitor(node) as for_anna,
        Visitor(two, "club") as for_mona,
    ):
        for agent in (mona, anna):
            await agent.opens()
            await agent.is_available()
        manager = signed(member=True, manager="mona@example.com")
        for visitor in (with_mona, with_anna, for_anna, for_mona):
            await visitor.opens(identity=manager if visitor in (with_mona, for_mona) else None)
            await visitor.asks()
        await for_anna.gets("queued", position=1)
        await for_mona.gets("queued", position=1)
        await for_mona.gets("queued", position=2)  # in the team's line, behind who came before
        await for_mona.gets("ticket_offered", reason="waited")
        await for_anna.sends("end")
        await for_mona.gets("queued", position=1)
        assert await anna.is_given() == with_anna.chat
        await anna.sends("end", chat=with_anna.chat)
        assert await anna.is_given() == for_mona.chat
        assert await mona.is_given() == with_mona.chat
        assert len(mona.got("assigned")) == 1


async def test_a_plan_goes_ahead_in_the_line_and_the_agent_sees_it(mayfly: Installation, node: Node) -> None:
    async with (
        Visitor(node) as first,
        Visitor(node) as gold,
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
    ):
        await first.opens()
        await first.asks()
        await gold.opens(identity=signed(plan="gold"))
        await gold.asks()
        await first.gets("queued", position=2)
        await anna.opens()
        await anna.is_available()
        given = await anna.gets("assigned")
        assert (given["chat"], given["plan"]) == (gold.chat, "gold")
        await anna.leaves()
        (held,) = (await anna.opens())["chats"]
        assert held["plan"] == "gold"


async def test_a_plan_without_chats_begins_none(node: Node) -> None:
    async with Visitor(node) as visitor:
        assert (await visitor.opens(identity=signed(plan="basic")))["channels"] == ["help", "form"]
        await visitor.sends("start", ref="1", question="Hello?")
        await visitor.gets("failed", code="not_allowed", ref="1")


async def test_it_is_online_when_any_step_has_somebody_free(mayfly: Installation, node: Node) -> None:
    async with Agent(node, await mayfly.hire("Anna", "support")) as anna, Visitor(node, "club") as visitor:
        await anna.opens()
        await anna.is_available()
        identity = signed(member=True, manager="nobody@example.com")
        assert (await visitor.opens(identity=identity))["availability"] == "online"
