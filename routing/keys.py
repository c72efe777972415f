"""Every Redis key of the routing, all in the hash slot ``{s:<desk>}`` so that one script may touch them.

A desk is a set of sites that share teams. The Lua scripts build the same names from ``prefix`` (see
``lua/prelude.lua``); a test holds the two against each other.
"""


def prefix(desk: str) -> str:
    """Start of every routing key of ``desk``. Type: none. Lifetime: none, it is only a prefix."""
    return f"mayfly:{{s:{desk}}}:"


def feed(desk: str) -> str:
    """Routing events as JSON (``types.RoutingEvent``). Type: pub/sub channel. Lifetime: none."""
    return prefix(desk) + "feed"


def called(desk: str) -> str:
    """When a script was called last (ms): after a longer pause leases mean nothing. Type: string. Lifetime: until Redis loses its memory."""
    return prefix(desk) + "called"


def mark(desk: str) -> str:
    """Tells one life of this Redis from the next. Type: string. Lifetime: until Redis loses its memory."""
    return prefix(desk) + "mark"


def hold(desk: str) -> str:
    """While it is there nothing is assigned: nodes are registering what they hold. Type: string. Lifetime: 3 s after a new mark."""
    return prefix(desk) + "hold"


def queue(desk: str, line: str) -> str:
    """A line: chat → turn, which is the arrival less a multiple of 10^12 for its class (see ``lua/prelude.lua``). Type: sorted set. Lifetime: while anyone waits."""
    return prefix(desk) + "queue:" + line


def lines(desk: str) -> str:
    """Lines in which somebody waits, or waited a moment ago. Type: set. Lifetime: while there is one."""
    return prefix(desk) + "lines"


def arrival(desk: str) -> str:
    """The latest arrival, in ms and 64ths of one: the next is later. Type: string. Lifetime: until Redis loses its memory."""
    return prefix(desk) + "arrival"


def pairings(desk: str) -> str:
    """How many chats were given to agents, which tells who got theirs longest ago. Type: string. Lifetime: until Redis loses its memory."""
    return prefix(desk) + "pairings"


def deadlines(desk: str) -> str:
    """What is to happen, ``<kind>:<chat>`` → ms: fair (nobody overtakes any more), ring (missed), step (go on to the next), transfer (comes back). Type: sorted set. Lifetime: while there is one."""
    return prefix(desk) + "deadlines"


def chat(desk: str, chat_id: str) -> str:
    """A chat's place: state, team, line, agent, epoch, arrived, assigned (ms), class, priority, steps (JSON), step, entered (ms), accept (ms), whom it rings at and until when, a transfer's step and until when, who was asked and when. Type: hash. Lifetime: the chat's, or its lease."""
    return prefix(desk) + "chat:" + chat_id


def leases(desk: str) -> str:
    """Chats some node vouches for: chat → until (ms). Type: sorted set. Lifetime: while any chat lives."""
    return prefix(desk) + "leases"


def agent(desk: str, agent_id: str) -> str:
    """An agent: name, status, capacity, teams, the number of their last pairing, rings missed in a row, left (1 while within the grace). Type: hash. Lifetime: 7 days after last use."""
    return prefix(desk) + "agent:" + agent_id


def holds(desk: str, agent_id: str) -> str:
    """The chats an agent holds. Type: set. Lifetime: while there is one."""
    return prefix(desk) + "holds:" + agent_id


def rings(desk: str, agent_id: str) -> str:
    """The chats that ring at an agent. Type: set. Lifetime: while there is one."""
    return prefix(desk) + "rings:" + agent_id


def tabs(desk: str, agent_id: str) -> str:
    """Nodes with a console tab of this agent: node → lease until (ms). Type: sorted set. Lifetime: while the agent is connected."""
    return prefix(desk) + "tabs:" + agent_id


def due(desk: str) -> str:
    """When an agent counts as gone for good: agent → ms. Type: sorted set. Lifetime: while any agent is connected or within the grace."""
    return prefix(desk) + "due"


def seats(desk: str, line: str) -> str:
    """Who takes chats from a line: agent → turn, which is the share of their capacity in use, then when they got their last (see ``lua/prelude.lua``). Type: sorted set. Lifetime: while there is one."""
    return prefix(desk) + "seats:" + line


def times(desk: str, team_name: str) -> str:
    """The team's last 50 handling times in ms, for the estimated wait. Type: list. Lifetime: 7 days after the last."""
    return prefix(desk) + "times:" + team_name
