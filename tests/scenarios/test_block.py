"""Who abuses the chat is refused for a time: wherever they try, and even if they are gone by then."""

from typing import Any

from redis.asyncio import Redis

from tests.actors import Agent, Visitor
from tests.scenarios.conftest import Talk
from tests.service import Installation, Node, signed


async def refused(node: Node, site: str, **hello: Any) -> bool:
    """Whether somebody who would start a chat there is told to wait."""
    async with Visitor(node, site) as visitor:
        await visitor.opens(**hello)
        await visitor.synchronises()
        warned = visitor.got("failed")
        await visitor.sends("start", ref="again", question="Me again")
        answer = await visitor.gets("started", "failed", "ticket_offered")
        if answer["type"] == "failed":
            assert answer["code"] == "blocked"
            assert 0 < answer["retry_after_s"] <= 60
        assert [event["code"] for event in warned] == (["blocked"] if answer["type"] == "failed" else [])
        return bool(answer["type"] == "failed")


async def test_the_chat_ends_and_the_address_is_refused_on_every_node_but_not_on_other_sites(
    mayfly: Installation, talk: Talk
) -> None:
    two = await mayfly.node()
    await talk.anna.sends("block", chat=talk.chat, minutes=1)
    assert (await talk.visitor.gets("ended"))["by"] == "agent"
    await talk.visitor.gets("erased")
    await talk.visitor.gets("failed", code="blocked")
    for node in (talk.node, two):
        assert await refused(node, "shop")
    assert not await refused(two, "offers")
    assert not await refused(two, "shop", identity=signed(sub="somebody else"))


async def test_an_identity_is_refused_not_the_office_it_comes_from_and_also_after_it_left(
    mayfly: Installation, anna: Agent, node: Node
) -> None:
    async with Visitor(node) as visitor:
        await visitor.opens(identity=signed(sub="rude"))
        await visitor.asks()
        chat = await anna.is_given()
    await anna.gets("visitor_left", chat=chat)
    await anna.sends("block", chat=chat, minutes=1)
    await anna.gets("erased", chat=chat)
    assert await refused(node, "shop", identity=signed(sub="rude"))
    assert not await refused(node, "shop", identity=signed(sub="kind"))
    assert not await refused(node, "shop")


async def test_a_supervisor_may_block_from_the_board(mayfly: Installation, talk: Talk) -> None:
    async with Agent(talk.node, await mayfly.hire("Susan", role="supervisor")) as susan:
        await susan.opens()
        await susan.sends("block", chat=talk.chat, minutes=1)
        await talk.anna.gets("erased", chat=talk.chat)
        await susan.sends("block", chat=talk.chat, minutes=1)
        await susan.gets("failed", chat=talk.chat, code="no_chat")
    assert await refused(talk.node, "shop")


async def test_who_is_refused_is_known_before_anybody_is_let_in_also_while_redis_fails(
    mayfly: Installation, node: Node
) -> None:
    async with Redis.from_url(mayfly.redis.url) as redis, Visitor(node) as visitor:
        await redis.acl_setuser("default", enabled=True, commands=["-ttl"])
        try:
            await visitor.connect()
            await visitor.sends("hello", protocol=1)
            await visitor.gets("failed", code="unavailable")
            assert not visitor.got("welcome"), "nobody is let in to be sent away in the next moment"
        finally:
            await redis.acl_setuser("default", enabled=True, commands=["+ttl"])
