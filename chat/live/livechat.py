"""A chat as one node holds it: who is here, how far they are, and what each thing told of it means for them.

``LiveChat`` is state and consequence only: it takes what the feed tells, in order, and puts frames into the
outboxes of the members who are here. It calls neither Redis nor SQL.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from chat import protocol as wire
from chat.live.frames import frame
from chat.live.log import Entry, Kept, Record, Side, Told
from chat.live.seal import Seal
from chat.live.sealed import (
    Aside,
    Line,
    OfferAside,
    TicketAside,
    TypingAside,
    aside_of,
    card_of,
    encode_sealed,
    line_of,
)
from routing.estimate import readable
from routing.types import Place, State, Step


class Member(Protocol):
    """A session in a chat: a visitor's tab or a console tab."""

    side: Side
    agent_id: str

    def send(self, frame: bytes) -> None:
        """Put a frame into the outbox."""

    def unconfirmed(self, chat: "LiveChat", seq: int) -> None:
        """A message of the other side was sent; say so to ``Hub.delivered`` once it has left this process."""

    def over(self, chat: "LiveChat") -> None:
        """The chat is over, or no longer this member's: forget it."""


class Seat:
    """A member's seat in a chat: everything up to ``seq`` was sent to it. While ``held`` is a list, frames wait there.

    A supervisor who is ``watching`` is not the one who has the chat, and may speak in it once ``joined``. ``reminded``
    is the last line whose missing answer the member was told of.
    """

    __slots__ = ("held", "joined", "reminded", "seq", "watching")

    def __init__(self, *, watching: bool) -> None:
        self.seq = 0
        self.held: list[tuple[int, bytes]] | None = []
        self.watching = watching
        self.joined = False
        self.reminded = 0


class Owed(Struct, frozen=True):
    """The line since which the visitor has waited for an answer: a message, or that the agent has come. ``at`` is loop time."""

    seq: int
    at_ms: int
    at: float


class Queued(Struct, frozen=True):
    """What the visitor was told of the line: their place and wait, and what exactly was estimated then. ``at`` is loop time.

    Without ``wait_s`` none was told, since it could not be estimated; ``estimate_s`` is then what was told before.
    """

    position: int
    wait_s: int | None
    estimate_s: float | None
    at: float


def rfc3339(ms: float) -> str:
    """Unix time in ms → RFC 3339 in UTC, with milliseconds."""
    second, rest = divmod(int(ms), 1000)
    return f"{_to_the_second(second)}.{rest:03}Z"


