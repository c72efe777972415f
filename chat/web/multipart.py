"""A form in parts (RFC 7578), read as it arrives: no part is held in memory or put on disk before somebody takes it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from msgspec import Struct
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from chat.errors import Refused
from chat.web.request import Request

IDLE_S = 30.0
"""A sender who is silent for this long is taken for gone."""


class Part(Struct, frozen=True):
    """The head of a part: the field's name, and for a file what the sender calls it."""

    name: str
    filename: str | None


class Parts:
    """The parts of a request's body, in order. Every method raises ``Refused("invalid")`` for what is no such form, also
    when it breaks off before its end.
    """  # fmt: skip

    def __init__(self, request: Request) -> None:
        _, options = parse_options_header(request.headers.get("content-type"))
        self._stream = request.stream()
        self._arrived: deque[Part | bytes | None] = deque()  # None: the part is over
        self._complete = False
        self._header = bytearray(), bytearray()
        self._disposition = b""
        try:
            self._parser = MultipartParser(
                options.get(b"boundary", b""),
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._data,
                    "on_part_end": lambda: self._arrived.append(None),
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise _broken() from None

    async def next_part(self) -> Part | None:
        """The next part, None after the last. What was not read of the one before is skipped."""
        while True:
            arrived = await self._next()
            if isinstance(arrived, Part):
                return arrived
            if arrived is None and self._complete and not self._arrived:
                return None

    async def content(self) -> AsyncIterator[bytes]:
        """The bytes of the part that ``next_part`` gave."""
        while (chunk := await self._next()) is not None:
            assert isinstance(chunk, bytes)
            yield chunk

    async def _next(self) -> Part | bytes | None:
        while not self._arrived:
            if self._complete:
                return None
            await self._read_on()
        return self._arrived.popleft()

    async def _read_on(self) -> None:
        try:
            async with asyncio.timeout(IDLE_S):
                self._parser.write(await anext(self._stream))
        except (FormParserError, ClientDisconnect, StopAsyncIteration, TimeoutError):
            raise _broken() from None

    # ── what the parser finds ────────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise _broken()
        filename = options.get(b"filename")
        self._arrived.append(Part(_text(options[b"name"]), None if filename is None else _text(filename)))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._arrived.append(data[start:end])

    def _end(self) -> None:
        self._complete = True


def _text(value: bytes) -> str:
    """A name as browsers write it: UTF-8, with three characters escaped (HTML, "multipart/form-data encoding algorithm")."""
    text = value.decode("utf-8", "replace")
    for escaped, character in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        text = text.replace(escaped, character)
    return text


def _broken() -> Refused:
    return Refused("invalid", "the form cannot be read, or it broke off before its end")
