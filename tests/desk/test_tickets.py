import asyncio
import random

import msgspec
import pytest
import sqlalchemy as sa

from chat.desk.form import NewTicket, TranscriptLine
from chat.desk.tickets import Ticket, Tickets
from chat.errors import Refused, Unavailable
from chat.metrics import Metrics
from chat.people.agents import Agents, NewAgent
from chat.people.passwords import Passwords
from chat.settings import Site
from chat.storage.database import Database
from chat.storage.tables import tickets as table

SITES = {"shop": Site(title="Shop", origins=[], topics=["Orders"]), "blog": Site(title="Blog", origins=[])}


class Desk:
    """The tickets, and what was told to change."""

    def __init__(self, database: Database) -> None:
        self.changes: list[tuple[str, int]] = []
        self.metrics = Metrics()
        self.tickets = Tickets(database, SITES, self.metrics, self.note)

    async def note(self, site: str, number: int) -> None:
        self.changes.append((site, number))

    async def file(self, dedupe: str, site: str = "shop", **fields: object) -> Ticket:
        new = NewTicket(site=site, dedupe=dedupe, channel="form", subject=f"About {dedupe}", body="Please help.")
        return await self.tickets.file(msgspec.structs.replace(new, **fields))

    async def listed(self, **filters: str | None) -> list[tuple[str, int]]:
        page = await self.tickets.list(**filters)  # type: ignore[arg-type]
        return [(ticket.site, ticket.number) for ticket in page.tickets]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


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


async def test_the_list_shows_what_changed_last_first_and_pages_through_all(desk: Desk) -> None:
    for n in range(7):
        await desk.file(str(n), "blog" if n % 3 == 0 else "shop")
    await desk.tickets.change("shop", 1001, status="pending")
    everything = await desk.listed()
    assert everything[0] == ("shop", 1001)
    assert everything[1:] == sorted(everything[1:], key=everything.index)
    paged, cursor = [], None
    while True:
        page = await desk.tickets.list(limit=2, cursor=cursor)
        paged += [(ticket.site, ticket.number) for ticket in page.tickets]
        cursor = page.next
        if cursor is None:
            break
    assert paged == everything
    assert len(everything) == 7


async def test_tickets_that_changed_in_the_same_instant_are_paged_once_each(desk: Desk, database: Database) -> None:
    for n in range(5):
        await desk.file(str(n), "blog" if n % 2 else "shop")
    async with database.begin() as connection:
        first = (await connection.execute(sa.select(table.c.updated_at).limit(1))).scalar_one()
        await connection.execute(table.update().values(updated_at=first))
    page = await desk.tickets.list(limit=3)
    rest = await desk.tickets.list(limit=3, cursor=page.next)
    assert len({(t.site, t.number) for t in page.tickets + rest.tickets}) == 5


async def test_the_list_is_filtered_by_site_status_and_words(desk: Desk) -> None:
    await desk.file("parcel", name="Ольга Иванова")
    await desk.file("refund", email="ben@example.com", body="100% sure")
    await desk.file("parcel", "blog")
    await desk.tickets.change("shop", 1002, status="solved")
    assert await desk.listed(site="blog") == [("blog", 1001)]
    assert await desk.listed(status="solved") == [("shop", 1002)]
    assert await desk.listed(q="PARCEL", site="shop") == [("shop", 1001)]
    assert await desk.listed(q="иванова") == [("shop", 1001)]
    assert await desk.listed(q="ben@") == [("shop", 1002)]
    assert await desk.listed(q="#1002") == [("shop", 1002)]
    assert await desk.listed(q="100%") == [("shop", 1002)]
    assert await desk.listed(q="%") == [("shop", 1002)]
    assert await desk.listed(q="nothing like it") == []
    assert len(await desk.listed(q=" ", status=None)) == 3


async def test_a_foreign_cursor_is_refused(desk: Desk) -> None:
    for cursor in ("x", "AAAA", "é", "WzFd"):
        with pytest.raises(Refused) as refusal:
            await desk.tickets.list(cursor=cursor)
        assert refusal.value.code == "invalid"


async def test_a_change_is_kept_dated_and_told(desk: Desk) -> None:
    filed = await desk.file("1")
    changed = await desk.tickets.change("shop", 1001, status="solved", topic="Orders")
    assert (changed.status, changed.topic) == ("solved", "Orders")
    assert changed.updated_at > filed.updated_at
    assert changed == await desk.tickets.get("shop", 1001)
    assert desk.changes == [("shop", 1001)] * 2


async def test_a_topic_the_site_does_not_have_and_a_ticket_that_is_not_there_are_refused(desk: Desk) -> None:
    await desk.file("1")
    with pytest.raises(Refused) as refusal:
        await desk.tickets.change("shop", 1001, topic="Other")
    assert refusal.value.fields == {"topic": "not_a_choice"}
    for attempt in (desk.tickets.get("shop", 1002), desk.tickets.change("shop", 1002, status="closed")):
        with pytest.raises(Refused) as missing:
            await attempt
        assert missing.value.code == "not_found"


async def test_a_database_that_is_away_keeps_nothing_and_says_so(tmp_path: object) -> None:
    desk = Desk(Database(f"sqlite+aiosqlite:///{tmp_path}/nowhere/x.db"))
    with pytest.raises(Unavailable):
        await desk.file("1")
    assert desk.changes == []
