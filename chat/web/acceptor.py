"""Takes new connections in, a few in each turn of the loop.

When a node has died, thousands come to another in one moment. An event loop's own server takes in all of them in one
turn, and reads all their requests in the next: for more than half a second nobody else is served. What has not been
taken in waits in the system's queue.
"""

import asyncio
import socket
from collections.abc import Callable

import structlog

logger = structlog.get_logger(__name__)

A_TURN = 4
REST_S = 1.0
"""Before it tries again when the system has no file descriptor left, or no memory."""


class Acceptor:
    """Listens on ``listener``; each connection gets a protocol of its own. As much of a server as uvicorn needs."""

    def __init__(self, listener: socket.socket, make_protocol: Callable[[], asyncio.Protocol], backlog: int) -> None:
        self._listener = listener
        self._make_protocol = make_protocol
        self._loop = asyncio.get_running_loop()
        self._coming = set[asyncio.Task[object]]()
        self._resting: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        listener.listen(backlog)
        self._listen()

    def close(self) -> None:
        """Take in nobody any more."""
        self._loop.remove_reader(self._listener)
        if self._resting is not None:
            self._resting.cancel()

    async def wait_closed(self) -> None:
        """Those who are being taken in are."""
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _listen(self) -> None:
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        for _ in range(A_TURN):
            try:
                accepted, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                logger.warning("a connection cannot be taken in", error=error.strerror)
                self.close()  # it would be called again at once, and fail again
                self._resting = self._loop.call_later(REST_S, self._listen)
                return
            task = self._loop.create_task(self._loop.connect_accepted_socket(self._make_protocol, accepted))
            self._coming.add(task)
            task.add_done_callback(self._coming.discard)
