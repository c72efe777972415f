"""A WebSocket client that costs less than any server it loads: no checks, one write for several messages.

The frames' mask is zero, which spares this side the masking; the server unmasks all the same.
"""

import asyncio
import base64
import os
from collections.abc import Callable, Iterable
from typing import cast
from urllib.parse import urlsplit

from chat.protocol import SUBPROTOCOL

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
MASK_BIT, ZERO_MASK = 0x80, b"\0\0\0\0"


class ClientSocket(asyncio.Protocol):
    """One connection; ``hear`` gets each text message and may be replaced at any time."""

    def __init__(self, hear: Callable[[bytes], None], opening: bytes) -> None:
        self.hear = hear
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opening = opening
        self._rest = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._opening)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed during the handshake"))

    def data_received(self, data: bytes) -> None:  # noqa: D102
        data = self._rest + data
        at = 0
        if not self.opened.done():
            head, end, _ = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = data
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                self.opened.set_exception(ConnectionError(head.decode("latin-1").splitlines()[0]))
                self._transport.abort()
                return
            self.opened.set_result(None)
            at = len(head) + len(end)
        while len(data) - at >= 2:
            size, begin = data[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, begin = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if begin + size > len(data):
                break
            self._frame(data[at], data[begin : begin + size])
            at = begin + size
        self._rest = data[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self.hear(payload)
        elif opcode == PING:
            self._transport.write(_frame(PONG, payload))
        elif opcode == CLOSE:
            raise ConnectionError(f"closed by the server: {payload!r}")

    def send(self, messages: Iterable[bytes]) -> None:
        """Send text messages in one write."""
        self._transport.write(b"".join([_frame(TEXT, message) for message in messages]))

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()


async def connect(url: str, hear: Callable[[bytes], None], cookie: str = "") -> ClientSocket:
    """Open a WebSocket from the server's own origin."""
    parts = urlsplit(url)
    lines = [
        f"GET {parts.path}?{parts.query} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Origin: http://{parts.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    opening = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    host, port = parts.hostname or "", parts.port or 80
    _, client = await loop.create_connection(lambda: ClientSocket(hear, opening), host, port)
    await client.opened
    return client


def _frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((opcode, MASK_BIT | size)) + ZERO_MASK + payload
    return bytes((opcode, MASK_BIT | 126)) + size.to_bytes(2, "big") + ZERO_MASK + payload
