"""A million ways to get the protocol nearly right, in a process of its own: ``python -m tests.attacks.fuzz PLAN``.

It begins with what people really sent. *Odd* messages keep to the protocol and hold values nobody expects; *wrong* ones
break a message, its bytes, or the frame around it, and end their connection, if the service notices.
"""

import asyncio
import json
import random
import re
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import jwt
import msgspec
import uvloop
from msgspec import Struct

from bench.client import ZERO_MASK
from chat.protocol import SUBPROTOCOL
from tests.service import IDENTITY_SECRET

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA
ODD_AT_ONCE = 40
COSTLY = ("start", "leave_ticket", "end", "hand_over")
"""Rarer than the rest, which they would hold up, or leave without a chat to be about."""
PATIENCE_S = 20.0
ODD_HELLO = 0.25
CLAIMS = ("sub", "name", "email", "phone", "plan", "locale", "vip", "exp", "nbf", "aud", "iss")
SHORT_S = 0.05
"""For an answer to what may have left the service waiting for the rest of a frame."""

STRINGS = [
    "", " ", "\0", "\x7f", "﻿", "‮abc", "a" * 3999, "€" * 1300, "🎈" * 900, "\n" * 200, "\\", '"', "]]>", "{{7*7}}", "%s%n",
    "../../etc/passwd", "'; DROP TABLE tickets; --", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "null", "NaN", "-1",
    "١٢٣", "e\u0301" * 60, "https://[", "http://" + "a" * 2000, "ref" * 21, "en-x-" + "y" * 30, "Europe/Nowhere", "@", "a@b",
]  # fmt: skip
NUMBERS = [0, 1, 2, 5, 6, 99, 100, 499, 500, 501, 10080, 2**31 - 1]
ANYTHING: list[Any] = [
    None, True, [], {}, [[]], {"": ""}, -1, 2**31, 2**53, 2**64, 10**400, 1.5, -0.0, 1e308, [None] * 50, {"a": {"b": {"c": []}}},
]  # fmt: skip


class Plan(Struct):
    """What to send where. ``visitor`` and ``agent`` are recorded exchanges, which begin with a hello; ``chat`` is the id they are about."""

    address: str
    path: str
    cookie: str
    visitor: list[dict[str, Any]]
    agent: list[dict[str, Any]]
    chat: str
    seed: int
    frames: int
    at_once: int


class Report(Struct):
    """What was sent: frames, how many of them were wrong, how many an odd hello, and over how many connections."""

    frames: int = 0
    wrong: int = 0
    hellos: int = 0
    connections: int = 0
    closed: dict[str, int] = {}


