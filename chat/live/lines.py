"""The lines as people see them: visitors their place and wait, agents how many wait and since when."""

from collections.abc import Iterable, Sequence

from chat import protocol as wire
from chat.live.hub import Hub
from chat.live.livechat import LiveChat
from chat.settings import Settings
from routing.router import Router
from routing.types import Line


class Lines:
    """Tells this node's visitors and agents how their lines stand."""

    def __init__(self, *, settings: Settings, router: Router, hub: Hub, desk: str) -> None:
        self._settings = settings
        self._router = router
        self._hub = hub
        self._desk = desk

    async def states(self, teams: Sequence[str]) -> list[wire.QueueState]:
        """The lines of ``teams``, for an agent's welcome."""
        known = [team for team in teams if team in self._settings.teams]
        lines = await self._router.lines(self._desk, known) if known else []
        return [
            wire.QueueState(
                line.team, self._title(line.team), line.waiting, line.longest_wait_ms // 1000, line.head or None
            )
            for line in lines
        ]

    async def push(self, teams: Iterable[str]) -> None:
        """Tell everyone here whose line has changed."""
        known = sorted(team for team in set(teams) if team in self._settings.teams)
        if not known:
            return
        waiting = [chat for chat in self._hub.chats.values() if chat.state == "waiting" and chat.team in known]
        lines = {line.team: line for line in await self._router.lines(self._desk, known)}
        places = await self._router.places(self._desk, [chat.id for chat in waiting])
        for chat in waiting:
            place = places.get(chat.id)
            if place is not None and place.position:
                self._tell_place(chat, lines[chat.team], place.position)
        for console in [console for tabs in self._hub.consoles.values() for console in tabs]:
            for team in console.agent.teams:
                if team in lines:
                    console.tell(self._queue_changed(lines[team]))

    def _tell_place(self, chat: LiveChat, line: Line, position: int) -> None:
        queued = position, line.estimated_wait_s(position)
        if _differs(chat.queued, queued):
            chat.queued = queued
            chat.tell("v", wire.Queued(position=position, wait_s=queued[1]))
        if not line.available and chat.offered is None:
            self.offer(chat, "no_agents")

    def offer(self, chat: LiveChat, reason: wire.OfferReason) -> None:
        """Offer the request form to a visitor who waits; the place in the line is kept."""
        chat.offered = reason
        chat.tell("v", wire.TicketOffered(reason=reason))

    def _queue_changed(self, line: Line) -> wire.QueueChanged:
        return wire.QueueChanged(
            team=line.team, title=self._title(line.team), waiting=line.waiting,
            longest_wait_s=line.longest_wait_ms // 1000, head=line.head or None,
        )  # fmt: skip

    def _title(self, team: str) -> str:
        return self._settings.teams[team].title or team


def _differs(told: tuple[int, int | None] | None, queued: tuple[int, int | None]) -> bool:
    """Whether it is worth telling: another place, or an estimate that moved by more than a fifth."""
    if told is None or told[0] != queued[0]:
        return True
    before, now = told[1], queued[1]
    if before is None or now is None:
        return before is not now
    return abs(now - before) > before / 5
