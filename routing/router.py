"""The router: each verb is one Lua script, so that however many nodes race, each change is whole."""

import secrets
from collections.abc import Awaitable, Iterable, Sequence
from importlib.resources import files
from typing import Any, cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from routing import keys
from routing.types import Assignment, Attached, Finished, Line, Place, Renewal, State, Status

SCRIPTS = (
    "assign",
    "attach",
    "detach",
    "enqueue",
    "finish",
    "lines",
    "places",
    "renew",
    "restore",
    "set_status",
    "sweep",
    "take",
)
PAIRS_PER_CALL = 100
CHAT_LEASE_MS = 60_000
HOLD_MS = 3_000


class Router:
    """Queues, agents and assignments of all desks in one Redis.

    ``agent_lease_ms``: a node must renew an agent's tab within this time; ``agent_grace_ms``: an agent whose
    last tab is gone longer gives their chats back. All methods raise ``redis.exceptions.RedisError`` when
    Redis is away, and then nothing or everything has happened: each may be repeated.
    """

    def __init__(
        self, redis: "Redis", *, node: str, agent_lease_ms: int = 10_000, agent_grace_ms: int = 15_000
    ) -> None:
        self._node = node
        self._lease_ms = agent_lease_ms
        self._grace_ms = agent_grace_ms
        source = files("routing") / "lua"
        prelude = (source / "prelude.lua").read_text()
        self._scripts: dict[str, AsyncScript] = {
            name: redis.register_script(prelude + (source / f"{name}.lua").read_text()) for name in SCRIPTS
        }

    async def _call(self, script: str, desk: str, *args: str | int | float) -> Any:
        return await cast(Awaitable[Any], self._scripts[script](keys=[keys.prefix(desk)], args=args))

    async def enqueue(self, desk: str, chat: str, team: str, max_waiting: int) -> State | None:
        """Put a chat into its team's line; its state, which is not new if it was there before, or None: the line is full."""
        outcome, _agent = await self._call("enqueue", desk, chat, team, max_waiting, CHAT_LEASE_MS)
        states: dict[bytes, State] = {b"queued": "waiting", b"active": "active"}
        return states.get(outcome)

    async def assign(self, desk: str, team: str) -> list[Assignment]:
        """Pair waiting chats with free agents until one side runs out."""
        made: list[Assignment] = []
        while True:
            flat = await self._call("assign", desk, team, PAIRS_PER_CALL)
            made += (
                Assignment(flat[i].decode(), flat[i + 1].decode(), int(flat[i + 2])) for i in range(0, len(flat), 3)
            )
            if len(flat) < 3 * PAIRS_PER_CALL:
                return made

    async def take(self, desk: str, chat: str, agent: str) -> str:
        """Give a waiting chat to this agent: 'taken', or why not: 'not_waiting', 'at_capacity', 'not_yours'."""
        return cast(bytes, await self._call("take", desk, chat, agent)).decode()

    async def finish(self, desk: str, chat: str) -> Finished | None:
        """A chat is over. None if the router did not know it."""
        was = await self._call("finish", desk, chat)
        if was is None:
            return None
        state, team, agent, handled_ms, *freed = was
        return Finished(
            state.decode(), team.decode(), agent.decode(), int(handled_ms), tuple(name.decode() for name in freed)
        )

    async def attach(self, desk: str, agent: str, *, name: str, capacity: int, teams: Sequence[str]) -> Attached:
        """This node has a console tab of ``agent``."""
        answer = await self._call(
            "attach", desk, agent, self._node, capacity, ",".join(teams), self._lease_ms, self._grace_ms, name
        )
        return Attached(answer[0].decode(), sorted(chat.decode() for chat in answer[1:]))

    async def detach(self, desk: str, agent: str) -> bool:
        """This node has no tab of ``agent`` any more. True if now no node has."""
        return bool(await self._call("detach", desk, agent, self._node, self._grace_ms))

    async def set_status(self, desk: str, agent: str, status: Status) -> None:
        """The agent's choice to take new chats."""
        await self._call("set_status", desk, agent, status)

    async def renew(self, desk: str, agents: Sequence[str], chats: Sequence[str]) -> Renewal:
        """The node's heartbeat for its agents and chats; call it at least every half lease."""
        answer = await self._call(
            "renew", desk, self._node, self._lease_ms, self._grace_ms, CHAT_LEASE_MS, len(agents), *agents, *chats
        )
        mark, *unknown = (item.decode() for item in answer)
        return Renewal(mark, frozenset(unknown))

    async def sweep(self, desk: str) -> int:
        """Let go of agents and chats that nobody vouches for any more; how many."""
        return int(await self._call("sweep", desk, self._grace_ms))

    async def lines(self, desk: str, teams: Sequence[str]) -> list[Line]:
        """How the lines of ``teams`` stand, in that order."""
        flat = await self._call("lines", desk, *teams)
        now = flat.pop()
        return [
            Line(team, waiting, max(0, now - oldest) if oldest else 0, available, places, total, mean, head.decode())
            for team, (waiting, oldest, available, places, total, mean, head) in zip(
                teams, (flat[i : i + 7] for i in range(0, len(flat), 7)), strict=True
            )
        ]

    async def places(self, desk: str, chats: Sequence[str]) -> dict[str, Place]:
        """Where ``chats`` stand; those the router does not know are left out."""
        if not chats:
            return {}
        flat = await self._call("places", desk, *chats)
        found: dict[str, Place] = {}
        for i, chat in enumerate(chats):
            state, team, agent, name, epoch, arrived, position, left = flat[8 * i : 8 * i + 8]
            if state:
                found[chat] = Place(
                    chat=chat,
                    state=state.decode(),
                    team=team.decode(),
                    agent=agent.decode(),
                    agent_name=name.decode(),
                    epoch=int(epoch),
                    arrived_ms=float(arrived),
                    position=position,
                    agent_gone=left == b"1",
                )
        return found

    async def ensure_mark(self, desk: str) -> str:
        """The mark of this life of Redis, made if there is none."""
        return cast(bytes, await self._call("restore", desk, secrets.token_hex(8), 0)).decode()

    async def restore_agent(self, desk: str, agent: str, status: Status) -> None:
        """After Redis lost its memory: what the agent had chosen. ``attach`` them next."""
        await self._call("restore", desk, secrets.token_hex(8), HOLD_MS, "agent", agent, status)

    async def restore_chats(self, desk: str, places: Iterable[Place]) -> None:
        """After Redis lost its memory: where the chats of this node stood; a higher epoch stands against a lower."""
        for place in places:
            await self._call(
                "restore", desk, secrets.token_hex(8), HOLD_MS,
                "chat", place.chat, place.team, place.state, place.agent, place.epoch, place.arrived_ms, CHAT_LEASE_MS,
                self._lease_ms + self._grace_ms,
            )  # fmt: skip
