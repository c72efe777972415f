"""Many tabs of visitors in a process of their own, which come back as the widget does when they lose their connection.

``python -m tests.faults.returners FROM TO HOW_MANY``: all say hello at the origin FROM, then it says ``ready``. Once they
have lost their connections and are all back, at TO, it prints a JSON list of the seconds each was gone.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import uvloop

from chat.protocol import SUBPROTOCOL
from tests.service import ROOT
from tests.steady import FIRST_BACKOFF_S, MAX_BACKOFF_S, WELCOME_S

AT_ONCE = 50
SILENCE_S = 15.0
"""One and a half heartbeats: then a tab that has heard something gives up."""
HELLO = b'{"type":"hello","protocol":1}'
TEXT, CLOSE, MASKED = 0x81, 0x88, 0x80


class Tab:
    """One connection at a time."""

    async def comes(self, origin: str) -> None:
        """Returns when it is welcome. Raises OSError, EOFError or TimeoutError when it is not."""
        host, _, port = urlsplit(origin).netloc.partition(":")
        async with asyncio.timeout(WELCOME_S) as self._patience:
            self._reader, self._writer = await asyncio.open_connection(host, int(port))
            try:
                await self._says_hello(origin)
            except BaseException:
                self._writer.transport.abort()
                raise

    async def _says_hello(self, origin: str) -> None:
        lines = [
            "GET /ws/visitor?site=shop HTTP/1.1",
            f"Host: {urlsplit(origin).netloc}",
            f"Origin: {origin}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
        ]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(head.partition(b"\r\n")[0].decode())
        self._writer.write(bytes((TEXT, MASKED | len(HELLO), 0, 0, 0, 0)) + HELLO)
        while b'"type":"welcome"' not in await self._frame():
            self._patience.reschedule(asyncio.get_running_loop().time() + SILENCE_S)

    async def _frame(self) -> bytes:
        opcode, size = await self._reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self._reader.readexactly(2), "big")
        payload = await self._reader.readexactly(size)
        if opcode == CLOSE:
            raise ConnectionError(f"closed: {payload!r}")
        return payload

    async def is_lost(self) -> None:
        """Wait for it."""
        try:
            while True:
                await self._frame()
        except (OSError, EOFError):
            self._writer.transport.abort()

    async def returns(self, origin: str) -> float:
        """Once it has lost its connection; how long it was gone."""
        await self.is_lost()
        lost, attempt = time.perf_counter(), 0
        while True:
            await asyncio.sleep(random.random() * min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2**attempt))
            attempt += 1
            try:
                await self.comes(origin)
            except (OSError, EOFError, TimeoutError):
                continue
            return time.perf_counter() - lost


async def run(first: str, then: str, how_many: int) -> list[float]:
    """Of all of them."""
    gate = asyncio.Semaphore(AT_ONCE)
    tabs = [Tab() for _ in range(how_many)]

    async def arrive(tab: Tab) -> None:
        async with gate:
            await tab.comes(first)

    await asyncio.gather(*(arrive(tab) for tab in tabs))
    print("ready", flush=True)
    return await asyncio.gather(*(tab.returns(then) for tab in tabs))


class Returners:
    """The process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def gone(self) -> list[float]:
        """Wait until they are all back: how long each was gone."""
        output, _ = await self._process.communicate()
        gone: list[float] = json.loads(output)
        return gone


@asynccontextmanager
async def returners(first: str, then: str, how_many: int) -> AsyncIterator[Returners]:
    """They are at ``first``, and once they have lost it go to ``then``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.returners", first, then, str(how_many),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT, limit=2**20,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield Returners(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))))
