"""Takes the file out of a form that brings one: within the site's limits, and not more of them than an address may send."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from redis.exceptions import RedisError

from chat.desk.files import MB, too_large
from chat.desk.records import File
from chat.errors import Refused, Unavailable
from chat.live import keys
from chat.live.limits import count_from
from chat.settings import Site
from chat.web.body_limit import MAX_BODY, allow_body
from chat.web.multipart import Part
from chat.web.request import Request, client_of, media_type_of

WITH_FILES = "multipart/form-data"
"""The one kind of form that brings files, and that is read as it arrives: any other body is in memory as a whole."""


class TakeFile(Protocol):
    """Keeps a part's content and returns the id of the upload; None for a field that was left empty."""

    async def __call__(self, part: Part, content: AsyncIterator[bytes], values: Mapping[str, str]) -> str | None:
        """``values`` are the fields that came before."""


class Intake:
    """Takes at most one file.

    ``site`` is whose limits hold, None where the form names it before the file. Raises ``Refused("unknown_site")``.
    """

    def __init__(self, request: Request, site: str | None, *, counted: bool) -> None:
        self._request = request
        self._services = request.state["services"]
        self._site = site
        self._counted = counted
        self.taken: File | None = None
        """What was kept."""
        sites = self._services.settings.sites
        if site is not None and site not in sites:
            raise Refused("unknown_site", "there is no such site in the configuration")
        if media_type_of(request) == WITH_FILES:
            self._allow([sites[site]] if site is not None else list(sites.values()))

    async def __call__(self, part: Part, content: AsyncIterator[bytes], values: Mapping[str, str]) -> str | None:
        """As ``TakeFile``."""
        first = await anext(content, None)
        if first is None and not part.filename:
            return None  # as browsers send a field for a file in which none was chosen
        site = self._site or values.get("site", "")
        if site not in self._services.settings.sites:
            raise Refused("invalid", "name the site, before the file in the form", fields={"site": "required"})
        if self._counted:
            await self._count()
        self.taken = await self._services.files.receive(site, part.filename or "", _chained(first, content))
        return self.taken.id

    async def drop(self) -> None:
        """Take away what was kept, unless it has been attached to something."""
        if self.taken is not None:
            with contextlib.suppress(Unavailable):  # then it goes a day later
                await self._services.files.discard(self.taken.id)

    def _allow(self, sites: list[Site]) -> None:
        """Let the body be as large as a file and its form, and refuse at once one that says it is larger."""
        most = max((site.files.max_mb for site in sites), default=0)
        allow_body(self._request.scope, most * MB + MAX_BODY)
        declared = self._request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most * MB + MAX_BODY:
            raise too_large(most)

    async def _count(self) -> None:
        """Without Redis nobody counts: as with the requests that they come with."""
        most = self._services.settings.limits.files_per_ip_per_hour
        with contextlib.suppress(RedisError):
            await count_from(self._services.redis, keys.files_from, client_of(self._request).address, most, "files")


async def _chained(first: bytes | None, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first is not None:
        yield first
    async for chunk in rest:
        yield chunk
