"""The whole audit: chats full of canaries on a running service, ended in every way, and then the search for what is left."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, structs
from redis.asyncio import Redis

from chat.audit import inredis, places
from chat.audit.canaries import Canaries
from chat.audit.places import Place
from chat.audit.talks import FILED, Stage, after_a_request_was_filed, endings, hold
from chat.desk.erasing import Erasing, Whose
from chat.desk.storage import open_storage
from chat.errors import CannotStart
from chat.live import keys
from chat.live.bus import TicketMoved
from chat.people.agents import Agents
from chat.people.auditor import new_auditor
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.settings import Settings
from chat.storage.database import Database, database_url

SETTLES_S = 10.0
"""How long words may take to leave the memory of the processes."""
LOOK_EVERY_S = 2.0
CHATS, REQUEST, ALL = "the chats", "the erased request", "everything"


class Service(Struct, frozen=True):
    """The running service: its settings, an address it is reached at, its Redis, and files its output is collected in."""

    settings: Settings
    url: str
    redis_url: str
    logs: Sequence[Path] = ()


class Report(Struct, frozen=True):
    """What was done and found. It holds no canary, only the names of the fields they were in."""

    at: datetime
    chats: list[str]
    """How each ended."""
    places: list[Place]

    @property
    def clean(self) -> bool:
        """Whether nothing was found in any place that could be searched."""
        return not any(place.leaks for place in self.places)


async def audit(service: Service, database: Database, told: Callable[[str], None]) -> Report:
    """Hold the chats and search. Raises ``CannotStart`` when the service does not do its part, ``Unavailable``, RedisError.

    A request that is filed from a chat is kept, knowingly, in SQL: looked for is whether its words are anywhere once it
    was erased. The service's processes may hold what they wrote into SQL for longer, so their memory is searched before.
    """
    site = next(iter(service.settings.sites), None)
    if site is None:
        raise CannotStart("there is no site in the configuration to hold a chat on")
    words, at, held = Canaries(), datetime.now(UTC), list[str]()
    async with Redis.from_url(service.redis_url) as redis, inredis.overhearing(service.redis_url, words) as overheard:
        search = _Search(service, words, database, redis, at.timestamp())
        async with _agent(database) as (agent_id, cookie):
            stage = Stage(service.settings, service.url, site, agent_id, cookie)
            for name, ending in endings(service.settings).items():
                await hold(stage, words, ending)
                held.append(name)
                told(name)
            found = [*await search.everywhere(CHATS), *await search.memory(CHATS)]
            try:
                await hold(stage, words, after_a_request_was_filed)
                told(FILED)
            finally:
                await _erase(service.settings, database, redis, Whose(site=site, sub=words.word("identity")))
        found += await search.everywhere(REQUEST)
    return Report(at, [*held, FILED], [*found, structs.replace(overheard.as_place(), after=ALL)])


async def _erase(settings: Settings, database: Database, redis: "Redis", whose: Whose) -> None:
    """As ``mayfly erase`` does; open consoles are told to look again."""
    receipt = await Erasing(database, open_storage(settings)).erase(whose)
    for ticket in receipt.tickets:
        await redis.publish(keys.NODES, msgspec.json.encode(TicketMoved(ticket.site, ticket.number)))
    await database.scrub()


class _Search:
    """Through all places that this process may read, for what has been left since Unix time ``since``."""

    def __init__(self, service: Service, words: Canaries, database: Database, redis: "Redis", since: float) -> None:
        self._service = service
        self._words = words
        self._database = database
        self._redis = redis
        self._since = since
        self._pids = places.processes_at(urlsplit(service.url).port or 80)

    async def everywhere(self, after: str) -> list[Place]:
        """All places but the memory of the service's processes."""
        service = self._service
        found = await inredis.search(self._words, self._redis, service.redis_url)
        found += await places.in_database(self._words, self._database, database_url(service.settings))
        found += await asyncio.to_thread(
            places.in_files, self._words, service.settings, self._pids, self._since, service.logs
        )
        return [structs.replace(place, after=after) for place in found]

    async def memory(self, after: str) -> list[Place]:
        """The memory of the processes as soon as nothing is found in it, or as it is after ``SETTLES_S``."""
        if not self._pids:
            return [Place("memory of the service", after, not_searched=places.ABSENT)]
        deadline = time.monotonic() + SETTLES_S
        while True:
            found = await asyncio.to_thread(places.in_memory, self._words, self._pids)
            if not any(place.leaks for place in found) or time.monotonic() > deadline:
                return [structs.replace(place, after=after) for place in found]
            await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def _agent(database: Database) -> AsyncIterator[tuple[str, str]]:
    """An agent of the audit's own, by id, with the cookie of a session; gone afterwards."""
    agents = Agents(database, Passwords())
    agent = await agents.add(new_auditor())
    try:
        yield agent.id, await Sessions(database, _tell_nobody).open(agent.id)
    finally:
        await agents.remove(agent.id)


async def _tell_nobody(_session: str) -> None:
    pass
