"""A way to a server that can be cut as networks are: nothing passes any more, and nobody is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.service import free_port

CHUNK = 65536


class Cable:
    """Listens on ``port`` of 127.0.0.1 and passes everything on, both ways, unless it is cut."""

    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self._to_port = to_port
        self._whole = asyncio.Event()
        self._whole.set()
        self.connections = set[asyncio.Task[None]]()

    def cut(self) -> None:
        """From now on what is sent waits: bytes, new connections and their ends."""
        self._whole.clear()

    def heal(self) -> None:
        """What has waited arrives, as it would by being sent again."""
        self._whole.set()

    def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A new connection."""
        task = asyncio.create_task(self._pass_both_ways(reader, writer))
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)

    async def _pass_both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._whole.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
            try:
                await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))
            finally:
                far_writer.close()
        except OSError:
            pass  # an end is gone, and so is the connection
        finally:
            writer.close()

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK):
            await self._whole.wait()
            sink.write(data)
            await sink.drain()
        await self._whole.wait()
        sink.close()


@asynccontextmanager
async def cable(to_port: int) -> AsyncIterator[Cable]:
    """One to a server on this machine."""
    made = Cable(to_port)
    server = await asyncio.start_server(made.accepted, "127.0.0.1", made.port)
    try:
        yield made
    finally:
        server.close()
        for connection in made.connections:
            connection.cancel()
        await asyncio.gather(*made.connections, return_exceptions=True)
