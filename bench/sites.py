"""Many sites on one Redis, each a desk with a hash slot of its own, all with visitors waiting (docs/scaling.md).

The service of today has one desk; this is its router with one for each site. A desk has ``AGENTS`` agents, each busy
with ``CAPACITY`` chats, and a line whose hours are known for the coming week.
"""

import asyncio
import os
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import count, cycle, islice, pairwise
from statistics import mean, quantiles
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from bench.assignments import MISSED_MAX, Rate, Stopwatch
from bench.ends import several
from bench.report import Measured, Row
from chat import children
from chat.engine import OPTIONS, server_program
from routing import keys
from routing.router import Router, source_of
from routing.types import Step

AGENTS: Final = 3
CAPACITY: Final = 5
BUSY: Final = AGENTS * CAPACITY
TEAM: Final = "support"
HOUR_MS: Final = 3_600_000
LEASE_MS: Final = 24 * HOUR_MS
GRACE_MS: Final = 15_000
IN_A_PIPELINE: Final = 500
WORKERS: Final = 8
SAMPLE: Final = 100
LOOK_AGAIN_S: Final = 2.1
MASTERS: Final = (3, 6, 12)

T = TypeVar("T")


class Shifts(Struct, frozen=True):
    """While agents left and came back: assignments, and how long scripts and calls took, as (median, 99th percentile)."""

    assignments: Rate
    scripts: int
    script_us: tuple[float, float]
    call_ms: tuple[float, float]


