"""What goes into the router and what comes out of it."""

from typing import Literal

import msgspec
from msgspec import Struct

State = Literal["waiting", "active"]
Status = Literal["available", "away"]


class Assignment(Struct, frozen=True):
    """``agent`` now has ``chat``. ``epoch`` rises with every change of hands; only a newer one is applied."""

    chat: str
    agent: str
    epoch: int


class Place(Struct, frozen=True):
    """Where a chat stands. ``position`` is 1 for the next in line and 0 while not waiting; ``arrived_ms`` is Unix time;
    ``agent_gone``: the agent's last tab is gone and the grace runs.
    """

    chat: str
    state: State
    team: str
    agent: str
    agent_name: str
    epoch: int
    arrived_ms: float
    position: int
    agent_gone: bool = False


class Finished(Struct, frozen=True):
    """A chat that has left the routing. ``handled_ms`` is 0 if no agent had it; ``freed`` are the agent's teams."""

    state: State
    team: str
    agent: str
    handled_ms: int
    freed: tuple[str, ...] = ()


class Line(Struct, frozen=True):
    """A team's line: how many wait and since when, who could take them, and which chat is next.

    Times in ms; ``mean_handling_ms`` 0 is unknown; ``head`` is empty when nobody waits.
    """

    team: str
    waiting: int
    longest_wait_ms: int
    available: int
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
    """An agent as the router knows them: the status they chose and the chats they hold."""

    status: Status
    chats: list[str]


class Renewal(Struct, frozen=True):
    """The answer to a heartbeat: Redis's mark, and the ids it knows nothing of."""

    mark: str
    unknown: frozenset[str]


# ── events on the desk's feed ────────────────────────────────────────────────────────────────────────────────────


class RoutingEvent(Struct, frozen=True, tag_field="type"):
    """Base of what every node hears of a desk."""


class Paired(RoutingEvent, frozen=True, tag="paired"):
    """A chat was given to an agent."""

    chat: str
    agent: str
    name: str
    team: str
    epoch: int
    waited_ms: float


class GivenBack(RoutingEvent, frozen=True, tag="given_back"):
    """An agent was gone too long; the chat is at the head of its line again."""

    chat: str
    agent: str
    team: str
    epoch: int


class ChatFinished(RoutingEvent, frozen=True, tag="finished"):
    """A chat has left the routing."""

    chat: str
    team: str
    agent: str


class QueueMoved(RoutingEvent, frozen=True, tag="queue_moved"):
    """Places in a team's line have changed."""

    team: str


class StatusChosen(RoutingEvent, frozen=True, tag="status_chosen"):
    """An agent chose to be available or away."""

    agent: str
    status: Status


class AgentGone(RoutingEvent, frozen=True, tag="agent_gone"):
    """No node has a tab of this agent any more; the grace has begun."""

    agent: str


class AgentReturned(RoutingEvent, frozen=True, tag="agent_returned"):
    """The agent is back within the grace."""

    agent: str


AnyRoutingEvent = Paired | GivenBack | ChatFinished | QueueMoved | StatusChosen | AgentGone | AgentReturned

decode_event = msgspec.json.Decoder(AnyRoutingEvent).decode
