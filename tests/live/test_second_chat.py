"""A tab that stays open can have one chat after another."""

import time

import jwt
import pytest

from tests.actors import Agent, Visitor
from tests.live.conftest import TwoNodes
from tests.service import IDENTITY_SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_is_signed_in_on_the_site_is_known_in_the_next_chat_too_and_what_was_typed_is_not(
    nodes: TwoNodes,
) -> None:
    claims = {"sub": "u1", "name": "Vera Signed", "company": "Acme", "exp": int(time.time()) + 600}
    cookie = await nodes.installation.hire("Anna")
    async with Agent(nodes.two, cookie) as anna, Visitor(nodes.one) as visitor:
        await anna.opens()
        await anna.is_available()
        await visitor.opens(identity=jwt.encode(claims, IDENTITY_SECRET, "HS256"))
        await visitor.asks("First?", email="typed@example.com")
        first = await anna.gets("assigned")
        await visitor.sends("end")
        await anna.gets("erased", chat=first["chat"])
        await visitor.asks("Second?")
        second = await anna.gets("assigned")
    assert first["visitor"]["email"] == "typed@example.com"
    assert first["chat"] != second["chat"]
    assert second["visitor"]["name"] == "Vera Signed"
    assert second["visitor"]["claims"]["company"] == "Acme"
    assert second["visitor"]["question"] == "Second?"
    assert "email" not in second["visitor"]
