"""The router: each verb is one Lua script, so that however many nodes race, each change is whole.

A script that lets somebody wait, or sets somebody free, pairs at once whoever can be paired: there is no moment at
which a chat waits for an agent who is free.
"""

import secrets
from collections.abc import Awaitable, Iterable, Sequence
from importlib.resources import files
from typing import Any, Literal, cast

import msgspec
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from routing import keys
from routing.types import (
    Attached,
    Colleague,
    Enqueued,
    Entry,
    Finished,
    Line,
    Place,
    Renewal,
    Ring,
    State,
    Status,
    Step,
)

SCRIPTS = (
    "accept",
    "attach",
    "cancel_transfer",
    "colleagues",
    "decline",
    "detach",
    "enqueue",
    "entries",
    "finish",
    "lines",
    "places",
    "positions",
    "prioritise",
    "release",
    "renew",
    "restore",
    "set_status",
    "sweep",
    "take",
    "transfer",
)
CHAT_LEASE_MS = 60_000
HOLD_MS = 3_000
ENTRIES_MAX = 500
CHATS_AT_ONCE = 500
"""In one script, so that none keeps Redis from others for more than a few ms."""

Taken = Literal["taken", "not_waiting", "at_capacity", "not_yours"]
Transfer = Literal["begun", "not_yours", "away"]

_encode_steps = msgspec.json.Encoder().encode
_decode_steps = msgspec.json.Decoder(tuple[Step, ...]).decode
_decode_step = msgspec.json.Decoder(Step).decode


def source_of(script: str) -> str:
    """A script's text, after what all of them share."""
    folder = files("routing") / "lua"
    return "".join((folder / f"{name}.lua").read_text("utf-8") for name in ("clock", "prelude", "assign", script))


