"""An agent who leaves a visitor without an answer is told, and then those who look after them are."""

import asyncio

import pytest

from tests.actors import Agent, Visitor
from tests.scenarios.conftest import Talk
from tests.service import Installation


@pytest.fixture
def site() -> str:
    """One whose team answers within a second."""
    return "swift"


async def test_first_the_agent_is_told_then_the_supervisors_of_the_team_and_each_once(
    mayfly: Installation, talk: Talk
) -> None:
    two = await mayfly.node()
    async with (
        Agent(two, await mayfly.hire("Susan", "swift", role="supervisor")) as susan,
        Agent(two, await mayfly.hire("Adam", "sales", role="admin")) as adam,
        Agent(two, await mayfly.hire("Otto", "sales", role="supervisor")) as otto,
        Visitor(two, "swift") as tab,  # so that both nodes have the chat
    ):
        tab.token = talk.visitor.token
        await tab.opens()
        for supervisor in (susan, adam, otto):
            await supervisor.opens()
        await talk.anna.says(talk.chat, "What can I do for you?")
        answer = await talk.visitor.hears("What can I do for you?")
        reminded = len(talk.anna.got("reply_due"))
        await talk.visitor.says("Where is it?")
        question = await talk.anna.hears("Where is it?")
        await talk.visitor.says("Hello?")
        due = await talk.anna.gets("reply_due", chat=talk.chat, since=question["at"])
        assert due["since"] > answer["at"]
        for supervisor in (susan, adam):
            overdue = await supervisor.gets("reply_overdue", since=question["at"])
            assert (overdue["chat"], overdue["team"], overdue["agent"]) == (talk.chat, "swift", "Anna")

        await asyncio.sleep(1.5)  # by then each node has looked
        await talk.anna.says(talk.chat, "On its way")
        await talk.visitor.hears("On its way")
        await asyncio.sleep(3)  # longer than a silence, were there one
        assert len(talk.anna.got("reply_due")) == reminded + 1
        assert len([event for event in susan.got("reply_overdue") if event["since"] == question["at"]]) == 1
        assert not otto.got("reply_overdue")
        assert not talk.visitor.got("reply_due")


async def test_the_first_word_is_owed_from_the_moment_the_agent_has_come(talk: Talk) -> None:
    (joined,) = [event for event in talk.visitor.got("said") if event["text"] == "joined"]
    await talk.anna.gets("reply_due", chat=talk.chat, since=joined["at"])


async def test_a_supervisor_who_joins_owes_no_word_and_forgives_none(mayfly: Installation, talk: Talk) -> None:
    async with Agent(talk.node, await mayfly.hire("Susan", "swift", role="supervisor")) as susan:
        await susan.opens()
        await talk.anna.says(talk.chat, "Here it is")
        await talk.visitor.hears("Here it is")
        reminded = len(talk.anna.got("reply_due"))
        await susan.sends("watch", chat=talk.chat)
        await susan.sends("join", chat=talk.chat)
        await talk.visitor.gets("said", author="system", name="Susan")
        await asyncio.sleep(3)  # longer than a silence, were there one
        assert len(talk.anna.got("reply_due")) == reminded

        await talk.visitor.says("And the other one?")
        asked = await talk.anna.hears("And the other one?")
        await susan.sends("unwatch", chat=talk.chat)
        async with Agent(talk.node, await mayfly.hire("Sara", "swift", role="supervisor")) as sara:
            await sara.opens()
            await sara.sends("watch", chat=talk.chat)
            await sara.sends("join", chat=talk.chat)
            await talk.anna.gets("said", author="system", name="Sara")
            await talk.anna.gets("reply_due", since=asked["at"])
