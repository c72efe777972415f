"""The measures: each starts what it needs, loads it, and puts ours beside the references of the same run."""

from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median
from typing import Final

from msgspec import Struct

from bench import assignments
from bench import page as host_page
from bench import search as articles_search
from bench import sites as many_sites
from bench import tickets as many_tickets
from bench.load import Hold, Paced, Result, Talk
from bench.report import Measured, Row
from bench.service import bare_relay, loaded, mayfly, redis_relay
from chat.engine import Engine


class Size(Struct, frozen=True):
    """How much of everything."""

    pairs: int
    seconds: float
    paced_seconds: float
    visitors: int
    waiting: int
    chats: int
    sites: int
    waiting_at_site: int
    tickets: int
    visits: int


FULL: Final = Size(
    pairs=200,
    seconds=4,
    paced_seconds=8,
    visitors=5000,
    waiting=1000,
    chats=800,
    sites=1000,
    waiting_at_site=100,
    tickets=100_000,
    visits=9,
)
QUICK: Final = Size(
    pairs=50,
    seconds=1,
    paced_seconds=1.5,
    visitors=1000,
    waiting=100,
    chats=160,
    sites=100,
    waiting_at_site=100,
    tickets=5_000,
    visits=3,
)
FEW_PAIRS = 50
BURST = 8
PACE = 200
TURNS = 3


async def relay(size: Size) -> list[Measured]:
    """Messages of one node, with the bare relay beside it."""
    talks = [Talk(n, burst, size.seconds) for n in sorted({FEW_PAIRS, size.pairs}) for burst in (1, BURST)]
    paced = Paced(FEW_PAIRS, PACE, size.paced_seconds)
    async with mayfly(nodes=1, agents=size.pairs) as servers:
        *ours, our_paced = await loaded(servers.job(*talks, paced))
    async with bare_relay() as servers:
        *bare, bare_paced = await loaded(servers.job(*talks, paced))
    rows: list[Row] = [
        {
            "case": f"{talk.pairs} pairs, {_bursts(talk)}",
            "per_s": our.messages / our.seconds,
            "node_us": _us(our, "node a"),
            "engine_us": _us(our, "engine"),
            "bare_per_s": ref.messages / ref.seconds,
            "bare_us": _us(ref, "node a"),
            "ratio": _us(our, "node a") / _us(ref, "node a"),
            "load_busy": our.own_cpu / our.seconds,
        }
        for talk, our, ref in zip(talks, ours, bare, strict=True)
    ]
    messages = Measured(
        "relay",
        "Messages on one node",
        "A message of ours is sealed, numbered and kept in the engine, told to both sides, and its delivery reported; "
        "the bare relay only passes it on. µs are of CPU, for each message.",
        {
            "case": "",
            "per_s": "messages/s",
            "node_us": "node µs",
            "engine_us": "engine µs",
            "bare_per_s": "bare messages/s",
            "bare_us": "bare µs",
            "ratio": "node/bare",
        },
        rows,
    )
    return [messages, _latency("relay", "bare", our_paced, bare_paced)]


async def nodes(size: Size) -> list[Measured]:
    """Messages from one node to another through Redis."""
    talks = [Talk(size.pairs, burst, size.seconds) for burst in (1, BURST)]
    paced = Paced(FEW_PAIRS, PACE, size.paced_seconds)
    async with mayfly(nodes=2, agents=size.pairs) as servers:
        *ours, our_paced = await loaded(servers.job(*talks, paced))
    async with redis_relay() as servers:
        *plain, plain_paced = await loaded(servers.job(*talks, paced))
    rows: list[Row] = [
        {
            "case": f"{talk.pairs} pairs, {_bursts(talk)}",
            "per_s": our.messages / our.seconds,
            "visitors_us": _us(our, "node a"),
            "agents_us": _us(our, "node b"),
            "engine_us": _us(our, "engine"),
            "plain_per_s": ref.messages / ref.seconds,
            "plain_us": _us(ref, "node a") + _us(ref, "node b"),
            "plain_engine_us": _us(ref, "engine"),
            "ratio": (_us(our, "node a") + _us(our, "node b")) / (_us(ref, "node a") + _us(ref, "node b")),
            "ratio_engine": _us(our, "engine") / _us(ref, "engine"),
        }
        for talk, our, ref in zip(talks, ours, plain, strict=True)
    ]
    messages = Measured(
        "nodes",
        "Messages between two nodes, through Redis",
        "Visitors on one node, agents on the other. Plain: an awaited PUBLISH for each message, nothing kept.",
        {
            "case": "",
            "per_s": "messages/s",
            "visitors_us": "visitors' node µs",
            "agents_us": "agents' node µs",
            "engine_us": "engine µs",
            "plain_per_s": "plain messages/s",
            "plain_us": "plain nodes µs",
            "plain_engine_us": "plain engine µs",
            "ratio": "nodes/plain",
            "ratio_engine": "engine/plain",
        },
        rows,
    )
    return [messages, _latency("nodes", "plain", our_paced, plain_paced)]


def _latency(measure: str, beside: str, ours: Result, reference: Result) -> Measured:
    """From say to heard, at a load every server here carries with ease."""
    row: Row = {
        "median_ms": ours.median_s * 1e3,
        "p99_ms": ours.p99_s * 1e3,
        "reference_median_ms": reference.median_s * 1e3,
        "reference_p99_ms": reference.p99_s * 1e3,
        "ratio_median": ours.median_s / reference.median_s,
        "ratio_p99": ours.p99_s / reference.p99_s,
    }
    return Measured(
        measure,
        f"From say to heard, at {PACE} messages/s over {FEW_PAIRS} pairs",
        "Messages are said on time, whether or not earlier ones have arrived.",
        {
            "median_ms": "median ms",
            "p99_ms": "p99 ms",
            "reference_median_ms": f"{beside} median ms",
            "reference_p99_ms": f"{beside} p99 ms",
            "ratio_median": f"median/{beside}",
            "ratio_p99": f"p99/{beside}",
        },
        [row],
    )