class Sites:
    """The desks, and all that is done to them. The chats of a desk are numbered."""

    def __init__(self, redis: "Redis", pid: int, number: int) -> None:
        self._chance = random.Random(1)
        self.desks = [self._chance.randbytes(6).hex() for _ in range(number)]
        self._redis = redis
        self._pid = pid
        self._router = Router(redis, node="bench", agent_lease_ms=LEASE_MS, missed_max=MISSED_MAX)
        begin = round(time.time() * 1000) - HOUR_MS
        hours = tuple((begin + day * 24 * HOUR_MS, begin + (day * 24 + 10) * HOUR_MS) for day in range(7))
        self._route = [Step(TEAM, TEAM, wait_ms=HOUR_MS, max_waiting=100_000, hours=hours)]

    async def memory(self) -> int:
        """Bytes that Redis uses."""
        return int((await self._redis.info("memory"))["used_memory"])

    async def hire(self) -> None:
        """Agents come to every desk."""

        async def at(desk: str) -> None:
            for n in range(AGENTS):
                await self._comes(desk, f"agent{n}")

        await several(at, self.desks)

    async def _comes(self, desk: str, agent: str) -> list[str]:
        """The chats they are given at once."""
        await self._router.set_status(desk, agent, "available")
        return (await self._router.attach(desk, agent, name=agent, capacity=CAPACITY, teams=[TEAM])).chats

    async def fill(self, chats: Iterable[int]) -> Rate:
        """Visitors come, one to each desk, then the next."""
        return await self._enqueue(self.desks, chats, self._route)

    async def _enqueue(self, desks: list[str], chats: Iterable[int | str], route: list[Step]) -> Rate:
        steps = msgspec.json.encode(route)
        return await self._piped("enqueue", ((desk, (_id(n), steps, 0, LEASE_MS)) for n in chats for desk in desks))

    async def sweep(self) -> Rate:
        """A tick of every desk."""
        return await self._piped("sweep", ((desk, (GRACE_MS,)) for desk in self.desks))

    async def renew(self, chats: int) -> Rate:
        """A heartbeat of so many waiting chats of some desks; for each chat."""
        beats = [
            (desk, ("bench", LEASE_MS, GRACE_MS, LEASE_MS, 0, *(_id(n) for n in range(BUSY, BUSY + chats))))
            for desk in self.desks[:SAMPLE]
        ]
        rate = await self._piped("renew", beats)
        return Rate(rate.per_s * chats, rate.engine_us / chats)

    async def look(self, chats: int) -> Rate:
        """So many more wait at some desks, each long enough for a next step where nobody is; for each look at one."""
        desks = self.desks[:SAMPLE]
        impatient = msgspec.structs.replace(self._route[0], wait_ms=0)
        await self._enqueue(desks, (f"late{n}" for n in range(chats)), [impatient, Step("nobody", "nobody")])
        await asyncio.sleep(LOOK_AGAIN_S)
        rate = await self._piped("sweep", ((desk, (GRACE_MS,)) for desk in desks))
        return Rate(rate.per_s * chats, rate.engine_us / chats)

    async def _piped(self, script: str, calls: Iterable[tuple[str, tuple[Any, ...]]]) -> Rate:
        """A script of the router for desks with arguments, in pipelines: what Redis needs, not the client."""
        sha = await self._redis.script_load(source_of(script))
        stopwatch = Stopwatch(self._pid)
        done = 0
        for some in _batched(calls):
            pipeline = self._redis.pipeline(transaction=False)
            for desk, args in some:
                pipeline.evalsha(sha, 1, keys.prefix(desk), MISSED_MAX, *args)
            with stopwatch.running():
                done += len(await pipeline.execute())
        return stopwatch.rate(done)

    async def work(self, seconds: float) -> Shifts:
        """At desks here and there an agent leaves and comes back, chats end, others come."""
        desks = cycle(self._chance.sample(self.desks, len(self.desks)))
        until, took, names = time.perf_counter() + seconds, [], count()

        async def timed(verb: Any) -> Any:
            began = time.perf_counter()
            answer = await verb
            took.append((time.perf_counter() - began) * 1e3)
            return answer

        async def shifts() -> None:
            while time.perf_counter() < until:
                desk = next(desks)
                await self._router.release(desk, "agent0")
                await self._router.detach(desk, "agent0")
                for chat in await self._comes(desk, "agent0"):
                    await timed(self._router.finish(desk, chat))
                    await timed(self._router.enqueue(desk, _id(f"new{next(names)}"), self._route))

        before = await self._pairings()
        await self._redis.config_resetstat()
        stopwatch = Stopwatch(self._pid)
        with stopwatch.running():
            await asyncio.gather(*(shifts() for _ in range(WORKERS)))
        scripts = (await self._redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
        latency = (await self._redis.info("latencystats"))["latency_percentiles_usec_evalsha"]
        percent = quantiles(took, n=100)
        return Shifts(
            stopwatch.rate(await self._pairings() - before),
            scripts,
            (latency["p50"], latency["p99"]),
            (percent[49], percent[98]),
        )

    async def _pairings(self) -> int:
        return sum(int(n or 0) for n in await self._redis.mget(keys.pairings(desk) for desk in self.desks))


async def simulate(number: int, waiting: int, seconds: float) -> list[Measured]:
    """So many sites with so many waiting visitors each."""
    async with _redis() as (redis, pid):
        sites = Sites(redis, pid, number)
        sizes = [await sites.memory()]
        await sites.hire()
        sizes.append(await sites.memory())
        paired = await sites.fill(range(BUSY))
        sizes.append(await sites.memory())
        queued = await sites.fill(range(BUSY, BUSY + waiting))
        sizes.append(await sites.memory())
        tick = await sites.sweep()
        beat = await sites.renew(waiting)
        work = await sites.work(seconds)
        look = await sites.look(waiting)
    agents, busy, line = (after - before for before, after in pairwise(sizes))
    return [
        _table(
            f"{number:,} sites on one Redis, {number * waiting:,} visitors waiting: memory",
            "What the router keeps; the words of a chat come on top (python -m bench memory).",
            {"case": "", "each_b": "bytes each", "all_mb": "MB in all"},
            [
                {"case": title, "each_b": size / things, "all_mb": size / 1e6}
                for title, size, things in (
                    ("agent", agents, number * AGENTS),
                    ("chat with an agent", busy, number * BUSY),
                    ("waiting chat", line, number * waiting),
                )
            ],
        ),
        _table(
            "What Redis does meanwhile",
            f"In pipelines, but for the agents' comings and goings: {WORKERS} callers who await each script. "
            "The rates are of one core that does nothing else.",
            {"case": "", "redis_us": "Redis µs each", "core_per_s": "a core's worth/s", "per_s": "seen/s"},
            [
                {"case": title, "redis_us": rate.engine_us, "core_per_s": 1e6 / rate.engine_us, "per_s": rate.per_s}
                for title, rate in (
                    ("a visitor comes, and is given to an agent", paired),
                    ("a visitor comes, and waits", queued),
                    ("an assignment while agents come and go at random sites", work.assignments),
                    ("a tick of a site", tick),
                    ("a heartbeat of a waiting chat", beat),
                    ("a look at a chat that could go on to its next step, if anybody were there", look),
                )
            ],
        ),
        _table(
            "While agents come and go",
            f"Of {work.scripts:,} scripts, nearly all of which pair somebody or give somebody back.",
            {"case": "", "median": "median", "p99": "p99"},
            [
                {"case": "a script in Redis, µs", "median": work.script_us[0], "p99": work.script_us[1]},
                {"case": f"a call, with {WORKERS} at a time, ms", "median": work.call_ms[0], "p99": work.call_ms[1]},
            ],
        ),
        _spread(sites.desks),
    ]


def _spread(desks: list[str]) -> Measured:
    """How sites fall on the masters of a Redis Cluster, each with its equal range of slots."""
    slots = [key_slot(keys.prefix(desk).encode()) for desk in desks]

    def row(masters: int) -> Row:
        sites, visitors = [0] * masters, [0.0] * masters
        for rank, slot in enumerate(slots, 1):
            sites[slot * masters // REDIS_CLUSTER_HASH_SLOTS] += 1
            visitors[slot * masters // REDIS_CLUSTER_HASH_SLOTS] += 1 / rank
        return {
            "case": f"{masters} masters",
            "least": min(sites),
            "most": max(sites),
            "ratio": max(sites) / mean(sites),
            "ratio_uneven": max(visitors) / mean(visitors),
        }

    return _table(
        "Reckoned: where the sites would be in a Redis Cluster",
        "By the slots of their keys. Uneven: the largest site has twice the visitors of the second, three times those of the third.",
        {
            "case": "",
            "least": "sites, least",
            "most": "sites, most",
            "ratio": "most/mean",
            "ratio_uneven": "most/mean, uneven sites",
        },
        [row(masters) for masters in MASTERS],
    )


def _id(number: int | str) -> str:
    """As long as a real one."""
    return f"{number:0>32}"


def _table(title: str, note: str, columns: dict[str, str], rows: list[Row]) -> Measured:
    return Measured("sites", title, note, columns, rows)


def _batched(calls: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(calls)
    while some := list(islice(rest, IN_A_PIPELINE)):
        yield some


@asynccontextmanager
async def _redis() -> AsyncIterator[tuple["Redis", int]]:
    """A ``redis-server`` if there is one, for its memory is what an operator's will be; else the embedded engine's."""
    with tempfile.TemporaryDirectory(prefix="mayfly-bench-") as folder:
        path = f"{folder}/redis.sock"
        command = [shutil.which("redis-server") or server_program(), *OPTIONS, "--dir", folder, "--unixsocket", path]
        process = await children.spawn(command, os.environ, wipe_memory=False, stdout=asyncio.subprocess.DEVNULL)
        try:
            async with Redis.from_url(f"unix://{path}", retry=Retry(ConstantBackoff(0.05), 100)) as redis:
                await redis.ping()
                yield redis, process.pid
        finally:
            await children.stop(process)
