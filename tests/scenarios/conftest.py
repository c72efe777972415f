"""Most stories need one node, one agent who takes chats, and one visitor in a chat with her."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.actors import Agent, Visitor
from tests.service import Installation, Node


@dataclass
class Talk:
    """A chat under way."""

    node: Node
    anna: Agent
    visitor: Visitor
    chat: str


TEAMS = {"swift": "swift"}
"""Who answers, where it is not support."""


@pytest.fixture
def site() -> str:
    """Where the chat is."""
    return "shop"


@pytest.fixture
async def node(mayfly: Installation) -> Node:
    return await mayfly.node()


@pytest.fixture
async def anna(mayfly: Installation, node: Node, site: str) -> AsyncIterator[Agent]:
    """An agent who takes chats."""
    async with Agent(node, await mayfly.hire("Anna", TEAMS.get(site, "support"))) as anna:
        await anna.opens()
        await anna.is_available()
        yield anna


@pytest.fixture
async def talk(anna: Agent, node: Node, site: str) -> AsyncIterator[Talk]:
    """A visitor and Anna in a chat."""
    async with Visitor(node, site) as visitor:
        await visitor.opens()
        await visitor.asks("Where is my order?")
        given = await anna.gets("assigned")
        await visitor.gets("assigned")
        await visitor.gets("said", text="joined")
        if not given["messages"]:
            await anna.gets("said", text="joined")
        yield Talk(node, anna, visitor, given["chat"])
