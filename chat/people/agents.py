"""The people who answer: accounts, teams, roles, and how a password gets set."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.errors import Refused
from chat.people.emails import is_email, normalise
from chat.people.passwords import Passwords
from chat.protocol import AgentSelf
from chat.storage.database import Database
from chat.storage.tables import agent_teams, agents, setup_tokens

Role = Literal["agent", "supervisor", "admin"]

DEFAULT_CAPACITY = 4
SETUP_LIFETIME = timedelta(hours=48)
RESET_LIFETIME = timedelta(hours=2)


class Agent(Struct, frozen=True, kw_only=True):
    """An account. ``capacity`` is how many chats at once; ``teams`` are keys of the configuration."""

    id: str
    email: str
    name: str
    role: Role
    teams: tuple[str, ...]
    capacity: int
    disabled: bool
    has_password: bool


def as_self(agent: Agent) -> AgentSelf:
    """The account as its own console shows it."""
    return AgentSelf(
        id=agent.id,
        name=agent.name,
        email=agent.email,
        role=agent.role,
        teams=list(agent.teams),
        capacity=agent.capacity,
    )


class NewAgent(Struct, frozen=True, kw_only=True):
    """What it takes to add an account."""

    email: str
    name: str
    teams: tuple[str, ...]
    role: Role = "agent"
    capacity: int = DEFAULT_CAPACITY


def setup_link(origin: str, token: str) -> str:
    """Where the holder of a one-time token sets a password."""
    return f"{origin}/console/setup?token={quote(token)}"


class Agents:
    """The accounts in the database."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def add(self, new: NewAgent) -> Agent:
        """Create an account without a password. Raises ``Refused("invalid")`` if the address is taken or no address."""
        email = normalise(new.email)
        faults = {}
        if not is_email(email):
            faults["email"] = "not_an_email"
        if not new.name.strip() or len(new.name) > 200:
            faults["name"] = "required" if not new.name.strip() else "too_long"
        if new.capacity < 1:
            faults["capacity"] = "too_small"
        if faults:
            said = ", ".join(f"{field}: {fault.replace('_', ' ')}" for field, fault in faults.items())
            raise Refused("invalid", f"cannot add {new.email}: {said}", fields=faults)
        row = {
            "id": secrets.token_hex(8),
            "email": email,
            "name": new.name.strip(),
            "role": new.role,
            "capacity": new.capacity,
            "disabled": False,
            "created_at": datetime.now(UTC),
        }
        try:
            async with self._database.begin() as connection:
                await connection.execute(agents.insert().values(row))
                if teams := sorted(set(new.teams)):
                    await connection.execute(agent_teams.insert(), [{"agent_id": row["id"], "team": t} for t in teams])
        except IntegrityError:
            raise Refused("invalid", f"{email} already has an account", fields={"email": "taken"}) from None
        added = await self.by_id(str(row["id"]))
        assert added is not None
        return added

    async def by_id(self, agent_id: str) -> Agent | None:
        """The account with this id."""
        return await self._one(agents.c.id == agent_id)

    async def find_by_email(self, email: str) -> Agent | None:
        """The account with this address, however it is capitalised."""
        return await self._one(agents.c.email == normalise(email))

    async def find(self, who: str) -> Agent | None:
        """The account with this e-mail address or id."""
        return await self._one(sa.or_(agents.c.email == normalise(who), agents.c.id == who))

    async def list(self) -> Sequence[Agent]:
        """All accounts, disabled ones too, by address."""
        async with self._database.connect() as connection:
            return await select_agents(connection, sa.true())

    async def disable(self, agent_id: str) -> None:
        """Lock the account and void its set-up links. Its sessions are ``Sessions.close_all``'s business."""
        async with self._database.begin() as connection:
            await connection.execute(agents.update().where(agents.c.id == agent_id).values(disabled=True))
            await connection.execute(setup_tokens.delete().where(setup_tokens.c.agent_id == agent_id))

    async def remove(self, agent_id: str) -> None:
        """Delete an account that never answered anybody, with its sessions."""
        async with self._database.begin() as connection:
            await connection.execute(agents.delete().where(agents.c.id == agent_id))

    async def reset(self, agent_id: str) -> str:
        """A one-time token to set a password with, good for 48 hours; earlier ones are void. Enables the account."""
        token = secrets.token_urlsafe(32)
        async with self._database.begin() as connection:
            await connection.execute(agents.update().where(agents.c.id == agent_id).values(disabled=False))
            await connection.execute(setup_tokens.delete().where(setup_tokens.c.agent_id == agent_id))
            await _add_token(connection, agent_id, token, SETUP_LIFETIME)
        return token

    async def another_token(self, agent_id: str) -> str:
        """A one-time token beside those there are, good for 2 hours. It changes nothing else: anybody can ask for one."""
        token = secrets.token_urlsafe(32)
        async with self._database.begin() as connection:
            await _add_token(connection, agent_id, token, RESET_LIFETIME)
        return token

    async def find_by_token(self, token: str) -> Agent | None:
        """Whose one-time token this is, while it is good."""
        holder = sa.select(setup_tokens.c.agent_id).where(_good(token)).scalar_subquery()
        return await self._one(agents.c.id == holder)

    async def set_password(self, agent_id: str, password: str) -> None:
        """Set the password and void the set-up links. Raises ``Refused("invalid")`` when it is too short or too long."""
        hashed = await self._passwords.hash(password)
        async with self._database.begin() as connection:
            await _store_password(connection, agent_id, hashed)

    async def set_password_by_token(self, token: str, password: str) -> Agent:
        """The same by one-time token, which is spent. Raises ``Refused("not_found")`` if it is void, spent or unknown."""
        holder = await self.find_by_token(token)
        if holder is None:
            raise Refused("not_found", "this link is used up or too old; ask for another")
        hashed = await self._passwords.hash(password)
        async with self._database.begin() as connection:
            spent = await connection.execute(setup_tokens.delete().where(_good(token)))
            if spent.rowcount != 1:
                raise Refused("not_found", "this link is used up or too old; ask for another")
            await _store_password(connection, holder.id, hashed)
        return holder

    async def authenticate(self, email: str, password: str) -> Agent:
        """Who signs in. Raises ``Refused("bad_credentials")``, after the same work, for whatever reason it is not so."""
        async with self._database.connect() as connection:
            query = sa.select(agents.c.password_hash, agents.c.disabled)
            row = (await connection.execute(query.where(agents.c.email == normalise(email)))).one_or_none()
        stored: str | None = None if row is None or row.disabled else row.password_hash
        fits = await self._passwords.verify(stored, password)
        agent = await self.find_by_email(email) if fits else None
        if agent is None or agent.disabled:
            raise Refused("bad_credentials", "the e-mail or the password is wrong")
        if stored is not None and self._passwords.outdated(stored):
            renewed = await self._passwords.renew(password)
            async with self._database.begin() as connection:
                await connection.execute(agents.update().where(agents.c.id == agent.id).values(password_hash=renewed))
        return agent

    async def _one(self, condition: sa.ColumnElement[bool]) -> Agent | None:
        async with self._database.connect() as connection:
            found = await select_agents(connection, condition)
        return found[0] if found else None


