"""Page loads, lost connections and second tabs: nothing is lost, nothing is shown twice."""

import asyncio
import uuid

import pytest

from tests.actors import Agent, Visitor
from tests.scenarios.conftest import Talk
from tests.service import Installation, Node, until


async def test_a_page_load_takes_up_the_chat_with_all_that_was_said(talk: Talk) -> None:
    await talk.visitor.says("one")
    await talk.anna.hears("one")
    await talk.visitor.leaves()
    await talk.anna.gets("visitor_left", chat=talk.chat)
    await talk.anna.says(talk.chat, "two")
    await talk.anna.hears("two")

    talk.visitor.forgets()
    chat = (await talk.visitor.opens())["chat"]
    await talk.anna.gets("visitor_back", chat=talk.chat)
    assert chat["state"] == "active"
    assert chat["agent"] == {"name": "Anna"}
    assert [(m["seq"], m["text"]) for m in chat["messages"]] == [(1, "joined"), (2, "one"), (3, "two")]


async def test_a_page_load_while_waiting_keeps_the_place_in_the_line(mayfly: Installation, node: Node) -> None:
    two = await mayfly.node()
    async with (
        Visitor(node) as first,
        Visitor(node) as second,
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
    ):
        for visitor in (first, second):
            await visitor.opens()
            await visitor.asks()
        await second.gets("queued", position=2)
        for there in (node, two):
            await first.leaves()
            first.forgets()
            chat = (await first.opens(there))["chat"]
            assert (chat["state"], chat["position"]) == ("waiting", 1)
        await anna.opens()
        await anna.is_available()
        assert await anna.is_given() == first.chat
        await first.gets("assigned")
        await second.gets("queued", position=1)


async def test_a_reconnecting_tab_gets_only_what_it_has_not_shown(talk: Talk) -> None:
    await talk.visitor.says("one")
    heard = await talk.visitor.hears("one")
    await talk.visitor.vanishes()
    await talk.anna.says(talk.chat, "two")
    await talk.anna.hears("two")
    welcome = await talk.visitor.opens(after=heard["seq"])
    assert [m["text"] for m in welcome["chat"]["messages"]] == ["two"]
    await talk.anna.says(talk.chat, "three")
    await talk.visitor.hears("three")
    assert talk.visitor.said() == [(2, "visitor", "one"), (3, "agent", "two"), (4, "agent", "three")]


async def test_a_message_sent_again_is_shown_once_and_acknowledged_again(talk: Talk) -> None:
    ref = await talk.visitor.says("hello")
    first = await talk.visitor.gets("said", ref=ref)
    await talk.visitor.says("hello", ref)
    second = await talk.visitor.gets("said", ref=ref)
    assert second == first
    await talk.visitor.says("next")
    await talk.anna.hears("next")
    assert [text for _, _, text in talk.anna.said()] == ["hello", "next"]


async def test_both_keep_talking_while_a_tab_comes_back_again_and_again(talk: Talk) -> None:
    async def anna_talks() -> None:
        for number in range(60):
            await talk.anna.says(talk.chat, f"a{number}")
            await asyncio.sleep(0.1)  # under the limit of messages per second

    await talk.visitor.vanishes()
    talking = asyncio.create_task(anna_talks())
    shown: dict[int, str] = {}
    while not talking.done():
        talk.visitor.forgets()
        await talk.visitor.opens(after=max(shown, default=0))
        await until(lambda: talk.visitor.got("said") or talking.done(), "something is said")
        await talk.visitor.vanishes()
        for seq, _, text in talk.visitor.said():
            assert seq not in shown
            shown[seq] = text
    await talking
    talk.visitor.forgets()
    for message in (await talk.visitor.opens(after=max(shown)))["chat"]["messages"]:
        shown[message["seq"]] = message["text"]
    assert [text for _, text in sorted(shown.items()) if text != "joined"] == [f"a{n}" for n in range(60)]


async def test_a_second_tab_shows_the_same_chat(talk: Talk) -> None:
    async with Visitor(talk.node) as tab:
        tab.token = talk.visitor.token
        await tab.opens()
        ref = await tab.says("from the second tab")
        await talk.visitor.gets("said", ref=ref)
        await talk.visitor.leaves()
        await talk.anna.says(talk.chat, "still here?")
        await tab.hears("still here?")
    await talk.anna.gets("visitor_left", chat=talk.chat)
    assert len(talk.anna.got("visitor_left")) == 1


async def test_two_console_tabs_show_the_same(talk: Talk, mayfly: Installation) -> None:
    two = await mayfly.node()
    async with Agent(two, mayfly.agents["Anna"]) as tab:
        (chat,) = (await tab.opens())["chats"]
        assert chat["chat"] == talk.chat
        ref = await tab.says(talk.chat, "from the second tab")
        await talk.anna.gets("said", ref=ref)
        await talk.visitor.hears("from the second tab")
        await talk.visitor.says("ok")
        seq = (await talk.anna.hears("ok"))["seq"]
        await tab.hears("ok")
        await talk.anna.sends("see", chat=talk.chat, seq=seq)
        await tab.gets("read", seq=seq)
        await tab.sends("set_availability", status="away")
        await talk.anna.gets("availability_changed", status="away")


