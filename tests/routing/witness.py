"""Replays the feed, which Redis writes in the order in which things happened, and protests at once when a rule is broken."""

from collections.abc import Collection, Mapping

from routing.types import (
    AgentGone,
    AgentReturned,
    AnyRoutingEvent,
    Assignment,
    ChatFinished,
    GivenBack,
    Paired,
    Place,
    QueueMoved,
    StatusChosen,
)


class Witness:
    """Who has which chat by the feed's account, and who stood where when it was last looked."""

    def __init__(self, capacity: Mapping[str, int], teams: Mapping[str, Collection[str]]) -> None:
        self._capacity = capacity
        self._teams = teams
        self.holders: dict[str, str] = {}
        self._epochs: dict[str, int] = {}
        self._free: dict[str, tuple[bool, bool]] = dict.fromkeys(capacity, (False, True))
        self._waiting: dict[str, tuple[str, tuple[bool, float]]] = {}
        self._arrived: dict[str, float] = {}
        self.paired = 0
        self.given_back = 0

    def looks(self, places: Mapping[str, Place]) -> None:
        """Nothing is happening right now: this is how the chats stand."""
        assert {chat: place.agent for chat, place in places.items() if place.agent} == self.holders
        self._arrived = {chat: place.arrived_ms for chat, place in places.items()}
        self._waiting = {
            chat: (place.team, (place.epoch == 0, place.arrived_ms))
            for chat, place in places.items()
            if place.state == "waiting"
        }
        for team in {team for team, _ in self._waiting.values()}:
            line = sorted((place for place in places.values() if place.team == team and place.position), key=_position)
            turns = [self._waiting[place.chat][1] for place in line]
            assert [place.position for place in line] == list(range(1, len(line) + 1))
            assert turns == sorted(turns), f"{team}: the line is out of order"

    def hears(self, events: list[AnyRoutingEvent], assigned: Collection[Assignment]) -> None:
        """What happened since the last look; ``assigned`` tells which pairs were made in turn and not by hand."""
        in_turn = {(made.chat, made.agent, made.epoch) for made in assigned}
        for event in events:
            match event:
                case Paired(chat, agent, _, team, epoch):
                    self._paired(chat, agent, team, epoch, in_turn=(chat, agent, epoch) in in_turn)
                case GivenBack(chat, agent, team, epoch):
                    self.given_back += 1
                    assert self.holders.pop(chat) == agent
                    self._rises(chat, epoch)
                    if chat in self._arrived:
                        self._waiting[chat] = team, (False, self._arrived[chat])
                case ChatFinished(chat, _, agent):
                    assert self.holders.pop(chat, "") == agent
                    for known in (self._epochs, self._waiting, self._arrived):
                        known.pop(chat, None)
                case StatusChosen(agent, status):
                    self._free[agent] = status == "available", self._known(agent)[1]
                case AgentGone(agent) | AgentReturned(agent):
                    self._free[agent] = self._known(agent)[0], isinstance(event, AgentReturned)
                case QueueMoved():
                    pass

    def remembers_only(self, agents: Collection[str]) -> None:
        """Redis has lost its memory, and the nodes told it again of these agents."""
        self._free = {agent: free for agent, free in self._free.items() if agent in agents}

    def _known(self, agent: str) -> tuple[bool, bool]:
        return self._free.get(agent, (False, True))

    def _paired(self, chat: str, agent: str, team: str, epoch: int, *, in_turn: bool) -> None:
        self.paired += 1
        assert chat not in self.holders, f"{chat} has two agents"
        assert team in self._teams[agent], f"{agent} is not of {team}"
        self.holders[chat] = agent
        load = sum(holder == agent for holder in self.holders.values())
        assert load <= self._capacity[agent], f"{agent} is above capacity"
        self._rises(chat, epoch)
        _, turn = self._waiting.pop(chat, (team, (True, float("inf"))))
        if in_turn:
            assert all(self._known(agent)), f"{agent} is not free"
            before = [other for other, (where, at) in self._waiting.items() if where == team and at < turn]
            assert not before, f"{chat} overtook {before}"

    def _rises(self, chat: str, epoch: int) -> None:
        assert epoch > self._epochs.get(chat, 0), f"the epoch of {chat} does not rise"
        self._epochs[chat] = epoch


def _position(place: Place) -> int:
    return place.position
