"""Out of hours nobody waits for nothing: a visitor learns when the desk opens, and may leave a request."""

from datetime import UTC, datetime

from redis.asyncio import Redis

from tests.actors import Visitor
from tests.clients import http_client
from tests.service import Installation, Node, signed


async def test_a_closed_desk_says_when_it_opens(node: Node) -> None:
    async with Visitor(node, "office") as visitor:
        welcome = await visitor.opens()
        assert welcome["availability"] == "closed"
        assert "closes_at" not in welcome
        opens = datetime.fromisoformat(welcome["reopens_at"])
        assert (opens.hour, opens.minute) == (9, 0)
        assert 1 < (opens - datetime.now(UTC)).days + 1 <= 4
    async with http_client() as browser:
        status = (await browser.get(f"{node.origin}/api/sites/office/status")).json()
        assert (status["availability"], status["reopens_at"]) == ("closed", welcome["reopens_at"])


async def test_there_a_request_is_offered_and_no_chat_begins(mayfly: Installation, node: Node) -> None:
    async with Visitor(node, "office") as visitor, Redis.from_url(mayfly.redis.url) as redis:
        welcome = await visitor.opens()
        await visitor.sends("start", ref="too late", question="Hello?")
        offered = await visitor.gets("ticket_offered", reason="closed", ref="too late")
        assert offered["reopens_at"] == welcome["reopens_at"]
        await visitor.says("anyone?")
        await visitor.gets("failed", code="no_chat")
        assert not [key async for key in redis.scan_iter("*") if b":chat:" in key or b"queue:" in key]


async def test_the_plan_tells_when_a_request_will_be_answered(node: Node) -> None:
    async with Visitor(node, "office") as visitor:
        welcome = await visitor.opens(identity=signed(plan="gold"))
        assert welcome["reply_within"] == "2h-4h"
        by = datetime.fromisoformat(welcome["reply_by"])
        assert by.hour == 13, "four open hours after nine"
        await visitor.sends("start", ref="1", question="Hello?")
        offered = await visitor.gets("ticket_offered", reason="closed")
        assert (offered["reply_within"], offered["reply_by"]) == (welcome["reply_within"], welcome["reply_by"])


async def test_a_desk_without_a_calendar_never_closes(node: Node) -> None:
    async with Visitor(node) as visitor:
        welcome = await visitor.opens()
        assert not {"reopens_at", "closes_at", "reply_within", "reply_by", "channels"} & welcome.keys()
