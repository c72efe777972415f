"""What else happens while two people talk."""

import time

import jwt
import pytest

from tests.actors import Agent, Visitor
from tests.scenarios.conftest import Talk
from tests.service import IDENTITY_SECRET, Installation, Node, signed


async def test_the_draft_is_shown_where_the_site_allows_it(talk: Talk) -> None:
    await talk.visitor.sends("typing", draft="I want to compl")
    assert (await talk.anna.gets("typing", chat=talk.chat))["draft"] == "I want to compl"


@pytest.mark.parametrize("site", ["discreet"])
async def test_the_draft_is_kept_back_where_the_site_does_not(talk: Talk) -> None:
    await talk.visitor.sends("typing", draft="I want to compl")
    assert "draft" not in await talk.anna.gets("typing", chat=talk.chat)


async def test_the_agent_sees_where_the_visitor_goes(talk: Talk) -> None:
    await talk.visitor.sends("visit", url="https://shop.example.com/returns", title="Returns")
    visited = await talk.anna.gets("visited", chat=talk.chat)
    assert visited["page"] == {"url": "https://shop.example.com/returns", "title": "Returns"}
    await talk.visitor.sends("visit", url="javascript:alert(1)", title="x")
    assert (await talk.anna.gets("visited", chat=talk.chat))["page"]["url"] == ""


async def test_notes_are_for_agents_and_take_no_number(talk: Talk) -> None:
    await talk.anna.sends("note", chat=talk.chat, ref="n1", text="VIP, be kind")
    assert (await talk.anna.gets("noted", ref="n1"))["n"] == 1
    await talk.anna.says(talk.chat, "Hello")
    assert (await talk.visitor.hears("Hello"))["seq"] == 2
    assert "VIP" not in str(talk.visitor.events)
    await talk.anna.leaves()
    (chat,) = (await talk.anna.opens())["chats"]
    assert [note["text"] for note in chat["notes"]] == ["VIP, be kind"]


async def test_an_empty_or_overlong_message_is_refused_and_nothing_is_said(talk: Talk) -> None:
    await talk.visitor.sends("say", ref="empty", text="  \n ")
    await talk.visitor.gets("failed", ref="empty", code="empty")
    await talk.visitor.sends("say", ref="long", text="x" * 4001)
    await talk.visitor.gets("failed", ref="long", code="too_long")
    await talk.visitor.says("x" * 4000)
    assert (await talk.anna.gets("said", author="visitor"))["seq"] == 2


@pytest.mark.configured(history_max=10)
async def test_a_full_chat_says_so(talk: Talk) -> None:
    for number in range(9):
        await talk.visitor.says(str(number))
    ref = await talk.visitor.says("one too many")
    await talk.visitor.gets("failed", ref=ref, code="chat_full")


async def test_too_many_messages_at_once_are_refused_with_the_time_to_wait(talk: Talk) -> None:
    for number in range(25):
        await talk.visitor.says(str(number))
    assert (await talk.visitor.gets("failed", code="too_fast"))["retry_after_s"] > 0
    await talk.anna.hears("19")


async def test_an_agent_cannot_touch_a_chat_of_another(talk: Talk, mayfly: Installation) -> None:
    async with Agent(talk.node, await mayfly.hire("Ben")) as ben:
        await ben.opens()
        for command in (
            {"type": "say", "ref": "1", "text": "hi"},
            {"type": "note", "ref": "2", "text": "hi"},
            {"type": "end"},
            {"type": "offer_ticket"},
            {"type": "leave_ticket", "ref": "3", "subject": "s", "body": "b", "include_chat": True},
        ):
            kind = str(command.pop("type"))
            await ben.sends(kind, chat=talk.chat, **command)
            await ben.gets("failed", code="no_chat")
        await talk.visitor.synchronises()
        assert not talk.visitor.got("ended")


async def test_the_agent_sees_who_the_site_says_it_is(anna: Agent, node: Node) -> None:
    async with Visitor(node) as visitor:
        await visitor.opens(identity=signed(sub="u1", name="Vera", email="vera@example.com", plan="gold"))
        await visitor.asks()
        card = (await anna.gets("assigned"))["visitor"]
        assert (card["name"], card["email"]) == ("Vera", "vera@example.com")
        assert card["claims"] == {"sub": "u1", "name": "Vera", "email": "vera@example.com", "plan": "gold"}


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("nonsense", "identity_invalid"),
        (signed("another-secret-another-secret-another"), "identity_invalid"),
        (signed(exp=time.time() - 3600), "identity_expired"),
        (jwt.encode({"sub": "u1"}, IDENTITY_SECRET, algorithm="HS256"), "identity_invalid"),
    ],
)
async def test_a_bad_identity_is_never_taken_as_anonymous(node: Node, token: str, code: str) -> None:
    async with Visitor(node) as visitor:
        await visitor.connect()
        await visitor.sends("hello", protocol=1, identity=token)
        await visitor.gets("failed", code=code)
        assert await visitor.is_closed_with() == 4401


async def test_what_was_said_while_nobody_was_there_is_delivered_when_they_come(
    mayfly: Installation, node: Node
) -> None:
    async with Visitor(node) as visitor, Agent(node, await mayfly.hire("Ben")) as ben:
        await visitor.opens()
        await visitor.asks()
        said = [await visitor.hears(text) for text in ("one", "two") if await visitor.says(text)]
        await ben.opens()
        await ben.is_available()
        chat = await ben.is_given()
        await visitor.gets("delivered", seq=said[-1]["seq"])

        await visitor.vanishes()
        await ben.says(chat, "three")
        three = await ben.hears("three")
        await visitor.opens(after=said[-1]["seq"])
        await ben.gets("delivered", chat=chat, seq=three["seq"])
