"""The articles of every site, read at the start and again whenever a file changes."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog

from chat.help.folder import Folder, Picture, Shelved, digest_of
from chat.help.library import ALL, Library, Reader
from chat.help.search import Hit, Index
from chat.settings import Site

LOOK_S = 3
"""How long a change waits to be noticed, in each worker for itself."""

log = structlog.get_logger(__name__)


class Shelves:
    """What the folders hold now. A site without a folder has an empty library."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._folders = {
            key: Folder(Path(site.articles), key, site.locales) for key, site in sites.items() if site.articles
        }
        self._empty = {key: Library(site.locales) for key, site in sites.items()}
        self._stamps: dict[str, object] = {}
        self._shelved: dict[str, Shelved] = {}
        self._indexes: dict[tuple[str, str], tuple[Library, Index]] = {}
        self._making = asyncio.Lock()

    def has(self, site: str) -> bool:
        """Whether the site has a folder."""
        return site in self._folders

    def library(self, site: str) -> Library:
        """The articles of a site, at this moment."""
        shelved = self._shelved.get(site)
        return shelved.library if shelved is not None else self._empty[site]

    async def search(self, site: str, locale: str, query: str, reader: Reader, most: int) -> list[Hit]:
        """What ``reader`` finds among the site's articles, the best first. In a thread: a long query takes milliseconds."""
        index = await self._index(site, locale)
        return await asyncio.to_thread(index.search, query, reader, most)

    async def _index(self, site: str, locale: str) -> Index:
        """Made when it is first asked for, and when articles have changed."""
        library = self.library(site)
        async with self._making:
            made_of, index = self._indexes.get((site, locale), (None, None))
            if index is None or made_of is not library:
                index = await asyncio.to_thread(lambda: Index(library.shelf(locale, ALL), locale))
                self._indexes[site, locale] = (library, index)
        return index

    async def picture(self, site: str, digest: str) -> tuple[bytes, str] | None:
        """The bytes of an image, and their media type; None if no article has shown it."""
        shelved = self._shelved.get(site)
        picture = shelved.pictures.get(digest) if shelved is not None else None
        return await asyncio.to_thread(_read, picture, digest) if picture is not None else None

    async def look(self) -> None:
        """Read what has changed."""
        await asyncio.to_thread(self._look)

    async def keep_looking(self) -> None:
        """Look every few seconds."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    def _look(self) -> None:
        for key, folder in self._folders.items():
            stamps = folder.stamps()
            if self._stamps.get(key) == stamps:
                continue
            shelved = folder.read()
            self._stamps[key], self._shelved[key] = stamps, shelved
            for fault in shelved.faults:
                if fault.broken:  # all the others are told by `mayfly articles check`
                    log.warning("article cannot be read", site=key, file=fault.file, fault=fault.text)


def _read(picture: Picture, digest: str) -> tuple[bytes, str] | None:
    try:
        body = picture.path.read_bytes()
    except OSError:
        return None
    return (body, picture.media_type) if digest_of(body) == digest else None
