"""One installation a module, with two nodes; and an engine for what needs only Redis."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from chat.engine import Engine
from tests.service import Installation, Node, installation


@dataclass(frozen=True)
class TwoNodes:
    """An installation whose two nodes run through a whole module."""

    installation: Installation
    one: Node
    two: Node


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TwoNodes]:
    async with installation(tmp_path_factory.mktemp("mayfly")) as made:
        yield TwoNodes(made, await made.node(), await made.node())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Engine]:
    async with Engine(wipe_memory=False) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def redis(engine: Engine) -> AsyncIterator["Redis"]:
    """An empty Redis."""
    async with Redis.from_url(engine.url) as client:
        await client.flushall()
        yield client