def frame(opcode: int, payload: bytes, *, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """A frame, with a mask of zeros."""
    size, mask = len(payload), 0x80 if masked else 0
    first = (0x80 if fin else 0) | reserved | opcode
    if size < 126:
        head = struct.pack("!BB", first, mask | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, mask | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask | 127, size)
    return head + (ZERO_MASK if masked else b"") + payload


class Mutator:
    """Makes messages out of recorded ones."""

    def __init__(self, seed: int, recorded: list[dict[str, Any]], chat: str) -> None:
        self.random = random.Random(seed)
        self._hello, *recorded = recorded
        self._recorded = [one for one in recorded for _ in range(1 if one["type"] in COSTLY else 12)]
        self._chat = chat
        self.chats: list[str] = []
        """Heard of on this connection."""

    def odd(self) -> bytes:
        """A message that keeps to the protocol as far as types go."""
        return self._bent(self.random.choice(self._recorded))

    def odd_hello(self) -> bytes:
        """With what nobody expects in it; half of them with an identity that the site has signed."""
        hello = dict(self._hello)
        if "identity" in hello and self.random.random() < 0.5:
            names = self.random.sample(CLAIMS, self.random.randrange(len(CLAIMS)))
            claims = {"exp": 2**32} | {name: self.random.choice(STRINGS + ANYTHING) for name in names}
            token = jwt.PyJWS().encode(json.dumps(claims).encode(), IDENTITY_SECRET)  # jwt.encode looks at the claims
            return msgspec.json.encode(hello | {"identity": token})
        return self._bent(hello)

    def _bent(self, recorded: dict[str, Any]) -> bytes:
        message = dict(recorded)
        for name, value in message.items():
            if name == "type":
                continue
            if value == self._chat and self.chats:
                message[name] = self.random.choice(self.chats)
            elif self.random.random() < 0.5:
                message[name] = self._other(value)
        return msgspec.json.encode(message)

    def _other(self, value: Any) -> Any:
        match value:
            case bool():
                return not value
            case int():
                return self.random.choice(NUMBERS)
            case str():
                return self._text(value)
            case dict():
                return {key: self._text(str(one)) for key, one in value.items()}
        return value

    def _text(self, value: str) -> str:
        odd = self.random.choice(STRINGS)
        return self.random.choice((odd, value + odd, value[: self.random.randrange(len(value) + 1)], value[::-1]))

    def wrong(self) -> bytes:
        """A frame that is none, or holds no message."""
        return self.random.choice(self._WRONG)(self)

    def _wrong_type(self) -> bytes:
        message = dict(self.random.choice(self._recorded))
        message[self.random.choice([*message])] = self.random.choice(ANYTHING)
        return frame(TEXT, json.dumps(message).encode())

    def _wrong_fields(self) -> bytes:
        message, other = dict(self.random.choice(self._recorded)), self.random.choice(self._recorded)
        for name in self.random.sample([*message], self.random.randrange(len(message) + 1)):
            del message[name]
        return frame(TEXT, json.dumps(message | dict(self.random.sample([*other.items()], 1))).encode())

    def _wrong_bytes(self) -> bytes:
        text = bytearray(self.odd())
        for _ in range(self.random.randrange(1, 6)):
            at = self.random.randrange(len(text) + 1)
            text[at : at + self.random.randrange(3)] = self.random.randbytes(self.random.randrange(3))
        return frame(TEXT, bytes(text))

    def _spliced(self) -> bytes:
        one, other = self.odd(), self.odd()
        return frame(TEXT, one[: self.random.randrange(len(one))] + other[self.random.randrange(len(other)) :])

    def _nested(self) -> bytes:
        deep = self.random.choice((50, 2000, 30_000))
        opened, closed = self.random.choice((("[", "]"), ('{"a":', "}"), ('{"type":"say","text":', "}")))
        return frame(TEXT, (opened * deep + "1" + closed * self.random.choice((deep, 0, 1)))[:65_000].encode())

    def _wrong_frame(self) -> bytes:
        opcode = self.random.choice((TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG, 0x3, 0x7, 0xB, 0xF))
        reserved = self.random.choice((0, 0, 0x40, 0x20, 0x10))
        payload = self.random.randbytes(self.random.choice((0, 1, 2, 125, 126, 200)))
        fin, masked = self.random.random() < 0.6, self.random.random() < 0.8
        return frame(opcode, payload, fin=fin, reserved=reserved, masked=masked)

    def _fragments(self) -> bytes:
        text, pieces = self.odd(), []
        while text:
            at = self.random.randrange(len(text)) + 1
            pieces.append(text[:at])
            text = text[at:]
        made = [frame(CONTINUATION if n else TEXT, piece, fin=n == len(pieces) - 1) for n, piece in enumerate(pieces)]
        made.insert(self.random.randrange(len(made) + 1), frame(PING, b"between"))
        return b"".join(made)

    def _wrong_length(self) -> bytes:
        size = self.random.choice((0, 127, 65_536, 65_537, 2**31, 2**63 - 1, 2**64 - 1))
        return struct.pack("!BBQ", 0x81, 0xFF, size) + ZERO_MASK + self.odd()

    def _wrong_close(self) -> bytes:
        code = self.random.choice((0, 999, 1000, 1004, 1005, 1006, 1015, 1016, 2999, 3000, 4400, 5000, 65535))
        return frame(CLOSE, struct.pack("!H", code) + self.random.choice((b"", b"\xff\xfe", b"x" * 123, b"x" * 124)))

    _WRONG: "tuple[Callable[[Mutator], bytes], ...]" = (
        _wrong_type, _wrong_type, _wrong_fields, _wrong_fields, _wrong_bytes, _spliced, _nested, _wrong_frame, _wrong_frame, _fragments,
        _wrong_length, _wrong_close,
    )  # fmt: skip


class Line(asyncio.Protocol):
    """One connection: notes the chats it is told of, the pongs, and its end."""

    def __init__(self, mutator: Mutator) -> None:
        self._mutator = mutator
        self._news = asyncio.Event()
        self._close = b""
        self.open = False
        self.pongs = 0
        self.over = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._mutator.chats += [chat.decode() for chat in re.findall(rb'"chat":"([\w-]{20,})"', data)][:5]
        self.open = True
        self.pongs += data.count(b'{"type":"pong"}')
        if (at := data.rfind(b"\x88")) >= 0 and len(data) >= at + 4:
            self._close = data[at + 2 : at + 4]
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.over = True
        self._news.set()

    @property
    def code(self) -> str:
        """How it was closed, as far as was heard."""
        return str(int.from_bytes(self._close)) if self._close else "without a word"

    async def opens(self, head: bytes, hello: bytes) -> bool:
        """Shake hands and say hello."""
        self._transport.write(head)
        await self._until(lambda: self.open, PATIENCE_S)
        return await self.answers(frame(TEXT, hello))

    async def answers(self, data: bytes, within_s: float = PATIENCE_S) -> bool:
        """Send this, and wait until it was dealt with; False if the connection is over, or hangs."""
        before = self.pongs
        self._transport.write(data + frame(TEXT, b'{"type":"ping"}'))
        return await self._until(lambda: self.pongs > before, within_s) and not self.over

    async def _until(self, condition: Callable[[], bool], within_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not (condition() or self.over):
                    self._news.clear()
                    await self._news.wait()
        return condition()

    def drop(self) -> None:
        """Hang up."""
        self._transport.abort()


@dataclass
class Fuzzer:
    """Somebody who opens one connection after another."""

    plan: Plan
    number: int
    report: Report

    async def runs(self) -> None:
        """Until enough was sent by all together."""
        as_agent = self.number % 4 == 0
        recorded = self.plan.agent if as_agent else self.plan.visitor
        mutator = Mutator(self.plan.seed * 1000 + self.number, recorded, self.plan.chat)
        opening = self._opening(as_agent=as_agent)
        parts = urlsplit(self.plan.address)
        while self.report.frames < self.plan.frames:
            mutator.chats.clear()
            loop = asyncio.get_running_loop()
            _, line = await loop.create_connection(lambda: Line(mutator), parts.hostname or "", parts.port or 80)
            self.report.connections += 1
            if await line.opens(opening, self._hello(mutator)):
                await self._talks(line, mutator)
            line.drop()
            self.report.closed[line.code] = self.report.closed.get(line.code, 0) + 1

    def _hello(self, mutator: Mutator) -> bytes:
        if mutator.random.random() < ODD_HELLO:
            self.report.hellos += 1
            return mutator.odd_hello()
        return b'{"type":"hello","protocol":1}'

    async def _talks(self, line: Line, mutator: Mutator) -> None:
        for batch in self._batches(mutator):
            if not await line.answers(b"".join(frame(TEXT, text) for text in batch)):
                self.report.frames += 1  # at least the one that ended it
                return
            self.report.frames += len(batch)
        self.report.frames += 1
        self.report.wrong += 1
        await line.answers(mutator.wrong(), SHORT_S)

    def _batches(self, mutator: Mutator) -> Iterator[list[bytes]]:
        for _ in range(mutator.random.randrange(4)):
            yield [mutator.odd() for _ in range(mutator.random.randrange(1, ODD_AT_ONCE))]

    def _opening(self, *, as_agent: bool) -> bytes:
        parts = urlsplit(self.plan.address)
        lines = [
            f"GET {'/ws/agent' if as_agent else self.plan.path} HTTP/1.1", f"Host: {parts.netloc}", f"Origin: {self.plan.address}",
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
            *([f"Cookie: mayfly_session={self.plan.cookie}"] if as_agent else []), "", "",
        ]  # fmt: skip
        return "\r\n".join(lines).encode()


async def main(plan: Plan) -> Report:
    """Everybody at once."""
    report = Report()
    async with asyncio.TaskGroup() as group:
        for number in range(plan.at_once):
            group.create_task(Fuzzer(plan, number, report).runs())
    return report


if __name__ == "__main__":
    print(msgspec.json.encode(uvloop.run(main(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))).decode())
