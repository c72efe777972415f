"""Words that occur nowhere else, and a search for them in every place a test can reach."""

import asyncio
import os
import re
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from redis.asyncio import Redis

MEMORY_STEP = 16 * 2**20


class Found(NamedTuple):
    """A canary: the field it was put into (empty if it is cut or encoded), how it was written, and what is around it."""

    field: str
    form: str
    around: bytes


class Canaries:
    """Words of one run; each tells the field it was put into."""

    def __init__(self) -> None:
        self._run = "canary" + secrets.token_hex(8)
        self._forms = list(_forms(self._run))

    def word(self, field: str) -> str:
        """A canary for ``field``, in small letters."""
        return f"{self._run}-{field}-канарейка"

    def email(self, field: str) -> str:
        """A canary that passes for an e-mail address."""
        return f"{self._run}-{field}@example.com"

    def found_in(self, data: bytes) -> list[Found]:
        """Canaries in ``data``."""
        return [
            Found(self._field(data[at : at + 200]), name, data[max(0, at - 60) : at + 120])
            for name, form in self._forms
            for at in _positions(data, form)
        ]

    def found_in_files(self, folder: Path) -> list[Found]:
        """Canaries in the files of a folder, however deep, and in their names."""
        files = [path for path in folder.rglob("*") if path.is_file()]
        return [found for path in files for found in self.found_in(bytes(path) + path.read_bytes())]

    def found_in_memory(self, *pids: int) -> list[Found]:
        """Canaries in the writable memory of processes."""
        return [found for pid in pids for piece in _memory(pid) for found in self.found_in(piece)]

    async def found_in_redis(self, redis: "Redis") -> list[Found]:
        """Canaries in the names and values of all keys, of any type, and in the slow log."""
        await redis.config_set("rdbcompression", "no")
        dumps = [bytes(name) + (await redis.dump(name) or b"") async for name in redis.scan_iter()]
        slow = repr(await redis.slowlog_get(10_000)).encode()
        return [found for data in (*dumps, slow) for found in self.found_in(data)]

    def _field(self, data: bytes) -> str:
        named = re.match(rf"{self._run}-([a-z_]+)".encode(), data.replace(b"\0", b""))
        return named[1].decode() if named else ""


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


def _forms(text: str) -> Iterator[tuple[str, bytes]]:
    yield "UTF-8 or JSON", text.encode()
    yield "two bytes a character", text.encode("utf-16-le")
    yield "four bytes a character", text.encode("utf-32-le")
    yield "hexadecimal", text.encode().hex().encode()
    for shift in range(3):  # where in a group of three bytes the text begins; its edges depend on its neighbours
        yield "base64", b64encode(bytes(shift) + text.encode())[4:-4]


def _positions(data: bytes, form: bytes) -> Iterator[int]:
    at = data.find(form)
    while at >= 0:
        yield at
        at = data.find(form, at + 1)


def _memory(pid: int) -> Iterable[bytes]:
    """Overlapping pieces, so that nothing is missed at an edge."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, mode, *_ = line.split()
            if not mode.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            for at in range(start, end, MEMORY_STEP):
                yield os.pread(memory.fileno(), min(MEMORY_STEP + 4096, end - at), at)
