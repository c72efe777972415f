"""Lists that an agent looks at again and again: a title, and the query of the list. Each agent has their own."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from msgspec import Struct

from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import saved_views

MAX_TITLE = 200
MAX_QUERY = 2000


class SavedView(Struct, frozen=True):
    """``query`` is that of ``GET /api/tickets``, as it stands behind the question mark."""

    id: str
    title: str
    query: str


class SavedViews:
    """The views of all agents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, agent_id: str) -> Sequence[SavedView]:
        """An agent's, in the order in which they were saved."""
        c = saved_views.c
        query = sa.select(c.id, c.title, c.query).where(c.agent_id == agent_id).order_by(c.created_at, c.id)
        async with self._database.connect() as connection:
            return [SavedView(*row) for row in await connection.execute(query)]

    async def add(self, agent_id: str, title: str, query: str) -> SavedView:
        """Save one more; that the query is one is for the caller to know. Raises ``Refused("invalid")``."""
        title = " ".join(title.replace("\0", "").split())
        faults = {}
        if not title or len(title) > MAX_TITLE:
            faults["title"] = "too_long" if title else "required"
        if len(query) > MAX_QUERY:
            faults["query"] = "too_long"
        if faults:
            raise Refused("invalid", f"these fields need a look: {', '.join(faults)}", fields=faults)
        view = SavedView(secrets.token_hex(8), title, query)
        row = {"id": view.id, "agent_id": agent_id, "title": title, "query": query, "created_at": datetime.now(UTC)}
        async with self._database.begin() as connection:
            await connection.execute(saved_views.insert().values(row))
        return view

    async def remove(self, agent_id: str, view_id: str) -> None:
        """Forget one of the agent's own. Raises ``Refused("not_found")``."""
        own = sa.and_(saved_views.c.id == view_id, saved_views.c.agent_id == agent_id)
        async with self._database.begin() as connection:
            gone = await connection.execute(saved_views.delete().where(own))
        if gone.rowcount != 1:
            raise Refused("not_found", "there is no such view of yours")
