"""The desk with many tickets: what each list, filter, search and count costs beside reading one ticket by its number."""

import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bench.report import Measured, Row
from chat.desk.exchange import Changes, Exchange, Words, by_agent
from chat.desk.promises import Promises
from chat.desk.queues import Filter, Queues, Viewer
from chat.desk.reports import Reports
from chat.desk.requester import Requester
from chat.desk.tickets import Tickets
from chat.people.agents import Agent, Agents, NewAgent
from chat.people.passwords import Passwords
from chat.settings import Plan, Settings, Site, Team
from chat.storage.database import Database
from chat.storage.migrations import migrate
from chat.storage.tables import promises, ticket_entries, tickets
from tests.databases import running_postgres

SITES, TEAMS, AGENTS, CUSTOMERS = 3, 4, 20, 5_000
TOPICS = [f"Topic {n}" for n in range(10)]
STATUSES = ("open", "pending", "solved", "closed")
SHARES = (3, 2, 20, 75)
SETTINGS = Settings(
    plans={"gold": Plan(first_response="8h")},
    teams={f"team{n}": Team(title=f"Team {n}") for n in range(TEAMS)},
    sites={f"site{n}": Site(title="", origins=[], topics=TOPICS, team="team0") for n in range(SITES)},
)
AT_ONCE = 1_000
LEAST_RUNS, LONGEST_S = 5, 2.0


class Desk(Struct, frozen=True):
    """A desk with tickets in it, and one of its agents."""

    tickets: Tickets
    exchange: Exchange
    queues: Queues
    reports: Reports
    agent: Agent
    number: int


class Case(Struct, frozen=True):
    """Something that is asked of the desk. ``cold`` is about all tickets, so it may cost more with more of them."""

    name: str
    ask: Callable[[], Awaitable[Any]]


