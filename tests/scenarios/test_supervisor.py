"""A supervisor sees everything, steps in where it helps, and nobody else can."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from chat.live import keys
from tests.actors import Agent, Visitor
from tests.scenarios.conftest import Talk
from tests.service import Installation, Node, signed

TEAMS = ["support", "sales", "duty", "office", "swift", "alarm", "narrow"]


@pytest.fixture
async def susan(mayfly: Installation, node: Node) -> AsyncIterator[Agent]:
    """A supervisor who takes no chats herself."""
    async with Agent(node, await mayfly.hire("Susan", "support", role="supervisor")) as susan:
        await susan.opens()
        yield susan


async def test_a_chat_is_watched_silently_from_another_node_and_then_joined(mayfly: Installation, talk: Talk) -> None:
    two = await mayfly.node()
    async with Agent(two, await mayfly.hire("Susan", "support", role="supervisor")) as susan:
        await susan.opens()
        await talk.visitor.says("before")
        await talk.anna.hears("before")
        await susan.sends("watch", chat=talk.chat)
        watched = await susan.gets("watched", chat=talk.chat)
        assert (watched["agent"], watched["state"], watched["site"]) == ("Anna", "active", "shop")
        assert [m["text"] for m in watched["messages"]] == ["joined", "before"]
        await talk.visitor.says("during")
        await susan.hears("during")
        await talk.anna.sends("note", chat=talk.chat, ref="n1", text="what shall I say?")
        await susan.gets("noted", text="what shall I say?")
        await susan.sends("note", chat=talk.chat, ref="n2", text="offer a refund")
        assert (await talk.anna.gets("noted", text="offer a refund"))["name"] == "Susan"

        await susan.says(talk.chat, "too early")
        await susan.gets("failed", chat=talk.chat, code="not_yours")
        await susan.sends("join", chat=talk.chat)
        await talk.visitor.gets("said", text="stepped_in", name="Susan")
        await susan.says(talk.chat, "I am sorry for that")
        assert (await talk.visitor.hears("I am sorry for that"))["name"] == "Susan"
        await talk.anna.hears("I am sorry for that")
        await talk.anna.says(talk.chat, "and I am still here")
        await talk.visitor.hears("and I am still here")
        assert len(talk.visitor.got("assigned")) == 1
        assert "refund" not in str(talk.visitor.events)
        assert "too early" not in str(talk.visitor.events)


async def test_who_watches_counts_for_nothing_in_the_chat(mayfly: Installation, node: Node, susan: Agent) -> None:
    async with Visitor(node) as visitor, Agent(node, await mayfly.hire("Anna")) as anna:
        await visitor.opens()
        await visitor.asks()
        await susan.sends("watch", chat=visitor.chat)
        assert (await susan.gets("watched"))["state"] == "waiting"
        await visitor.says("anybody?")
        said = await susan.hears("anybody?")
        await susan.sends("see", chat=visitor.chat, seq=said["seq"])
        await susan.synchronises()
        await visitor.says("nobody?")
        last = await visitor.hears("nobody?")  # behind whatever was told of the line before
        assert not visitor.got("delivered")
        assert not visitor.got("seen")
        await anna.opens()
        await anna.is_available()
        await visitor.gets("delivered", seq=last["seq"])
        await susan.gets("said", text="joined", name="Anna")


async def test_one_looks_away_or_the_chat_ends(talk: Talk, susan: Agent) -> None:
    await susan.sends("watch", chat=talk.chat)
    await susan.gets("watched")
    await susan.sends("unwatch", chat=talk.chat)
    await susan.gets("unwatched", chat=talk.chat)
    await talk.visitor.says("unheard")
    await talk.anna.hears("unheard")
    await susan.synchronises()
    assert not susan.got("said")
    await susan.sends("watch", chat=talk.chat)
    await susan.gets("watched")
    await talk.visitor.sends("end")
    await susan.gets("ended", chat=talk.chat)
    await susan.gets("erased", chat=talk.chat)
    await susan.sends("watch", chat=talk.chat)
    await susan.gets("failed", chat=talk.chat, code="no_chat")


async def test_a_chat_that_is_gone_when_it_is_looked_at_again_is_watched_no_more(
    mayfly: Installation, talk: Talk, susan: Agent
) -> None:
    await susan.sends("watch", chat=talk.chat)
    await susan.gets("watched")
    async with Redis.from_url(mayfly.redis.url) as redis:
        await redis.delete(keys.chat(0, talk.chat))  # it is over, and nobody has told this node yet
    await susan.sends("watch", chat=talk.chat)
    await susan.gets("failed", chat=talk.chat, code="no_chat")
    await susan.sends("join", chat=talk.chat)
    await susan.gets("failed", chat=talk.chat, code="no_chat")
    await susan.sends("note", chat=talk.chat, ref="n1", text="too late")
    await susan.gets("failed", ref="n1", code="no_chat")


async def test_a_chat_is_taken_over_with_all_that_was_said(talk: Talk, susan: Agent) -> None:
    await talk.visitor.says("I want to speak to somebody else")
    await talk.anna.hears("I want to speak to somebody else")
    await susan.sends("watch", chat=talk.chat)
    await susan.gets("watched")
    await susan.sends("take", chat=talk.chat)
    given = await susan.gets("assigned", chat=talk.chat)
    assert "I want to speak to somebody else" in [message["text"] for message in given["messages"]]
    await talk.anna.gets("transferred", chat=talk.chat, to="Susan")
    await talk.visitor.gets("assigned", agent={"name": "Susan"})
    await susan.says(talk.chat, "I am all ears")
    await talk.visitor.hears("I am all ears")
    await talk.visitor.says("Thank you")
    thanks = await susan.hears("Thank you")
    await talk.visitor.gets("delivered", seq=thanks["seq"])
    assert len([event for event in susan.got("said") if event["text"] == "Thank you"]) == 1


async def test_the_board_tells_chats_apart_also_those_of_another_node(mayfly: Installation, talk: Talk) -> None:
    two = await mayfly.node()
    async with (
        Agent(two, await mayfly.hire("Susan", "support", role="supervisor")) as susan,
        Visitor(talk.node, "club") as vera,
    ):
        await vera.opens(identity=signed(sub="1", member=True, plan="gold", name="Vera"))
        await vera.asks("When does it open?", topic="Orders")
        await vera.gets("assigned")
        await talk.anna.says(talk.chat, "It leaves today")
        await talk.visitor.hears("It leaves today")
        await susan.opens()
        await susan.sends("open_board")
        board = await susan.gets("board")
        chats = {chat["chat"]: chat for chat in board["chats"]}
        assert (chats[vera.chat]["plan"], chats[vera.chat]["topic"]) == ("gold", "Orders")
        assert chats[vera.chat]["owed_since"]
        assert "owed_since" not in chats[talk.chat]
        assert "Vera" not in str(board)
        await talk.anna.says(vera.chat, "At nine")
        while "owed_since" in next(chat for chat in board["chats"] if chat["chat"] == vera.chat):
            board = await susan.gets("board")


async def test_who_joins_and_then_takes_over_is_announced_once_and_who_had_the_chat_leaves(
    mayfly: Installation, talk: Talk
) -> None:
    two = await mayfly.node()
    async with Agent(two, await mayfly.hire("Susan", "support", role="supervisor")) as susan:
        await susan.opens()
        await susan.sends("watch", chat=talk.chat)
        await susan.gets("watched")
        await susan.sends("join", chat=talk.chat)
        await talk.visitor.gets("said", text="stepped_in", name="Susan")
        await susan.says(talk.chat, "May I?")
        await susan.hears("May I?")
        await susan.sends("take", chat=talk.chat)
        await talk.visitor.gets("said", text="left", name="Anna")
        await susan.gets("assigned", chat=talk.chat)
        await susan.says(talk.chat, "From now on it is me")
        await talk.visitor.hears("From now on it is me")
        told = [(line["text"], line["name"]) for line in talk.visitor.got("said") if line["author"] == "system"]
        assert told == [("joined", "Anna"), ("stepped_in", "Susan"), ("left", "Anna")]


async def test_who_had_joined_and_looks_away_has_left_and_may_join_again(talk: Talk, susan: Agent) -> None:
    for _ in range(2):
        await susan.sends("watch", chat=talk.chat)
        await susan.gets("watched")
        await susan.sends("join", chat=talk.chat)
        await talk.visitor.gets("said", text="stepped_in", name="Susan")
        await susan.says(talk.chat, "May I?")
        await susan.hears("May I?")
        await susan.sends("unwatch", chat=talk.chat)
        await talk.visitor.gets("said", text="left", name="Susan")


async def test_somebody_is_set_away_and_told_by_whom(talk: Talk, susan: Agent) -> None:
    anna = talk.anna.got("welcome")[0]["agent"]["id"]
    await susan.sends("set_availability", status="away", agent=anna)
    assert (await talk.anna.gets("availability_changed", status="away"))["reason"] == "supervisor"
    await susan.sends("set_availability", status="away", agent="nobody")
    await susan.gets("failed", code="agent_away")


async def test_the_line_is_put_in_another_order(mayfly: Installation, node: Node, susan: Agent) -> None:
    async with (
        Visitor(node) as first,
        Visitor(node) as second,
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
    ):
        for visitor in (first, second):
            await visitor.opens()
            await visitor.asks()
        await second.gets("queued", position=2)
        await susan.sends("prioritise", chat=second.chat, priority=50)
        await second.gets("queued", position=1)
        await first.gets("queued", position=2)
        await anna.opens()
        await anna.is_available()
        assert await anna.is_given() == second.chat
        await susan.sends("prioritise", chat=second.chat, priority=0)
        await susan.gets("failed", code="not_waiting")


async def test_the_board_shows_everyone_and_every_chat_without_a_word_of_it(talk: Talk, susan: Agent) -> None:
    await talk.visitor.says("for nobody else")
    await talk.anna.hears("for nobody else")
    await susan.sends("open_board")
    board = await susan.gets("board")
    (chat,) = board["chats"]
    assert chat["site"] == "shop"
    assert datetime.fromisoformat(chat["owed_since"]) <= datetime.now(UTC)
    anna = next(agent for agent in board["agents"] if agent["name"] == "Anna")
    assert (chat["chat"], chat["team"], chat["state"], chat["agent"]) == (talk.chat, "support", "active", anna["id"])
    assert (anna["chats"], anna["capacity"], anna["status"]) == (1, 4, "available")
    assert [team["team"] for team in board["teams"]] == TEAMS
    async with Visitor(talk.node, "offers") as visitor:
        await visitor.opens()
        await visitor.asks("for sales only")
        shown = await susan.gets("board")
        while len(shown["chats"]) < 2:
            shown = await susan.gets("board")
        waiting, _ = shown["chats"]
        assert (waiting["chat"], waiting["position"], waiting["team"]) == (visitor.chat, 1, "sales")
        await susan.gets("queue_changed", team="sales", waiting=1)
    await susan.sends("close_board")
    await susan.synchronises()
    boards = len(susan.got("board"))
    await talk.visitor.sends("end")
    await talk.anna.gets("erased")
    await susan.gets("queue_changed", team="support")
    await susan.synchronises()
    assert len(susan.got("board")) == boards
    assert "for nobody else" not in str(susan.events)
    assert "for sales only" not in str(susan.events)


@pytest.mark.parametrize("role", ["supervisor", "admin"])
async def test_supervisors_see_the_lines_of_all_teams(mayfly: Installation, node: Node, role: str) -> None:
    async with Agent(node, await mayfly.hire("Susan", "support", role=role)) as susan:  # type: ignore[arg-type]
        queues = (await susan.opens())["queues"]
        assert [queue["team"] for queue in queues] == TEAMS


async def test_all_this_is_for_supervisors_only(talk: Talk, mayfly: Installation) -> None:
    async with Agent(talk.node, await mayfly.hire("Ben", "support", "sales")) as ben:
        await ben.opens()
        anna = talk.anna.got("welcome")[0]["agent"]["id"]
        await ben.sends("watch", chat=talk.chat)
        await ben.sends("prioritise", chat=talk.chat, priority=1)
        await ben.sends("block", chat=talk.chat, minutes=1)
        await ben.sends("open_board")
        await ben.sends("set_availability", status="away", agent=anna)
        for _ in range(5):
            await ben.gets("failed", code="not_allowed")
        await ben.sends("join", chat=talk.chat)
        await ben.gets("failed", code="no_chat")
        await ben.sends("take", chat=talk.chat)
        await ben.gets("failed", code="not_waiting")
        await ben.synchronises()
        assert not {"watched", "board", "assigned", "said"}.intersection(event["type"] for event in ben.events)