async def test_starting_twice_with_one_ref_is_one_chat(anna: Agent, talk: Talk) -> None:
    ref = str(uuid.uuid4())
    async with Visitor(talk.node) as visitor, Visitor(talk.node) as again:
        await visitor.opens()
        await visitor.sends("start", ref=ref, question="?")
        first = await visitor.gets("started")
        await visitor.vanishes()
        await again.opens()
        await again.sends("start", ref=ref, question="?")
        assert await again.gets("started") == first
        assert await anna.is_given() == first["chat"]
        await anna.synchronises()
        assert len(anna.got("assigned")) == 2


async def test_a_short_ref_of_somebody_else_finds_nothing(talk: Talk) -> None:
    async with Visitor(talk.node) as one, Visitor(talk.node) as other:
        for visitor in (one, other):
            await visitor.opens()
            await visitor.sends("start", ref="1", question="?")
        assert (await one.gets("started"))["chat"] != (await other.gets("started"))["chat"]


@pytest.mark.parametrize("token", ["", "nonsense", "0" * 32 + "." + "0" * 64])
async def test_a_token_that_was_not_given_resumes_nothing(talk: Talk, token: str) -> None:
    async with Visitor(talk.node) as stranger:
        stranger.token = token
        assert "chat" not in await stranger.opens()


async def test_a_token_of_another_site_resumes_nothing(talk: Talk) -> None:
    async with Visitor(talk.node, "offers") as stranger:
        stranger.token = talk.visitor.token
        assert "chat" not in await stranger.opens()
        await stranger.says("I should not be here")
        await stranger.gets("failed", code="no_chat")


async def test_an_agent_who_reloads_takes_up_what_is_theirs(talk: Talk) -> None:
    await talk.visitor.says("one")
    await talk.anna.hears("one")
    await talk.anna.leaves()
    await talk.visitor.gets("agent_left")
    await talk.visitor.says("two")
    await talk.visitor.hears("two")
    welcome = await talk.anna.opens(after={talk.chat: 2})
    await talk.visitor.gets("agent_back")
    assert welcome["availability"] == "available"
    assert [m["text"] for m in welcome["chats"][0]["messages"]] == ["two"]
    assert welcome["chats"][0]["visitor"]["question"] == "Where is my order?"


async def test_an_agent_gone_too_long_gives_the_chat_back_to_the_head_of_the_line(
    talk: Talk, mayfly: Installation
) -> None:
    await talk.anna.sends("set_availability", status="away")
    async with Visitor(talk.node) as later, Agent(talk.node, await mayfly.hire("Ben", capacity=1)) as ben:
        await later.opens()
        await later.asks()
        await talk.visitor.says("do you hear me?")
        await talk.visitor.hears("do you hear me?")
        await talk.anna.leaves()
        await talk.visitor.gets("agent_left")
        await talk.visitor.gets("queued", position=1)
        await talk.visitor.gets("said", text="requeued")
        await ben.opens()
        await ben.is_available()
        given = await ben.gets("assigned")
        assert given["chat"] == talk.chat
        assert "do you hear me?" in [m["text"] for m in given["messages"]]
        assert (await talk.visitor.gets("assigned"))["agent"] == {"name": "Ben"}
        # Anna comes back: it is no longer hers.
        assert (await talk.anna.opens())["chats"] == []
        await talk.anna.says(talk.chat, "I am back")
        await talk.anna.gets("failed", code="no_chat", chat=talk.chat)


async def test_tabs_that_go_while_they_are_let_in_leave_nobody_behind(mayfly: Installation, talk: Talk) -> None:
    for _ in range(20):
        await talk.visitor.leaves()
        await talk.visitor.connect()
        await talk.visitor.sends("hello", protocol=1, resume=talk.visitor.token)
        await talk.visitor.vanishes()
    await talk.anna.gets("erased", chat=talk.chat)

    async with Agent(talk.node, await mayfly.hire("Ben")) as ben:
        for _ in range(20):
            await ben.connect()
            await ben.sends("hello", protocol=1)
            await ben.vanishes()
        await talk.anna.sends("set_availability", status="away")
        await ben.opens()
        await ben.is_available()
        async with Visitor(talk.node) as visitor:
            await visitor.opens()
            await visitor.asks()
            await ben.is_given()
            await ben.vanishes()
            await visitor.gets("agent_left")


async def test_a_console_opens_however_much_was_said(talk: Talk, mayfly: Installation) -> None:
    node = await mayfly.node(MAYFLY_LIMITS_MESSAGES_PER_10S="1000")
    long = "x" * 3990
    async with Visitor(node) as tab, Agent(node, mayfly.agents["Anna"]) as again:
        tab.token = talk.visitor.token
        await tab.opens()
        for number in range(200):
            await tab.says(f"{long}{number}")
        await tab.hears(f"{long}199")
        (chat,) = (await again.opens())["chats"]
        assert [m["text"] for m in chat["messages"]][1:] == [f"{long}{number}" for number in range(200)]


async def test_a_note_sent_again_is_confirmed_again(talk: Talk) -> None:
    await talk.anna.says(talk.chat, "a message with the note's number")
    for _ in range(2):
        await talk.anna.sends("note", chat=talk.chat, ref="note-1", text="careful")
        noted = await talk.anna.gets("noted", ref="note-1")
        assert (noted["n"], noted["text"]) == (1, "careful")
