"""Everything that goes on, for those who look after it: who is there, which chats wait, who has which."""

import asyncio

from chat import protocol as wire
from chat.live.consoles import Console
from chat.live.hub import Hub, Sight
from chat.live.lines import Lines
from chat.live.livechat import rfc3339
from chat.live.reception import plan_of
from chat.settings import Settings
from routing.router import Router
from routing.types import Colleague, Entry

LOOK_AGAIN_S = 5.0


class Board:
    """The supervisors' board, one for all who have it open in this process. ``changed`` is set when it may differ."""

    def __init__(self, *, settings: Settings, router: Router, hub: Hub, lines: Lines, desk: str) -> None:
        self.changed = asyncio.Event()
        self._settings = settings
        self._router = router
        self._hub = hub
        self._lines = lines
        self._desk = desk
        self._open: set[Console] = set()
        self._one_at_a_time = asyncio.Lock()
        self._seen: dict[str, tuple[float, Sight | None]] = {}
        self._now = asyncio.get_running_loop().time
        self._shown_at = 0.0

    async def colleagues(self) -> wire.Colleagues:
        """Whom a chat could be handed to."""
        return wire.Colleagues(teams=await self._teams(), agents=await self._agents())

    async def open(self, console: Console) -> None:
        """Show the board in a console now and at each change."""
        async with self._one_at_a_time:
            console.tell(await self._board())
            self._open.add(console)

    def close(self, console: Console) -> None:
        """Show it there no more."""
        self._open.discard(console)

    def grow_old(self, now: float) -> None:
        """Who waits for an answer changes with every message, which no line tells of. ``now`` in loop time."""
        if self._open and now - self._shown_at > LOOK_AGAIN_S:
            self.changed.set()

    async def push(self) -> None:
        """Show it as it is now wherever it is open."""
        async with self._one_at_a_time:
            if self._open:
                board = await self._board()
                for console in self._open:
                    console.tell(board)

    async def _board(self) -> wire.Board:
        self._shown_at = self._now()
        entries = await self._router.entries(self._desk)
        self._seen = {entry.chat: self._seen[entry.chat] for entry in entries if entry.chat in self._seen}
        sights = await asyncio.gather(*(self._look(entry.chat) for entry in entries))
        chats = [_chat(entry, sight, self._settings) for entry, sight in zip(entries, sights, strict=True)]
        return wire.Board(teams=await self._teams(), agents=await self._agents(), chats=chats)

    async def _look(self, chat_id: str) -> Sight | None:
        """A chat of another node is read now and then only."""
        at, sight = self._seen.get(chat_id, (0.0, None))
        if sight is None or chat_id in self._hub.chats or self._now() - at > LOOK_AGAIN_S:
            sight = await self._hub.look(chat_id, closely=True)
            self._seen[chat_id] = self._now(), sight
        return sight

    async def _teams(self) -> list[wire.TeamState]:
        return [
            wire.TeamState(
                team=line.line, title=self._lines.title(line.line), waiting=line.waiting,
                longest_wait_s=line.longest_wait_ms // 1000, available=line.available, free_places=line.free_places,
            )
            for line in await self._router.lines(self._desk, list(self._settings.teams))
        ]  # fmt: skip

    async def _agents(self) -> list[wire.AgentState]:
        everyone = [_agent(colleague) for colleague in await self._router.colleagues(self._desk)]
        return sorted(everyone, key=lambda agent: (agent.name, agent.id))


def _agent(colleague: Colleague) -> wire.AgentState:
    return wire.AgentState(
        id=colleague.agent, name=colleague.name, status=colleague.status, teams=list(colleague.teams),
        chats=colleague.chats, capacity=colleague.capacity, gone=colleague.gone,
    )  # fmt: skip


def _chat(entry: Entry, sight: Sight | None, settings: Settings) -> wire.ChatEntry:
    owed = sight.owed if sight is not None and entry.state == "active" else None
    return wire.ChatEntry(
        chat=entry.chat, team=entry.team, state=entry.state, since=rfc3339(entry.since_ms), priority=entry.priority,
        position=entry.position or None, agent=entry.agent or None, ringing=entry.ringing,
        site=sight.site if sight is not None else None, topic=sight.card.topic if sight is not None else None,
        plan=plan_of(settings, sight.card) if sight is not None else None,
        owed_since=rfc3339(owed.at_ms) if owed is not None else None,
    )  # fmt: skip
