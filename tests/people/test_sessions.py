from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from chat.people.agents import Agent, Agents, NewAgent
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.storage.database import Database
from chat.storage.tables import sessions as table


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """Sessions with a clock in hand, and what they said was closed."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.closed: list[str] = []
        self.agents = Agents(database, Passwords(PasswordHasher.from_parameters(CHEAPEST)))
        self.sessions = Sessions(database, self.note, self.clock)

    async def note(self, session_id: str) -> None:
        self.closed.append(session_id)

    async def agent(self, name: str = "anna") -> Agent:
        return await self.agents.add(NewAgent(email=f"{name}@example.com", name=name, teams=("support",)))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_a_token_finds_its_agent_and_another_finds_nobody(desk: Desk) -> None:
    anna = await desk.agent()
    token = await desk.sessions.open(anna.id)
    session = await desk.sessions.find(token)
    assert session is not None
    assert session.agent == anna
    assert await desk.sessions.find(token + "x") is None
    assert await desk.sessions.find("") is None


async def test_each_session_has_its_own_csrf_token_and_keeps_it(desk: Desk) -> None:
    anna = await desk.agent()
    first, second = [await desk.sessions.open(anna.id) for _ in range(2)]
    tokens = {s.csrf for t in (first, first, second) if (s := await desk.sessions.find(t))}
    assert len(tokens) == 2
    assert not tokens & {first, second}


async def test_the_cookie_itself_is_not_in_the_database(desk: Desk, database: Database) -> None:
    token = await desk.sessions.open((await desk.agent()).id)
    async with database.connect() as connection:
        rows = (await connection.execute(sa.select(table))).all()
    assert token not in str(rows)


async def test_a_session_that_is_used_lives_on_and_one_that_is_not_ends_after_twelve_hours(desk: Desk) -> None:
    token = await desk.sessions.open((await desk.agent()).id)
    for _ in range(3):
        desk.clock.now += timedelta(hours=11)
        assert await desk.sessions.find(token)
    desk.clock.now += timedelta(hours=12)
    assert await desk.sessions.find(token) is None


async def test_no_session_lives_longer_than_seven_days(desk: Desk) -> None:
    token = await desk.sessions.open((await desk.agent()).id)
    opened = desk.clock.now
    while await desk.sessions.find(token):
        desk.clock.now += timedelta(hours=6)
        assert desk.clock.now - opened <= timedelta(days=7)
    assert desk.clock.now - opened == timedelta(days=7)


async def test_signing_out_closes_this_session_only_and_says_so(desk: Desk) -> None:
    anna = await desk.agent()
    here, there = [await desk.sessions.open(anna.id) for _ in range(2)]
    session = await desk.sessions.find(here)
    assert session is not None
    await desk.sessions.close(here)
    await desk.sessions.close(here)
    assert desk.closed == [session.id]
    assert await desk.sessions.find(here) is None
    assert await desk.sessions.find(there)


async def test_an_agent_is_signed_out_everywhere_and_others_are_not(desk: Desk) -> None:
    anna, ben = await desk.agent("anna"), await desk.agent("ben")
    tokens = [await desk.sessions.open(anna.id) for _ in range(2)]
    of_ben = await desk.sessions.open(ben.id)
    await desk.sessions.close_all(anna.id)
    assert len(desk.closed) == 2
    assert [await desk.sessions.find(token) for token in tokens] == [None, None]
    assert await desk.sessions.find(of_ben)


async def test_a_disabled_agent_has_no_session(desk: Desk) -> None:
    anna = await desk.agent()
    token = await desk.sessions.open(anna.id)
    await desk.agents.disable(anna.id)
    assert await desk.sessions.find(token) is None


async def test_expired_sessions_are_swept_out_when_somebody_signs_in(desk: Desk, database: Database) -> None:
    anna = await desk.agent()
    await desk.sessions.open(anna.id)
    desk.clock.now += timedelta(days=1)
    await desk.sessions.open(anna.id)
    async with database.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(table)) == 1
