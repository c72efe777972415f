"""Replays the feed, which Redis writes in the order in which things happened, and protests at once when a rule is broken."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from routing.types import (
    HIGHEST_PRIORITY,
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
    Step,
    TransferBegan,
    TransferOver,
    line_of,
)
from tests.routing.oracle import ASK_AGAIN_MS

SWEEP_MS = 60_000
"""Time in which every line is looked at though nothing happens in it: no deadline tells that an agent may be asked again."""


Turn = tuple[int, float]


@dataclass
class Waiting:
    """A chat that could be given to somebody: what is known of its turn.

    Who comes of age in one line stays so in the next, where it may take longer. The feed does not tell where a chat
    began to wait, so of one that moved on before it was looked at this is not known (``perhaps_aged``).
    """

    step: Step
    arrived: float
    priority: int
    head: bool
    aged: bool = False
    perhaps_aged: bool = False

    def grows_older(self, now: int) -> None:
        self.aged = self.aged or now >= self.arrived + self.step.fair_ms

    def turns(self, now: int) -> list[Turn]:
        """The turns that it may have, the earliest first."""
        self.grows_older(now)
        rank = 1 if self.head else 2 if self.aged else 3 + HIGHEST_PRIORITY - self.priority
        ranks = [2, rank] if self.perhaps_aged and rank > 2 else [rank]
        return [(rank, self.arrived) for rank in ranks]


class Witness:
    """Who has which chat by the feed's account, and who waited where when it was last looked.

    ``now`` is the time of what is heard next. What somebody does by hand has to be told beforehand: pairs in
    ``by_hand``, chats whose priority is changed in ``doubted``; for these no turn is expected.
    """

    def __init__(self, capacity: Mapping[str, int], teams: Mapping[str, Collection[str]], missed_max: int) -> None:
        self._capacity = capacity
        self._lines = {agent: {*teams[agent], line_of(agent)} for agent in capacity}
        self._missed_max = missed_max
        self.now = 0
        self.by_hand: set[tuple[str, str]] = set()
        self.doubted: set[str] = set()
        self.holders: dict[str, str] = {}
        self.rings: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self._transfers: dict[str, Step] = {}
        self._accepted: set[tuple[str, str]] = set()
        self._asked: dict[tuple[str, str], int] = {}
        self._misses: dict[str, int | None] = dict.fromkeys(capacity, 0)  # None: not sure
        self._epochs: dict[str, int] = {}
        self._available = dict.fromkeys(capacity, False)
        self._here: dict[str, bool | None] = dict.fromkeys(capacity)  # None: nothing was heard of them yet
        self._heads: set[str] = set()
        self._places: dict[str, Place] = {}
        self._moved_unseen: dict[str, int] = {}
        self._waiting: dict[str, Waiting] = {}

    # ── how it stands ────────────────────────────────────────────────────────────────────────────────────────

    def looks(self, places: Mapping[str, Place]) -> None:
        """This is how these chats stand after all that was heard."""
        for chat, place in places.items():
            assert place.agent == self.holders.get(chat, ""), f"{chat} is with {place.agent}"
            assert place.offered_to == self.rings.get(chat, ""), f"{chat} rings at {place.offered_to}"
            assert place.transfer == self._transfers.get(chat)
            assert (place.state == "active") == bool(place.agent)
        self._places = dict(places)
        seen = self._waiting
        self._waiting = {
            chat: Waiting(
                place.transfer or place.steps[place.step], place.arrived_ms, place.priority,
                head=chat in self._heads or place.transfer is not None,
                aged=chat in seen and seen[chat].aged,
                perhaps_aged=seen[chat].perhaps_aged if chat in seen else self._may_have_aged(place),
            )
            for chat, place in places.items()
            if place.state == "waiting" or place.transfer
        }  # fmt: skip
        self._moved_unseen = {chat: at for chat, at in self._moved_unseen.items() if chat not in places}

    def is_in_order(self) -> None:
        """All deadlines have passed, and everyone was looked at: every line stands by turn, and nobody could be paired."""
        lines: dict[str, list[tuple[Turn, int, str]]] = {}
        for chat, waiting in sorted(self._waiting.items(), key=lambda known: self._places[known[0]].position):
            line = lines.setdefault(waiting.step.line, [])
            turns = [(0, waiting.arrived)] if chat in self.rings else waiting.turns(self.now)
            ahead = line[-1][0] if line else (0, 0)
            turn = next((turn for turn in turns if turn > ahead), turns[0])
            line.append((turn, self._places[chat].position, chat))
            free = [agent for agent in self._capacity if self._could_have(chat, waiting, agent, ASK_AGAIN_MS)]
            assert not free, f"{chat} is stuck though {free} are free"
        for name, line in lines.items():
            by_turn = sorted(line)
            for place, (_, position, _) in enumerate(by_turn, 1):
                assert position in (0, place), f"{name}: the line is out of order, (turn, position, chat): {by_turn}"
        for agent in self.rings.values():
            assert self._available[agent], f"it rings at {agent}, who is away"
            assert self._here[agent], f"it rings at {agent}, who is gone"

    def remembers_only(self, agents: Collection[str], places: Mapping[str, Place]) -> None:
        """Redis has lost its memory, and the nodes told it again of these agents and of chats as they stood."""
        self._available = {agent: now and agent in agents for agent, now in self._available.items()}
        self._here = {agent: True if agent in agents else None for agent in self._here}
        self.rings.clear()
        self._transfers.clear()
        self._asked.clear()
        self._misses = dict.fromkeys(self._misses, 0)
        self._waiting.clear()
        self._moved_unseen.clear()
        self._heads = {chat for chat, place in places.items() if place.state == "waiting" and place.epoch}

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────

    def hears(self, event: AnyRoutingEvent) -> None:
        """What happened next."""
        self.counts[type(event).__name__ + getattr(event, "reason", "")] += 1
        match event:
            case Paired(chat, agent, _, _, epoch, _, by):
                self._paired(chat, agent, epoch, by)
            case Rang(chat, agent, _, until_ms, by):
                assert chat not in self.rings, f"{chat} rings at two"
                assert by == self.holders.get(chat, "")
                assert until_ms > self.now
                assert self.now >= self._asked.get((chat, agent), -ASK_AGAIN_MS) + ASK_AGAIN_MS, f"{agent} is pestered"
                self._is_in_turn(chat, agent)
                self.rings[chat] = agent
                self._is_within_capacity(agent)
            case RangOff(chat, agent, reason):
                assert self.rings.pop(chat) == agent
                self._rang_off(chat, agent, reason)
            case GivenBack(chat, agent, _, epoch):
                assert self.holders.pop(chat) == agent
                self._rises(chat, epoch)
                self._transfers.pop(chat, None)
                self._heads.add(chat)
                self._waiting.pop(chat, None)
            case MovedOn(chat, _, _, step):
                assert chat not in self.holders
                assert chat not in self.rings
                if chat in self._waiting:
                    waiting = self._waiting[chat]
                    waiting.grows_older(self.now)
                    waiting.step = self._places[chat].steps[step]
                else:
                    self._moved_unseen[chat] = self.now
            case TransferBegan(chat, agent, to):
                assert self.holders[chat] == agent
                assert chat not in self.rings
                self._transfers[chat] = to
                if chat in self._places:
                    place = self._places[chat]
                    self._waiting[chat] = Waiting(to, place.arrived_ms, place.priority, head=True)
            case TransferOver(chat, agent):
                assert self.holders[chat] == agent
                assert chat not in self.rings
                del self._transfers[chat]
                self._waiting.pop(chat, None)
            case ChatFinished(chat, _, agent):
                assert self.holders.pop(chat, "") == agent
                assert chat not in self.rings
                self._forget(chat)
            case StatusChosen(agent, status, reason):
                assert reason != "missed" or self._misses[agent] in (self._missed_max, None)
                self._available[agent] = status == "available"
                self._misses[agent] = 0
            case AgentGone(agent) | AgentReturned(agent):
                self._here[agent] = isinstance(event, AgentReturned)
            case QueueMoved():
                pass

    def _paired(self, chat: str, agent: str, epoch: int, by: str) -> None:
        assert self.holders.get(chat, "") == by != agent, f"{chat} has two agents"
        assert chat not in self.rings
        self._rises(chat, epoch)
        if (chat, agent) in self._accepted:
            self._misses[agent] = 0
        elif (chat, agent) in self.by_hand:
            self._misses[agent] = None
        else:
            self._is_in_turn(chat, agent)
        self._accepted.discard((chat, agent))
        self.holders[chat] = agent
        self._is_within_capacity(agent)
        self._transfers.pop(chat, None)
        self._waiting.pop(chat, None)
        self._moved_unseen.pop(chat, None)
        self._heads.discard(chat)

    def _rang_off(self, chat: str, agent: str, reason: str) -> None:
        personal = chat in self._transfers and self._transfers[chat].line == line_of(agent)
        if reason == "accepted":
            self._accepted.add((chat, agent))
        elif reason != "withdrawn" and not personal:
            self._asked[chat, agent] = self.now
        misses = self._misses[agent]
        if reason == "missed" and misses is not None:
            assert misses < self._missed_max, f"{agent} should be away"
            self._misses[agent] = misses + 1
        if chat not in self.holders:
            self._heads.add(chat)
            if chat in self._waiting:
                self._waiting[chat].head = True

    def _is_in_turn(self, chat: str, agent: str) -> None:
        """Whoever came before and could have had this agent has been served."""
        assert self._available[agent], f"{agent} is away"
        assert self._here[agent] is not False, f"{agent} is gone"
        self._here[agent] = True
        if chat not in self._waiting or chat in self.doubted:
            return
        mine = self._waiting[chat]
        assert mine.step.line in self._lines[agent], f"{agent} does not serve {mine.step.line}"
        turn = mine.turns(self.now)[0]
        overtaken = [
            other
            for other, waiting in self._waiting.items()
            if waiting.turns(self.now)[-1] < turn
            and other not in self.doubted
            and self._could_have(other, waiting, agent, ASK_AGAIN_MS + SWEEP_MS, one_more=True)
        ]
        self.counts["turns"] += 1
        assert not overtaken, f"{chat} overtook {overtaken} at {agent}"

    def _could_have(self, chat: str, waiting: Waiting, agent: str, again_ms: int, *, one_more: bool = False) -> bool:
        """Whether the agent could be given or asked about this chat."""
        return (
            waiting.step.line in self._lines[agent]
            and chat not in self.rings
            and self.holders.get(chat) != agent
            and self._available[agent]
            and self._here[agent] is True
            and (one_more or self._load(agent) < self._capacity[agent])
            and self.now >= self._asked.get((chat, agent), -again_ms) + again_ms
        )

    def _may_have_aged(self, place: Place) -> bool:
        """Whether it moved on before it was looked at, and may have come of age in a line before."""
        moved = self._moved_unseen.get(place.chat)
        return moved is not None and any(moved >= place.arrived_ms + step.fair_ms for step in place.steps[: place.step])

    def _load(self, agent: str) -> int:
        return [*self.holders.values(), *self.rings.values()].count(agent)

    def _is_within_capacity(self, agent: str) -> None:
        assert self._load(agent) <= self._capacity[agent], f"{agent} is above capacity"

    def _rises(self, chat: str, epoch: int) -> None:
        assert epoch > self._epochs.get(chat, 0), f"the epoch of {chat} does not rise"
        self._epochs[chat] = epoch

    def _forget(self, chat: str) -> None:
        for known in (self._epochs, self._transfers, self._waiting, self._places, self._moved_unseen):
            known.pop(chat, None)
        self._heads.discard(chat)
        self._asked = {pair: at for pair, at in self._asked.items() if pair[0] != chat}
