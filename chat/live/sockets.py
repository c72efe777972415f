"""The socket layer: bytes in, bytes out, close with a code. It knows no command and no event.

A connection is an ``asyncio.Protocol`` that uvicorn hands an upgraded connection to (its ``ws`` option), around the
sans-I/O WebSocket of ``websockets`` (RFC 6455). The session is called synchronously with each message; what it sends
in one turn of the loop leaves in one write. There is no task, queue or timer per connection or message: one sweep
looks after all deadlines. Compression is never negotiated, since its windows keep copies of what was said.

What it guards against, each measured as a hole elsewhere:

* a reader that is slower than what it is sent, or floods pings without reading: the write buffer is bounded, and a
  connection that stays stuffed for ``SEND_DEADLINE_S`` is cut with 4410;
* frames over 64 KiB (1009), more frames than the rate allows (4429), binary frames (4400); one read of 256 kB may hold
  40,000 pings, so it is parsed a piece at a time (all at once: 0.2 s in which nobody is served), and not at all once we
  have closed; whoever then sends ``HEARD_OUT`` bytes more is cut;
* a close frame that is never answered.

Half-open handshakes are cut before they get here, by ``web/http_protocol.py``.
"""

import asyncio
import socket
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.exceptions import NegotiationError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from chat.errors import CLOSE_CODES
from chat.live.connections import Connections, Handshake, Session
from chat.live.limits import TokenBucket
from chat.protocol import SUBPROTOCOL
from chat.web.client import joined, names_a_host, seen_client

MAX_FRAME = 64 * 1024
PARSED_AT_ONCE = 4 * 1024
HEARD_OUT = 1024 * 1024
MAX_BUFFERED = 256 * 1024
SEND_BUFFER = 128 * 1024
SEND_DEADLINE_S = 10.0
CLOSE_DEADLINE_S = 5.0


