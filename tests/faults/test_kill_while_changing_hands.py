"""A node dies while a chat is between two agents: it ends up with one of them, with every word."""

import pytest

from tests.actors import Agent, Visitor
from tests.service import Installation, signed, until

pytestmark = pytest.mark.configured(agent_grace_s=2, accept_within_s=90)


async def test_the_node_of_the_agent_at_whom_it_rings_is_killed(mayfly: Installation) -> None:
    one, two = await mayfly.node(), await mayfly.node()
    async with (
        Agent(one, await mayfly.hire("Dora", "duty")) as dora,
        Agent(two, await mayfly.hire("Emil", "duty")) as emil,
        Visitor(two, "hotline") as visitor,
    ):
        for agent in (dora, emil):
            await agent.opens()
        await dora.is_available()
        await visitor.opens()
        await visitor.asks("Hello?")
        chat = await dora.is_asked()
        await emil.is_available()
        one.kill()
        assert await emil.is_asked() == chat
        await emil.sends("accept", chat=chat)
        assert (await visitor.gets("assigned"))["agent"]["name"] == "Emil"
        assert (await dora.opens(two))["offers"] == []


async def test_the_node_of_the_agent_who_hands_it_over_is_killed(mayfly: Installation) -> None:
    one, two = await mayfly.node(), await mayfly.node()
    async with (
        Agent(one, await mayfly.hire("Anna", "support")) as anna,
        Agent(two, await mayfly.hire("Dora", "duty")) as dora,
        Visitor(two) as visitor,
    ):
        for agent in (anna, dora):
            await agent.opens()
            await agent.is_available()
        await visitor.opens()
        await visitor.asks()
        chat = await anna.is_given()
        await anna.says(chat, "One moment")
        await visitor.hears("One moment")
        await anna.sends("transfer", chat=chat, team="duty", note="over to you")
        assert await dora.is_asked() == chat
        one.kill()
        await visitor.says("Are you there?")
        await visitor.gets("agent_left")
        await visitor.gets("said", text="requeued")
        await dora.sends("accept", chat=chat)
        given = await dora.gets("assigned", chat=chat)
        assert [m["text"] for m in given["messages"] if m["author"] != "system"] == ["One moment", "Are you there?"]
        assert [note["text"] for note in given["notes"]] == ["over to you"]
        assert (await visitor.gets("assigned", agent={"name": "Dora"}))["type"] == "assigned"
        assert (await anna.opens(two))["chats"] == []


async def test_redis_comes_back_empty_while_a_chat_is_handed_over(mayfly: Installation) -> None:
    node = await mayfly.node()
    async with (
        Agent(node, await mayfly.hire("Anna", "support")) as anna,
        Agent(node, await mayfly.hire("Dora", "duty")) as dora,
        Visitor(node) as visitor,
        Visitor(node, "hotline") as other,
    ):
        for agent in (anna, dora):
            await agent.opens()
            await agent.is_available()
        await visitor.opens()
        await visitor.asks()
        chat = await anna.is_given()
        await anna.sends("transfer", chat=chat, team="duty")
        assert await dora.is_asked() == chat
        await other.opens()
        await other.asks()
        await dora.gets("offered", chat=other.chat)

        mayfly.redis.kill()
        await mayfly.redis.start()
        await anna.gets("transfer_returned", chat=chat)
        await visitor.gets("said", text="returned")
        await dora.gets("offer_expired", chat=chat, reason="withdrawn")
        await dora.gets("offered", chat=other.chat)  # it rings anew
        await dora.sends("accept", chat=other.chat)
        await other.gets("assigned")
        await anna.says(chat, "I am still here")
        await visitor.hears("I am still here")


@pytest.mark.configured(max_wait_s=3)
async def test_redis_comes_back_empty_and_who_waits_keeps_their_turn_and_their_route(mayfly: Installation) -> None:
    node = await mayfly.node()
    async with (
        Agent(node, await mayfly.hire("Mona", "sales", capacity=1)) as mona,
        Agent(node, await mayfly.hire("Anna", "support", capacity=1)) as anna,
        Visitor(node, "club") as busy,
        Visitor(node, "club") as for_mona,
        Visitor(node) as first,
        Visitor(node) as gold,
    ):
        for agent in (mona, anna):
            await agent.opens()
        await mona.is_available()
        for visitor in (busy, for_mona):
            await visitor.opens(identity=signed(member=True, manager="mona@example.com"))
            await visitor.asks()
        await mona.is_given()
        await for_mona.gets("queued", position=1)
        await first.opens()
        await first.asks()
        await gold.opens(identity=signed(plan="gold"))
        await gold.asks()
        await first.gets("queued", position=2)

        mayfly.redis.kill()
        await mayfly.redis.start()
        await until(lambda: answers(anna), "it goes on")
        assert await anna.is_given() == gold.chat
        await anna.gets("queue_changed", team="support", head=for_mona.chat)  # they have waited long enough for Mona
        await anna.sends("end", chat=gold.chat)
        assert await anna.is_given() == for_mona.chat


async def answers(anna: Agent) -> bool:
    """Whether the service knows again that she takes chats."""
    await anna.sends("set_availability", status="available")
    answer = await anna.gets("availability_changed", "failed")
    return bool(answer["type"] == "availability_changed")
