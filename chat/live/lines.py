"""The lines as people see them: visitors their place and wait, agents how many wait and since when."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from msgspec import Struct
from redis.exceptions import RedisError

from chat import protocol as wire
from chat.live.consoles import Consoles, supervises
from chat.live.hub import Hub
from chat.live.livechat import LiveChat, Queued, rfc3339
from chat.people.agents import Agent
from chat.settings import Settings
from routing.estimate import readable, steady
from routing.router import Router
from routing.types import Line, Step

COUNT_DOWN_S = 15.0


class Standing(Struct, frozen=True):
    """How the desk stands for a visitor; ``nobody`` is there at all, or so many agents are ``free``, at least."""

    availability: wire.VisitorAvailability
    nobody: bool = False
    free: int = 0


class Lines:
    """Tells this node's visitors and agents how their lines stand. ``changed`` is set when one has moved."""

    def __init__(self, *, settings: Settings, router: Router, hub: Hub, consoles: Consoles, desk: str) -> None:
        self.changed = asyncio.Event()
        self._settings = settings
        self._router = router
        self._hub = hub
        self._consoles = consoles
        self._desk = desk
        self._moved: set[str] = set()
        self._now = asyncio.get_running_loop().time

    def title(self, line: str) -> str:
        """What people call a team; its name if it is no longer configured."""
        team = self._settings.teams.get(line)
        return team.title if team is not None else line

    async def standing(self, steps: Iterable[Step], *, is_open: bool) -> Standing:
        """Who is there now for a visitor who would take these steps."""
        if not is_open:
            return Standing("closed")
        now_ms = time.time() * 1000
        lines = await self._router.lines(self._desk, [step.line for step in steps if _open(step, now_ms)])
        # Where no chat is next, those that wait ring: they have their places already.
        if any(line.free_places > (line.waiting if line.head else 0) for line in lines):
            return Standing("online", free=max(line.free for line in lines))  # who is in two teams is one person
        return Standing("busy", nobody=not any(line.available for line in lines))

    async def states(self, agent: Agent) -> list[wire.QueueState]:
        """The lines an agent sees, for their welcome."""
        return [
            wire.QueueState(
                line.line, self.title(line.line), line.waiting, line.longest_wait_ms // 1000, line.head or None
            )
            for line in await self._router.lines(self._desk, self._seen_by(agent))
        ]

    def _seen_by(self, agent: Agent) -> Sequence[str]:
        """The teams whose lines an agent sees: a supervisor every one."""
        teams = self._settings.teams
        return list(teams) if supervises(agent) else [team for team in agent.teams if team in teams]

    def moved(self, line: str) -> None:
        """A line has moved: everyone here will be told soon."""
        self._moved.add(line)
        self.changed.set()

    def count_down(self, chat: LiveChat, now: float) -> None:
        """The wait a visitor was told grows shorter also while the line stands still. ``now`` in loop time."""
        if chat.queued is not None and chat.queued.wait_s is not None and now - chat.queued.at > COUNT_DOWN_S:
            self.moved(chat.place.line)

    async def push(self) -> None:
        """Tell everyone here whose line has moved. What Redis did not answer is asked again the next time."""
        moved, self._moved = self._moved, set()
        try:
            await self._tell(moved)
        except RedisError:
            self._moved |= moved
            raise

    async def _tell(self, moved: set[str]) -> None:
        concerned = moved | {""}  # not known yet
        waiting = [
            chat for chat in self._hub.chats.values() if chat.state == "waiting" and chat.place.line in concerned
        ]
        positions = await self._router.positions(self._desk, [chat.id for chat in waiting])
        names = sorted(moved.intersection(self._settings.teams) | {line for line, _ in positions.values()})
        lines = {line.line: line for line in await self._router.lines(self._desk, names)}
        for chat in waiting:
            if chat.id in positions and chat.state == "waiting":
                line, position = positions[chat.id]
                self._tell_place(chat, lines[line], position)
        for console in self._consoles:
            if console.greeted:
                for team in self._seen_by(console.agent):
                    if team in lines:
                        console.tell(self._queue_changed(lines[team]))

    def _tell_place(self, chat: LiveChat, line: Line, position: int) -> None:
        before, chat.queued = chat.queued, _queued(chat.queued, line, position, self._now())
        wait_s = chat.queued.wait_s
        if before is None or (before.position, before.wait_s) != (position, wait_s):
            chat.tell("v", wire.Queued(position=position, wait_s=wait_s))
        if line.available and chat.offered == "no_agents":
            self._withdraw(chat)
        elif not line.available and chat.offered is None:
            self._offer(chat, "no_agents")

    def look(self, chat: LiveChat, now: float, now_ms: float) -> None:
        """Offer the request form to one whose desk has closed, or who has waited for long. ``now`` in loop time.

        The place in the line is kept: who is still there may take them.
        """
        if not open_at(chat.place.steps, now_ms):
            if chat.offered != "closed":
                self._offer(chat, "closed", reopens_at=opens_after(chat.place.steps, now_ms))
            return
        if chat.offered == "closed":
            self._withdraw(chat)
            self.moved(chat.place.line)  # is anybody there?
        team = self._settings.teams.get(chat.team)  # None: taken out of the config while the chat waits
        if chat.offered in (None, "no_agents") and (team is None or now - chat.arrived_at > team.max_wait_s):
            self._offer(chat, "waited")

    def _offer(self, chat: LiveChat, reason: wire.OfferReason, reopens_at: int | None = None) -> None:
        chat.offered = reason
        opens = None if reopens_at is None else rfc3339(reopens_at)
        chat.tell("v", wire.TicketOffered(reason=reason, reopens_at=opens))

    def _withdraw(self, chat: LiveChat) -> None:
        chat.offered = None
        chat.tell("v", wire.OfferWithdrawn())

    def _queue_changed(self, line: Line) -> wire.QueueChanged:
        return wire.QueueChanged(
            team=line.line, title=self.title(line.line), waiting=line.waiting,
            longest_wait_s=line.longest_wait_ms // 1000, head=line.head or None,
        )  # fmt: skip


def open_at(steps: Sequence[Step], now_ms: float) -> bool:
    """Whether any step is open then; a chat of which no step is known counts as open."""
    return not steps or any(_open(step, now_ms) for step in steps)


def opens_after(steps: Sequence[Step], now_ms: float) -> int | None:
    """When the first of them opens, in Unix ms, as far as their hours are known."""
    return min((start for step in steps for start, _ in step.hours or () if start > now_ms), default=None)


def _open(step: Step, now_ms: float) -> bool:
    return step.hours is None or any(start <= now_ms < end for start, end in step.hours)


def _queued(before: Queued | None, line: Line, position: int, now: float) -> Queued:
    """What to tell now of a place in a line, after what was told before. While nobody is there the wait stands still."""
    told_s = before.estimate_s if before is not None else None
    fresh_s = line.estimated_wait_s(position)
    if fresh_s is None:
        return Queued(position, None, told_s, now)
    elapsed_s = now - before.at if before is not None and before.wait_s is not None else 0
    estimate_s = steady(told_s, elapsed_s, fresh_s)
    return Queued(position, readable(estimate_s), estimate_s, now)
