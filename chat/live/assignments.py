"""Who has which chat: what the routing's feed tells, and what follows from it for the people who are here."""

from collections.abc import Awaitable, Callable
from typing import Literal, assert_never

from msgspec.structs import replace

from chat import protocol as wire
from chat.live.background import Background
from chat.live.consoles import Consoles
from chat.live.hub import Hub
from chat.live.lines import Lines
from chat.live.livechat import LiveChat, rfc3339, system_line
from chat.live.log import ChatLog
from chat.live.offers import Offers
from chat.metrics import Metrics
from routing.types import (
    AgentGone,
    AgentReturned,
    AnyRoutingEvent,
    ChatFinished,
    GivenBack,
    MovedOn,
    Paired,
    Place,
    QueueMoved,
    Rang,
    RangOff,
    StatusChosen,
    TransferBegan,
    TransferOver,
    agent_of,
)

CameBack = Literal["not_taken", "declined", "cancelled"]


class Assignments:
    """Applies routing events to the chats and consoles of this process.

    There is one way to learn where a chat stands, ``placed``, whether an event told it or the router was asked: what
    follows is the difference to what was known before. ``name_of`` finds the name of an agent who is there.
    """

    def __init__(
        self,
        *,
        hub: Hub,
        consoles: Consoles,
        lines: Lines,
        offers: Offers,
        log: ChatLog,
        background: Background,
        metrics: Metrics,
        name_of: Callable[[str], Awaitable[str]],
    ) -> None:
        self._hub = hub
        self._consoles = consoles
        self._lines = lines
        self._offers = offers
        self._log = log
        self._background = background
        self._metrics = metrics
        self._name_of = name_of

    # ── what the feed tells ──────────────────────────────────────────────────────────────────────────────────

    def routed(self, event: AnyRoutingEvent) -> None:
        """Apply a change of hands, of an agent's presence or of a line."""
        match event:
            case Paired():
                self._paired(event)
            case GivenBack(chat_id, _, team, epoch):
                chat = self._chat(chat_id)
                if chat is not None and epoch > chat.epoch:
                    self.placed(chat, _waiting(chat.place, team, epoch))
                    self._background.start(self._hub.refresh(chat))
            case MovedOn(chat_id, line, team, step):
                chat = self._chat(chat_id)
                if chat is not None and step > chat.place.step:
                    self.placed(chat, replace(chat.place, line=line, team=team, step=step, position=0))
            case TransferBegan(chat_id, _, to, until_ms):
                chat = self._chat(chat_id)
                if chat is not None:
                    self.placed(chat, replace(chat.place, transfer=to, transfer_until_ms=until_ms))
            case TransferOver(chat_id, _, _, reason):
                chat = self._chat(chat_id)
                if chat is not None:
                    self.placed(chat, replace(chat.place, transfer=None, transfer_until_ms=0), came_back=reason)
            case Rang():
                self._offers.rang(event)
            case RangOff(chat_id, agent, off):
                self._offers.rang_off(chat_id, agent, off)
            case QueueMoved(line):
                self._lines.moved(line)
            case StatusChosen(agent, status, why):
                self._consoles.has_status(agent, status, why)
            case AgentGone(agent) | AgentReturned(agent):
                gone = isinstance(event, AgentGone)
                for chat in list(self._hub.chats.values()):
                    if chat.site and chat.agent_id == agent:
                        self.placed(chat, replace(chat.place, agent_gone=gone))
            case ChatFinished():
                pass  # the chats' feed tells of the end
            case _:
                assert_never(event)

    def _chat(self, chat_id: str) -> LiveChat | None:
        chat = self._hub.chats.get(chat_id)
        if chat is not None and not chat.site:
            chat.place = replace(chat.place)  # it is being read: the hub sees that an event has overtaken the answer
            return None
        return chat

    def _paired(self, event: Paired) -> None:
        chat = self._chat(event.chat)
        if chat is not None and event.epoch > chat.epoch:
            if chat.tabs and event.epoch == 1:
                self._metrics.queue_wait.labels(event.team).observe(event.waited_ms / 1000)
            self.placed(chat, _active(chat.place, event))
            if event.by:
                self._background.start(self._hub.refresh(chat))
        for console in self._consoles.of(event.agent):
            console.give(event.chat)

    # ── where a chat stands ──────────────────────────────────────────────────────────────────────────────────

    def placed(self, chat: LiveChat, place: Place, *, came_back: CameBack = "not_taken") -> None:
        """Take where a chat stands, and let everyone here know what that changes for them."""
        before = chat.place
        if place.epoch < before.epoch:
            return
        chat.place = place
        known = before.epoch >= 0
        if place.epoch > before.epoch:
            self._changed_hands(chat, known=known)
        elif place.agent_gone != before.agent_gone:
            chat.tell("v", wire.AgentLeft() if place.agent_gone else wire.AgentBack())
        if place.line and place.line != before.line:
            self._lines.moved(place.line)
        if place.epoch > 0 and ((known and place.epoch > before.epoch) or not chat.seq):
            self._announce(chat, before)  # the latter: it changed hands before any node could say so in it
        if place.transfer_until_ms != before.transfer_until_ms or place.epoch > before.epoch:
            self._transferred(chat, before, came_back)

    def _changed_hands(self, chat: LiveChat, *, known: bool) -> None:
        place = chat.place
        chat.offered = None  # who is back in the line is offered a request anew
        for member in chat.consoles:
            if member.agent_id != place.agent:
                chat.tell_one(member, wire.Transferred(chat=chat.id, to=place.agent_name or place.team))
                member.over(chat)
                self._hub.leave(member, chat)
        if place.state == "active":
            chat.queued = None
            if known:
                chat.tell("v", wire.VisitorAssigned(agent=wire.AgentCard(name=place.agent_name)))

    def _announce(self, chat: LiveChat, before: Place) -> None:
        """Say in the chat who has it now, and who no longer. Every node that has the chat does; the ref makes it one line."""
        if chat.state == "active":
            if before.agent and before.agent != chat.agent_id:
                self._log.add(system_line(chat, wire.SystemLine.LEFT, before.agent_name, f"left {chat.epoch}"))
            if not chat.has_joined(chat.place.agent_name):  # who takes over may have been announced before
                self._log.add(system_line(chat, wire.SystemLine.JOINED, chat.place.agent_name, f"joined {chat.epoch}"))
        else:
            self._log.add(system_line(chat, wire.SystemLine.REQUEUED, None, f"requeued {chat.epoch}"))

    # ── handing over ─────────────────────────────────────────────────────────────────────────────────────────

    def _transferred(self, chat: LiveChat, before: Place, came_back: CameBack) -> None:
        to, chat.transfer_to = chat.transfer_to, ""
        if chat.place.transfer is not None:
            agent_id = agent_of(chat.place.transfer.line)
            if agent_id is None:
                self._tell_transfer(chat, self._lines.title(chat.place.transfer.line))
            else:
                self._background.start(self._find_and_tell(chat, agent_id, chat.place.transfer_until_ms))
        elif before.transfer is not None and chat.epoch == before.epoch:
            to = to or before.transfer.team
            chat.tell("a", wire.TransferReturned(chat=chat.id, to=to, reason=came_back))
            still = chat.place.agent_name
            self._log.add(system_line(chat, wire.SystemLine.RETURNED, still, f"returned {before.transfer_until_ms}"))

    async def _find_and_tell(self, chat: LiveChat, agent_id: str, until_ms: int) -> None:
        name = await self._name_of(agent_id)
        if not chat.over and chat.place.transfer_until_ms == until_ms:
            self._tell_transfer(chat, name)

    def _tell_transfer(self, chat: LiveChat, name: str) -> None:
        until_ms, chat.transfer_to = chat.place.transfer_until_ms, name
        chat.tell("a", wire.Transferring(chat=chat.id, to=name, expires_at=rfc3339(until_ms)))
        self._log.add(system_line(chat, wire.SystemLine.TRANSFERRING, name, f"transferring {until_ms}"))


def _waiting(place: Place, team: str, epoch: int) -> Place:
    return replace(
        place, state="waiting", team=team, agent="", agent_name="", agent_gone=False, epoch=epoch, transfer=None,
        transfer_until_ms=0,
    )  # fmt: skip


def _active(place: Place, event: Paired) -> Place:
    return replace(
        place, state="active", team=event.team, agent=event.agent, agent_name=event.name, agent_gone=False,
        epoch=event.epoch, line="", position=0, transfer=None, transfer_until_ms=0,
    )  # fmt: skip
