"""Chats on two nodes in which both sides keep talking while something is done to the service, and what they noticed."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import quantiles
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.services import DESK
from routing import keys
from tests.actors import Visitor
from tests.service import Installation, Node, until
from tests.steady import Hearing, SteadyAgent, SteadyTab, SteadyVisitor

CHATS_EACH = 10
"""Of an agent."""

UNACKNOWLEDGED = 3
"""So many lines a person says at most before the first of them is acknowledged."""

TABLE = "Never lost, never twice"


async def serving(mayfly: Installation, port: int | None = None, **environment: str) -> Node:
    """A node that lets an agent talk in many chats at once."""
    environment |= {
        "MAYFLY_LIMITS_MESSAGES_PER_10S": "1000",
        "MAYFLY_LIMITS_FRAMES_PER_10S": "10000",
        "MAYFLY_LIMITS_CHATS_PER_IP_PER_HOUR": "10000",
        "MAYFLY_LIMITS_CONNECTIONS_PER_IP": "10000",
    }
    return await mayfly.node(1, port=port, **environment)


HELD = """
local held = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  for _, chat in ipairs(redis.call('SMEMBERS', key)) do held[#held + 1] = chat end
end
return held
"""
"""Every chat as often as an agent holds it."""


class Verdict(NamedTuple):
    """What was said and acknowledged, and how the tabs of both sides show it; chats seen with two agents at any time."""

    lost: int
    duplicated: int
    reordered: int
    two_agents: int


FLAWLESS = Verdict(0, 0, 0, 0)


@dataclass
class Crowd:
    """Visitors on two nodes and their agents. ``gaps``: for each person and fault the longest silence, in seconds."""

    nodes: list[Node]
    agents: list[SteadyAgent]
    visitors: list[SteadyVisitor]
    every_s: float
    said_at: dict[str, float] = field(default_factory=dict)
    gaps: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    """For each fault: from its end until the last one heard what was said after it."""

    def __post_init__(self) -> None:
        self._now = asyncio.get_running_loop().time
        self._numbers = Counter[str]()
        self._talking: list[asyncio.Task[None]] = []
        self._two_agents = set[bytes]()

    @property
    def tabs(self) -> list[SteadyTab]:
        """Everybody."""
        return [*self.agents, *self.visitors]

    # ── talking ──────────────────────────────────────────────────────────────────────────────────────────────

    async def talks(self) -> None:
        """From now on everyone says a line every now and then; returns when everyone has heard one."""
        self._talking = [asyncio.create_task(self._talk(turn)) for turn in range(len(self.visitors))]
        await self._everyone_hears_what_is_said_from_now_on()

    async def _talk(self, turn: int) -> None:
        visitor = self.visitors[turn]
        while True:
            await asyncio.sleep(self.every_s * random.uniform(0.5, 1.5))
            self._say(visitor, visitor.chat, f"v{turn}")
            for number, agent in enumerate(self.agents):
                if visitor.chat in agent.holds:
                    self._say(agent, visitor.chat, f"a{turn}of{number}")

    def _say(self, tab: SteadyTab, chat: str, name: str) -> None:
        if tab.waits_in(chat) < UNACKNOWLEDGED:
            line = f"{name}-{self._numbers[name]}"
            self._numbers[name] += 1
            self.said_at[line] = self._now()
            tab.says_steadily(chat, line)

    async def watches(self, redis_url: str) -> None:
        """Look for ever whether two agents hold one chat."""
        async with Redis.from_url(redis_url) as redis:
            while True:
                with suppress(RedisError, OSError):
                    held = Counter[bytes](await redis.eval(HELD, 0, keys.holds(DESK, "*")))
                    self._two_agents |= {chat for chat, times in held.items() if times > 1}
                await asyncio.sleep(0.05)

    # ── what they notice ─────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def fault(self) -> AsyncIterator[None]:
        """The block is the fault; it is left when everyone has heard what was said after it."""
        began = self._now()
        yield
        over = self._now()
        await self._everyone_hears_what_is_said_from_now_on()
        heard = list(self.heard())
        self.again.append(max(next(at for at, text in one if self.said_at[text] > over) for one in heard) - over)
        self.gaps += [_longest_silence([at for at, _ in one], began) for one in heard]

    def heard(self) -> Iterator[list[Hearing]]:
        """Of each person in each chat, an agent's successor included: what they heard, in order."""
        for visitor in self.visitors:
            yield visitor.heard[visitor.chat]
            yield sorted(hearing for agent in self.agents for hearing in agent.heard[visitor.chat])

    def _last_heard(self) -> Iterator[Hearing]:
        """The last of each."""
        for visitor in self.visitors:
            chat = visitor.chat
            yield visitor.heard[chat][-1] if visitor.heard[chat] else Hearing(0, "")
            yield max((agent.heard[chat][-1] for agent in self.agents if agent.heard[chat]), default=Hearing(0, ""))

    async def _everyone_hears_what_is_said_from_now_on(self) -> None:
        since = self._now()

        def they_do() -> bool:
            return all(self.said_at.get(last.text, 0) > since for last in self._last_heard())

        await until(they_do, "everyone hears what is said now", 90)

    async def settles(self) -> Verdict:
        """Everyone falls silent, everything said is acknowledged and shown on both sides."""
        for task in self._talking:
            task.cancel()
        await until(lambda: not any(tab.pending for tab in self.tabs), "all is acknowledged", 60)

        def holder(visitor: SteadyVisitor) -> SteadyAgent | None:
            holders = [agent for agent in self.agents if visitor.chat in agent.holds]
            return holders[0] if len(holders) == 1 else None

        def agreed() -> bool:
            pairs = [(visitor, holder(visitor)) for visitor in self.visitors]
            return all(agent and visitor.shown[visitor.chat] == agent.shown[visitor.chat] for visitor, agent in pairs)

        await until(agreed, "each chat has one agent, and both sides show the same", 60)
        refused = {text for tab in self.tabs for text in tab.refused}
        said = set(self.said_at) - refused
        views = [
            [one.texts(one.chat) for one in self.visitors],
            [await self._after_page_load(v) for v in self.visitors],
        ]
        lost, duplicated, reordered = (
            max(counts) for counts in zip(*(_compared(said, texts) for texts in views), strict=True)
        )
        return Verdict(lost, duplicated, reordered, len(self._two_agents))

    async def _after_page_load(self, visitor: SteadyVisitor) -> list[str]:
        """What the service still knows of a chat."""
        async with Visitor(visitor.node) as tab:
            tab.token = visitor.token
            return [message["text"] for message in (await tab.opens())["chat"]["messages"]]

    def row(self, done: str, verdict: Verdict) -> dict[str, object]:
        """A row of the published table."""
        hundredths = quantiles(self.gaps, n=100)
        return {
            "what was done": done,
            "chats": len(self.visitors),
            "times": len(self.again),
            "lines": len(self.said_at),
            "lost": verdict.lost,
            "duplicated": verdict.duplicated,
            "reordered": verdict.reordered,
            "with two agents": verdict.two_agents,
            "silence: median": f"{hundredths[49]:.2f} s",
            "p99": f"{hundredths[98]:.2f} s",
            "max": f"{max(self.gaps):.2f} s",
            "all talk again after": f"{max(self.again):.2f} s",
        }


def _longest_silence(heard_at: list[float], began: float) -> float:
    """Between two lines in a row, of which the later came when the fault had begun."""
    return max(later - earlier for earlier, later in pairwise(heard_at) if later > began)


def _compared(said: set[str], shown: list[list[str]]) -> tuple[int, int, int]:
    """Of the lines in ``said``: how many are shown nowhere, how many once too often, and how many after a later one."""
    shown = [[text for text in texts if text in said] for texts in shown]
    times = Counter(text for texts in shown for text in texts)
    reordered = 0
    for texts in shown:
        latest: dict[str, int] = {}
        for text in texts:
            name, _, number = text.rpartition("-")
            reordered += int(number) < latest.get(name, 0)
            latest[name] = max(int(number), latest.get(name, 0))
    return len(said - times.keys()), sum(times.values()) - len(times), reordered


@asynccontextmanager
async def crowd(mayfly: Installation, chats: int, every_s: float, *nodes: Node) -> AsyncIterator[Crowd]:
    """Every visitor is in a chat with an agent on these nodes (two new ones if none are named), and everybody talks.

    Half of the agents could take the chats of the other half, too.
    """
    places = list(nodes) or [await serving(mayfly), await serving(mayfly)]
    hired = [await mayfly.hire(f"Agent{n}", capacity=2 * CHATS_EACH) for n in range(chats // CHATS_EACH)]
    agents = [SteadyAgent(places, places[n % len(places)], cookie) for n, cookie in enumerate(hired)]
    visitors = [SteadyVisitor(places, places[n // 2 % len(places)]) for n in range(chats)]
    for agent in agents:
        await agent.opens()
        await agent.is_available()
    for visitor in visitors:
        await visitor.opens()
        await visitor.asks()
    for visitor in visitors:
        await visitor.gets("assigned")
    made = Crowd(places, agents, visitors, every_s)
    await until(lambda: sum(len(agent.holds) for agent in agents) == chats, "all consoles know")
    for tab in made.tabs:
        tab.keeps_coming_back()
    watching = asyncio.create_task(made.watches(mayfly.redis.url))
    try:
        await made.talks()
        yield made
    finally:
        watching.cancel()
        await asyncio.gather(*(tab.rests() for tab in made.tabs))
