"""The canaries of ``mayfly audit``, and a search for them in every place a test can reach."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis

from chat.audit import canaries, inredis
from chat.audit.canaries import Found, memory_of


class Canaries(canaries.Canaries):
    """Words of one test."""

    def found_in_files(self, folder: Path) -> list[Found]:
        """Canaries in the files of a folder, however deep, and in their names."""
        files = [path for path in folder.rglob("*") if path.is_file()]
        return [found for path in files for found in self.found_in(bytes(path) + path.read_bytes())]

    def found_in_memory(self, *pids: int) -> list[Found]:
        """Canaries in the writable memory of processes."""
        return [found for pid in pids for piece in memory_of(pid) for found in self.found_in(piece)]

    async def found_in_redis(self, redis: "Redis") -> list[Found]:
        """Canaries in the names and values of all keys, of any type, and in the slow log."""
        slow = repr(await redis.slowlog_get(10_000)).encode()
        return [found for data in (*await inredis.everything(redis), slow) for found in self.found_in(data)]


class Overheard:
    """Everything Redis was told, by anyone."""

    def __init__(self) -> None:
        self.said = b""


@asynccontextmanager
async def overhearing(redis_port: int) -> AsyncIterator[Overheard]:
    """Write down every command Redis gets, also from scripts (MONITOR)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", redis_port)
    overheard = Overheard()

    async def write_down() -> None:
        while more := await reader.read(2**20):
            overheard.said += more

    writer.write(b"MONITOR\r\n")
    assert await reader.readline() == b"+OK\r\n"
    writing = asyncio.create_task(write_down())
    try:
        yield overheard
    finally:
        writer.close()
        await writing