@lru_cache(maxsize=16)
def _to_the_second(unix_time: int) -> str:
    return datetime.fromtimestamp(unix_time, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class LiveChat:
    """A chat on this node. Until ``load`` what is told of it waits."""

    def __init__(self, chat_id: str) -> None:
        self.id = chat_id
        self.members: dict[Member, Seat] = {}
        self.backlog: list[Told] | None = []
        self.over = False
        self.site = self.source = ""
        self.salt = self.sealed_card = b""
        self.card = wire.VisitorCard()
        self.place = Place(chat_id, "waiting", "", "", "", epoch=-1, arrived_ms=0)
        self.transfer_to = ""
        self.arrived_ms = 0
        self.arrived_at = self.last_said_at = 0.0  # loop time
        self.seq = self.notes = 0
        self.delivered: dict[str, int] = {"v": 0, "a": 0}
        self.read: dict[str, int] = {"v": 0, "a": 0}
        self.left_ms: int | None = None
        self.owed: Owed | None = None
        self.overdue = 0
        self.lines: list[Told] = []
        self.offered: wire.OfferReason | None = None
        self.queued: Queued | None = None
        self._seal: Seal

    @property
    def state(self) -> State:
        """Waiting or active."""
        return self.place.state

    @property
    def team(self) -> str:
        """The team it counts for."""
        return self.place.team

    @property
    def agent_id(self) -> str:
        """Who has it, "" while it waits."""
        return self.place.agent

    @property
    def epoch(self) -> int:
        """Rises each time it changes hands; below 0 until the router was asked."""
        return self.place.epoch

    # ── who is here ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def tabs(self) -> list[Member]:
        """The visitor's tabs on this node."""
        return [member for member in self.members if member.side == "v"]

    @property
    def consoles(self) -> list[Member]:
        """The console tabs on this node of the agent who has it."""
        return [member for member, seat in self.members.items() if member.side == "a" and not seat.watching]

    def seat(self, member: Member, *, watching: bool = False) -> None:
        """Let a member in; what is said waits until ``release``. Who watches again has still joined."""
        before = self.members.get(member)
        seat = self.members[member] = Seat(watching=watching)
        seat.joined = watching and before is not None and before.joined

    def release(self, member: Member, seq: int) -> None:
        """The member has been sent everything up to ``seq``; let through what came meanwhile."""
        seat = self.members[member]
        held, seat.held, seat.seq = seat.held or [], None, seq
        for number, waiting in held:
            self._send(member, seat, waiting, number)

    def _send(self, member: Member, seat: Seat, data: bytes, seq: int = 0) -> None:
        if seat.held is not None:
            seat.held.append((seq, data))
        elif not seq or seq > seat.seq:
            seat.seq = max(seq, seat.seq)
            member.send(data)

    def tell(self, side: Literal["v", "a"], event: wire.Event) -> None:
        """Send an event to everyone of one side who is here."""
        data = b""
        for member, seat in self.members.items():
            if member.side == side:
                data = data or frame(event)
                self._send(member, seat, data)

    def tell_one(self, member: Member, event: wire.Event) -> None:
        """Send an event to one member."""
        self._send(member, self.members[member], frame(event))

    def remind(self, event: wire.ReplyDue, seq: int) -> None:
        """Tell the agent's tabs once that line ``seq`` waits for an answer."""
        for member in self.consoles:
            seat = self.members[member]
            if seat.reminded < seq:
                seat.reminded = seq
                self._send(member, seat, frame(event))

    # ── what is known ────────────────────────────────────────────────────────────────────────────────────────

    def load(self, record: Record, seal: Seal, card: wire.VisitorCard, now: float) -> None:
        """Take all that Redis has; what was told meanwhile is then applied by the hub. ``now`` in loop time."""
        self._seal = seal
        self.lines = [Told("m", kept.side, self.id, kept.number, kept.at_ms, kept.payload) for kept in record.messages]
        self.lines += [Told("n", "a", self.id, kept.number, kept.at_ms, kept.payload) for kept in record.note_lines]
        self.site, self.source, self.salt = record.site, record.source, record.salt
        self.card, self.sealed_card = card, record.card
        self.arrived_ms = record.arrived_ms
        self.arrived_at = now - record.age_ms / 1000
        self.last_said_at = now
        self.seq, self.notes = record.seq, record.notes
        self.delivered, self.read = dict(record.delivered), dict(record.read)
        self.left_ms = record.left_ms
        if record.wait_s is not None:
            self.queued = Queued(0, readable(record.wait_s), record.wait_s, now - record.wait_age_ms / 1000)
        for kept in record.messages:
            self._count_silence(kept, self.arrived_at + (kept.at_ms - record.arrived_ms) / 1000)
        if self.epoch < 0:  # should the router not know it
            steps = (Step(record.team, record.team),)
            self.place = msgspec.structs.replace(
                self.place, team=record.team, arrived_ms=record.arrived_ms, steps=steps
            )

    def close(self, plain: bytes) -> bytes:
        """Seal with this chat's key."""
        return self._seal.close(plain)

    def sealed_lines(self) -> list[tuple[Told, str | None]]:
        """Every message and note, still sealed, with its ref: to give them back to a Redis that has lost its memory."""
        return [(told, line_of(self._seal, told.payload).ref) for told in self.lines]

    def record(self) -> Record:
        """What else this node knows, for the same end."""
        return Record(
            site=self.site, team=self.team, source=self.source, salt=self.salt, card=self.sealed_card,
            arrived_ms=self.arrived_ms, age_ms=0, seq=self.seq, notes=self.notes, epoch=max(self.epoch, 0), delivered=self.delivered,
            read=self.read, left_ms=None, wait_s=None, wait_age_ms=0, messages=[], note_lines=[],
        )  # fmt: skip

    def standing(self) -> Place:
        """Where this node believes the chat stands, for the router."""
        return msgspec.structs.replace(self.place, epoch=max(self.epoch, 0))

    def said(self, kept: Kept) -> wire.Said:
        """A kept message as the event that told of it."""
        line = line_of(self._seal, kept.payload)
        return wire.Said(
            chat=self.id, seq=kept.number, author=AUTHORS[kept.side], text=line.text, at=rfc3339(kept.at_ms),
            name=line.name, ref=line.ref,
        )  # fmt: skip

    def has_joined(self, name: str) -> bool:
        """Whether an agent was announced in it, and neither left nor lost it since."""
        for line in reversed(self._system_lines()):
            if line.text == wire.SystemLine.REQUEUED or (line.text == wire.SystemLine.LEFT and line.name == name):
                return False
            if line.text in (wire.SystemLine.JOINED, wire.SystemLine.STEPPED_IN) and line.name == name:
                return True
        return False

    def times_left(self, name: str) -> int:
        """How often it was said that an agent has left."""
        return sum(line.text == wire.SystemLine.LEFT and line.name == name for line in self._system_lines())

    def _system_lines(self) -> list[Line]:
        return [line_of(self._seal, told.payload) for told in self.lines if told.kind == "m" and told.side == "s"]

    def messages(self, kept: Iterable[Kept]) -> list[wire.Message]:
        """Kept messages as they stand in ``welcome`` and ``assigned``."""
        said = (self.said(item) for item in kept)
        return [wire.Message(m.seq, m.author, m.text, m.at, m.name, m.ref) for m in said]

    def note(self, kept: Kept) -> wire.Note:
        """A kept note as it goes on the wire."""
        line = line_of(self._seal, kept.payload)
        return wire.Note(n=kept.number, name=line.name or "", text=line.text, at=rfc3339(kept.at_ms), ref=line.ref)

    def noted(self, kept: Kept) -> wire.Noted:
        """A kept note as the event that told of it."""
        note = self.note(kept)
        return wire.Noted(chat=self.id, n=note.n, name=note.name, text=note.text, at=note.at, ref=note.ref)

    # ── what is told ─────────────────────────────────────────────────────────────────────────────────────────

    def apply(self, told: Told, now: float) -> None:
        """Let the members who are here know. Messages come in order: the hub fills gaps before."""
        side: Literal["v", "a"] = "v" if told.side == "v" else "a"
        other: Literal["v", "a"] = "a" if side == "v" else "v"
        match told.kind:
            case "m":
                self._said(told, now)
            case "n":
                noted = self.noted(told.kept())
                self.lines.append(told)
                self.notes = max(self.notes, told.number)
                self.tell("a", noted)
            case "d":
                self.delivered[side] = max(self.delivered[side], told.number)
                self.tell(other, wire.Delivered(chat=self.id, seq=told.number))
            case "r":
                self.read[side] = max(self.read[side], told.number)
                self.tell(other, wire.Seen(chat=self.id, seq=told.number))
                if side == "a":
                    self.tell("a", wire.AgentRead(chat=self.id, seq=told.number))
            case "p":
                self._moved(told.payload)
            case "t":
                self._aside(other, aside_of(self._seal, told.payload))
            case "g":
                self.left_ms = int(told.payload)
                self.tell("a", wire.VisitorLeft(chat=self.id, erase_at=rfc3339(self.left_ms)))
            case "b":
                self.left_ms = None
                self.tell("a", wire.VisitorBack(chat=self.id))
            case "e":
                by: wire.EndedBy = msgspec.convert(told.payload.decode(), wire.EndedBy)
                self.tell("v", wire.VisitorEnded(by=by))
                self.tell("a", wire.AgentEnded(chat=self.id, by=by))
                self.tell("v", wire.VisitorErased())
                self.tell("a", wire.AgentErased(chat=self.id))

    def _said(self, told: Told, now: float) -> None:
        data = frame(self.said(told.kept()))  # first: what cannot be opened is as if it had not been told
        self.lines.append(told)
        self.seq = told.number
        self.last_said_at = now
        self._count_silence(told.kept(), now)
        for member, seat in self.members.items():
            self._send(member, seat, data, told.number)
            if told.side != "s" and member.side != told.side and not seat.watching:
                member.unconfirmed(self, told.number)

    def _count_silence(self, kept: Kept, at: float) -> None:
        """An agent who has just come owes the first word, and one who was asked an answer."""
        if kept.side == "a":
            self.owed = None
        elif (kept.side == "v" and self.owed is None) or self._is_arrival(kept):
            self.owed = Owed(kept.number, kept.at_ms, at)

    def _is_arrival(self, kept: Kept) -> bool:
        return kept.side == "s" and line_of(self._seal, kept.payload).text == wire.SystemLine.JOINED

    def _moved(self, sealed_card: bytes) -> None:
        before, self.sealed_card = self.card, sealed_card
        self.card = card_of(self._seal, sealed_card)
        if self.card.page is not None and self.card.page != before.page:
            self.tell("a", wire.Visited(chat=self.id, page=self.card.page))

    def _aside(self, other: Literal["v", "a"], aside: Aside) -> None:
        match aside:
            case TypingAside(draft):
                self.tell(other, wire.Typing(chat=self.id, draft=draft))
            case OfferAside():
                self.offered = "agent"
                self.tell("v", wire.TicketOffered(reason="agent"))
            case TicketAside(number, link, ref, reply_within, reply_by):
                left = wire.VisitorTicketLeft(
                    number=number, link=link, ref=ref, reply_within=reply_within, reply_by=reply_by
                )
                self.tell("v", left)
                self.tell("a", wire.AgentTicketLeft(chat=self.id, number=number, ref=ref))


AUTHORS: dict[Side, wire.Author] = {"v": "visitor", "a": "agent", "s": "system"}


def system_line(chat: LiveChat, code: str, name: str | None, ref: str) -> Entry:
    """A line in which the service itself tells both sides something; every node may add it, the ref makes it one."""
    return Entry("m", "s", chat.id, chat.close(encode_sealed(Line(code, name))), ref, max(chat.epoch, 0))
