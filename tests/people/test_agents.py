import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from chat.errors import Refused
from chat.people.agents import Agent, Agents, NewAgent, setup_link
from chat.people.passwords import Passwords
from chat.storage.database import Database
from chat.storage.tables import agents as agents_table
from chat.storage.tables import setup_tokens

PASSWORD = "correct horse battery"


@pytest.fixture
def agents(database: Database) -> Agents:
    return Agents(database, Passwords(PasswordHasher.from_parameters(CHEAPEST)))


async def anna(agents: Agents, password: str | None = None) -> Agent:
    agent = await agents.add(NewAgent(email="Anna@Example.com ", name=" Anna ", teams=("support", "sales", "sales")))
    if password:
        await agents.set_password(agent.id, password)
    return agent


async def test_an_added_agent_is_found_by_address_however_it_is_written(agents: Agents) -> None:
    added = await anna(agents)
    assert added == await agents.find_by_email(" ANNA@example.COM") == await agents.by_id(added.id)
    assert (added.name, added.teams, added.role, added.capacity) == ("Anna", ("sales", "support"), "agent", 4)
    assert not added.has_password
    assert added == await agents.find("ANNA@example.com") == await agents.find(added.id)
    assert await agents.find_by_email("ben@example.com") is await agents.find("") is None


async def test_an_address_has_one_account(agents: Agents) -> None:
    await anna(agents)
    with pytest.raises(Refused) as refusal:
        await anna(agents)
    assert refusal.value.fields == {"email": "taken"}
    assert len(await agents.list()) == 1


async def test_every_fault_of_a_new_account_is_named(agents: Agents) -> None:
    with pytest.raises(Refused) as refusal:
        await agents.add(NewAgent(email="no address", name=" ", teams=(), capacity=0))
    assert refusal.value.fields == {"email": "not_an_email", "name": "required", "capacity": "too_small"}


async def test_an_agent_without_teams_is_an_agent(agents: Agents) -> None:
    await agents.add(NewAgent(email="ben@example.com", name="Ben", teams=(), role="admin", capacity=1))
    assert [(a.teams, a.role) for a in await agents.list()] == [((), "admin")]


async def test_the_right_password_signs_in_and_nothing_else_does(agents: Agents) -> None:
    added = await anna(agents, PASSWORD)
    assert (await agents.authenticate("anna@EXAMPLE.com", PASSWORD)).id == added.id
    for email, password in (
        ("anna@example.com", PASSWORD + "!"),
        ("anna@example.com", ""),
        ("anna@example.com", "x" * 100_000),
        ("ben@example.com", PASSWORD),
    ):
        with pytest.raises(Refused) as refusal:
            await agents.authenticate(email, password)
        assert refusal.value.code == "bad_credentials"


async def test_an_account_without_a_password_cannot_sign_in(agents: Agents) -> None:
    await anna(agents)
    with pytest.raises(Refused):
        await agents.authenticate("anna@example.com", "")


async def test_a_disabled_agent_cannot_sign_in_until_reset(agents: Agents) -> None:
    added = await anna(agents, PASSWORD)
    token = await agents.reset(added.id)
    await agents.disable(added.id)
    with pytest.raises(Refused):
        await agents.authenticate("anna@example.com", PASSWORD)
    assert await agents.find_by_token(token) is None
    await agents.reset(added.id)
    assert await agents.authenticate("anna@example.com", PASSWORD)


async def test_a_link_sets_a_password_once(agents: Agents) -> None:
    added = await anna(agents)
    token = await agents.reset(added.id)
    holder = await agents.find_by_token(token)
    assert holder is not None
    assert holder.id == added.id
    await agents.set_password_by_token(token, PASSWORD)
    assert await agents.authenticate("anna@example.com", PASSWORD)
    assert await agents.find_by_token(token) is None
    with pytest.raises(Refused) as refusal:
        await agents.set_password_by_token(token, "another password")
    assert refusal.value.code == "not_found"


async def test_two_who_use_a_link_at_once_do_not_both_succeed(agents: Agents) -> None:
    token = await agents.reset((await anna(agents)).id)
    uses = [agents.set_password_by_token(token, f"password number {n}") for n in range(4)]
    results = await asyncio.gather(*uses, return_exceptions=True)
    assert [isinstance(result, Agent) for result in results].count(True) == 1
    assert all(isinstance(result, Agent | Refused) for result in results)


async def test_a_new_link_voids_the_earlier_one(agents: Agents) -> None:
    added = await anna(agents)
    earlier, later = await agents.reset(added.id), await agents.reset(added.id)
    assert await agents.find_by_token(earlier) is None
    assert await agents.find_by_token(later) is not None


async def test_a_link_is_void_after_two_days_and_a_refused_password_does_not_spend_it(
    agents: Agents, database: Database
) -> None:
    token = await agents.reset((await anna(agents)).id)
    with pytest.raises(Refused) as refusal:
        await agents.set_password_by_token(token, "short")
    assert refusal.value.fields == {"password": "too_short"}
    assert await agents.find_by_token(token) is not None
    async with database.begin() as connection:
        expires = (await connection.execute(sa.select(setup_tokens.c.expires_at))).scalar_one()
        assert timedelta(hours=47) < expires - datetime.now(UTC) <= timedelta(hours=48)
        await connection.execute(setup_tokens.update().values(expires_at=datetime.now(UTC)))
    assert await agents.find_by_token(token) is None


async def test_neither_password_nor_token_is_in_the_database(agents: Agents, database: Database) -> None:
    token = await agents.reset((await anna(agents, PASSWORD)).id)
    async with database.connect() as connection:
        stored = (await connection.execute(sa.select(agents_table.c.password_hash))).scalar_one()
        kept = (await connection.execute(sa.select(setup_tokens.c.token_hash))).scalar_one()
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert token not in kept


async def test_a_hash_made_with_weaker_parameters_is_renewed_at_sign_in(agents: Agents, database: Database) -> None:
    await anna(agents, PASSWORD)
    today = Agents(database, Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)))
    await today.authenticate("anna@example.com", PASSWORD)
    async with database.connect() as connection:
        stored = (await connection.execute(sa.select(agents_table.c.password_hash))).scalar_one()
    assert "m=64,t=2" in stored
    assert await today.authenticate("anna@example.com", PASSWORD)


async def test_a_password_that_would_be_too_short_today_still_signs_in(agents: Agents, database: Database) -> None:
    added = await anna(agents, PASSWORD)
    async with database.begin() as connection:
        short = PasswordHasher.from_parameters(CHEAPEST).hash("short")
        await connection.execute(agents_table.update().values(password_hash=short))
    token = await agents.reset(added.id)
    today = Agents(database, Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)))
    assert await today.authenticate("anna@example.com", "short")
    assert await today.find_by_token(token) is not None, "signing in does not void a link"


def test_a_set_up_link_carries_its_token() -> None:
    assert setup_link("https://chat.example.com", "a_b-c") == "https://chat.example.com/console/setup?token=a_b-c"
