from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chat.engine import Engine
from tests.routing.desk import Desk, opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine_url() -> AsyncIterator[str]:
    async with Engine(wipe_memory=False) as engine:
        yield engine.url


@pytest.fixture
async def desk(engine_url: str) -> AsyncIterator[Desk]:
    async with opened(engine_url) as desk:
        yield desk