class Vocabulary:
    """Made-up words, as often as words are: a few everywhere, most hardly ever."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        letters = "abcdefghijklmnoprstuvwz"
        self.words = ["".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(20_000)]
        self._weights = list(accumulate(1 / (n + 5) for n in range(len(self.words))))

    def text(self, words: int) -> str:
        """So many of them."""
        return " ".join(self._chance.choices(self.words, cum_weights=self._weights, k=words))


async def measure(number: int) -> list[Measured]:
    """A table for each database, with ``number`` tickets in it."""
    tables = []
    async with _sqlite() as url:
        tables.append(await _measured("SQLite", url, number))
    with running_postgres() as folder:
        connection = await asyncpg.connect(host=str(folder), user="postgres", database="postgres")
        await connection.execute("CREATE DATABASE bench")
        await connection.close()
        tables.append(await _measured("PostgreSQL", f"postgresql+asyncpg://postgres@/bench?host={folder}", number))
    return tables


@asynccontextmanager
async def _sqlite() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="mayfly-bench-") as folder:
        yield f"sqlite+aiosqlite:///{Path(folder) / 'mayfly.db'}"


async def _measured(name: str, url: str, number: int) -> Measured:
    await migrate(url)
    database = Database(url)
    try:
        vocabulary = Vocabulary(random.Random(7))
        desk = await _fill(database, number, vocabulary)
        cases = await _cases(desk, vocabulary)
        rows = [await _timed(desk, case) for case in cases]
    finally:
        await database.close()
    return Measured(
        "tickets",
        f"{number:,} tickets on {name}",
        "The median of several runs, and of reading one ticket with its exchange by its number, in turns. A page has 50 "
        "tickets.",
        {"case": "", "ms": "ms", "one_ms": "one ticket, ms", "ratio": "times one ticket"},
        rows,
    )


async def _timed(desk: Desk, case: Case) -> Row:
    chance = random.Random(1)
    ours: list[float] = []
    one: list[float] = []
    began = time.perf_counter()
    while len(ours) < LEAST_RUNS or (time.perf_counter() - began < LONGEST_S and len(ours) < 100):
        number = chance.randrange(desk.number // SITES - 1) + 1
        one.append(await _seconds(lambda: desk.tickets.get("site0", number)))  # noqa: B023 - called at once
        ours.append(await _seconds(case.ask))
    ms, one_ms = statistics.median(ours) * 1e3, statistics.median(one) * 1e3
    return {"case": case.name, "ms": ms, "one_ms": one_ms, "ratio": ms / one_ms}


async def _seconds(ask: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────


async def _cases(desk: Desk, vocabulary: Vocabulary) -> list[Case]:
    viewer = Viewer(desk.agent.id, desk.agent.teams)
    customer = Requester("site0", sub="sub 1", email="customer1@example.com")
    now = datetime.now(UTC)

    def listed(name: str, cursor: str | None = None, **wanted: object) -> Case:
        filter = replace(Filter(), **wanted)
        return Case(name, lambda: desk.queues.list(filter, viewer, cursor=cursor))

    def own(name: str, **wanted: object) -> Case:
        return Case(name, lambda: desk.queues.list_of(customer, replace(Filter(), **wanted)))

    deep, deepest = [await _cursor(desk, pages) for pages in (100, desk.number // 50 - 10)]
    rare, seldom, often = vocabulary.words[-1], vocabulary.words[2_000], vocabulary.words[0]
    return [
        *(listed(f"queue {queue}", queue=queue) for queue in ("mine", "unassigned", "team", "due_soon", "overdue")),
        listed("all, page 1"),
        listed("all, page 101", deep),
        listed(f"all, page {desk.number // 50 - 9:,}", deepest),
        *(listed(f"status {status}", status=status) for status in STATUSES),
        listed("one site", site="site1"),
        listed("one topic", topic=TOPICS[3]),
        listed("one team", team="team2"),
        listed("urgent", priority="urgent"),
        listed("one assignee", assignee=desk.agent.id),
        listed("nobody's", assignee="nobody"),
        listed("one day, a year ago", since=now - timedelta(days=365), until=now - timedelta(days=364)),
        listed("topic and status", topic=TOPICS[3], status="open"),
        listed("search: a number", q=f"#{desk.number // SITES // 2}"),
        listed("search: a frequent word", q=often),
        listed("search: a seldom word", q=seldom),
        listed("search: a rare word", q=rare),
        listed("search: no such word", q="qqqqqq"),
        listed("search: two words", q=f"{often} {rare}"),
        listed("search: an address", q="customer77@example.com"),
        listed("search among the open", q=rare, status="open"),
        Case("how many in each queue", lambda: desk.queues.count(viewer)),
        own("one's own"),
        own("one's own, solved", status="solved"),
        own("one's own, search", q=rare),
        Case("report of 12 weeks", lambda: desk.reports.promises(now - timedelta(weeks=12), now)),
        Case("answer", lambda: _answer(desk)),
        Case("change", lambda: _change(desk)),
    ]


async def _cursor(desk: Desk, pages: int) -> str | None:
    """Behind so many pages of the list of all."""
    page = await desk.queues.list(Filter(), limit=pages * 50)
    return page.next


async def _answer(desk: Desk) -> None:
    words = Words(ref=random.randbytes(8).hex(), text="It is on its way.")
    await desk.exchange.reply("site0", random.randrange(1, desk.number // SITES), by_agent(desk.agent), words)


async def _change(desk: Desk) -> None:
    number, ref = random.randrange(1, desk.number // SITES), random.randbytes(8).hex()
    changes = Changes(priority=random.choice(("low", "high", "urgent")))
    await desk.exchange.change("site0", number, by_agent(desk.agent), changes, ref=ref)


# ── what is there ────────────────────────────────────────────────────────────────────────────────────────────────


async def _fill(database: Database, number: int, vocabulary: Vocabulary) -> Desk:
    agents = Agents(database, Passwords())
    staff = [
        await agents.add(NewAgent(email=f"{n}@example.com", name=f"Agent {n}", teams=(f"team{n % TEAMS}",)))
        for n in range(AGENTS)
    ]
    rows = _rows(number, staff, vocabulary, random.Random(3))
    batch: list[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            await _insert(database, batch)
            batch = []
    await _insert(database, batch)
    if database.engine.dialect.name == "postgresql":  # which does that by itself, but later
        async with database.begin() as connection:
            await connection.execute(sa.text("ANALYZE"))
    terms = Promises(SETTINGS)
    tickets_of = Tickets(database, SETTINGS.sites, terms, [])
    exchange = Exchange(database, tickets_of, SETTINGS, terms, [])
    return Desk(tickets_of, exchange, Queues(database), Reports(database), staff[0], number)


async def _insert(
    database: Database, batch: list[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]]
) -> None:
    if not batch:
        return
    async with database.begin() as connection:
        await connection.execute(tickets.insert(), [row for row, _, _ in batch])
        await connection.execute(ticket_entries.insert(), [entry for _, entries, _ in batch for entry in entries])
        await connection.execute(promises.insert(), [met for _, _, kept in batch for met in kept])


def _rows(
    number: int, staff: list[Agent], vocabulary: Vocabulary, chance: random.Random
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]]:
    """Tickets of two years, each with an exchange of four entries and what was promised in it."""
    now = datetime.now(UTC)
    for n in range(number):
        key = {"site": f"site{n % SITES}", "number": n // SITES + 1}
        customer = chance.randrange(CUSTOMERS)
        (status,) = chance.choices(STATUSES, SHARES)
        created = now - timedelta(days=730 * (1 - n / number))
        updated = min(now, created + timedelta(days=chance.expovariate(1)))
        agent = chance.choice(staff) if chance.random() < 0.95 else None
        team = f"team{chance.randrange(TEAMS)}"
        subject, body = vocabulary.text(6), vocabulary.text(80)
        said = [vocabulary.text(40) for _ in range(4)]
        email = f"customer{customer}@example.com"
        due_at = now + timedelta(hours=chance.uniform(-4, 8)) if status == "open" else None
        ticket = {
            **key, "dedupe": str(n), "version": 5, "channel": "form", "status": status,
            "priority": chance.choice(("low", "normal", "normal", "normal", "high", "urgent")), "subject": subject,
            "body": body, "name": f"Customer {customer}", "email": email, "email_key": email, "sub": f"sub {customer}",
            "topic": chance.choice(TOPICS), "plan": "gold", "team": team,
            "assignee_id": agent.id if agent is not None else None, "due_kind": "first" if due_at else None,
            "due_at": due_at, "due_warn_at": due_at - timedelta(hours=2) if due_at else None,
            "search": "\n".join((subject, body, email, *said[:3])), "search_notes": said[3],
            "created_at": created, "updated_at": updated, "said_at": updated,
        }  # fmt: skip
        entries = [
            {
                **key, "kind": "note" if m == 3 else "reply", "author": "customer" if m == 1 else "agent",
                "name": "somebody", "text": text, "dedupe": str(m), "created_at": updated,
            }
            for m, text in enumerate(said)
        ]  # fmt: skip
        met = {**key, "kind": "first", "team": team, "due_at": created + timedelta(hours=8), "met_at": updated}
        yield ticket, entries, [met]
