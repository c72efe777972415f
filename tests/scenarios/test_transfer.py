"""A chat is handed over whole, and stays where it is until somebody has taken it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.actors import Agent, Visitor
from tests.scenarios.conftest import Talk
from tests.service import Installation


@pytest.fixture
async def ben(mayfly: Installation, talk: Talk) -> AsyncIterator[Agent]:
    """A colleague of another team, there and willing."""
    async with Agent(talk.node, await mayfly.hire("Ben", "sales")) as ben:
        await ben.opens()
        await ben.is_available()
        yield ben


async def id_of(agent: Agent) -> str:
    return str(agent.got("welcome")[-1]["agent"]["id"])


async def test_a_colleague_on_another_node_accepts_and_has_the_whole_conversation(
    mayfly: Installation, talk: Talk
) -> None:
    async with Agent(await mayfly.node(), await mayfly.hire("Ben", "sales")) as ben:
        await ben.opens()
        await ben.is_available()
        await talk.visitor.says("It is about the invoice")
        await talk.anna.hears("It is about the invoice")
        await talk.anna.sends("note", chat=talk.chat, ref="n1", text="a good customer")
        await talk.anna.sends("transfer", chat=talk.chat, agent=await id_of(ben), note="please look at the invoice")
        transferring = await talk.anna.gets("transferring", chat=talk.chat, to="Ben")
        await talk.visitor.gets("said", text="transferring", name="Ben")
        offered = await ben.gets("offered")
        assert (offered["chat"], offered["transferred_by"], offered["to_you"]) == (talk.chat, "Anna", True)
        assert offered["expires_at"] <= transferring["expires_at"]
        await talk.visitor.says("Are you there?")
        await talk.anna.says(talk.chat, "Ben will help you")
        await talk.visitor.hears("Ben will help you")

        await ben.sends("accept", chat=talk.chat)
        given = await ben.gets("assigned", chat=talk.chat)
        assert (await talk.visitor.gets("assigned", agent={"name": "Ben"}))["type"] == "assigned"
        await talk.visitor.gets("said", text="left", name="Anna")
        await talk.visitor.gets("said", text="joined", name="Ben")
        assert given["team"] == "sales"
        assert given["visitor"]["question"] == "Where is my order?"
        assert [note["text"] for note in given["notes"]] == ["a good customer", "please look at the invoice"]
        said = [m["text"] for m in given["messages"] if m["author"] != "system"]
        assert said == ["It is about the invoice", "Are you there?", "Ben will help you"]

        assert (await talk.anna.gets("transferred", chat=talk.chat))["to"] == "Ben"
        await talk.anna.says(talk.chat, "one more word")
        await talk.anna.gets("failed", code="no_chat", chat=talk.chat)
        await ben.says(talk.chat, "Here I am")
        await talk.visitor.hears("Here I am")
        assert "one more word" not in str(talk.visitor.events)


async def test_who_is_asked_may_decline_and_the_chat_stays_where_it_was(talk: Talk, ben: Agent) -> None:
    await talk.anna.sends("transfer", chat=talk.chat, agent=await id_of(ben))
    await ben.sends("decline", chat=await ben.is_asked())
    assert (await talk.anna.gets("transfer_returned", chat=talk.chat))["reason"] == "declined"
    await talk.visitor.gets("said", text="returned", name="Anna")
    await talk.anna.says(talk.chat, "Then I do it myself")
    await talk.visitor.hears("Then I do it myself")


@pytest.mark.parametrize("to", ["swift", "alarm"])
async def test_a_transfer_that_nobody_takes_comes_back(mayfly: Installation, talk: Talk, to: str) -> None:
    dora = Agent(talk.node, await mayfly.hire("Dora", "alarm"))
    async with dora:
        await dora.opens()
        await dora.is_available()
        target, name = ({"team": "swift"}, "Swift") if to == "swift" else ({"agent": await id_of(dora)}, "Dora")
        await talk.anna.sends("transfer", chat=talk.chat, **target)
        await talk.anna.gets("transferring", chat=talk.chat, to=name)
        returned = await talk.anna.gets("transfer_returned", chat=talk.chat, to=name)
        assert returned["reason"] == "not_taken"
        await talk.visitor.gets("said", text="returned", name="Anna")


async def test_a_team_that_is_not_asked_has_it_at_once(talk: Talk, ben: Agent) -> None:
    await talk.anna.sends("transfer", chat=talk.chat, team="sales")
    assert await ben.is_given() == talk.chat
    await talk.anna.gets("transferred", chat=talk.chat, to="Ben")
    await talk.visitor.gets("said", text="joined", name="Ben")


async def test_nothing_said_while_it_goes_from_hand_to_hand_is_lost_or_shown_twice(talk: Talk, ben: Agent) -> None:
    said = [f"line {number}" for number in range(18)]

    async def visitor_talks() -> None:
        for text in said:
            await talk.visitor.says(text)
            await talk.visitor.hears(text)

    talking = asyncio.create_task(visitor_talks())
    holder, other = talk.anna, ben
    for _ in range(4):
        await holder.sends("transfer", chat=talk.chat, team="sales" if other is ben else "support")
        assert await other.is_given() == talk.chat
        await holder.gets("transferred", chat=talk.chat)
        holder, other = other, holder
    await talking
    await holder.hears(said[-1])
    shown = dict[int, str]()
    for event in holder.events:
        if event["type"] == "transferred":
            shown.clear()
        for message in [event] if event["type"] == "said" else event.get("messages", ()):
            assert message["seq"] not in shown, "shown twice"
            shown[message["seq"]] = message["text"]
    assert [text for _, text in sorted(shown.items()) if text in said] == said
    assert [text for _, _, text in talk.visitor.said()] == said


async def test_it_can_be_taken_back_and_is_shown_in_a_tab_that_is_opened_meanwhile(
    mayfly: Installation, talk: Talk, ben: Agent
) -> None:
    await talk.anna.sends("transfer", chat=talk.chat, agent=await id_of(ben))
    until = (await talk.anna.gets("transferring", chat=talk.chat))["expires_at"]
    async with Agent(talk.node, mayfly.agents["Anna"]) as tab:
        (chat,) = (await tab.opens())["chats"]
        assert (chat["transfer_to"], chat["transfer_until"]) == ("Ben", until)
    await ben.is_asked()
    await talk.anna.sends("transfer", chat=talk.chat)
    assert (await talk.anna.gets("transfer_returned", chat=talk.chat))["reason"] == "cancelled"
    await ben.gets("offer_expired", chat=talk.chat, reason="withdrawn")
    await talk.anna.sends("transfer", chat=talk.chat)
    await talk.anna.gets("failed", chat=talk.chat, code="not_waiting")


async def test_nobody_can_be_asked_who_is_not_there(talk: Talk, ben: Agent) -> None:
    await ben.sends("set_availability", status="away")
    await ben.gets("availability_changed", status="away")
    await talk.anna.sends("transfer", chat=talk.chat, agent=await id_of(ben))
    await talk.anna.gets("failed", chat=talk.chat, code="agent_away")
    await talk.anna.sends("transfer", chat=talk.chat, agent="nobody")
    await talk.anna.gets("failed", chat=talk.chat, code="agent_away")
    await talk.anna.sends("transfer", chat=talk.chat, agent=await id_of(talk.anna))
    await talk.anna.gets("failed", chat=talk.chat, code="invalid")
    await talk.anna.sends("transfer", chat=talk.chat, team="no such team")
    await talk.anna.gets("failed", chat=talk.chat, code="invalid")
    await ben.sends("transfer", chat=talk.chat, team="sales")
    await ben.gets("failed", chat=talk.chat, code="no_chat")
    assert not talk.anna.got("transferring")


async def test_colleagues_are_listed_with_what_they_have_to_do(talk: Talk, ben: Agent) -> None:
    await talk.anna.sends("list_colleagues")
    listed = await talk.anna.gets("colleagues")
    there = {agent["name"]: (agent["status"], agent["chats"], agent["teams"]) for agent in listed["agents"]}
    assert there == {"Anna": ("available", 1, ["support"]), "Ben": ("available", 0, ["sales"])}
    states = {team["team"]: (team["title"], team["available"], team["free_places"]) for team in listed["teams"]}
    assert states["support"] == ("Support", 1, 3)
    assert states["duty"] == ("Duty desk", 0, 0)


async def test_at_the_end_of_a_shift_all_chats_go_back_to_the_head_of_the_line(
    mayfly: Installation, talk: Talk
) -> None:
    await talk.visitor.says("hello?")
    await talk.anna.hears("hello?")
    await talk.anna.sends("hand_over")
    await talk.anna.gets("availability_changed", status="away")
    await talk.anna.gets("transferred", chat=talk.chat, to="support")
    await talk.visitor.gets("said", text="requeued")
    async with Visitor(talk.node) as later, Agent(talk.node, await mayfly.hire("Carl", capacity=1)) as carl:
        await later.opens()
        await later.asks()
        await carl.opens()
        await carl.is_available()
        given = await carl.gets("assigned")
        assert given["chat"] == talk.chat
        assert "hello?" in [message["text"] for message in given["messages"]]
