"""A WebSocket client without manners: it sends any bytes, and reads only when it is told to."""

import asyncio
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from chat.protocol import SUBPROTOCOL
from tests.service import Node

TEXT, CONTINUATION, BINARY, CLOSE, PING = 0x1, 0x0, 0x2, 0x8, 0x9
VISITOR = "/ws/visitor?site=shop"
PATIENCE_S = 15.0


def client_frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A masked frame (RFC 6455, 5.2)."""
    size, first = len(payload), opcode | (0x80 if fin else 0)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65536:
        head = bytes((first, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 0x80 | 127)) + size.to_bytes(8, "big")
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


@dataclass
class Answer:
    """What the server said to a request."""

    status: int
    headers: dict[str, str]


class RawSocket:
    """One TCP connection to a node."""

    def __init__(self, node: Node, *, receive_buffer: int | None = None) -> None:
        self._node = node
        self._loop = asyncio.get_running_loop()
        self._read = b""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)

    async def __aenter__(self) -> Self:
        await self._loop.sock_connect(self.socket, ("127.0.0.1", self._node.port))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def read(self) -> bytes:
        """What has come and was not taken yet."""
        return self._read

    # ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────

    def head(self, path: str = VISITOR, **headers: str) -> bytes:
        """The request head of a WebSocket handshake; more headers, or others, by name with _ for -."""
        fields = {
            "host": f"127.0.0.1:{self._node.port}",
            "connection": "Upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
            "sec-websocket-protocol": SUBPROTOCOL,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items() if value)]
        return "\r\n".join([*lines, "", ""]).encode()

    async def upgrades(self, path: str = VISITOR, **headers: str) -> Answer:
        """Shake hands."""
        await self.sends(self.head(path, **headers))
        return await self.answer()

    async def answer(self) -> Answer:
        """The head of the server's answer."""
        async with asyncio.timeout(PATIENCE_S):
            while b"\r\n\r\n" not in self._read:
                more = await self._loop.sock_recv(self.socket, 65536)
                assert more, f"closed instead of an answer: {self._read!r}"
                self._read += more
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        return Answer(int(first.split()[1]), {name.lower(): value for name, value in pairs})

    # ── frames ───────────────────────────────────────────────────────────────────────────────────────────────

    async def sends(self, data: bytes) -> None:
        """Send bytes."""
        await self._loop.sock_sendall(self.socket, data)

    async def says(self, opcode: int, payload: bytes = b"", *, fin: bool = True) -> None:
        """Send a frame."""
        await self.sends(client_frame(opcode, payload, fin=fin))

    async def hears(self, part: bytes) -> None:
        """Read until this has come, in whatever frame."""
        async with asyncio.timeout(PATIENCE_S):
            while part not in self._read:
                more = await self._loop.sock_recv(self.socket, 65536)
                assert more, f"closed instead of {part!r}: {self._read!r}"
                self._read += more

    async def trickles(self, data: bytes, pause_s: float = 0.25) -> None:
        """Send a byte at a time until the server takes no more."""
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionError):
                for at in range(len(data)):
                    await self.sends(data[at : at + 1])
                    await asyncio.sleep(pause_s)

    async def floods(self, data: bytes) -> None:
        """Send this again and again until the server hangs up."""
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionError):
                while True:
                    await self.sends(data)

    async def is_closed_with(self) -> int | None:
        """Read to the end; the code of the close frame, None if the server hung up without one."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                code = self._close_code()
                if code is not None:
                    return code
                try:
                    more = await self._loop.sock_recv(self.socket, 65536)
                except ConnectionResetError:
                    more = b""
                if not more:
                    return None
                self._read += more

    def _close_code(self) -> int | None:
        """Take whole frames off what was read, up to a close frame."""
        while len(self._read) >= 2:
            opcode, size, at = self._read[0] & 0x0F, self._read[1], 2
            if size >= 126:
                at = 4 if size == 126 else 10
                size = int.from_bytes(self._read[2:at], "big")
            if len(self._read) < at + size:
                return None
            payload, self._read = self._read[at : at + size], self._read[at + size :]
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")
        return None