def _subprotocol(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Ours if offered; a client that offers none gets none, one that offers only others is refused."""
    if not offered:
        return None
    if SUBPROTOCOL in offered:
        return Subprotocol(SUBPROTOCOL)
    raise NegotiationError(f"this server speaks {SUBPROTOCOL}")


class Connection(asyncio.Protocol):
    """One WebSocket. ``send`` and ``close`` never block and never raise."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        self._server_connections = cast(set[Any], server_state.connections)
        self._all: Connections = app_state["connections"]
        self._socket = ServerProtocol(
            subprotocols=[Subprotocol(SUBPROTOCOL)], select_subprotocol=_subprotocol, max_size=MAX_FRAME
        )
        self._outbox: list[bytes] = []
        self._fragments: list[bytes] = []
        self._early: bytes | None = b""
        self._lent = MAX_BUFFERED
        self._session: Session | None = None
        self._stuffed_since: float | None = None
        self._closing_since: float | None = None
        self._unheard = 0
        self._rate = TokenBucket(self._all.frames_per_10s, 10.0)
        self.address = ""

    # ── for the session ──────────────────────────────────────────────────────────────────────────────────────

    def send(self, frame: bytes) -> None:
        """Send a frame made by ``text_frame``, with everything else of this loop turn in one write."""
        if self._closing_since is None:
            if not self._outbox:
                self._loop.call_soon(self._flush)
            self._outbox.append(frame)

    def close(self, name: str, reason: str = "") -> None:
        """Close with a code of ``errors.CLOSE_CODES`` and a reason of at most 123 bytes (RFC 6455, 5.5)."""
        if self._closing_since is not None:
            return
        self._flush()
        self._closing_since = self._loop.time()
        if self._socket.state is State.OPEN:
            meaning = CLOSE_CODES[name]
            short = (reason or meaning.text).encode()[:120].decode(errors="ignore")
            self._socket.send_close(meaning.code, short)
            self._write_protocol()
            self._say_no_more()

    def trust(self, times: int) -> None:
        """Allow ``times`` as many frames: signed-in staff with many chats send more than a visitor."""
        self._rate = TokenBucket(self._all.frames_per_10s * times, 10.0)

    @property
    def closing(self) -> bool:
        """Whether it is being closed; what is sent now is dropped."""
        return self._closing_since is not None

    # ── from the transport ───────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=0)
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._server_connections.add(self)
        self._transport.pause_reading()
        self._all.admit(self._shake_hands)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102
        self._closing_since = self._closing_since or self._loop.time()
        self._server_connections.discard(self)
        self._outbox.clear()
        self._fragments.clear()
        self._all.remove(self)
        session, self._session = self._session, None
        if session is not None:
            session.lost()

    def _shake_hands(self) -> None:
        early, self._early = self._early or b"", None
        if not self._transport.is_closing():
            self._transport.resume_reading()
            try:
                self.data_received(early)
            except BaseException:
                self._transport.abort()  # as the loop does when it has called it
                raise

    def data_received(self, data: bytes) -> None:  # noqa: D102
        if self._early is not None:
            self._early += data  # the request, which uvicorn has read
            return
        for at in range(0, len(data), PARSED_AT_ONCE):
            if self._closing_since is not None:
                self._hear_out(len(data) - at)
                return
            self._socket.receive_data(data[at : at + PARSED_AT_ONCE])
            for event in self._socket.events_received():
                if isinstance(event, Frame):
                    self._frame(event)
                elif isinstance(event, Request):
                    self._open(event)
            self._write_protocol()

    def eof_received(self) -> None:  # noqa: D102
        self._transport.close()

    def pause_writing(self) -> None:  # noqa: D102
        self._stuffed_since = self._loop.time()

    def resume_writing(self) -> None:  # noqa: D102
        self._stuffed_since = None
        if self._session is not None and not self._outbox:
            self._session.written()

    def shutdown(self) -> None:
        """The server stops: 1012 tells clients to come back at once. Called by uvicorn."""
        self.close("restarting")
        self._transport.close()

    def sweep(self, now: float) -> None:
        """Cut a connection that does not read or does not answer a close; let the session look at its own deadlines."""
        if self._closing_since is not None:
            if now - self._closing_since > CLOSE_DEADLINE_S:
                self._transport.abort()
        elif self._stuffed_since is not None and now - self._stuffed_since > SEND_DEADLINE_S:
            self._cut()
        elif self._session is not None:
            self._session.swept(now)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, request: Request) -> None:
        peer = self._transport.get_extra_info("peername")
        scheme = "https" if self._transport.get_extra_info("sslcontext") else "http"
        headers = joined(request.headers.raw_items())
        client = seen_client(peer[0] if peer else "", scheme, headers, self._all.trusted_proxies)
        self.address = client.address
        handshake = Handshake(request.path, headers, client)
        allowed = self._all.add(self)
        endpoint = self._all.endpoints.get(handshake.path)
        if not names_a_host(headers.get("host", "")):
            response = self._socket.reject(HTTPStatus.BAD_REQUEST, "The Host header names no host.\n")
        elif endpoint is None:
            response = self._socket.reject(HTTPStatus.NOT_FOUND, "There is no WebSocket here.\n")
        else:
            response = self._socket.accept(request)
        self._socket.send_response(response)
        self._write_protocol()
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS or endpoint is None:
            self._transport.close()
        elif not allowed:
            self.close("too_many", "too many connections from this address; try again in some seconds")
        else:
            self._session = endpoint(self, handshake)

    def _frame(self, frame: Frame) -> None:
        if self._closing_since is not None:
            return
        if not self._rate.take(self._loop.time()):
            self.close("too_many", "too many frames")
            return
        match frame.opcode:
            case Opcode.TEXT | Opcode.CONT:
                self._fragments.append(bytes(frame.data))
                frame.data = b""  # the parser holds on to its last frame, and with it to what was said
                if frame.fin:
                    message = b"".join(self._fragments)
                    self._fragments.clear()
                    if self._session is not None:
                        self._session.received(message)
            case Opcode.BINARY:
                self.close("malformed", "frames are JSON text")
            case Opcode.CLOSE:
                self._closing_since = self._loop.time()
            case _:
                pass  # pings are answered by the protocol; a pong says nothing we need

    def _flush(self) -> None:
        if not self._outbox:
            return
        self._write(b"".join(self._outbox))
        self._outbox.clear()
        if self._session is not None and self._stuffed_since is None and not self._transport.is_closing():
            self._session.written()

    def _write_protocol(self) -> None:
        """Write what the protocol itself has to say: the handshake, pongs, and a close frame after all that was sent."""
        if self._socket.state is State.CLOSING:
            self._flush()
        for data in self._socket.data_to_send():
            if data:
                self._write(data)
            elif self._socket.parser_exc is not None:
                self._closing_since = self._closing_since or self._loop.time()
                self._say_no_more()
            else:
                self._transport.close()

    def _hear_out(self, size: int) -> None:
        """What was on its way when we closed is dropped; whoever goes on and on is cut off."""
        self._unheard += size
        if self._unheard > HEARD_OUT:
            self._transport.abort()

    def _say_no_more(self) -> None:
        """End our half only: a client that is still sending would get a reset, and never read the close code."""
        self._outbox.clear()
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()

    def _write(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        waiting = self._transport.get_write_buffer_size()
        if waiting == 0:
            # A console's welcome alone may be larger than what a slow reader is lent.
            self._lent = MAX_BUFFERED + len(data)
        self._transport.write(data)
        if waiting + len(data) > self._lent:
            self._cut()

    def _cut(self) -> None:
        """Too slow a reader: say why, for whoever looks at the wire, and drop what it has not read."""
        if self._closing_since is None:
            self._outbox.clear()
            self.close("slow_reader")
        self._transport.abort()
