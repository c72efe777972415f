"""What Redis holds, was told, remembers and writes."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.client import Monitor
from redis.exceptions import RedisError, ResponseError

from chat.audit.canaries import Canaries
from chat.audit.places import Leak, Place, contents, leaks_in, listed, memory, program, searched

READ: dict[bytes, Callable[["Redis", bytes], Awaitable[Any]]] = {
    b"string": lambda redis, name: redis.get(name),
    b"hash": lambda redis, name: redis.hgetall(name),
    b"list": lambda redis, name: redis.lrange(name, 0, -1),
    b"set": lambda redis, name: redis.smembers(name),
    b"zset": lambda redis, name: redis.zrange(name, 0, -1),
    b"stream": lambda redis, name: redis.xrange(name),
}
"""How the value of each type is read as it is: DUMP compresses."""


async def search(words: Canaries, redis: "Redis", url: str) -> list[Place]:
    """All keys, the slow log, and, where it runs on this machine, the files it has written and its memory."""
    found = [searched("Redis: keys and values", words, await everything(redis))]
    try:
        slow = await redis.slowlog_get(10_000)
        found.append(searched("Redis: slow log", words, [repr(slow).encode()]))
    except ResponseError:
        found.append(Place("Redis: slow log", not_searched="it does not show it to us"))
    pid = int((await redis.info("server")).get("process_id", 0))
    here = urlsplit(url).hostname in (None, "localhost", "127.0.0.1", "::1") and re.search("redis|valkey", program(pid))
    if not here:
        return [*found, *(Place(f"Redis: {what}", not_searched="not on this machine") for what in ("files", "memory"))]
    return [*found, await _in_files(words, redis), await asyncio.to_thread(memory, "Redis: memory", words, pid)]


async def everything(redis: "Redis") -> list[bytes]:
    """The names and values of all keys, of any type."""
    return [part async for name in redis.scan_iter(count=1000) for part in await _read(redis, name)]


async def _read(redis: "Redis", name: bytes) -> list[bytes]:
    kind = await redis.type(name)
    return [name, *_flat(await READ[kind](redis, name))] if kind in READ else [name]


def _flat(value: object) -> Iterator[bytes]:
    match value:
        case bytes():
            yield value
        case dict():
            yield from _flat([*value, *value.values()])
        case list() | tuple() | set():
            for one in value:
                yield from _flat(one)


async def _in_files(words: Canaries, redis: "Redis") -> Place:
    try:
        told = {str(name): value or "" for name, value in (await redis.config_get()).items()}
    except ResponseError:
        return Place("Redis: files", not_searched="it does not tell where they are")
    return await asyncio.to_thread(searched, "Redis: files", words, contents(_written(told)))


def _written(told: dict[str, str]) -> Iterator[Path]:
    """RDB, AOF and log, by the settings of Redis. Raises PermissionError for a folder that does not open."""
    folder = Path(told["dir"])
    yield from listed(folder, told["dbfilename"], f"{told['appendfilename']}*", "temp-*.rdb")
    if (subfolder := told.get("appenddirname")) and (folder / subfolder).exists():
        yield from listed(folder / subfolder, "*")
    if (log := folder / told["logfile"]).is_file():
        yield log


class Overheard:
    """Every command that Redis got, as far as it tells; searched as it comes, for others talk to it as well."""

    def __init__(self, words: Canaries) -> None:
        self._words = words
        self._bytes = 0
        self._leaks: set[Leak] = set()
        self.refused = False

    def hear(self, command: bytes) -> None:
        """One more."""
        self._bytes += len(command)
        self._leaks |= leaks_in(self._words, command)

    def as_place(self) -> Place:
        """What was found in them."""
        name = "Redis: every command (MONITOR)"
        if self.refused:
            return Place(name, not_searched="it does not let us listen")
        return Place(name, searched_bytes=self._bytes, leaks=sorted(self._leaks))


@asynccontextmanager
async def overhearing(url: str, words: Canaries) -> AsyncIterator[Overheard]:
    """Search every command that Redis gets meanwhile, also from scripts."""
    overheard = Overheard(words)
    async with Redis.from_url(url, socket_timeout=None) as redis, AsyncExitStack() as monitoring:
        try:
            monitor = await monitoring.enter_async_context(redis.monitor())
        except RedisError:
            overheard.refused = True
            yield overheard
            return
        listening = asyncio.create_task(_listen(monitor, overheard))
        try:
            yield overheard
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def _listen(monitor: Monitor, overheard: Overheard) -> None:
    while True:
        overheard.hear(str((await monitor.next_command())["command"]).encode())