class Router:
    """Lines, agents and assignments of all desks in one Redis.

    ``agent_lease_ms``: a node must renew an agent's tab within this time; ``agent_grace_ms``: an agent whose
    last tab is gone longer gives their chats back; ``missed_max``: who misses this many rings in a row is set away.
    All methods raise ``redis.exceptions.RedisError`` when Redis is away, and then nothing or everything has
    happened: each may be repeated.
    """

    def __init__(
        self,
        redis: "Redis",
        *,
        node: str,
        agent_lease_ms: int = 10_000,
        agent_grace_ms: int = 15_000,
        missed_max: int = 3,
    ) -> None:
        self._node = node
        self._lease_ms = agent_lease_ms
        self._grace_ms = agent_grace_ms
        self._missed_max = missed_max
        self._scripts: dict[str, AsyncScript] = {name: redis.register_script(source_of(name)) for name in SCRIPTS}

    async def _call(self, script: str, desk: str, *args: str | int | float | bytes) -> Any:
        return await cast(
            Awaitable[Any], self._scripts[script](keys=[keys.prefix(desk)], args=[self._missed_max, *args])
        )

    # ── chats ────────────────────────────────────────────────────────────────────────────────────────────────

    async def enqueue(self, desk: str, chat: str, steps: Sequence[Step], priority: int = 0) -> Enqueued:
        """Put a chat into the line of the first step that is open and has somebody available.

        Where nobody is available it waits in the first open team's line. Sending it again changes nothing and tells
        the state it is in. ``priority`` is 0 to ``HIGHEST_PRIORITY``.
        """
        outcome: bytes = await self._call("enqueue", desk, chat, _encode_steps(steps), priority, CHAT_LEASE_MS)
        return cast(Enqueued, outcome.decode())

    async def accept(self, desk: str, chat: str, agent: str) -> bool:
        """The agent takes the chat that rings at them; also True if it is theirs already. False if it rings there no more."""
        return bool(await self._call("accept", desk, chat, agent))

    async def decline(self, desk: str, chat: str, agent: str) -> bool:
        """The chat that rings at the agent goes to the next; False if it does not ring there."""
        return bool(await self._call("decline", desk, chat, agent))

    async def take(self, desk: str, chat: str, agent: str, *, any_chat: bool = False) -> Taken:
        """Give a waiting chat of the agent's lines to them; with ``any_chat`` any, also one that somebody has."""
        return cast(Taken, (await self._call("take", desk, chat, agent, int(any_chat))).decode())

    async def transfer(self, desk: str, chat: str, agent: str, to: Step) -> Transfer:
        """Offer the agent's chat to another line for ``to.wait_ms``; it stays theirs until somebody takes it.

        ``away``: ``to`` is one agent's line, and they are not available. A transfer under way is replaced.
        """
        return cast(Transfer, (await self._call("transfer", desk, chat, agent, _encode_steps([to]))).decode())

    async def cancel_transfer(self, desk: str, chat: str, agent: str) -> bool:
        """The agent thinks better of it; False if no transfer of theirs is under way."""
        return bool(await self._call("cancel_transfer", desk, chat, agent))

    async def prioritise(self, desk: str, chat: str, priority: int) -> bool:
        """Let a waiting chat go before or after others; False if it does not wait."""
        return bool(await self._call("prioritise", desk, chat, priority))

    async def finish(self, desk: str, chat: str) -> Finished | None:
        """A chat is over. None if the router did not know it."""
        was = await self._call("finish", desk, chat)
        if was is None:
            return None
        state, team, agent, handled_ms = was
        return Finished(cast(State, state.decode()), team.decode(), agent.decode(), int(handled_ms))

    # ── agents ───────────────────────────────────────────────────────────────────────────────────────────────

    async def attach(self, desk: str, agent: str, *, name: str, capacity: int, teams: Sequence[str]) -> Attached:
        """This node has a console tab of ``agent``."""
        status, chats, rings = await self._call(
            "attach", desk, agent, self._node, capacity, ",".join(teams), self._lease_ms, self._grace_ms, name
        )
        return Attached(
            status.decode(),
            sorted(chat.decode() for chat in chats),
            [Ring(rings[i].decode(), int(rings[i + 1]), rings[i + 2].decode()) for i in range(0, len(rings), 3)],
        )

    async def detach(self, desk: str, agent: str) -> bool:
        """This node has no tab of ``agent`` any more. True if now no node has."""
        return bool(await self._call("detach", desk, agent, self._node, self._grace_ms))

    async def set_status(
        self, desk: str, agent: str, status: Status, *, reason: Literal["chosen", "supervisor"] = "chosen"
    ) -> None:
        """Whether the agent takes new chats; what rings at one who goes away goes to the next."""
        await self._call("set_status", desk, agent, status, reason)

    async def release(self, desk: str, agent: str) -> int:
        """The agent is away at once and gives all chats back to the head of their lines; how many."""
        return int(await self._call("release", desk, agent))

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def renew(self, desk: str, agents: Sequence[str], chats: Sequence[str]) -> Renewal:
        """The node's heartbeat for its agents and chats; call it at least every half lease."""
        lives = (self._node, self._lease_ms, self._grace_ms, CHAT_LEASE_MS)
        answers = [await self._call("renew", desk, *lives, len(agents), *agents)]
        answers += [await self._call("renew", desk, *lives, 0, *some) for some in _in_parts(chats)]
        return Renewal(answers[-1][0].decode(), frozenset(item.decode() for _, *unknown in answers for item in unknown))

    async def sweep(self, desk: str) -> int:
        """Let go of whom nobody vouches for, let deadlines pass, and pair whoever can be; how much has happened."""
        happened = 0
        while True:
            done, more = await self._call("sweep", desk, self._grace_ms)
            happened += int(done)
            if not more:
                return happened

    # ── how things stand ─────────────────────────────────────────────────────────────────────────────────────

    async def lines(self, desk: str, lines: Sequence[str]) -> list[Line]:
        """How ``lines`` stand, in that order."""
        if not lines:
            return []
        flat = await self._call("lines", desk, *lines)
        now = flat.pop()
        return [
            Line(
                line,
                waiting,
                max(0, now - oldest) if oldest else 0,
                available,
                free,
                places,
                total,
                mean,
                head.decode(),
            )
            for line, (waiting, oldest, available, free, places, total, mean, head) in zip(
                lines, (flat[i : i + 8] for i in range(0, len(flat), 8)), strict=True
            )
        ]

    async def positions(self, desk: str, chats: Sequence[str]) -> dict[str, tuple[str, int]]:
        """The line and the place in it (1 is next) of those of ``chats`` that wait."""
        found: dict[str, tuple[str, int]] = {}
        for some in _in_parts(chats):
            flat = await self._call("positions", desk, *some)
            found |= {chat: (flat[2 * i].decode(), flat[2 * i + 1]) for i, chat in enumerate(some) if flat[2 * i + 1]}
        return found

    async def places(self, desk: str, chats: Sequence[str]) -> dict[str, Place]:
        """Where ``chats`` stand; those the router does not know are left out."""
        found: dict[str, Place] = {}
        for some in _in_parts(chats):
            answer = await self._call("places", desk, *some)
            found |= {chat: _place(chat, fields) for chat, fields in zip(some, answer, strict=True) if fields}
        return found

    async def colleagues(self, desk: str) -> list[Colleague]:
        """Everyone who is connected or within the grace."""
        answer = await self._call("colleagues", desk)
        return [
            Colleague(
                agent=agent.decode(), name=name.decode(), status=status.decode(), capacity=int(capacity),
                teams=tuple(filter(None, teams.decode().split(","))), chats=chats, gone=left == b"1",
            )
            for agent, name, status, capacity, teams, chats, left in answer
        ]  # fmt: skip

    async def entries(self, desk: str) -> list[Entry]:
        """The chats, at most ``ENTRIES_MAX``: those who wait first, in the order of their lines, then the longest active."""
        answer = await self._call("entries", desk, ENTRIES_MAX)
        return [
            Entry(
                chat.decode(),
                team.decode(),
                state.decode(),
                agent.decode(),
                bool(ringing),
                int(priority),
                since,
                position,
            )
            for chat, team, state, agent, ringing, priority, since, position in answer
        ]

    # ── after Redis lost its memory ──────────────────────────────────────────────────────────────────────────

    async def ensure_mark(self, desk: str) -> str:
        """The mark of this life of Redis, made if there is none."""
        return cast(bytes, await self._call("restore", desk, secrets.token_hex(8), 0)).decode()

    async def restore_agent(self, desk: str, agent: str, status: Status) -> None:
        """What the agent had chosen. ``attach`` them next."""
        await self._call("restore", desk, secrets.token_hex(8), HOLD_MS, "agent", agent, status)

    async def restore_chats(self, desk: str, places: Iterable[Place]) -> None:
        """Where the chats of this node stood; a higher epoch stands against a lower. Rings and transfers begin anew."""
        for place in places:
            await self._call(
                "restore", desk, secrets.token_hex(8), HOLD_MS,
                "chat", place.chat, place.team, place.state, place.agent, place.epoch, place.arrived_ms, CHAT_LEASE_MS,
                self._lease_ms + self._grace_ms, place.priority, _encode_steps(place.steps), place.step,
            )  # fmt: skip


def _in_parts(chats: Sequence[str]) -> list[Sequence[str]]:
    return [chats[first : first + CHATS_AT_ONCE] for first in range(0, len(chats), CHATS_AT_ONCE)]


def _place(chat: str, fields: list[Any]) -> Place:
    (state, team, agent, name, epoch, arrived, position, left, line, priority, steps, step, offered_to, offer_until,
     transfer, transfer_until) = fields  # fmt: skip
    return Place(
        chat=chat, state=state.decode(), team=team.decode(), agent=agent.decode(), agent_name=name.decode(),
        epoch=int(epoch), arrived_ms=float(arrived), position=position, agent_gone=left == b"1", line=line.decode(),
        priority=int(priority), steps=_decode_steps(steps), step=int(step), offered_to=offered_to.decode(),
        offer_until_ms=int(offer_until), transfer=_decode_step(transfer) if transfer else None,
        transfer_until_ms=int(transfer_until),
    )  # fmt: skip
