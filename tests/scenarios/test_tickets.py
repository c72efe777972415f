"""What is worth keeping becomes a ticket, knowingly."""

import uuid
from typing import Any

import httpx

from tests.actors import Agent, Visitor
from tests.clients import http_client
from tests.scenarios.conftest import Talk
from tests.service import Installation, Node, signed

TICKET: dict[str, Any] = {"subject": "Order 7", "body": "It did not come.", "email": "vera@example.com"}


async def page(node: Node, link: str) -> str:
    assert link.startswith(node.origin)
    async with http_client() as browser:
        answer = await browser.get(link)
    assert answer.status_code == 200
    return answer.text


async def test_a_visitor_leaves_a_ticket_with_the_conversation(talk: Talk) -> None:
    await talk.visitor.says("It is <b>order</b> 7")
    await talk.anna.hears("It is <b>order</b> 7")
    await talk.visitor.sends("leave_ticket", ref="t1", include_chat=True, **TICKET)
    left = await talk.visitor.gets("ticket_left", ref="t1")
    assert (await talk.anna.gets("ticket_left", chat=talk.chat))["number"] == left["number"]
    text = await page(talk.node, left["link"])
    assert "It did not come." in text
    assert "Where is my order?" in text
    assert "It is &lt;b&gt;order&lt;/b&gt; 7" in text
    await talk.visitor.gets("said", text="ticket", name=f"#{left['number']}")


async def test_the_agent_files_one_without_the_conversation(talk: Talk) -> None:
    await talk.anna.says(talk.chat, "I will file that")
    await talk.visitor.hears("I will file that")
    await talk.anna.sends("leave_ticket", chat=talk.chat, ref="t1", include_chat=False, **TICKET)
    number = (await talk.anna.gets("ticket_left", chat=talk.chat, ref="t1"))["number"]
    left = await talk.visitor.gets("ticket_left", number=number)
    text = await page(talk.node, left["link"])
    assert "It did not come." in text
    assert "I will file that" not in text


async def test_both_sides_can_put_a_file_to_the_ticket(talk: Talk) -> None:
    async def uploaded(client: httpx.AsyncClient) -> str:
        kept = await client.post("/api/sites/shop/files", files={"file": ("log.txt", b"It is broken.")})
        return str(kept.json()["id"])

    async with http_client(base_url=talk.node.origin) as client:
        for ref, sender, chat in (("t1", talk.visitor, {}), ("t2", talk.anna, {"chat": talk.chat})):
            file = await uploaded(client)
            await sender.sends("leave_ticket", ref=ref, include_chat=False, file=file, **chat, **TICKET)
            left = await talk.visitor.gets("ticket_left")
            number, key = left["number"], left["link"].partition("?key=")[2]
            read = (await client.get(f"/api/sites/shop/tickets/{number}", params={"key": key})).json()
            assert (read["file"]["id"], read["file"]["name"]) == (file, "log.txt")
            assert (await client.get(read["file"]["link"])).content == b"It is broken."
        await talk.visitor.sends("leave_ticket", ref="t3", include_chat=False, file=file, **TICKET)
        assert (await talk.visitor.gets("failed", ref="t3"))["code"] == "invalid"


async def test_filing_again_with_the_same_ref_is_one_ticket(talk: Talk) -> None:
    for _ in range(2):
        await talk.visitor.sends("leave_ticket", ref="t1", include_chat=False, **TICKET)
    first, second = [await talk.visitor.gets("ticket_left", ref="t1") for _ in range(2)]
    assert first == second


async def test_without_a_chat_the_offer_can_be_taken(node: Node) -> None:
    async with Visitor(node) as visitor, Visitor(node) as again:
        ref = str(uuid.uuid4())
        numbers = []
        for tab in (visitor, again):
            await tab.opens()
            await tab.sends("leave_ticket", ref=ref, include_chat=False, **TICKET)
            numbers.append((await tab.gets("ticket_left", ref=ref))["number"])
        assert numbers == [1001, 1001]


async def test_faults_in_the_form_are_named_by_field(talk: Talk) -> None:
    await talk.visitor.sends("leave_ticket", ref="t1", subject="", body="x", include_chat=False, topic="No such topic")
    failed = await talk.visitor.gets("failed", ref="t1", code="invalid")
    assert {error["field"]: error["message"] for error in failed["errors"]} == {
        "subject": "required",
        "topic": "not_a_choice",
    }


