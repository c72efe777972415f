"""What goes into the router and what comes out of it."""

from typing import Literal

import msgspec
from msgspec import Struct

State = Literal["waiting", "active"]
Status = Literal["available", "away"]
Enqueued = Literal["waiting", "active", "full", "closed"]
"""``full`` and ``closed``: no step of the route has a line to join."""

HIGHEST_PRIORITY = 99
PERSONAL = "agent:"


def line_of(agent: str) -> str:
    """The line of chats that wait for one agent in person. Teams have names without a colon."""
    return f"{PERSONAL}{agent}"


def agent_of(line: str) -> str | None:
    """The agent whose own line it is; None if it is a team's."""
    return line.removeprefix(PERSONAL) if line.startswith(PERSONAL) else None


class Step(Struct, frozen=True, array_like=True):
    """One stop of a chat's route: a line, and how long the chat may wait there.

    ``line`` is a team or ``line_of`` an agent; ``team`` the team the chat then counts for. After ``wait_ms`` the chat
    goes on to the next step that is open and has somebody available, if there is one. ``max_waiting`` is the longest
    line; a longer one takes only whom somebody is free for. With ``accept_ms`` above 0 the agent is asked and has that long to accept; with 0 the chat is theirs at once.
    After ``fair_ms`` of waiting nobody who came later overtakes, whatever their priority. ``hours`` are the times at
    which the line is open, as (from, until) in Unix ms in rising order; None is always.
    """

    line: str
    team: str
    wait_ms: int = 120_000
    max_waiting: int = 100
    accept_ms: int = 0
    fair_ms: int = 600_000
    hours: tuple[tuple[int, int], ...] | None = None


class Place(Struct, frozen=True):
    """Where a chat stands.

    ``team`` is the team it counts for, ``line`` where it waits ("" while it does not). ``position`` is 1 for the next
    in line and 0 while not waiting; ``arrived_ms`` is Unix time. ``agent`` has it, ``offered_to`` is whom it rings at,
    until ``offer_until_ms``. An active chat with a ``transfer`` is offered to that step's line until
    ``transfer_until_ms``. ``agent_gone``: the agent's last tab is gone and the grace runs. ``steps`` is the whole
    route and ``step`` the index of the present one.
    """

    chat: str
    state: State
    team: str
    agent: str
    agent_name: str
    epoch: int
    arrived_ms: float
    position: int = 0
    agent_gone: bool = False
    line: str = ""
    priority: int = 0
    steps: tuple[Step, ...] = ()
    step: int = 0
    offered_to: str = ""
    offer_until_ms: int = 0
    transfer: Step | None = None
    transfer_until_ms: int = 0


class Ring(Struct, frozen=True):
    """A chat that rings at an agent, who has until ``until_ms`` (Unix time). ``by`` is the agent who transfers it, or ""."""

    chat: str
    until_ms: int
    by: str = ""


class Colleague(Struct, frozen=True):
    """An agent who is connected, or within the grace (``gone``). ``chats`` are those they have or that ring at them."""

    agent: str
    name: str
    status: Status
    capacity: int
    teams: tuple[str, ...]
    chats: int
    gone: bool


class Entry(Struct, frozen=True):
    """A chat on the supervisors' board. ``since_ms`` (Unix time): its arrival while waiting, else when it was taken.

    ``agent`` is who has it, or at whom it rings (``ringing``).
    """

    chat: str
    team: str
    state: State
    agent: str
    ringing: bool
    priority: int
    since_ms: int
    position: int


class Finished(Struct, frozen=True):
    """A chat that has left the routing. ``handled_ms`` is 0 if no agent had it."""

    state: State
    team: str
    agent: str
    handled_ms: int