async def select_agents(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> list[Agent]:
    """The accounts that fit, by address, in one query."""
    query = (
        sa.select(agents, agent_teams.c.team)
        .outerjoin(agent_teams)
        .where(condition)
        .order_by(agents.c.email, agent_teams.c.team)
    )
    rows: dict[str, sa.Row[tuple[object, ...]]] = {}
    teams: dict[str, list[str]] = {}
    for row in await connection.execute(query):
        rows[row.id] = row
        teams.setdefault(row.id, []).extend([row.team] if row.team else [])
    return [
        Agent(
            id=row.id,
            email=row.email,
            name=row.name,
            role=row.role,
            teams=tuple(teams[row.id]),
            capacity=row.capacity,
            disabled=row.disabled,
            has_password=row.password_hash is not None,
        )
        for row in rows.values()
    ]


async def _add_token(connection: AsyncConnection, agent_id: str, token: str, lifetime: timedelta) -> None:
    row = {"token_hash": _hash(token), "agent_id": agent_id, "expires_at": datetime.now(UTC) + lifetime}
    await connection.execute(setup_tokens.insert().values(row))


async def _store_password(connection: AsyncConnection, agent_id: str, hashed: str) -> None:
    await connection.execute(agents.update().where(agents.c.id == agent_id).values(password_hash=hashed))
    await connection.execute(setup_tokens.delete().where(setup_tokens.c.agent_id == agent_id))


def _good(token: str) -> sa.ColumnElement[bool]:
    return sa.and_(setup_tokens.c.token_hash == _hash(token), setup_tokens.c.expires_at > datetime.now(UTC))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
