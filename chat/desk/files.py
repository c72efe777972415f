"""The life of a file: it is sent in, waits for its request or answer, is fetched, and goes when its ticket goes.

A row in ``attachments`` is there before the object in the storage is, and goes before it. So an object without a row is
always one to take away, whoever is writing at that moment, and whatever deleted the row: the ticket's own deletion
cascades to it, in SQL by hand as well.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from re import fullmatch

import sqlalchemy as sa
from msgspec import Struct, structs

from chat.desk.filenames import clean_name
from chat.desk.kinds import HEAD, kind_of, media_type_of
from chat.desk.records import File, file_of
from chat.desk.storage import Storage
from chat.errors import Refused, Unavailable
from chat.settings import Site
from chat.storage.database import Database
from chat.storage.tables import attachments

MB = 1024 * 1024
WAITS = timedelta(days=1)
"""How long a file may wait for the form it was sent in for."""


class Opened(Struct, frozen=True):
    """A file to be read: what is known of it, and its bytes piece by piece."""

    file: File
    size: int
    pieces: AsyncIterator[bytes]


class Files:
    """The files of all sites. All raise ``Unavailable`` when the database or the storage is away."""

    def __init__(self, database: Database, storage: Storage, sites: Mapping[str, Site]) -> None:
        self._database = database
        self._storage = storage
        self._sites = sites

    async def receive(self, site: str, name: str, chunks: AsyncIterator[bytes]) -> File:
        """Keep a file for a request or answer to come. Whatever ``chunks`` raise is raised, and nothing is kept.

        Raises ``Refused("too_large")`` as soon as it is, and ``Refused("invalid")`` for an empty file or one of a kind
        that the site does not take.
        """
        rules = self._sites[site].files
        arriving = _Arriving(chunks, rules.max_mb)
        head = await arriving.head()
        if not head:
            raise Refused("invalid", "the file is empty", fields={"file": "empty"})
        media_type = media_type_of(head)
        if (kind := kind_of(media_type)) not in rules.kinds:
            message = f"by what is in it, the file is of the kind {kind}; this site takes {', '.join(rules.kinds)}"
            raise Refused("invalid", message, fields={"file": "wrong_kind"})
        file = File(secrets.token_hex(16), clean_name(name, media_type), media_type, 0)
        row = structs.asdict(file) | {"site": site, "created_at": datetime.now(UTC)}
        async with self._database.begin() as connection:
            await connection.execute(attachments.insert().values(row))
        try:
            await self._storage.put(file.id, arriving.whole())
            file = structs.replace(file, size=arriving.size)
            await self._measured(file)
        except BaseException:
            await asyncio.shield(self._forget(file.id))
            raise
        return file

    async def open(self, file_id: str) -> Opened:
        """A file, to be read. Raises ``Refused("not_found")``, also when its ticket has gone."""
        async with self._database.connect() as connection:
            row = (await connection.execute(sa.select(attachments).where(attachments.c.id == file_id))).one_or_none()
        try:
            if row is not None:
                return Opened(file_of(row), *await self._storage.get(file_id))
        except FileNotFoundError:
            pass
        raise Refused("not_found", "there is no such file, or it went with its ticket")

    async def discard(self, file_id: str) -> None:
        """Take a file away, unless it was attached."""
        await self._remove(sa.and_(attachments.c.id == file_id, attachments.c.number.is_(None)))

    async def tidy(self) -> None:
        """Take away what waited in vain, and objects whose rows are gone."""
        vain = sa.and_(attachments.c.number.is_(None), attachments.c.created_at < datetime.now(UTC) - WAITS)
        await self._remove(vain)
        async for there in self._storage.ids():
            ours = [one for one in there if fullmatch(r"[0-9a-f]{32}", one)]
            async with self._database.connect() as connection:
                known = set(await connection.scalars(sa.select(attachments.c.id).where(attachments.c.id.in_(ours))))
            await self._storage.delete([one for one in ours if one not in known])

    async def _measured(self, file: File) -> None:
        arrived = attachments.update().where(attachments.c.id == file.id).values(size=file.size)
        async with self._database.begin() as connection:
            if (await connection.execute(arrived)).rowcount == 0:
                raise Refused("invalid", "the file took too long", fields={"file": "gone"})

    async def _remove(self, which: sa.ColumnElement[bool]) -> None:
        async with self._database.begin() as connection:
            gone = await connection.scalars(attachments.delete().where(which).returning(attachments.c.id))
            ids: Sequence[str] = gone.all()
        await self._storage.delete(ids)

    async def _forget(self, file_id: str) -> None:
        with contextlib.suppress(Unavailable):  # then ``tidy`` finds it
            await self.discard(file_id)


class _Arriving:
    """Chunks that are counted as they come, with the first of them held back to be looked at."""

    def __init__(self, chunks: AsyncIterator[bytes], max_mb: int) -> None:
        self._chunks = chunks
        self._max_mb = max_mb
        self._held: list[bytes] = []
        self.size = 0

    async def head(self) -> bytes:
        """The first bytes, ``HEAD`` of them or all there are."""
        while self.size < HEAD and (chunk := await self._next()) is not None:
            self._held.append(chunk)
        return b"".join(self._held)[:HEAD]

    async def whole(self) -> AsyncIterator[bytes]:
        """Everything, from the first byte on."""
        for held in self._held:
            yield held
        self._held.clear()
        while (chunk := await self._next()) is not None:
            yield chunk

    async def _next(self) -> bytes | None:
        chunk = await anext(self._chunks, None)
        if chunk is not None:
            self.size += len(chunk)
            if self.size > self._max_mb * MB:
                raise too_large(self._max_mb)
        return chunk


def too_large(max_mb: int) -> Refused:
    """The refusal of a file that is larger than its site's."""
    return Refused("too_large", f"a file may have at most {max_mb} MiB", fields={"file": "too_large"})
