from collections.abc import AsyncIterator

import pytest

from chat.storage.database import Database
from tests.databases import database, database_url, postgres
from tests.desk.mail.post import MailServer, Post

__all__ = ["database", "database_url", "postgres"]


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
def post(database: Database, server: MailServer) -> Post:
    return Post(database, server.url)
