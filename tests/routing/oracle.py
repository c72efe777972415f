"""The routing in plain Python: one thing at a time, no Redis, nothing fast. What the scripts must agree with.

The verbs are those of ``Router``, without the desk. ``now`` and ``node`` say when and where the next one happens.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from routing.types import (
    AgentGone,
    AgentReturned,
    AnyRoutingEvent,
    Assignment,
    Attached,
    ChatFinished,
    Finished,
    GivenBack,
    Line,
    Paired,
    Place,
    Renewal,
    State,
    Status,
    StatusChosen,
)

MARK = "the mark"


@dataclass
class Agent:
    status: Status = "away"
    name: str = ""
    capacity: int = 0
    teams: Sequence[str] = ()
    left: bool | None = None  # None: never had a tab
    last: int = 0
    in_teams: bool = False


@dataclass
class Chat:
    id: str
    team: str
    arrived: float
    lease: int
    state: State = "waiting"
    agent: str = ""
    epoch: int = 0
    assigned: int = 0

    @property
    def turn(self) -> tuple[bool, float, str]:
        return (self.epoch == 0, self.arrived, self.id)


@dataclass
class Oracle:
    lease_ms: int
    grace_ms: int
    chat_lease_ms: int
    now: int
    node: str = ""
    held_up: bool = False
    agents: dict[str, Agent] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    tabs: dict[str, dict[str, int]] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    times: dict[str, list[int]] = field(default_factory=dict)
    told: list[AnyRoutingEvent] = field(default_factory=list)

    # ── verbs ────────────────────────────────────────────────────────────────────────────────────────────────

    def enqueue(self, chat: str, team: str, max_waiting: int) -> State | None:
        if chat in self.chats:
            return self.chats[chat].state
        line = self.line(team)
        if len(line) >= max_waiting:
            return None
        arrived: float = self.now
        if line and line[-1].epoch == 0 and line[-1].arrived >= arrived:
            arrived = line[-1].arrived + 0.001
        self.chats[chat] = Chat(chat, team, arrived, self.now + self.chat_lease_ms)
        return "waiting"

    def assign(self, team: str) -> list[Assignment]:
        made: list[Assignment] = []
        if self.held_up:
            return made
        turns: dict[str, int] = {}
        for chat in self.line(team):
            free = [name for name in self.takers(team) if self.load(name) < self.agents[name].capacity]
            if not free:
                break
            chosen = min(
                free,
                key=lambda name: (
                    Fraction(self.load(name), self.agents[name].capacity),
                    self.agents[name].last,
                    turns.get(name, 0),
                    name,
                ),
            )
            self._hold(chat, chosen)
            made.append(Assignment(chat.id, chosen, chat.epoch))
            turns[chosen] = len(made)
        return made

    def take(self, chat: str, agent: str) -> str:
        found = self.chats.get(chat)
        if found is None or found.state != "waiting" or self.held_up:
            return "not_waiting"
        who = self.agents.get(agent)
        if who is None or not who.in_teams or found.team not in who.teams:
            return "not_yours"
        if self.load(agent) >= who.capacity:
            return "at_capacity"
        self._hold(found, agent)
        return "taken"

    def finish(self, chat: str) -> Finished | None:
        found = self.chats.pop(chat, None)
        if found is None:
            return None
        handled = 0
        if found.state == "active":
            handled = self.now - found.assigned
            self.times[found.team] = [handled, *self.times.get(found.team, [])][:50]
        self.told.append(ChatFinished(chat, found.team, found.agent))
        freed = tuple(self.agents[found.agent].teams) if found.state == "active" and found.agent in self.agents else ()
        return Finished(found.state, found.team, found.agent, handled, freed)

    def attach(self, agent: str, *, name: str, capacity: int, teams: Sequence[str]) -> Attached:
        who = self.agents.setdefault(agent, Agent())
        who.name, who.capacity, who.teams = name, capacity, teams
        self._has_a_tab(agent)
        return Attached(who.status, sorted(chat.id for chat in self.chats.values() if chat.agent == agent))

    def detach(self, agent: str) -> bool:
        self.tabs.get(agent, {}).pop(self.node, None)
        if self._tabs(agent):
            return False
        who = self.agents.get(agent)
        if who is not None and who.left is False:
            self.due[agent] = self.now + self.grace_ms
            self._has_left(agent)
        return True

    def set_status(self, agent: str, status: Status) -> None:
        self.agents.setdefault(agent, Agent()).status = status
        self.told.append(StatusChosen(agent, status))

    def renew(self, agents: Sequence[str], chats: Sequence[str]) -> Renewal:
        for agent in agents:
            if agent in self.agents:
                self._has_a_tab(agent)
        for chat in chats:
            if chat in self.chats:
                self.chats[chat].lease = self.now + self.chat_lease_ms
        return Renewal(MARK, frozenset({*agents} - {*self.agents} | {*chats} - {*self.chats}))

    def sweep(self) -> int:
        let_go = 0
        for agent, due in list(self.due.items()):
            if due > self.now + self.grace_ms or self._tabs(agent):
                continue
            self._has_left(agent)
            if due <= self.now:
                let_go += 1
                del self.due[agent]
                self.agents[agent].in_teams = False
                for chat in [chat for chat in self.chats.values() if chat.agent == agent]:
                    chat.state, chat.agent, chat.assigned = "waiting", "", 0
                    chat.epoch += 1
                    self.told.append(GivenBack(chat.id, agent, chat.team, chat.epoch))
        for chat in [chat for chat in self.chats.values() if chat.lease <= self.now]:
            let_go += 1
            self.finish(chat.id)
        return let_go

    def lines(self, teams: Sequence[str]) -> list[Line]:
        return [self._line_of(team) for team in teams]

    def places(self, chats: Sequence[str]) -> dict[str, Place]:
        known = [self.chats[chat] for chat in chats if chat in self.chats]
        positions = {
            chat.id: position
            for team in {chat.team for chat in known}
            for position, chat in enumerate(self.line(team), 1)
        }
        nobody = Agent()
        return {
            chat.id: Place(
                chat.id, chat.state, chat.team, chat.agent, self.agents.get(chat.agent, nobody).name, chat.epoch,
                chat.arrived, positions.get(chat.id, 0), self.agents.get(chat.agent, nobody).left is True,
            )
            for chat in known
        }  # fmt: skip

    def lose_memory(self) -> None:
        for everything in (self.agents, self.chats, self.tabs, self.due, self.times):
            everything.clear()

    def restore_agent(self, agent: str, status: Status) -> None:
        self.held_up = True
        self.agents.setdefault(agent, Agent(status))

    def restore_chats(self, places: Iterable[Place]) -> None:
        self.held_up = True
        for place in places:
            lease = self.now + self.chat_lease_ms
            known = self.chats.get(place.chat)
            if known is not None and known.epoch >= place.epoch:
                known.lease = lease
                continue
            assigned = self.now if place.state == "active" else 0
            self.chats[place.chat] = Chat(
                place.chat, place.team, place.arrived_ms, lease, place.state, place.agent, place.epoch, assigned
            )
            if place.agent:
                self.due.setdefault(place.agent, self.now + self.lease_ms + self.grace_ms)

    # ── what follows from what ───────────────────────────────────────────────────────────────────────────────

    def line(self, team: str) -> list[Chat]:
        waiting = [chat for chat in self.chats.values() if chat.team == team and chat.state == "waiting"]
        return sorted(waiting, key=lambda chat: chat.turn)

    def takers(self, team: str) -> list[str]:
        return [
            name
            for name, who in self.agents.items()
            if who.in_teams and team in who.teams and who.status == "available" and not who.left
        ]

    def load(self, agent: str) -> int:
        return sum(chat.agent == agent for chat in self.chats.values())

    def _line_of(self, team: str) -> Line:
        line, takers, times = self.line(team), self.takers(team), self.times.get(team, [])
        return Line(
            team,
            waiting=len(line),
            longest_wait_ms=max(0, self.now - math.floor(min(chat.arrived for chat in line))) if line else 0,
            available=len(takers),
            free_places=sum(max(0, self.agents[name].capacity - self.load(name)) for name in takers),
            total_capacity=sum(self.agents[name].capacity for name in takers),
            mean_handling_ms=sum(times) // len(times) if len(times) >= 3 else 0,
            head=line[0].id if line else "",
        )

    def _hold(self, chat: Chat, agent: str) -> None:
        chat.state, chat.agent, chat.assigned = "active", agent, self.now
        chat.epoch += 1
        self.agents[agent].last = self.now
        waited = float(f"{self.now - chat.arrived:.14g}")  # as Lua writes JSON
        self.told.append(Paired(chat.id, agent, self.agents[agent].name, chat.team, chat.epoch, waited))

    def _tabs(self, agent: str) -> list[str]:
        return [node for node, until in self.tabs.get(agent, {}).items() if until > self.now]

    def _has_a_tab(self, agent: str) -> None:
        who = self.agents[agent]
        if who.left:
            self.told.append(AgentReturned(agent))
        who.left, who.in_teams = False, True
        self.tabs.setdefault(agent, {})[self.node] = self.now + self.lease_ms
        self.due[agent] = self.now + self.lease_ms + self.grace_ms

    def _has_left(self, agent: str) -> None:
        who = self.agents.setdefault(agent, Agent())
        if not who.left:
            who.left = True
            self.told.append(AgentGone(agent))
