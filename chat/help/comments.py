"""What readers add to an article; others see it once an agent has said yes."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from msgspec import Struct

from chat.errors import Refused
from chat.help.library import Article
from chat.storage.database import Database
from chat.storage.tables import article_comments

MAX_TEXT = 2000
MAX_NAME = 200
SHOWN = 100
"""Of an article, or to an agent, at a time."""


class Comment(Struct, frozen=True):
    """A comment, as agents see it."""

    id: str
    site: str
    slug: str
    locale: str
    name: str | None
    text: str
    approved: bool
    created_at: datetime


class Comments:
    """The comments of all sites. ``on_changed`` is awaited after each change."""

    def __init__(self, database: Database, on_changed: Callable[[], Awaitable[None]]) -> None:
        self._database = database
        self._on_changed = on_changed

    async def add(self, site: str, article: Article, name: str | None, text: str) -> None:
        """Keep one for an agent to look at. Raises ``Refused("invalid")`` with every fault."""
        name = " ".join((name or "").replace("\0", "").split()) or None
        text = text.replace("\0", "").strip()
        faults = {}
        if not text:
            faults["text"] = "required"
        elif len(text) > MAX_TEXT:
            faults["text"] = "too_long"
        if name is not None and len(name) > MAX_NAME:
            faults["name"] = "too_long"
        if faults:
            raise Refused("invalid", f"these fields need a look: {', '.join(faults)}", fields=faults)
        row = {
            "id": secrets.token_hex(8), "site": site, "slug": article.slug, "locale": article.locale, "name": name,
            "text": text, "approved": False, "created_at": datetime.now(UTC),
        }  # fmt: skip
        async with self._database.begin() as connection:
            await connection.execute(article_comments.insert().values(row))
        await self._on_changed()

    async def of(self, site: str, article: Article) -> Sequence[Comment]:
        """Those of an article that were approved, the newest last."""
        this = article_comments.c
        wanted = (this.site == site) & (this.slug == article.slug) & (this.locale == article.locale) & this.approved
        return list(reversed(await self._select(sa.select(article_comments).where(wanted), newest=True)))

    async def list(self, *, approved: bool) -> Sequence[Comment]:
        """Of all sites: those that wait, the oldest first; or those that were approved, the newest first."""
        wanted = sa.select(article_comments).where(article_comments.c.approved == approved)
        return await self._select(wanted, newest=approved)

    async def approve(self, comment_id: str, *, approved: bool) -> Comment:
        """Show it to readers, or no longer. Raises ``Refused("not_found")``."""
        this = article_comments.c.id == comment_id
        async with self._database.begin() as connection:
            await connection.execute(article_comments.update().where(this).values(approved=approved))
            row = (await connection.execute(sa.select(article_comments).where(this))).one_or_none()
        if row is None:
            raise Refused("not_found", "there is no such comment")
        await self._on_changed()
        return Comment(**row._asdict())

    async def remove(self, comment_id: str, *, approved: bool | None = None) -> None:
        """Throw it away, if it is still as ``approved`` says. Raises ``Refused("not_found")`` or, else, ``"changed_meanwhile"``."""
        this = article_comments.c.id == comment_id
        as_seen = this if approved is None else this & (article_comments.c.approved == approved)
        async with self._database.begin() as connection:
            gone = (await connection.execute(article_comments.delete().where(as_seen))).rowcount
            there = gone or (await connection.execute(sa.select(article_comments.c.id).where(this))).one_or_none()
        if not there:
            raise Refused("not_found", "there is no such comment")
        if not gone:
            raise Refused("changed_meanwhile", "another agent has judged this comment meanwhile")
        await self._on_changed()

    async def waiting(self) -> int:
        """How many wait for an agent."""
        count = sa.select(sa.func.count()).select_from(article_comments).where(~article_comments.c.approved)
        async with self._database.connect() as connection:
            return (await connection.execute(count)).scalar_one()

    async def counts(self, site: str) -> Mapping[tuple[str, str], int]:
        """How many were approved, by slug and locale, of each article that has any."""
        this = article_comments.c
        count = sa.select(this.slug, this.locale, sa.func.count()).where((this.site == site) & this.approved)
        async with self._database.connect() as connection:
            rows = await connection.execute(count.group_by(this.slug, this.locale))
            return {(slug, locale): number for slug, locale, number in rows}

    async def _select(self, query: sa.Select[tuple[object, ...]], *, newest: bool) -> Sequence[Comment]:
        at = article_comments.c.created_at
        ordered = query.order_by(at.desc() if newest else at, article_comments.c.id).limit(SHOWN)
        async with self._database.connect() as connection:
            return [Comment(**row._asdict()) for row in await connection.execute(ordered)]
