"""How promises were kept: per team, and per ISO week in which the response was due (in UTC)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import Utc, promises, tickets

LONGEST = timedelta(days=2 * 366)
WEEK = timedelta(days=7)


class WeekOfPromises(Struct):
    """Responses that were due to a team in a week. ``broken``: given late, or still owed although overdue."""

    team: str | None
    week: str
    kept: int
    broken: int


class Reports:
    """Reads the promises of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def promises(self, since: datetime, until: datetime) -> Sequence[WeekOfPromises]:
        """What was due from ``since`` (inclusive) to ``until`` (exclusive), by week, then by team.

        Raises ``Refused("invalid")`` for more than two years.
        """
        if until - since > LONGEST:
            raise Refused("invalid", "ask for two years at most", fields={"from": "too_long"})
        weeks = _weeks(since, until)
        counted: defaultdict[tuple[int, str | None], list[int]] = defaultdict(lambda: [0, 0])
        async with self._database.connect() as connection:
            for query in _queries(since, until, weeks):
                for week, team, kept, broken in await connection.execute(query):
                    counted[week, team][0] += kept
                    counted[week, team][1] += broken
        return [
            WeekOfPromises(team, f"{weeks[week].isocalendar().year}-W{weeks[week].isocalendar().week:02}", *numbers)
            for (week, team), numbers in sorted(counted.items(), key=lambda one: (one[0][0], one[0][1] or ""))
        ]


def _weeks(since: datetime, until: datetime) -> list[datetime]:
    """The Mondays of the weeks, each at midnight in UTC."""
    since = since.astimezone(UTC)
    monday = (since - timedelta(days=since.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    weeks = [monday]
    while weeks[-1] + WEEK < until:
        weeks.append(weeks[-1] + WEEK)
    return weeks


def _queries(since: datetime, until: datetime, weeks: list[datetime]) -> Sequence[sa.Select[Any]]:
    """What was answered, and what is still owed: each (week, team, kept, broken)."""
    is_kept = sa.func.count().filter(promises.c.met_at < promises.c.due_at)
    is_late = sa.func.count().filter(promises.c.met_at >= promises.c.due_at)
    overdue = tickets.c.due_at < datetime.now(UTC)
    return [
        _by_week(promises, since, until, weeks, is_kept, is_late),
        _by_week(tickets, since, until, weeks, sa.literal(0), sa.func.count()).where(overdue),
    ]


def _by_week(
    table: sa.Table, since: datetime, until: datetime, weeks: list[datetime], *counts: sa.ColumnElement[int]
) -> sa.Select[Any]:
    due_at = table.c.due_at
    ends = [(due_at < sa.literal(monday + WEEK, Utc), sa.literal(number)) for number, monday in enumerate(weeks)]
    week = sa.case(*ends).label("week")
    within = sa.and_(due_at >= since, due_at < until)
    return sa.select(week, table.c.team, *counts).where(within).group_by(week, table.c.team)
