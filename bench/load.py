"""The load, in a process of its own: ``python -m bench.load JOB`` reads a ``Job`` as JSON and prints a list of ``Result``.

It reads what the loaded processes use at both ends of each measured window, so that nobody has to agree on the time.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from statistics import quantiles

import msgspec
import uvloop
from msgspec import Struct
from redis.asyncio import Redis

from bench.ends import End, Pair, ask, mayfly_pairs, plain_pairs, several, visitor
from bench.usage import cpu_s, resident

WARM_UP_S = 0.5
SETTLE_S = 1.5


class Talk(Struct, frozen=True, tag=True):
    """``pairs`` talk as fast as they are answered: ``burst`` messages one way, then as many back."""

    pairs: int
    burst: int
    seconds: float


class Paced(Struct, frozen=True, tag=True):
    """One side says ``rate`` messages a second, spread over ``pairs``, whether or not earlier ones have arrived."""

    pairs: int
    rate: int
    seconds: float


class Hold(Struct, frozen=True, tag=True):
    """``visitors`` connect and are silent; then ``waiting`` of them start a chat nobody takes."""

    visitors: int
    waiting: int


class Job(Struct, frozen=True):
    """What to do against which servers. ``cookies`` are agents' sessions; with none the servers are plain relays.

    ``redis`` is the engine's address, where there is one.
    """

    one_at: str
    other_at: str
    pids: dict[str, int]
    phases: list[Talk | Paced | Hold]
    cookies: list[str] = []
    redis: str = ""


class Result(Struct, frozen=True):
    """Of one phase: messages that arrived, CPU seconds and grown bytes by process, seconds from say to heard, sorted."""

    messages: int = 0
    seconds: float = 0
    cpu: dict[str, float] = {}
    own_cpu: float = 0
    median_s: float = 0
    p99_s: float = 0
    grown: dict[str, int] = {}
    grown_waiting: dict[str, int] = {}


class Window:
    """A measured stretch of time."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids
        self._cpu = self._used()
        self._own = time.process_time()
        self._began = time.perf_counter()

    def _used(self) -> dict[str, float]:
        return {name: cpu_s(pid) for name, pid in self._pids.items()}

    def result(self, messages: int, took: list[float]) -> Result:
        """What happened since it was opened."""
        seconds = time.perf_counter() - self._began
        cpu = {name: used - self._cpu[name] for name, used in self._used().items()}
        percentiles = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
        return Result(messages, seconds, cpu, time.process_time() - self._own, percentiles[49], percentiles[98])


class Dialogue:
    """One pair's talk: who has heard the whole burst says the next."""

    def __init__(self, pair: Pair, burst: int) -> None:
        self.heard = 0
        self.talking = True
        self.silent = asyncio.get_running_loop().create_future()
        self._burst = burst
        self._missing = burst
        for end in pair:
            end.on_heard = self._hearer(end)
        pair[0].say(burst)

    def _hearer(self, end: End) -> Callable[[str], None]:
        def on_heard(_ref: str) -> None:
            self.heard += 1
            self._missing -= 1
            if not self._missing:
                self._missing = self._burst
                if self.talking:
                    end.say(self._burst)
                else:
                    self.silent.set_result(None)

        return on_heard


async def talk(phase: Talk, pairs: list[Pair], pids: dict[str, int]) -> Result:
    """As many messages as they manage."""
    dialogues = [Dialogue(pair, phase.burst) for pair in pairs[: phase.pairs]]
    await asyncio.sleep(WARM_UP_S)
    window, before = Window(pids), sum(one.heard for one in dialogues)
    await asyncio.sleep(phase.seconds)
    result = window.result(sum(one.heard for one in dialogues) - before, [])
    for one in dialogues:
        one.talking = False
    async with asyncio.timeout(10):
        await asyncio.gather(*(one.silent for one in dialogues))
    return result


async def paced(phase: Paced, pairs: list[Pair], pids: dict[str, int]) -> Result:
    """How long each message of a steady, modest load takes."""
    loop = asyncio.get_running_loop()
    said_at: dict[str, float] = {}
    took: list[float] = []
    messages = round(phase.rate * phase.seconds)
    all_heard = asyncio.Event()

    def on_heard(ref: str) -> None:
        took.append(time.perf_counter() - said_at.pop(ref))
        if len(took) == messages:
            all_heard.set()

    for one, other in pairs:
        one.on_heard = lambda _ref: None
        other.on_heard = on_heard
    window, begin = Window(pids), loop.time()
    for number in range(messages):
        await asyncio.sleep(begin + number / phase.rate - loop.time())
        now = time.perf_counter()
        said_at[pairs[number % phase.pairs][0].say()] = now
    async with asyncio.timeout(10):
        await all_heard.wait()
    return window.result(len(took), took)


async def hold(phase: Hold, job: Job) -> Result:
    """What a connection that says nothing weighs, and a chat that waits."""

    async def plain(number: int) -> End:
        end = End("one")
        await end.open(f"{job.one_at}/?pair={number}&side=0")
        return end

    async def memory() -> dict[str, int]:
        held = {name: resident(pid) for name, pid in job.pids.items()}
        if job.redis:
            async with Redis.from_url(job.redis) as redis:
                held["engine"] = (await redis.info("memory"))["used_memory"]
        return held

    async def grown(since: dict[str, int]) -> dict[str, int]:
        return {name: now - since[name] for name, now in (await memory()).items()}

    empty = await memory()
    is_mayfly = "engine" in job.pids
    ends = await several((lambda _: visitor(job.one_at)) if is_mayfly else plain, range(phase.visitors))
    await asyncio.sleep(SETTLE_S)
    idle, connected = await memory(), await grown(empty)
    await several(ask, ends[: phase.waiting])
    await asyncio.sleep(SETTLE_S)
    return Result(grown=connected, grown_waiting=await grown(idle))


async def run(job: Job) -> list[Result]:
    """All phases, one after the other, with the same pairs."""
    number = max((phase.pairs for phase in job.phases if not isinstance(phase, Hold)), default=0)
    if job.cookies:
        pairs = await mayfly_pairs(job.one_at, job.other_at, job.cookies[:number])
    else:
        pairs = await plain_pairs(job.one_at, job.other_at, number)
    results = []
    for phase in job.phases:
        match phase:
            case Talk():
                results.append(await talk(phase, pairs, job.pids))
            case Paced():
                results.append(await paced(phase, pairs, job.pids))
            case Hold():
                results.append(await hold(phase, job))
    return results


if __name__ == "__main__":
    print(msgspec.json.encode(uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Job)))).decode())
