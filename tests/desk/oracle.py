"""What is promised, by somebody who looks at the clock on the wall every quarter of an hour and knows nothing else."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Sign:
    """What hangs on the door: (weekday, from, until) in quarters of an hour after midnight, and dates it is closed on.

    A range that does not end later than it begins ends on the next day.
    """

    zone: str
    ranges: tuple[tuple[int, int, int], ...]
    closed: frozenset[date] = frozenset()

    def is_open(self, t: datetime) -> bool:
        wall = t.astimezone(ZoneInfo(self.zone))
        quarter = wall.hour * 4 + wall.minute // 15
        return any(
            (self._begins(wall.date(), day) and start <= quarter and (quarter < end or end <= start))
            or (self._begins(wall.date() - DAY, day) and end <= start and quarter < end)
            for day, start, end in self.ranges
        )

    def written(self) -> list[str]:
        """As the configuration says it."""
        return [f"{NAMES[day]} {_clock(start)}-{_clock(end)}" for day, start, end in self.ranges]

    def _begins(self, day: date, weekday: int) -> bool:
        return day.weekday() == weekday and day not in self.closed


@dataclass
class Owed:
    """A response; ``left`` in quarters of open time. ``due_at`` once nothing is left."""

    kind: str
    left: int
    runs: bool = True
    due_at: datetime | None = None


@dataclass
class Watcher:
    """Follows one ticket, quarter by quarter."""

    signs: list[Sign]
    first: int
    next: int
    now: datetime
    status: str = "open"
    owed: Owed | None = None
    met: Owed | None = field(default=None)

    def __post_init__(self) -> None:
        self.owed = Owed("first", self.first)

    def waits(self, quarters: int) -> None:
        """Time goes by."""
        self.met = None
        for _ in range(quarters):
            if self.owed is not None and self.owed.runs:
                self._passes(self.owed, self.now)
            self.now += QUARTER

    def customer_writes(self) -> None:
        self.status = "open"
        if self.owed is None:
            self.owed = Owed("next", self.next)
        else:
            self._runs(self.owed)

    def is_answered(self, status: str) -> None:
        self.status = status
        if self.owed is not None:
            self._runs(self.owed)
        self.met, self.owed = self.owed, None

    def is_moved(self, status: str) -> None:
        if status == self.status:
            return
        if status in ("solved", "closed"):
            self.is_answered(status)
            return
        self.status = status
        if self.owed is not None:
            if status == "pending":
                self.owed.runs = self.owed.left == 0
            else:
                self._runs(self.owed)

    def is_settled(self) -> None:
        self.status = "solved"
        late = self.owed is not None and self.owed.due_at is not None and self.owed.due_at < self.now
        self.met, self.owed = self.owed if late else None, None

    def will_be_due(self, owed: Owed, spare: int = 0) -> datetime:
        """When only ``spare`` quarters are left, should nothing happen."""
        if owed.due_at is not None and spare == 0:
            return owed.due_at
        ahead, t = Owed(owed.kind, owed.left - spare), self.now
        while ahead.left > 0:
            self._passes(ahead, t)
            t += QUARTER
        return t

    def _runs(self, owed: Owed) -> None:
        if not owed.runs and owed.left == 0:
            owed.due_at = self.now
        owed.runs = True

    def _passes(self, owed: Owed, t: datetime) -> None:
        if owed.left and all(sign.is_open(t) for sign in self.signs):
            owed.left -= 1
            if owed.left == 0:
                owed.due_at = t + QUARTER


def _clock(quarters: int) -> str:
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"


def midnight(day: date) -> datetime:
    """In UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