class Line(Struct, frozen=True):
    """A line: how many wait and since when, who could take them, and which chat is next.

    ``available`` and ``free`` count agents, those at the desk and those of them who have a free place. Times in ms;
    ``mean_handling_ms`` 0 is unknown; ``head`` is empty when nobody waits.
    """

    line: str
    waiting: int
    longest_wait_ms: int
    available: int
    free: int
    free_places: int
    total_capacity: int
    mean_handling_ms: int
    head: str

    def estimated_wait_s(self, position: int) -> int | None:
        """Seconds until ``position`` (1 is next) is served, or None when there is no honest estimate.

        With ``total_capacity`` chats handled side by side and independent ends, one place frees every
        mean/capacity on average (the mean drain time of a saturated M/M/c queue).
        """
        if not self.mean_handling_ms or not self.total_capacity:
            return None
        return max(1, round(position * self.mean_handling_ms / self.total_capacity / 1000))


class Attached(Struct, frozen=True):
    """An agent as the router knows them: their status, the chats they hold, and what rings at them."""

    status: Status
    chats: list[str]
    rings: list[Ring] = []


class Renewal(Struct, frozen=True):
    """The answer to a heartbeat: Redis's mark, and the ids it knows nothing of."""

    mark: str
    unknown: frozenset[str]


# ── events on the desk's feed ────────────────────────────────────────────────────────────────────────────────────


class RoutingEvent(Struct, frozen=True, tag_field="type"):
    """Base of what every node hears of a desk."""


class Paired(RoutingEvent, frozen=True, tag="paired"):
    """A chat was given to an agent. ``by`` is who had it before: it was transferred or taken over."""

    chat: str
    agent: str
    name: str
    team: str
    epoch: int
    waited_ms: float
    by: str = ""


class Rang(RoutingEvent, frozen=True, tag="rang"):
    """A chat rings at an agent, who has until ``until_ms``. ``by`` is the agent who transfers it, or ""."""

    chat: str
    agent: str
    team: str
    until_ms: int
    by: str = ""


class RangOff(RoutingEvent, frozen=True, tag="rang_off"):
    """The chat rings at this agent no more."""

    chat: str
    agent: str
    reason: Literal["accepted", "declined", "missed", "withdrawn"]


class GivenBack(RoutingEvent, frozen=True, tag="given_back"):
    """An agent was gone too long, or has handed over; the chat is at the head of a line again."""

    chat: str
    agent: str
    team: str
    epoch: int


class MovedOn(RoutingEvent, frozen=True, tag="moved_on"):
    """A waiting chat is now in the line of another step, and counts for ``team``."""

    chat: str
    line: str
    team: str
    step: int


class TransferBegan(RoutingEvent, frozen=True, tag="transfer_began"):
    """``agent`` still has the chat and has offered it to ``to``'s line until ``until_ms``."""

    chat: str
    agent: str
    to: Step
    until_ms: int


class TransferOver(RoutingEvent, frozen=True, tag="transfer_over"):
    """Nobody took the chat: ``agent`` has it as before."""

    chat: str
    agent: str
    line: str
    reason: Literal["not_taken", "declined", "cancelled"]


class ChatFinished(RoutingEvent, frozen=True, tag="finished"):
    """A chat has left the routing."""

    chat: str
    team: str
    agent: str


class QueueMoved(RoutingEvent, frozen=True, tag="queue_moved"):
    """Places in a line, or who could take them, have changed."""

    line: str


class StatusChosen(RoutingEvent, frozen=True, tag="status_chosen"):
    """An agent is available or away now: by their own choice, since they missed too many rings, or by a supervisor."""

    agent: str
    status: Status
    reason: Literal["chosen", "missed", "supervisor"] = "chosen"


class AgentGone(RoutingEvent, frozen=True, tag="agent_gone"):
    """No node has a tab of this agent any more; the grace has begun."""

    agent: str


class AgentReturned(RoutingEvent, frozen=True, tag="agent_returned"):
    """The agent is back within the grace."""

    agent: str


AnyRoutingEvent = (
    Paired
    | Rang
    | RangOff
    | GivenBack
    | MovedOn
    | TransferBegan
    | TransferOver
    | ChatFinished
    | QueueMoved
    | StatusChosen
    | AgentGone
    | AgentReturned
)

decode_event = msgspec.json.Decoder(AnyRoutingEvent).decode
