"""The routing in plain Python: one thing at a time, no Redis, nothing fast. What the scripts must agree with.

The verbs are those of ``Router``, without the desk. ``now`` and ``node`` say when and where the next one happens.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from routing.router import Taken, Transfer
from routing.types import (
    HIGHEST_PRIORITY,
    AgentGone,
    AgentReturned,
    AnyRoutingEvent,
    Attached,
    ChatFinished,
    Colleague,
    Enqueued,
    Entry,
    Finished,
    GivenBack,
    Line,
    MovedOn,
    Paired,
    Place,
    Rang,
    RangOff,
    Renewal,
    Ring,
    State,
    Status,
    StatusChosen,
    Step,
    TransferBegan,
    TransferOver,
    line_of,
)

MARK = "the mark"
ASK_AGAIN_MS = 60_000
LOOK_AGAIN_MS = 2000

Reason = Literal["chosen", "missed", "supervisor"]


@dataclass
class Agent:
    status: Status = "away"
    name: str = ""
    capacity: int = 0
    teams: Sequence[str] = ()
    left: bool | None = None  # None: never had a tab
    connected: bool = False
    last: int = 0
    missed: int = 0

    @property
    def available(self) -> bool:
        return self.status == "available" and not self.left and self.capacity > 0


@dataclass
class Chat:
    id: str
    steps: tuple[Step, ...]
    priority: int
    arrived: float
    lease: int
    step: int = 0
    team: str = ""
    state: State = "waiting"
    agent: str = ""
    epoch: int = 0
    assigned: int = 0
    head: bool = False
    aged: bool = False
    entered: int = 0
    rings_at: str = ""
    rings_until: int = 0
    transfer: Step | None = None
    transfer_until: int = 0
    asked: dict[str, int] = field(default_factory=dict)

    @property
    def present(self) -> Step:
        return self.transfer or self.steps[self.step]

    @property
    def offered(self) -> bool:
        """Is it in a line?"""
        return self.state == "waiting" or self.transfer is not None


@dataclass
class Oracle:
    lease_ms: int
    grace_ms: int
    chat_lease_ms: int
    missed_max: int
    now: int
    node: str = ""
    held_up: bool = False
    last_arrival: float = 0
    pairings: int = 0
    agents: dict[str, Agent] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    tabs: dict[str, dict[str, int]] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    deadlines: dict[tuple[str, str], float] = field(default_factory=dict)  # (kind, chat) → when
    times: dict[str, list[int]] = field(default_factory=dict)
    told: list[AnyRoutingEvent] = field(default_factory=list)

    # ── chats ────────────────────────────────────────────────────────────────────────────────────────────────

    def enqueue(self, chat: str, steps: Sequence[Step], priority: int) -> Enqueued:
        if chat in self.chats:
            return self.chats[chat].state
        usable = [n for n, step in enumerate(steps) if self._usable(step)]
        opened = [n for n, step in enumerate(steps) if self._open(step)]
        room = [n for n in opened if not self._full(steps[n])]
        room.sort(key=lambda n: _personal(steps[n]))  # teams before persons
        if not room:
            return "full" if opened else "closed"
        self.last_arrival = max(self.now, self.last_arrival + 1 / 64)
        self.chats[chat] = Chat(chat, tuple(steps), priority, self.last_arrival, self.now + self.chat_lease_ms)
        self._enter(self.chats[chat], (usable or room)[0])
        self._settle()
        return self.chats[chat].state

    def accept(self, chat: str, agent: str) -> bool:
        found = self.chats.get(chat)
        if found is None or found.rings_at != agent:
            return found is not None and found.agent == agent
        self.agents[agent].missed = 0
        self._hold(found, agent)
        self._settle()
        return True

    def decline(self, chat: str, agent: str) -> bool:
        found = self.chats.get(chat)
        if found is None or found.rings_at != agent:
            return False
        self._goes_to_the_next(found, "declined")
        self._settle()
        return True

    def take(self, chat: str, agent: str, *, any_chat: bool = False) -> Taken:
        found, who = self.chats.get(chat), self.agents.get(agent, Agent())
        if found is None or self.held_up:
            return "not_waiting"
        if found.agent == agent:
            return "taken"
        if not any_chat and (not found.offered or found.rings_at not in ("", agent)):
            return "not_waiting"
        if agent not in self.due if any_chat else not self._serves(agent, found.present.line):
            return "not_yours"
        if self._load(agent) - (found.rings_at == agent) >= who.capacity:
            return "at_capacity"
        who.missed = 0
        self._hold(found, agent)
        self._settle()
        return "taken"

    def transfer(self, chat: str, agent: str, to: Step) -> Transfer:
        found = self.chats.get(chat)
        if found is None or found.agent != agent:
            return "not_yours"
        if _personal(to) and not self._takers(to.line):
            return "away"
        if found.rings_at:
            self._ring_ends(found, "withdrawn")
        found.transfer, found.transfer_until = to, self.now + to.wait_ms
        self.deadlines["transfer", chat] = found.transfer_until
        self.told.append(TransferBegan(chat, agent, to, found.transfer_until))
        self._settle()
        return "begun"

    def cancel_transfer(self, chat: str, agent: str) -> bool:
        found = self.chats.get(chat)
        if found is None or found.transfer is None or found.agent != agent:
            return False
        self._transfer_ends(found, "cancelled")
        self._settle()
        return True

    def prioritise(self, chat: str, priority: int) -> bool:
        found = self.chats.get(chat)
        if found is None or found.state != "waiting":
            return False
        found.priority = priority
        self._settle()
        return True

    def finish(self, chat: str) -> Finished | None:
        was = self._finish(chat)
        self._settle()
        return was

    def _finish(self, chat: str) -> Finished | None:
        found = self.chats.get(chat)
        if found is None:
            return None
        if found.rings_at:
            self._ring_ends(found, "withdrawn")
        handled = 0
        if found.state == "active":
            handled = self.now - found.assigned
            self.times[found.team] = [handled, *self.times.get(found.team, [])][:50]
        self._no_deadlines(found)
        del self.chats[chat]
        self.told.append(ChatFinished(chat, found.team, found.agent))
        return Finished(found.state, found.team, found.agent, handled)

    # ── agents ───────────────────────────────────────────────────────────────────────────────────────────────

    def attach(self, agent: str, *, name: str, capacity: int, teams: Sequence[str]) -> Attached:
        who = self.agents.setdefault(agent, Agent())
        before = self._lines_of(agent)
        who.name, who.capacity, who.teams = name, capacity, teams
        self._has_a_tab(agent)
        self._fewer_in(before)
        self._settle()
        return Attached(
            who.status,
            sorted(chat.id for chat in self.chats.values() if chat.agent == agent),
            [Ring(chat.id, chat.rings_until, chat.agent) for chat in self.chats.values() if chat.rings_at == agent],
        )

    def detach(self, agent: str) -> bool:
        self.tabs.get(agent, {}).pop(self.node, None)
        if self._tabs(agent):
            return False
        who = self.agents.get(agent)
        if who is not None and who.left is False:
            self.due[agent] = self.now + self.grace_ms
            self._has_left(agent)
            self._settle()
        return True

    def set_status(self, agent: str, status: Status, *, reason: Reason = "chosen") -> None:
        self._choose(agent, status, reason)
        self._settle()

    def release(self, agent: str) -> int:
        self._choose(agent, "away", "chosen")
        given_back = self._give_back_all(agent)
        self._settle()
        return given_back

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────

    def renew(self, agents: Sequence[str], chats: Sequence[str]) -> Renewal:
        for agent in agents:
            if agent in self.agents:
                self._has_a_tab(agent)
        for chat in chats:
            if chat in self.chats:
                self.chats[chat].lease = self.now + self.chat_lease_ms
        self._settle()
        return Renewal(MARK, frozenset({*agents} - {*self.agents} | {*chats} - {*self.chats}))

    def sweep(self) -> int:
        happened = 0
        for due, agent in sorted((due, agent) for agent, due in self.due.items()):
            if due > self.now + self.grace_ms or self._tabs(agent):
                continue
            self._has_left(agent)
            if due <= self.now:
                happened += 1
                del self.due[agent]
                self.agents[agent].connected = False
                self._give_back_all(agent)
        for chat in [chat for chat in self.chats.values() if chat.lease <= self.now]:
            happened += 1
            self._finish(chat.id)
        return happened + self._settle()

    # ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────

    def lines(self, lines: Sequence[str]) -> list[Line]:
        return [self._line(line) for line in lines]

    def _line(self, line: str) -> Line:
        waiting, takers, times = self._queue(line), self._takers(line), self.times.get(line, [])
        return Line(
            line,
            waiting=len(waiting),
            longest_wait_ms=max(0, self.now - math.floor(min(chat.arrived for chat in waiting))) if waiting else 0,
            available=len(takers),
            free=sum(self.agents[name].capacity > self._load(name) for name in takers),
            free_places=sum(max(0, self.agents[name].capacity - self._load(name)) for name in takers),
            total_capacity=sum(self.agents[name].capacity for name in takers),
            mean_handling_ms=sum(times) // len(times) if len(times) >= 3 else 0,
            head=next((chat.id for chat in waiting if not chat.rings_at), ""),
        )

    def positions(self, chats: Sequence[str]) -> dict[str, tuple[str, int]]:
        return {
            chat.id: (line, position)
            for line in {chat.present.line for chat in self.chats.values() if chat.state == "waiting"}
            for position, chat in enumerate(self._queue(line), 1)
            if chat.state == "waiting" and chat.id in chats
        }

    def places(self, chats: Sequence[str]) -> dict[str, Place]:
        positions = self.positions(chats)
        known = [self.chats[chat] for chat in chats if chat in self.chats]
        nobody = Agent()
        return {
            chat.id: Place(
                chat=chat.id,
                state=chat.state,
                team=chat.team,
                agent=chat.agent,
                agent_name=self.agents.get(chat.agent, nobody).name,
                epoch=chat.epoch,
                arrived_ms=chat.arrived,
                position=positions.get(chat.id, ("", 0))[1],
                agent_gone=self.agents.get(chat.agent, nobody).left is True,
                line=chat.present.line if chat.offered else "",
                priority=chat.priority,
                steps=chat.steps,
                step=chat.step,
                offered_to=chat.rings_at,
                offer_until_ms=chat.rings_until,
                transfer=chat.transfer,
                transfer_until_ms=chat.transfer_until,
            )
            for chat in known
        }

    def colleagues(self) -> list[Colleague]:
        return [
            Colleague(name, who.name, who.status, who.capacity, tuple(who.teams), self._load(name), who.left is True)
            for name, who in self.agents.items()
            if name in self.due and who.name
        ]

    def entries(self) -> list[Entry]:
        positions = self.positions(list(self.chats))
        waiting = sorted((chat for chat in self.chats.values() if chat.state == "waiting"), key=_turn)
        active = sorted(
            (chat for chat in self.chats.values() if chat.state == "active"), key=lambda chat: (chat.assigned, chat.id)
        )
        return [
            Entry(
                chat.id, chat.team, "waiting", chat.rings_at, bool(chat.rings_at), chat.priority,
                math.floor(chat.arrived), positions[chat.id][1],
            )
            for chat in waiting
        ] + [
            Entry(chat.id, chat.team, "active", chat.agent, False, chat.priority, chat.assigned, 0) for chat in active
        ]  # fmt: skip

    # ── after Redis lost its memory ──────────────────────────────────────────────────────────────────────────

    def lose_memory(self) -> None:
        for everything in (self.agents, self.chats, self.tabs, self.due, self.times, self.deadlines):
            everything.clear()
        self.last_arrival = self.pairings = 0

    def restore_agent(self, agent: str, status: Status) -> None:
        self.held_up = True
        self.agents.setdefault(agent, Agent(status))

    def restore_chats(self, places: Iterable[Place]) -> None:
        for place in places:
            self.held_up = True
            lease = self.now + self.chat_lease_ms
            known = self.chats.get(place.chat)
            if known is not None and known.epoch >= place.epoch:
                known.lease = lease
                continue
            if known is not None:
                self._no_deadlines(known)
            self.last_arrival = max(self.last_arrival, place.arrived_ms)
            chat = Chat(place.chat, place.steps, place.priority, place.arrived_ms, lease, place.step, place.team)
            chat.epoch, chat.head = place.epoch, place.epoch > 0 and place.state == "waiting"
            self.chats[chat.id] = chat
            if place.state == "active":
                chat.state, chat.agent, chat.assigned = "active", place.agent, self.now
                self.due.setdefault(place.agent, self.now + self.lease_ms + self.grace_ms)
            else:
                self._enter(chat, place.step)

    # ── what follows from a change ───────────────────────────────────────────────────────────────────────────

    def _settle(self) -> int:
        """What is over passes, and whoever can be paired is; how much that was. Nothing happens while it is held up."""
        if self.held_up:
            return 0
        return self._let_deadlines_pass() + self._pair()

    def _let_deadlines_pass(self) -> int:
        over = sorted(
            (at, f"{kind}:{chat}", kind, chat) for (kind, chat), at in self.deadlines.items() if at <= self.now
        )
        for _, _, kind, chat in over:
            if self.deadlines.get((kind, chat), math.inf) > self.now:
                continue  # one before it has settled this, or put it off
            del self.deadlines[kind, chat]
            match kind:
                case "fair":
                    self.chats[chat].aged = True
                case "ring":
                    self._missed(self.chats[chat])
                case "step":
                    self._look(self.chats[chat])
                case "transfer":
                    self._transfer_ends(self.chats[chat], "not_taken")
        return len(over)

    def _pair(self) -> int:
        made = 0
        while pair := self._next_pair():
            made += 1
            chat, agent = pair
            if chat.present.accept_ms:
                chat.rings_at, chat.rings_until = agent, self.now + chat.present.accept_ms
                self.deadlines["ring", chat.id] = chat.rings_until
                self.told.append(Rang(chat.id, agent, chat.present.team, chat.rings_until, chat.agent))
            else:
                self._hold(chat, agent)
        return made

    def _next_pair(self) -> tuple[Chat, str] | None:
        for chat in sorted((chat for chat in self.chats.values() if chat.offered and not chat.rings_at), key=_turn):
            free = [
                agent
                for agent in self._takers(chat.present.line)
                if self._load(agent) < self.agents[agent].capacity
                and chat.asked.get(agent, -ASK_AGAIN_MS) + ASK_AGAIN_MS <= self.now
                and agent != chat.agent
            ]
            if free:
                return chat, min(free, key=self._share)
        return None

    def _share(self, agent: str) -> tuple[Fraction, int, str]:
        """Who has the least of it gets the next."""
        who = self.agents[agent]
        return Fraction(self._load(agent), who.capacity), who.last, agent

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────────────

    def _queue(self, line: str) -> list[Chat]:
        return sorted((chat for chat in self.chats.values() if chat.offered and chat.present.line == line), key=_turn)

    def _lines_of(self, agent: str) -> set[str]:
        return {*self.agents[agent].teams, line_of(agent)}

    def _serves(self, agent: str, line: str) -> bool:
        return agent in self.agents and self.agents[agent].connected and line in self._lines_of(agent)

    def _takers(self, line: str) -> list[str]:
        return [agent for agent, who in self.agents.items() if who.available and self._serves(agent, line)]

    def _load(self, agent: str) -> int:
        return sum(agent in (chat.agent, chat.rings_at) for chat in self.chats.values())

    def _fewer_in(self, lines: Iterable[str]) -> None:
        """Those who wait where nobody is available any more look for another step at once."""
        for line in lines:
            if not self._takers(line):
                for chat in self._queue(line):
                    if ("step", chat.id) in self.deadlines:
                        self.deadlines["step", chat.id] = self.now

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────

    def _closes(self, step: Step) -> float | None:
        """When the line closes; None when it is closed now."""
        if step.hours is None:
            return math.inf
        return next((until for begin, until in step.hours if begin <= self.now < until), None)

    def _open(self, step: Step) -> bool:
        return self._closes(step) is not None

    def _full(self, step: Step) -> bool:
        free = any(self._load(name) < self.agents[name].capacity for name in self._takers(step.line))
        return len(self._queue(step.line)) >= step.max_waiting and not free

    def _usable(self, step: Step) -> bool:
        return self._open(step) and bool(self._takers(step.line)) and not self._full(step)

    def _enter(self, chat: Chat, step: int) -> None:
        chat.step, chat.entered, chat.team = step, self.now, chat.steps[step].team
        if not chat.head:
            chat.aged = chat.aged or self.now >= chat.arrived + chat.present.fair_ms
        if not (chat.head or chat.aged):
            self.deadlines["fair", chat.id] = chat.arrived + chat.present.fair_ms
        self._look_later(chat)

    def _look_later(self, chat: Chat) -> None:
        if chat.step == len(chat.steps) - 1:
            self.deadlines.pop(("step", chat.id), None)
            return
        present, closes = chat.present, self._closes(chat.present)
        if closes is None or not self._takers(present.line) or self._waited(chat):
            self.deadlines["step", chat.id] = self.now + LOOK_AGAIN_MS
        else:
            self.deadlines["step", chat.id] = min(chat.entered + present.wait_ms, closes)

    def _waited(self, chat: Chat) -> bool:
        return self.now >= chat.entered + chat.present.wait_ms

    def _look(self, chat: Chat) -> None:
        """The wait in the present line is over, or something has happened to the line."""
        if chat.rings_at:
            self.deadlines["step", chat.id] = self.now + LOOK_AGAIN_MS
            return
        good = self._open(chat.present) and bool(self._takers(chat.present.line))
        later = range(chat.step + 1, len(chat.steps))
        choices = [n for n in later if self._usable(chat.steps[n])]
        if not choices and not good and _personal(chat.present):
            teams = [n for n in later if not _personal(chat.steps[n])]
            choices = [n for n in teams if self._open(chat.steps[n]) and not self._full(chat.steps[n])]
        if choices and (not good or self._waited(chat)):
            self._enter(chat, choices[0])
            self.told.append(MovedOn(chat.id, chat.present.line, chat.team, chat.step))
        else:
            self._look_later(chat)

    # ── changes of hands ─────────────────────────────────────────────────────────────────────────────────────

    def _hold(self, chat: Chat, agent: str) -> None:
        if chat.rings_at:
            self._ring_ends(chat, "accepted" if chat.rings_at == agent else "withdrawn")
        by, who = chat.agent, self.agents[agent]
        self._transfer_becomes_route(chat)
        self._no_deadlines(chat)
        chat.state, chat.agent, chat.assigned, chat.head, chat.aged = "active", agent, self.now, False, False
        chat.epoch += 1
        self.pairings += 1
        who.last = self.pairings
        waited = float(f"{max(0, self.now - chat.arrived):.14g}")  # as Lua writes JSON
        self.told.append(Paired(chat.id, agent, who.name, chat.team, chat.epoch, waited, by))

    def _transfer_becomes_route(self, chat: Chat) -> None:
        """The step of a transfer comes to stand before the others."""
        if chat.transfer:
            chat.steps, chat.step, chat.team = (chat.transfer, *chat.steps), 0, chat.transfer.team
            chat.transfer, chat.transfer_until = None, 0
            self.deadlines.pop(("transfer", chat.id), None)

    def _ring_ends(self, chat: Chat, reason: Literal["accepted", "declined", "missed", "withdrawn"]) -> None:
        self.told.append(RangOff(chat.id, chat.rings_at, reason))
        chat.rings_at, chat.rings_until = "", 0
        self.deadlines.pop(("ring", chat.id), None)

    def _goes_to_the_next(self, chat: Chat, reason: Literal["declined", "missed", "withdrawn"]) -> None:
        """A ring was in vain: the chat keeps the head of its line."""
        agent = chat.rings_at
        self._ring_ends(chat, reason)
        in_person = chat.present.line == line_of(agent)
        if chat.transfer and in_person:
            self._transfer_ends(chat, "declined" if reason == "declined" else "not_taken")
            return
        chat.head = True
        if reason != "withdrawn":
            chat.asked[agent] = self.now
            if in_person and ("step", chat.id) in self.deadlines:
                chat.entered = 0
                self.deadlines["step", chat.id] = self.now

    def _missed(self, chat: Chat) -> None:
        agent = chat.rings_at
        self._goes_to_the_next(chat, "missed")
        self.agents[agent].missed += 1
        if self.agents[agent].missed >= self.missed_max:
            self._choose(agent, "away", "missed")

    def _transfer_ends(self, chat: Chat, reason: Literal["not_taken", "declined", "cancelled"]) -> None:
        if chat.rings_at:
            self._ring_ends(chat, "withdrawn")
        assert chat.transfer
        self.told.append(TransferOver(chat.id, chat.agent, chat.transfer.line, reason))
        chat.transfer, chat.transfer_until, chat.head = None, 0, False
        self._no_deadlines(chat)

    def _give_back_all(self, agent: str) -> int:
        held = [chat for chat in self.chats.values() if chat.agent == agent]
        for chat in held:
            self._transfer_becomes_route(chat)
            chat.state, chat.agent, chat.assigned, chat.head = "waiting", "", 0, True
            chat.epoch += 1
            self._enter(chat, chat.step)
            self.told.append(GivenBack(chat.id, agent, chat.team, chat.epoch))
        return len(held)

    def _no_deadlines(self, chat: Chat) -> None:
        self.deadlines = {key: at for key, at in self.deadlines.items() if key[1] != chat.id}

    # ── who is there ─────────────────────────────────────────────────────────────────────────────────────────

    def _choose(self, agent: str, status: Status, reason: Reason) -> None:
        who = self.agents.setdefault(agent, Agent())
        who.status, who.missed = status, 0
        self.told.append(StatusChosen(agent, status, reason))
        if status == "away":
            self._takes_no_more(agent)

    def _takes_no_more(self, agent: str) -> None:
        for chat in self.chats.values():
            if chat.rings_at == agent:
                self._goes_to_the_next(chat, "withdrawn")
        self._fewer_in(self._lines_of(agent))

    def _tabs(self, agent: str) -> list[str]:
        return [node for node, until in self.tabs.get(agent, {}).items() if until > self.now]

    def _has_a_tab(self, agent: str) -> None:
        who = self.agents[agent]
        if who.left:
            self.told.append(AgentReturned(agent))
        who.left, who.connected = False, True
        self.tabs.setdefault(agent, {})[self.node] = self.now + self.lease_ms
        self.due[agent] = self.now + self.lease_ms + self.grace_ms

    def _has_left(self, agent: str) -> None:
        who = self.agents.setdefault(agent, Agent())
        if not who.left:
            who.left = True
            self.told.append(AgentGone(agent))
            self._takes_no_more(agent)


def _turn(chat: Chat) -> tuple[int, float]:
    if chat.rings_at:
        return 0, chat.arrived
    if chat.head or chat.transfer:
        return 1, chat.arrived
    return 2 if chat.aged else 3 + HIGHEST_PRIORITY - chat.priority, chat.arrived


def _personal(step: Step) -> bool:
    return step.line.startswith(line_of(""))
