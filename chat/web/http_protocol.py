"""uvicorn's HTTP, which waits for ever for a request head and takes one of any size, with a deadline and a bound.

A body that was refused is read on for a while and thrown away: a browser only looks at the answer when it has sent its
file, and a connection that is closed before would hide from it why.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_DEADLINE_S = 10.0
MAX_HEAD = 64 * 1024
MAX_UNWANTED = 64 * 1024 * 1024


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's HTTP with a deadline and a bound for every request head, and one for what comes after the answer."""

    _head_deadline: asyncio.TimerHandle | None = None
    _head_size = 0
    _unwanted = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # noqa: D102
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102
        self._got_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:  # noqa: D102
        super().data_received(data)
        if self._head_deadline is not None:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD:
                self.transport.abort()

    def on_message_begin(self) -> None:  # noqa: D102
        super().on_message_begin()
        self._unwanted = 0
        self._await_head()

    def on_headers_complete(self) -> None:  # noqa: D102
        self._got_head()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:  # noqa: D102
        super().on_body(body)
        if self.cycle.response_complete:
            self._unwanted += len(body)
            if self._unwanted > MAX_UNWANTED:
                self.transport.abort()

    def _await_head(self) -> None:
        if self._head_deadline is None:
            self._head_deadline = self.loop.call_later(HEAD_DEADLINE_S, self.transport.abort)

    def _got_head(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None
            self._head_size = 0
