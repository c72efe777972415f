"""Where a team wants to be asked, a chat rings before it is anybody's."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from routing import keys as routing_keys
from routing.router import source_of
from tests.actors import Agent, Visitor
from tests.service import Installation, Node

TEAMS = {"hotline": "duty", "alarm": "alarm"}


@pytest.fixture
def site() -> str:
    """One whose team is asked."""
    return "hotline"


@pytest.fixture
async def visitor(node: Node, site: str) -> AsyncIterator[Visitor]:
    """Somebody there."""
    async with Visitor(node, site) as visitor:
        await visitor.opens(locale="en")
        yield visitor


@pytest.fixture
async def dora(mayfly: Installation, node: Node, site: str) -> AsyncIterator[Agent]:
    """An agent of that team, there and willing."""
    async with Agent(node, await mayfly.hire("Dora", TEAMS[site])) as dora:
        await dora.opens()
        await dora.is_available()
        yield dora


@pytest.fixture
async def emil(mayfly: Installation, node: Node, site: str) -> AsyncIterator[Agent]:
    """Another, who has just come: he is asked after her."""
    async with Agent(node, await mayfly.hire("Emil", TEAMS[site])) as emil:
        await emil.opens()
        yield emil


async def test_a_chat_rings_with_what_it_takes_to_decide_and_is_theirs_who_accepts(mayfly: Installation) -> None:
    one, two = await mayfly.node(), await mayfly.node()
    async with Visitor(one, "hotline") as visitor, Agent(two, await mayfly.hire("Dora", "duty")) as dora:
        await dora.opens()
        await dora.is_available()
        await visitor.opens(page={"url": "https://hotline.example.com/bill", "title": "Bill"})
        await visitor.asks("Why so much?", name="Vera")
        offered = await dora.gets("offered")
        assert (offered["site"], offered["team"], offered["question"]) == ("hotline", "duty", "Why so much?")
        assert (offered["visitor"]["name"], offered["visitor"]["page"]["title"]) == ("Vera", "Bill")
        await visitor.gets("queued", position=1)
        assert not visitor.got("assigned")

        await dora.sends("accept", chat=visitor.chat)
        await dora.gets("offer_expired", chat=visitor.chat, reason="accepted")
        assert await dora.is_given() == visitor.chat
        assert (await visitor.gets("assigned"))["agent"]["name"] == "Dora"
        await visitor.gets("said", text="joined", name="Dora")


async def test_what_could_not_be_shown_when_it_rang_is_shown_as_soon_as_it_can(mayfly: Installation) -> None:
    one, two = await mayfly.node(), await mayfly.node()
    async with (
        Visitor(one, "hotline") as visitor,
        Agent(two, await mayfly.hire("Dora", "duty")) as dora,
        Redis.from_url(mayfly.redis.url) as redis,
    ):
        await visitor.opens()
        await visitor.asks("Anybody?")
        agent = (await dora.opens())["agent"]["id"]
        async with redis.pipeline(transaction=True) as pipe:
            pipe.eval(source_of("set_status"), 1, routing_keys.prefix("main"), 3, agent, "available", "chosen")
            pipe.execute_command("CLIENT", "PAUSE", 8000, "ALL")  # longer than a node waits for Redis
            await pipe.execute()
        assert (await dora.gets("offered", chat=visitor.chat))["question"] == "Anybody?"


async def test_while_a_chat_rings_the_desk_is_online_as_long_as_somebody_else_is_free(
    visitor: Visitor, dora: Agent, mayfly: Installation, node: Node
) -> None:
    async with Agent(node, await mayfly.hire("Emil", "duty", capacity=1)) as emil, Visitor(node, "hotline") as second:
        await emil.opens()
        await emil.is_available()
        await dora.sends("set_availability", status="away")
        await dora.gets("availability_changed", status="away")
        await visitor.asks()
        await emil.is_asked()
        assert (await second.opens())["availability"] == "busy"
        await second.leaves()
        async with Agent(node, await mayfly.hire("Fred", "duty", capacity=1)) as fred:
            await fred.opens()
            await fred.is_available()
            assert (await second.opens())["availability"] == "online"


async def test_one_that_is_declined_goes_to_the_next_and_keeps_the_head_of_the_line(
    visitor: Visitor, dora: Agent, emil: Agent, node: Node
) -> None:
    await visitor.asks()
    chat = await dora.is_asked()
    async with Visitor(node, "hotline") as later:
        await later.opens()
        await later.asks()
        await later.gets("queued", position=2)
        await dora.sends("decline", chat=chat)
        await dora.gets("offer_expired", chat=chat, reason="declined")
        assert await dora.is_asked() == later.chat
        await emil.is_available()
        assert await emil.is_asked() == chat
        await emil.sends("accept", chat=chat)
        await visitor.gets("assigned")
        await later.gets("queued", position=1)


@pytest.mark.parametrize("site", ["alarm"])
async def test_one_that_is_missed_goes_to_the_next_and_who_misses_too_many_is_set_away_and_told(
    visitor: Visitor, dora: Agent, emil: Agent
) -> None:
    await visitor.asks()
    chat = await dora.is_asked()
    assert "reason" not in await dora.gets("offer_expired", chat=chat), "missed, which goes without saying"
    away = await dora.gets("availability_changed", status="away")
    assert away["reason"] == "missed"
    await emil.is_available()
    await emil.sends("accept", chat=await emil.is_asked())
    await visitor.gets("assigned")


async def test_it_rings_in_every_tab_also_in_one_that_is_opened_later_and_stops_in_all(
    mayfly: Installation, visitor: Visitor, dora: Agent, node: Node
) -> None:
    await visitor.asks("Hello?")
    chat = await dora.is_asked()
    for there in (node, await mayfly.node()):
        async with Agent(there, mayfly.agents["Dora"]) as tab:
            (offer,) = (await tab.opens())["offers"]
            assert (offer["chat"], offer["question"], offer["site"]) == (chat, "Hello?", "hotline")
            assert "offered" not in [event["type"] for event in tab.events]
    async with Agent(node, mayfly.agents["Dora"]) as tab:
        await tab.opens()
        await dora.sends("accept", chat=chat)
        await tab.gets("offer_expired", chat=chat, reason="accepted")
        assert await tab.is_given() == chat


async def test_who_goes_away_is_asked_no_more_and_an_offer_that_is_over_cannot_be_accepted(
    visitor: Visitor, dora: Agent, emil: Agent
) -> None:
    await visitor.asks()
    chat = await dora.is_asked()
    await dora.sends("set_availability", status="away")
    await dora.gets("offer_expired", chat=chat, reason="withdrawn")
    for verb in ("accept", "decline"):
        await dora.sends(verb, chat=chat)
        await dora.gets("failed", code="not_offered", chat=chat)
    await emil.is_available()
    assert await emil.is_asked() == chat
    await visitor.sends("end")
    await emil.gets("offer_expired", chat=chat, reason="withdrawn")


async def test_a_chat_that_rings_at_one_cannot_be_taken_by_another_but_by_a_supervisor(
    mayfly: Installation, visitor: Visitor, dora: Agent, emil: Agent, node: Node
) -> None:
    await visitor.asks()
    chat = await dora.is_asked()
    await emil.sends("take", chat=chat)
    await emil.gets("failed", code="not_waiting")
    async with Agent(node, await mayfly.hire("Susan", "support", role="supervisor")) as susan:
        await susan.opens()
        await susan.sends("take", chat=chat)
        assert await susan.is_given() == chat
    await dora.gets("offer_expired", chat=chat, reason="withdrawn")
