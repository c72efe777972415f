"""A node as a process of its own, with its agents, its visitors and its heartbeat, until it is killed.

``python -m tests.routing.killed_node URL NODE SEED``; it ends by itself only if a chat it vouched for is lost.
"""

import asyncio
import random
import sys
from collections.abc import Callable, Collection
from typing import Any, cast

from redis.asyncio import Redis

from routing import keys
from routing.router import CHAT_LEASE_MS, Router
from routing.types import Place, Step, line_of
from tests.routing.clock import RecordedRedis
from tests.routing.desk import GRACE_MS, LEASE_MS, MISSED_MAX, NAME, NODES, connect, names, to

MS_PER_OPERATION = 25
"""How fast time goes for the scripts, by what all nodes do together: fast nodes have no slower heartbeat for it."""

HANDS, CHATS = 4, 24
SWEEP_EVERY, RENEW_EVERY, LOOK_EVERY, COUNT_EVERY = 13, 40, 10, 20
CAPACITY = {"anna": 2, "bea": 3, "cleo": 4, "dora": 5, "emma": 3, "fay": 3, "gwen": 4, "hope": 1, "iris": 3}
TEAMS = {
    "anna": ["sales"], "bea": ["sales", "support"], "cleo": ["support"], "dora": ["sales", "repairs"], "emma": ["repairs"],
    "fay": ["sales", "support", "repairs"], "gwen": ["support", "repairs"], "hope": [], "iris": ["sales"],
}  # fmt: skip
ROUTES = (
    [to("sales", fair_ms=30_000)],
    [to("sales", accept_ms=8000, fair_ms=60_000)],
    [to("support", accept_ms=5000, wait_ms=10_000), to("repairs")],
    [to(line_of("hope"), accept_ms=4000, wait_ms=20_000), to("repairs", wait_ms=20_000), to("support", fair_ms=10_000)],
)
WEIGHTS = {
    "come": 22, "accept": 12, "decline": 3, "transfer": 7, "cancel": 1, "take": 3, "take over": 1, "prioritise": 2, "end": 18,
    "status": 1, "release": 0.1, "detach": 0.4, "attach": 1.2, "sweep": 2,
}  # fmt: skip


