from pathlib import Path

import pytest

from chat.desk.storage import Storage, open_storage
from chat.settings import Server, Settings
from chat.storage.database import Database
from tests.databases import database, database_url, postgres
from tests.desk.desk import Desk

__all__ = ["database", "database_url", "postgres"]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Of files, in a folder."""
    return open_storage(Settings(server=Server(data_dir=str(tmp_path))))
