"""The accounts, for commands that only look."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from chat.errors import Unavailable
from chat.people.agents import Agents
from chat.people.passwords import Passwords
from chat.settings import Settings
from chat.storage.database import Database, database_url, sqlite_file


@asynccontextmanager
async def accounts_to_look_at(settings: Settings) -> AsyncIterator[Agents | None]:
    """The accounts to look at, None where there is no database that can be read; makes none and changes nothing."""
    url = database_url(settings)
    if not _is_there(sqlite_file(url)):
        yield None
        return
    database = Database(url)
    accounts = Agents(database, Passwords())
    try:
        try:
            await accounts.find("")
        except (Unavailable, DBAPIError):  # away, or not brought up to date yet
            yield None
        else:
            yield accounts
    finally:
        await database.close()


def _is_there(file: str | None) -> bool:
    return file is None or Path(file).exists()