async def test_an_erased_conversation_cannot_be_kept_any_more(talk: Talk) -> None:
    await talk.visitor.sends("end")
    await talk.visitor.gets("erased")
    await talk.visitor.sends("leave_ticket", ref="t1", include_chat=True, **TICKET)
    await talk.visitor.gets("failed", ref="t1", code="no_chat")
    await talk.visitor.sends("leave_ticket", ref="t1", include_chat=False, **TICKET)
    await talk.visitor.gets("ticket_left", ref="t1")


async def test_a_ticket_opens_only_with_its_key(talk: Talk) -> None:
    await talk.visitor.sends("leave_ticket", ref="t1", include_chat=False, **TICKET)
    link = (await talk.visitor.gets("ticket_left", ref="t1"))["link"]
    async with http_client() as browser:
        for wrong in (link.split("?")[0], link[:-1] + ("a" if link[-1] != "a" else "b"), link.replace("1001", "1002")):
            assert (await browser.get(wrong)).status_code == 404


async def test_the_agent_offers_the_form(talk: Talk) -> None:
    await talk.anna.sends("offer_ticket", chat=talk.chat)
    await talk.visitor.gets("ticket_offered", reason="agent")


async def test_a_plan_without_the_form_files_none_unless_the_agent_offers_it(
    mayfly: Installation, node: Node, anna: Agent
) -> None:
    async with Visitor(node) as visitor:
        await visitor.opens(identity=signed(sub="1", plan="talk"))
        await visitor.sends("leave_ticket", ref="t1", include_chat=False, **TICKET)
        await visitor.gets("failed", ref="t1", code="not_allowed")
        await visitor.asks()
        chat = await anna.is_given()
        await visitor.sends("leave_ticket", ref="t2", include_chat=False, **TICKET)
        await visitor.gets("failed", ref="t2", code="not_allowed")
        await anna.sends("offer_ticket", chat=chat)
        await visitor.gets("ticket_offered", reason="agent")
        await visitor.sends("leave_ticket", ref="t3", include_chat=False, **TICKET)
        await visitor.gets("ticket_left", ref="t3")


async def test_agents_hear_of_new_tickets(talk: Talk) -> None:
    await talk.visitor.sends("leave_ticket", ref="t1", include_chat=False, **TICKET)
    await talk.anna.gets("ticket_changed", site="shop", number=1001)


async def as_agents_read_it(mayfly: Installation, node: Node, number: int, site: str = "shop") -> dict[str, Any]:
    cookie = mayfly.agents.get("Rita") or await mayfly.hire("Rita")
    async with http_client(cookies={"mayfly_session": cookie}) as browser:
        answer = await browser.get(f"{node.origin}/api/tickets/{number}", params={"site": site})
    read: dict[str, Any] = answer.json()
    return read


async def test_a_ticket_from_a_chat_is_for_its_team_by_the_visitors_plan_and_in_their_language(
    mayfly: Installation, node: Node, anna: Agent
) -> None:
    async with Visitor(node) as visitor:
        await visitor.opens(identity=signed(sub="7", plan="gold"), locale="ru", time_zone="Asia/Tokyo")
        await visitor.asks()
        chat = await anna.is_given()
        await visitor.sends("leave_ticket", ref="t1", include_chat=False, fields={"browser": "Links 2"}, **TICKET)
        left = await visitor.gets("ticket_left", ref="t1")
        await anna.sends("leave_ticket", chat=chat, ref="t2", include_chat=False, **TICKET)
        await anna.gets("ticket_left", ref="t2")
    assert left["reply_within"] == "2h-4h"
    for number in (1001, 1002):
        read = await as_agents_read_it(mayfly, node, number)
        assert (read["team"], read["plan"], read["locale"]) == ("support", "gold", "ru")
        assert (read["due"]["kind"], read["fields"]) == ("first", {"browser": "Links 2"} if number == 1001 else {})
        assert read["due"]["at"][:19] == left["reply_by"][:19] or number == 1002


async def test_without_a_chat_a_ticket_is_for_the_team_that_would_be_asked_about_its_topic(
    mayfly: Installation, node: Node
) -> None:
    async with Visitor(node, "club") as visitor:
        await visitor.opens(identity=signed(sub="7", member=True))
        words = TICKET | {"topic": "Returns"}
        await visitor.sends("leave_ticket", ref="t1", include_chat=False, **words)
        left = await visitor.gets("ticket_left", ref="t1")
    assert (await as_agents_read_it(mayfly, node, left["number"], "club"))["team"] == "sales"
    assert "reply_by" not in left
