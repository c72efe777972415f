import asyncio
import random

import pytest
import sqlalchemy as sa

from chat.desk.exchange import Changes
from chat.desk.form import TranscriptLine
from chat.desk.saved_views import SavedViews
from chat.desk.templates import Templates
from chat.errors import Refused, Unavailable
from chat.people.agents import Agents, NewAgent
from chat.people.passwords import Passwords
from chat.storage.database import Database
from chat.storage.tables import tickets as table
from tests.desk.desk import CUSTOMER, Desk, words


async def test_a_ticket_keeps_all_that_was_filed(desk: Desk, database: Database) -> None:
    anna = await Agents(database, Passwords()).add(NewAgent(email="anna@example.com", name="Anna", teams=()))
    lines = [
        TranscriptLine("visitor", "Где мой заказ?", "2026-03-01T09:00:00Z"),
        TranscriptLine("agent", "Here", "2026-03-01T09:00:05Z", "Anna"),
    ]
    fields = {"name": "Olga", "email": "olga@example.com", "phone": "+1 555", "topic": "Orders", "sub": "42"}
    filed = await desk.file("1", transcript=lines, agent_id=anna.id, **fields)
    assert filed == await desk.tickets.get("shop", 1001)
    assert {name: getattr(filed, name) for name in fields} == fields
    assert (filed.transcript, filed.agent, filed.status, filed.channel) == (lines, "Anna", "open", "form")
    assert filed.created_at == filed.updated_at
    assert filed.created_at.utcoffset() is not None


async def test_a_ticket_without_the_conversation_holds_none(desk: Desk, database: Database) -> None:
    assert (await desk.file("1")).transcript is None
    async with database.connect() as connection:
        assert await connection.scalar(sa.select(table.c.transcript)) is None


async def test_a_nul_in_what_was_typed_keeps_nobody_from_filing(desk: Desk) -> None:
    lines = [TranscriptLine("visitor", "where\0?", "2026-03-01T09:00:00Z")]
    filed = await desk.file("1\0", subject="A\0 parcel", body="never\0 came", name="\0Olga", transcript=lines)
    assert (filed.subject, filed.body, filed.name) == ("A parcel", "never came", "Olga")
    assert filed.transcript == lines


async def test_whoever_a_request_is_from_the_database_holds_them(desk: Desk) -> None:
    email = "ß" * 60 + "@" + "ß" * 60 + ".org"
    ticket = await desk.file(locale="x" * 40, email=email)
    anna = await desk.hire("Anna")
    await desk.exchange.reply("shop", ticket.number, anna, words())
    assert (ticket.locale, ticket.email) == ("x" * 35, email)
    with pytest.raises(Refused) as refused:
        await desk.file("2", email="ΐ" * 60 + "@" + "ΐ" * 100 + ".org")
    assert refused.value.fields == {"email": "not_an_email"}


async def test_a_nul_in_an_id_is_refused_as_one_that_is_unknown(desk: Desk, database: Database) -> None:
    ticket = await desk.file()
    for attempt in (
        desk.exchange.reply("shop", ticket.number, CUSTOMER, words(file="\0")),
        desk.exchange.change("\0", ticket.number, CUSTOMER, Changes(status="open"), ref="1"),
        Templates(database).remove("\0"),
        Templates(database).change("\0", "title", "text"),
        SavedViews(database).remove("anna", "\0"),
    ):
        with pytest.raises(Refused):
            await attempt


async def test_numbers_start_at_1001_and_are_each_sites_own(desk: Desk) -> None:
    filed = [await desk.file(str(n), site) for n, site in enumerate(["shop", "shop", "blog", "shop"])]
    assert [ticket.number for ticket in filed] == [1001, 1002, 1001, 1003]


async def test_filing_the_same_again_finds_the_same_ticket_and_tells_nobody(desk: Desk) -> None:
    first = await desk.file("1")
    assert await desk.file("1", body="other words") == first
    assert (await desk.file("1", "blog")).number == 1001
    assert desk.changes == [("shop", 1001), ("blog", 1001)]
    assert b'mayfly_tickets_filed_total{channel="form"} 2.0' in desk.metrics.expose()


async def test_many_who_file_at_once_get_one_ticket_each_without_a_gap(desk: Desk) -> None:
    refs = [str(n % 12) for n in range(24)]
    random.Random(7).shuffle(refs)
    filed = await asyncio.gather(*(desk.file(ref) for ref in refs))
    numbers = {ref: ticket.number for ref, ticket in zip(refs, filed, strict=True)}
    assert [ticket.number for ticket in filed] == [numbers[ref] for ref in refs]
    assert sorted(numbers.values()) == list(range(1001, 1013))
    assert len(desk.changes) == 12


async def test_a_refused_request_takes_no_number(desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        await desk.file("1", subject="", email="nobody")
    assert refusal.value.fields == {"subject": "required", "email": "not_an_email"}
    with pytest.raises(Refused) as unknown:
        await desk.file("1", "nowhere")
    assert unknown.value.code == "unknown_site"
    assert (await desk.file("1")).number == 1001


async def test_a_database_that_is_away_keeps_nothing_and_says_so(tmp_path: object) -> None:
    desk = Desk(Database(f"sqlite+aiosqlite:///{tmp_path}/nowhere/x.db"))
    with pytest.raises(Unavailable):
        await desk.file("1")
    assert desk.changes == []
