"""Was this helpful? Two counts for each article and language; who said what is forgotten after a day."""

import hmac
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct
from redis.asyncio import Redis

from chat.errors import Unavailable
from chat.help import counting, keys
from chat.help.library import Article
from chat.storage.database import Database
from chat.storage.tables import article_votes

REMEMBERED_S = 24 * 3600
YES, NO = b"1", b"0"


class Votes(Struct, frozen=True):
    """How many found an article helpful, in one language."""

    slug: str
    locale: str
    helpful: int
    unhelpful: int


class Voting:
    """Counts votes. ``secret`` keys the digests that tell for a day who has voted."""

    def __init__(self, database: Database, redis: Redis, secret: str) -> None:
        self._database = database
        self._redis = redis
        self._secret = secret.encode()

    async def vote(self, site: str, article: Article, voter: str, *, helpful: bool) -> None:
        """Count it. Another vote of the same ``voter`` within a day takes the place of the first."""
        whole = f"mayfly vote {site} {article.locale} {article.slug} {voter}"
        key = keys.voted(hmac.new(self._secret, whole.encode(), "sha256").hexdigest()[:32])
        given = YES if helpful else NO
        before = await self._redis.set(key, given, ex=REMEMBERED_S, get=True)
        if before == given:
            return
        change = {"helpful": (given == YES) - (before == YES), "unhelpful": (given == NO) - (before == NO)}
        row = {"site": site, "slug": article.slug, "locale": article.locale}
        try:
            async with self._database.begin() as connection:
                await counting.add(connection, article_votes, row, change)
        except Unavailable:
            await self._redis.delete(key)  # so that it counts when it is sent again
            raise

    async def list(self, site: str) -> Sequence[Votes]:
        """Of every article that has any, the least helpful first."""
        table = article_votes.c
        query = (
            sa.select(table.slug, table.locale, table.helpful, table.unhelpful)
            .where(table.site == site)
            .order_by((table.helpful - table.unhelpful), table.slug, table.locale)
        )
        async with self._database.connect() as connection:
            return [Votes(**row._asdict()) for row in await connection.execute(query)]