class Node:
    """What happens on one node, at random."""

    def __init__(self, redis: "Redis", name: str, seed: int) -> None:
        self._redis = redis
        self._name = name
        self._chance = random.Random(seed)
        self._router = Router(redis, node=name, agent_lease_ms=LEASE_MS, agent_grace_ms=GRACE_MS, missed_max=MISSED_MAX)
        home = NODES.index(name)
        self._staff = [agent for n, agent in enumerate(CAPACITY) if home in (n % 3, n % 2)]
        self._agents: set[str] = set()
        self._chats: set[str] = set()
        self._places: dict[str, Place] = {}
        self._seed = seed
        self._born = 0
        self._done = 0
        self._vouched_ms = 0

    async def lives(self) -> None:
        """Half of the visitors of the node's last life find their way back, and its agents; then many things go on at once."""
        before = names(await self._redis.zrange(keys.leases(NAME), 0, -1))
        self._chats = {chat for chat in before if chat.startswith(f"{self._name}-") and self._chance.random() < 0.5}
        for agent in self._staff:
            await self._attach(agent)
            await self._do("set_status", agent, "available")
        await self._renew()
        async with asyncio.TaskGroup() as hands:
            for _ in range(HANDS):
                hands.create_task(self._works())

    async def _works(self) -> None:
        while True:
            await self._step()

    async def _step(self) -> None:
        chance = self._chance
        agent = chance.choice(self._staff)
        match chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]:
            case "accept" | "decline" as verb if place := self._any(lambda place: place.offered_to):
                await self._do(verb, place.chat, place.offered_to)
            case "transfer" if place := self._any(lambda place: place.agent):
                await self._do("transfer", place.chat, place.agent, self._stop())
            case "cancel" if place := self._any(lambda place: place.transfer):
                await self._do("cancel_transfer", place.chat, place.agent)
            case "take" | "take over" as how if place := self._any(lambda place: True):
                await self._note(f"hand {place.chat} {agent}")
                await self._do("take", place.chat, agent, any_chat=how == "take over")
            case "prioritise" if place := self._any(lambda place: not place.agent):
                await self._note(f"doubt {place.chat}")
                await self._do("prioritise", place.chat, chance.choice([0, 50, 99]))
            case "end" if place := self._any(lambda place: place.agent or chance.random() < 0.01):
                await self._ends(place.chat)
            case "status":
                await self._do("set_status", agent, chance.choice(["available", "available", "away"]))
            case "release":
                await self._do("release", agent)
                await self._do("set_status", agent, "available")
            case "detach" if agent in self._agents:
                self._agents.discard(agent)
                await self._do("detach", agent)
            case "attach":
                await self._attach(agent)
            case "come" if len(self._chats) < CHATS:
                await self._comes()
            case "sweep":
                await self._do("sweep")
            case _:
                await self._step()  # what cannot be done now is not an operation

    def _any(self, fits: Callable[[Place], object]) -> Place | None:
        """One of the node's chats that fits, as it was when the node last looked."""
        found = [place for chat, place in self._places.items() if chat in self._chats and fits(place)]
        return self._chance.choice(found) if found else None

    def _stop(self) -> Step:
        line = self._chance.choice(["sales", "support", "repairs", line_of(self._chance.choice(list(CAPACITY)))])
        wait_ms, accept_ms = self._chance.choice([500, 20_000]), self._chance.choice([0, 5000])
        return Step(line, "sales", wait_ms=wait_ms, accept_ms=accept_ms)

    async def _comes(self) -> None:
        self._born += 1
        chat = f"{self._name}-{self._seed}-{self._born}"
        route, priority = self._chance.choice(ROUTES), self._chance.choice([0, 0, 0, 50, 99])
        if await self._do("enqueue", chat, route, priority) in ("waiting", "active"):
            self._chats.add(chat)

    async def _ends(self, chat: str) -> None:
        self._chats.discard(chat)
        await self._do("finish", chat)

    async def _looks(self) -> None:
        """How the node's chats stand; who is missing though the node has vouched for them is lost."""
        chats = sorted(self._chats)
        self._places = await self._router.places(NAME, chats)
        await self._are_gone(set(chats) - set(self._places))

    async def _are_gone(self, chats: Collection[str]) -> None:
        gone = self._chats.intersection(chats)
        if gone and await self._now() < self._vouched_ms + CHAT_LEASE_MS:
            sys.exit(f"{gone} are lost")
        self._chats -= gone

    async def _attach(self, agent: str) -> None:
        self._agents.add(agent)
        await self._do("attach", agent, name=agent.title(), capacity=CAPACITY[agent], teams=TEAMS[agent])

    async def _renew(self) -> None:
        vouched_ms = await self._now()
        renewal = await self._router.renew(NAME, sorted(self._agents), sorted(self._chats))
        await self._are_gone(renewal.unknown)
        self._vouched_ms = vouched_ms

    async def _do(self, verb: str, *args: Any, **named: Any) -> Any:
        answer = await getattr(self._router, verb)(NAME, *args, **named)
        self._done = done = self._done + 1
        if done % RENEW_EVERY == 0:
            await self._renew()
        if done % SWEEP_EVERY == 0:
            await self._router.sweep(NAME)
        if done % LOOK_EVERY == 0:
            await self._looks()
        if done % COUNT_EVERY == 0:
            await self._redis.incrby("operations", COUNT_EVERY)
        return answer

    async def _note(self, note: str) -> None:
        """Tell the witness what is about to happen."""
        await cast(Any, self._redis.rpush("record", note))

    async def _now(self) -> int:
        seconds, micros = await cast(Any, self._redis.lrange("clock", 0, 1))
        return int(seconds) * 1000 + int(micros) // 1000


async def main(url: str, name: str, seed: str) -> None:
    await Node(connect(url, RecordedRedis), name, int(seed)).lives()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
