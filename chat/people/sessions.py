"""Signed-in browsers: opened by a password, found by a cookie, closed everywhere at once."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from msgspec import Struct

from chat.people.agents import Agent, select_agents
from chat.storage.database import Database
from chat.storage.tables import agents, sessions

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
RENEW_AFTER = timedelta(minutes=5)
"""A session's end is moved at most this often, so that not every request writes."""


class Session(Struct, frozen=True):
    """A signed-in browser. ``id`` is safe to publish; ``csrf`` is what this session's pages must send back."""

    id: str
    agent: Agent
    csrf: str


class Sessions:
    """The sessions in the database; only a hash of each token is stored.

    ``on_closed`` is awaited with the id of every session that is closed, after the fact, so that its sockets close.
    """

    def __init__(
        self,
        database: Database,
        on_closed: Callable[[str], Awaitable[None]],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._on_closed = on_closed
        self._clock = clock

    async def open(self, agent_id: str) -> str:
        """Sign the agent in: the token for the cookie. Sweeps out what has expired."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        async with self._database.begin() as connection:
            await connection.execute(sessions.delete().where(sessions.c.expires_at <= now))
            await connection.execute(
                sessions.insert().values(id=_id(token), agent_id=agent_id, created_at=now, expires_at=now + IDLE)
            )
        return token

    async def find(self, token: str) -> Session | None:
        """The session of a cookie, unless it has ended or its account is disabled. Using it keeps it alive."""
        now = self._clock()
        async with self._database.connect() as connection:
            query = sa.select(sessions).where(sessions.c.id == _id(token), sessions.c.expires_at > now)
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            found = await select_agents(connection, agents.c.id == row.agent_id)
        if not found or found[0].disabled:
            return None
        await self._renew(row.id, row.created_at, row.expires_at, now)
        return Session(id=row.id, agent=found[0], csrf=_csrf(token))

    async def close(self, token: str) -> None:
        """Sign out; a token that is unknown is signed out already."""
        await self._close(sessions.c.id == _id(token))

    async def close_all(self, agent_id: str) -> None:
        """Sign an agent out everywhere: after a new password, or when the account is disabled."""
        await self._close(sessions.c.agent_id == agent_id)

    async def _close(self, condition: sa.ColumnElement[bool]) -> None:
        async with self._database.begin() as connection:
            closed = await connection.execute(sessions.delete().where(condition).returning(sessions.c.id))
            ids = list(closed.scalars())
        for session_id in ids:
            await self._on_closed(session_id)

    async def _renew(self, session_id: str, created_at: datetime, expires_at: datetime, now: datetime) -> None:
        renewed = min(now + IDLE, created_at + LONGEST)
        if renewed - expires_at < RENEW_AFTER:
            return
        async with self._database.begin() as connection:
            await connection.execute(sessions.update().where(sessions.c.id == session_id).values(expires_at=renewed))


def _id(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _csrf(token: str) -> str:
    return urlsafe_b64encode(hmac.digest(token.encode(), b"mayfly csrf", "sha256")).rstrip(b"=").decode()
