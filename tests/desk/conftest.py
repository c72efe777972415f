import pytest

from chat.storage.database import Database
from tests.databases import database, database_url, postgres
from tests.desk.desk import Desk

__all__ = ["database", "database_url", "postgres"]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
