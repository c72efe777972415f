"""What the commands share: the configuration, the database, and faults in one clear line."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from chat.errors import CannotStart, ConfigError, Refused, Unavailable
from chat.settings import DEFAULT_FILE, Settings
from chat.storage.database import Database, database_url
from chat.storage.migrations import migrate

HOST, PORT = "127.0.0.1", 8000

Config = Annotated[
    Path | None, typer.Option(help="TOML file; without it mayfly.toml in the current folder, or else defaults.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]


def config_file(config: Path | None) -> Path | None:
    """The file to read; None for defaults."""
    return config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database in its newest shape. Raises ``Unavailable``."""
    await migrate(database_url(settings))
    database = Database(database_url(settings))
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def one_clear_line() -> Iterator[None]:
    """Whatever is raised for the operator ends the command, told without a traceback."""
    try:
        yield
    except ConfigError as error:
        _fail("\n".join(f"mayfly: {fault}" for fault in error.faults))
    except (CannotStart, Refused, Unavailable) as error:
        _fail(f"mayfly: {error}")


def _fail(text: str) -> None:
    print(text, file=sys.stderr)
    raise typer.Exit(1)
