"""Everything that goes on, for those who look after it: who is there, which chats wait, who has which."""

import asyncio

from chat import protocol as wire
from chat.live.consoles import Console
from chat.live.lines import Lines
from chat.live.livechat import rfc3339
from chat.settings import Settings
from routing.router import Router
from routing.types import Colleague, Entry


class Board:
    """The supervisors' board, one for all who have it open in this process. ``changed`` is set when it may differ."""

    def __init__(self, *, settings: Settings, router: Router, lines: Lines, desk: str) -> None:
        self.changed = asyncio.Event()
        self._settings = settings
        self._router = router
        self._lines = lines
        self._desk = desk
        self._open: set[Console] = set()
        self._one_at_a_time = asyncio.Lock()

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

    async def push(self) -> None:
        """Show it as it is now wherever it is open."""
        async with self._one_at_a_time:
            if self._open:
                board = await self._board()
                for console in self._open:
                    console.tell(board)

    async def _board(self) -> wire.Board:
        chats = [_chat(entry) for entry in await self._router.entries(self._desk)]
        return wire.Board(teams=await self._teams(), agents=await self._agents(), chats=chats)

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


def _chat(entry: Entry) -> wire.ChatEntry:
    return wire.ChatEntry(
        chat=entry.chat, team=entry.team, state=entry.state, since=rfc3339(entry.since_ms), priority=entry.priority,
        position=entry.position or None, agent=entry.agent or None, ringing=entry.ringing,
    )  # fmt: skip
