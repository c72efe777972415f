"""Bad weather between a browser and the service: late, in drops, torn off, or silent without an end."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.faults.network import CHUNK, Cable

DROP = 40
"""Bytes at a time while it trickles."""


class Weather(Cable):
    """Fair until it ``rages``. What it has done is counted in ``faults``."""

    def __init__(self, to_port: int, seed: int) -> None:
        super().__init__(to_port)
        self.faults: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._jitter_s = 0.0
        self._trickles = False
        self._ends = set[asyncio.StreamWriter]()

    def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A new connection."""
        self._ends = {end for end in self._ends if not end.is_closing()} | {writer}
        super().accepted(reader, writer)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK):
            await self._whole.wait()
            await asyncio.sleep(self._chance.uniform(0, self._jitter_s))
            step = DROP if self._trickles else len(data)
            for at in range(0, len(data), step):
                sink.write(data[at : at + step])
                await sink.drain()
                await asyncio.sleep(0.02 if self._trickles else 0)
        await self._whole.wait()
        sink.close()

    def tear(self) -> None:
        """Reset every connection."""
        for end in self._ends:
            end.transport.abort()

    async def _blow(self) -> None:
        while True:
            fault = self._chance.choice(["torn", "half open", "held up", "trickling", "calm"])
            self.faults[fault] += 1
            match fault:
                case "torn":
                    self.tear()
                case "half open":  # until both ends notice by themselves, or it is torn
                    self.cut()
                    await asyncio.sleep(self._chance.uniform(1, 6))
                    self.tear()
                    self.heal()
                case "held up":
                    self.cut()
                    await asyncio.sleep(self._chance.uniform(0.2, 2))
                    self.heal()
                case "trickling":
                    self._trickles = True
                    await asyncio.sleep(self._chance.uniform(0.5, 2))
                    self._trickles = False
            await asyncio.sleep(self._chance.uniform(0.2, 1.5))

    @asynccontextmanager
    async def rages(self, jitter_s: float) -> AsyncIterator[None]:
        """For as long as this is entered; each chunk takes up to ``jitter_s`` longer."""
        self._jitter_s = jitter_s
        blowing = asyncio.create_task(self._blow())
        try:
            yield
        finally:
            blowing.cancel()
            with suppress(asyncio.CancelledError):
                await blowing
            self._jitter_s, self._trickles = 0.0, False
            self.heal()


@asynccontextmanager
async def weather(to_port: int, seed: int) -> AsyncIterator[Weather]:
    """On the way to a server on this machine."""
    made = Weather(to_port, seed)
    server = await asyncio.start_server(made.accepted, "127.0.0.1", made.port)
    try:
        yield made
    finally:
        server.close()
        for connection in made.connections:
            connection.cancel()
        await asyncio.gather(*made.connections, return_exceptions=True)
