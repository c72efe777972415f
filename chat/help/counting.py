"""Rows that only count: made with the first of their kind, and added to from then on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def add(
    connection: AsyncConnection, table: Table, key: Mapping[str, str], counts: Mapping[str, int], **latest: Any
) -> None:
    """Add ``counts`` to the row with this ``key``, never below nothing, and set ``latest`` in it."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    first = insert(table).values({**key, **{name: max(0, n) for name, n in counts.items()}, **latest})
    further = {name: table.c[name] + n for name, n in counts.items()} | latest
    await connection.execute(first.on_conflict_do_update(index_elements=list(key), set_=further))
