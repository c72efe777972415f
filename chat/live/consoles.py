"""The agents who are connected to this process, each with their console tabs."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, Protocol

from chat import protocol as wire
from chat.live.livechat import Member
from chat.people.agents import Agent
from routing.types import Status

Why = Literal["chosen", "missed", "supervisor"]


class Console(Member, Protocol):
    """A console tab, ``tab`` by name. ``greeted``: it has had its welcome, and what happens now is news to it."""

    agent: Agent
    session_id: str
    tab: str
    greeted: bool

    def close(self, name: str, reason: str) -> None:
        """Close the connection with a code of ``errors.CLOSE_CODES``."""

    async def check_signed_in(self) -> None:
        """Close the connection if its session has ended. May raise Unavailable."""

    def give(self, chat_id: str) -> None:
        """A chat is this agent's now: join it and show it."""

    def tell(self, event: wire.Event) -> None:
        """Send an event that concerns the agent, not a chat."""


def supervises(agent: Agent, team: str | None = None) -> bool:
    """Whether the agent is a supervisor at all, or of ``team``; an admin is of every team."""
    return agent.role == "admin" or (agent.role == "supervisor" and (team is None or team in agent.teams))


class Consoles:
    """The console tabs of this process. ``statuses``: what their agents have chosen."""

    def __init__(self) -> None:
        self.statuses: dict[str, Status] = {}
        self._tabs: defaultdict[str, set[Console]] = defaultdict(set)

    def __iter__(self) -> Iterator[Console]:
        return iter([console for tabs in self._tabs.values() for console in tabs])

    def __contains__(self, agent_id: str) -> bool:
        return agent_id in self._tabs

    def agents(self) -> list[str]:
        """The ids of all agents who have a tab here."""
        return list(self._tabs)

    def of(self, agent_id: str) -> list[Console]:
        """An agent's tabs."""
        return list(self._tabs.get(agent_id, ()))

    def add(self, console: Console) -> None:
        """A tab has come."""
        self._tabs[console.agent_id].add(console)

    def remove(self, console: Console) -> bool:
        """A tab has gone. True if it was the agent's last."""
        tabs = self._tabs.get(console.agent_id)
        if tabs is None or console not in tabs:
            return False
        tabs.remove(console)
        if tabs:
            return False
        del self._tabs[console.agent_id]
        self.statuses.pop(console.agent_id, None)
        return True

    def has_status(self, agent_id: str, status: Status, reason: Why = "chosen") -> None:
        """An agent is available or away now; whoever is here under that name is told."""
        if agent_id in self._tabs:
            self.statuses[agent_id] = status
            self.tell(agent_id, wire.AvailabilityChanged(status=status, reason=reason))

    def tell(self, agent_id: str, event: wire.Event) -> None:
        """Send an event to every tab of an agent."""
        for console in self.of(agent_id):
            if console.greeted:
                console.tell(event)

    def tell_all(self, event: wire.Event) -> None:
        """Send an event to everyone."""
        for agent_id in self.agents():
            self.tell(agent_id, event)

    def tell_concerned(self, team: str | None, agent_id: str | None, event: wire.Event) -> None:
        """Send an event to a team, and to one agent who may be in another."""
        for console in self:
            if console.greeted and (console.agent_id == agent_id or team in console.agent.teams):
                console.tell(event)

    def tell_supervisors(self, team: str, event: wire.Event) -> None:
        """Send an event to the supervisors of a team."""
        for console in self:
            if console.greeted and supervises(console.agent, team):
                console.tell(event)

    def close_session(self, session_id: str) -> None:
        """An agent's session has ended: close its tabs."""
        for console in self:
            if console.session_id == session_id:
                console.close("not_signed_in", "signed out")
