"""Searches that found nothing, for sites that want to know: the words and how often, never who or exactly when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from msgspec import Struct

from chat.help import counting
from chat.help.words import WORD, plain
from chat.storage.database import Database
from chat.storage.tables import missed_searches

MAX_WORDS = 8
LONGEST = 30
"""Letters; what is longer is no word."""
SHOWN = 200


class Miss(Struct, frozen=True):
    """Words for which there is no article, how often they were looked for, and on which day last."""

    locale: str
    words: str
    times: int
    last_on: date


class Misses:
    """Counts them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, site: str, locale: str, query: str) -> None:
        """Count one more; what tells of a person is left out, and nothing is kept if nothing is left."""
        words = telling(query)
        if not words:
            return
        key = {"site": site, "locale": locale, "words": words}
        async with self._database.begin() as connection:
            await counting.add(connection, missed_searches, key, {"times": 1}, last_on=datetime.now(UTC).date())

    async def list(self, site: str) -> Sequence[Miss]:
        """The most frequent first."""
        table = missed_searches.c
        query = (
            sa.select(table.locale, table.words, table.times, table.last_on)
            .where(table.site == site)
            .order_by(table.times.desc(), table.last_on.desc(), table.words)
            .limit(SHOWN)
        )
        async with self._database.connect() as connection:
            return [Miss(**row._asdict()) for row in await connection.execute(query)]


def telling(query: str) -> str:
    """The words of a query without addresses, and whatever has digits: numbers of rooms, telephones, cards, bookings."""
    apart = (part for part in query.split() if "@" not in part and "://" not in part)
    words = (plain(found[0]) for part in apart if not any(map(str.isdigit, part)) for found in WORD.finditer(part))
    return " ".join([word for word in words if len(word) <= LONGEST][:MAX_WORDS])[:200]