async def memory(size: Size) -> list[Measured]:
    """Of connections that say nothing, and of chats that wait."""
    async with mayfly(nodes=1, agents=0) as servers:
        (our,) = await loaded(servers.job(Hold(size.visitors, size.waiting)))
    async with bare_relay() as servers:
        (bare,) = await loaded(servers.job(Hold(size.visitors, 0)))

    def kb(grown: dict[str, int], process: str, number: int) -> float:
        return grown[process] / number / 1000

    idle, bare_idle = kb(our.grown, "node a", size.visitors), kb(bare.grown, "node a", size.visitors)
    rows: list[Row] = [
        {
            "case": f"idle visitor, of {size.visitors:,}",
            "node_kb": idle,
            "engine_kb": kb(our.grown, "engine", size.visitors),
            "bare_kb": bare_idle,
            "ratio": idle / bare_idle,
        },
        {
            "case": f"and a waiting chat, of {size.waiting:,}",
            "node_kb": kb(our.grown_waiting, "node a", size.waiting),
            "engine_kb": kb(our.grown_waiting, "engine", size.waiting),
        },
    ]
    return [
        Measured(
            "memory",
            "Memory",
            "Resident, and what the engine uses. An idle visitor has said hello and been welcomed. The kernel's socket "
            "buffers are not counted.",
            {"case": "", "node_kb": "node kB", "engine_kb": "engine kB", "bare_kb": "bare kB", "ratio": "node/bare"},
            rows,
        )
    ]


async def wiping(size: Size) -> list[Measured]:
    """What it costs to overwrite freed memory: node and engine with it and without, in turns."""
    visitors = size.visitors // 5
    talks = [Talk(FEW_PAIRS, burst, size.seconds) for burst in (1, BURST)]
    turns: dict[bool, list[list[Result]]] = {True: [], False: []}
    for wipe_memory in [True, False] * TURNS:
        async with mayfly(nodes=1, agents=FEW_PAIRS, wipe_memory=wipe_memory) as servers:
            turns[wipe_memory].append(await loaded(servers.job(Hold(visitors, 0), *talks)))

    def row(case: str, phase: int, cost: Callable[[Result], float]) -> Row:
        wiped, plain = (median(cost(results[phase]) for results in turns[on]) for on in (True, False))
        return {"case": case, "with": wiped, "without": plain, "ratio": wiped / plain}

    rows = [
        row(f"{process}, {_bursts(talk)}: µs for each message", number, partial(_us, process=process))
        for number, talk in enumerate(talks, 1)
        for process in ("node a", "engine")
    ]
    rows.append(row("node a: kB for an idle visitor", 0, lambda held: held.grown["node a"] / visitors / 1000))
    return [
        Measured(
            "wiping",
            f"Freed memory overwritten (server.wipe_memory), with {FEW_PAIRS} pairs",
            f"The median of {TURNS} turns. µs are of CPU.",
            {"case": "", "with": "with", "without": "without", "ratio": "with/without"},
            rows,
        )
    ]


async def assign(size: Size) -> list[Measured]:
    """Chats given to agents."""
    async with Engine() as engine:
        cases = await assignments.compare(engine, size.chats)
    rows: list[Row] = [
        {
            "case": one.case,
            "per_s": one.ours.per_s,
            "engine_us": one.ours.engine_us,
            "bare_per_s": one.bare.per_s,
            "bare_engine_us": one.bare.engine_us,
            "ratio": one.ours.per_s / one.bare.per_s,
        }
        for one in cases
    ]
    return [
        Measured(
            "assign",
            "Assignments",
            "Each chat is queued and paired in one script, which is awaited before the next. The bare script does nothing, "
            "and is called by as many callers through the same client; the two take turns.",
            {
                "case": "",
                "per_s": "chats/s",
                "engine_us": "engine µs",
                "bare_per_s": "bare scripts/s",
                "bare_engine_us": "bare engine µs",
                "ratio": "chats for each bare script",
            },
            rows,
        )
    ]


async def sites(size: Size) -> list[Measured]:
    """Many sites, each with a desk of its own."""
    return await many_sites.simulate(size.sites, size.waiting_at_site, size.seconds)


async def tickets(size: Size) -> list[Measured]:
    """A desk with many tickets, on both databases."""
    return await many_tickets.measure(size.tickets)


async def search(_size: Size) -> list[Measured]:
    """The search in help articles: how often it finds the right one, and how long it takes."""
    return [articles_search.measured()]


async def page(size: Size) -> list[Measured]:
    """What a host page pays for the bubble, and what opening it takes."""
    return await host_page.measure(size.visits)


MEASURES: Final[dict[str, Callable[[Size], Awaitable[list[Measured]]]]] = {
    "relay": relay,
    "nodes": nodes,
    "memory": memory,
    "wiping": wiping,
    "assign": assign,
    "sites": sites,
    "tickets": tickets,
    "search": search,
    "page": page,
}


def _bursts(talk: Talk) -> str:
    return "one in flight" if talk.burst == 1 else f"bursts of {talk.burst}"


def _us(result: Result, process: str) -> float:
    """CPU of a process for each message."""
    return result.cpu[process] / result.messages * 1e6
