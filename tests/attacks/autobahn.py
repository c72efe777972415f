"""The cases of autobahntestsuite, which is written for Python 2, read so that they run here, and what they need to run.

Their texts are bytes. The files are read as Latin-1, so that every character of a text is one byte of it, and what
goes out and comes in is turned the same way.
"""

import asyncio
import binascii
import re
import struct
import tarfile
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
CATEGORIES = re.compile(r"/case/case([1-7]|10)_\w+\.py$")
"""The others: 9 are large messages and speed, 12 and 13 compression."""


class Statuses:
    """What cases read of the protocol they are given."""

    CLOSE_STATUS_CODE_NORMAL = 1000
    CLOSE_STATUS_CODE_PROTOCOL_ERROR = 1002
    CLOSE_STATUS_CODE_INVALID_PAYLOAD = 1007
    STATE_CLOSED = 0
    STATE_OPEN = 3


class Utf8Validator:
    """Whether bytes are UTF-8, and whether they end with a whole character."""

    def reset(self) -> None:
        """Begin anew."""

    def validate(self, text: str) -> tuple[bool, bool, int, int]:
        """As in autobahn."""
        try:
            raw(text).decode()
        except UnicodeDecodeError as fault:
            cut = fault.reason == "unexpected end of data"
            return cut, False, 0, 0
        return True, True, 0, 0


def raw(text: str | bytes) -> bytes:
    """A text of theirs as bytes."""
    return text if isinstance(text, bytes) else text.encode("latin-1")


def cases(sdist: Path) -> dict[str, type]:
    """Every case of ``CATEGORIES`` by its name, as ``6.2.3``."""
    with tarfile.open(sdist) as archive:
        wanted = [
            one for one in archive.getmembers() if CATEGORIES.search(one.name) or one.name.endswith("/case/case.py")
        ]
        sources = {Path(one.name).stem: _read(archive, one) for one in wanted}
    modules = _Modules(sources)
    return dict(
        sorted((item for stem in sources for item in _named(modules.load(stem))), key=lambda item: _order(item[0]))
    )


def _order(name: str) -> list[int]:
    return [int(part) for part in name.split(".")]


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    assert file is not None
    text = file.read().decode("latin-1")
    text = re.sub(r"\A((?:.*\n)?)#.*coding.*\n", r"\1", text)
    text = re.sub(r"^( *)print (.*)$", r"\1print(\2)", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=[\w)]) / (?=[\w(])", " // ", text)
    text = text.replace("xrange", "range").replace("(object, Case, )", "(Case,)")
    return text.expandtabs(8)


def _named(module: types.ModuleType) -> Iterator[tuple[str, type]]:
    for value in vars(module).values():
        for one in value if isinstance(value, list) else [value]:
            found = re.fullmatch(r"Case(\d+(?:_\d+)+)", getattr(one, "__name__", ""))
            if isinstance(one, type) and found:
                yield found[1].replace("_", "."), one


class _Modules:
    """The case files as modules that import each other."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources
        self._loaded: dict[str, types.ModuleType] = {
            "autobahn.websocket.protocol": _module(WebSocketProtocol=Statuses),
            "autobahn.websocket.utf8validator": _module(Utf8Validator=Utf8Validator),
            "binascii": _module(
                b2a_hex=lambda text: binascii.b2a_hex(raw(text)).decode(),
                a2b_hex=lambda text: binascii.a2b_hex(text).decode("latin-1"),
            ),
        }

    def load(self, name: str) -> types.ModuleType:
        """The module of this file."""
        if name not in self._loaded:
            self._loaded[name] = module = types.ModuleType(name)
            builtins = {**vars(__import__("builtins")), "__import__": self._import}
            module.__dict__["__builtins__"] = builtins
            exec(compile(self._sources[name], f"{name}.py", "exec"), module.__dict__)
        return self._loaded[name]

    def _import(self, name: str, *rest: Any) -> Any:
        if name in self._sources or name in self._loaded:
            return self.load(name)
        return __import__(name, *rest)


def _module(**names: Any) -> types.ModuleType:
    module = types.ModuleType("made")
    module.__dict__.update(names)
    return module


class Peer(Statuses):
    """What a case calls its protocol: a client on a connection that is open, as far as cases look at it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._opened_frame = TEXT
        self.case: Any = None
        self.factory = types.SimpleNamespace(isServer=False)
        self.state = self.STATE_OPEN
        self.connectionWasOpen = True
        self.closedByMe = self.failedByMe = self.droppedByMe = self.wasClean = False
        self.remoteCloseCode: int | None = None
        self.localCloseReason = ""
        self.createWirelog = False
        self.autoFragmentSize = 0
        self.txFrameStats: Counter[int] = Counter()

    # ── what cases call ──────────────────────────────────────────────────────────────────────────────────────

    def sendFrame(self, opcode: int, payload: str | bytes = "", fin: bool = True, rsv: int = 0, payload_len: int | None = None, chopsize: int | None = None, **_: Any) -> None:  # fmt: skip
        data = raw(payload)
        self.txFrameStats[opcode] += 1
        if payload_len is not None:
            data = (data * (payload_len // max(1, len(data)) + 1))[:payload_len]
        self._write(self._head(opcode, len(data), fin=fin, rsv=rsv) + data)

    def sendMessage(self, payload: str | bytes, binary: bool = False, payload_frag_size: int | None = None, **named: Any) -> None:  # fmt: skip
        data, size = raw(payload), payload_frag_size or self.autoFragmentSize or max(1, len(payload))
        pieces = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
        for n, piece in enumerate(pieces):
            opcode = CONTINUATION if n else BINARY if named.get("isBinary", binary) else TEXT
            self.sendFrame(opcode, piece, fin=n == len(pieces) - 1)

    def beginMessage(self, **_: Any) -> None:
        self._opened_frame = TEXT

    def beginMessageFrame(self, length: int) -> None:
        self._write(self._head(self._opened_frame, length, fin=False))
        self._opened_frame = CONTINUATION

    def sendMessageFrameData(self, payload: str | bytes, **_: Any) -> None:
        self._write(raw(payload))

    def endMessage(self) -> None:
        self.sendFrame(CONTINUATION)

    def sendClose(self, code: int | None = None, reason: str | bytes = "") -> None:
        if self.state != self.STATE_CLOSED and not self.closedByMe:
            self.sendCloseFrame(code, raw(reason))

    def sendCloseFrame(self, code: int | None = None, reasonUtf8: str | bytes = "", isReply: bool = False, **_: Any) -> None:  # fmt: skip
        self.closedByMe = not isReply
        self.sendFrame(CLOSE, (struct.pack("!H", code) if code is not None else b"") + raw(reasonUtf8 or ""))

    def continueLater(self, delay: float, fun: Callable[[], None], _tag: object = None) -> None:
        asyncio.get_running_loop().call_later(delay, lambda: fun() if self.state == self.STATE_OPEN else None)

    def closeAfter(self, delay: float) -> None:
        self.continueLater(delay, self.sendClose)

    def killAfter(self, delay: float) -> None:
        self.continueLater(delay, self._kill)

    def enableWirelog(self, _enable: bool) -> None:
        pass

    def _kill(self) -> None:
        self.failedByMe = self.droppedByMe = True
        self._writer.transport.abort()

    # ── the line ─────────────────────────────────────────────────────────────────────────────────────────────

    def _head(self, opcode: int, size: int, *, fin: bool, rsv: int = 0) -> bytes:
        first, zeros = (0x80 if fin else 0) | rsv << 4 | opcode, bytes(4)
        if size < 126:
            return bytes((first, 0x80 | size)) + zeros
        if size < 65536:
            return struct.pack("!BBH", first, 0xFE, size) + zeros
        return struct.pack("!BBQ", first, 0xFF, size) + zeros

    def _write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    async def listen(self) -> None:
        """Tell the case what comes, to the end of the connection."""
        try:
            while True:
                first, size = await self._reader.readexactly(2)
                if size >= 126:
                    size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8))
                self._heard(first & 0x0F, await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self.state = self.STATE_CLOSED
        self._writer.close()
        self.case.onConnectionLost(self.failedByMe)

    def _heard(self, opcode: int, payload: bytes) -> None:
        text = payload.decode("latin-1")
        match opcode:
            case 1 | 2:
                self.case.onMessage(text, opcode == BINARY)
            case 9:
                self.sendFrame(PONG, payload)
                self.case.onPing(text)
            case 10:
                self.case.onPong(text)
            case 8:
                self.remoteCloseCode = int.from_bytes(payload[:2]) if payload else None
                self.wasClean = True
                if not self.closedByMe:
                    self.sendCloseFrame(self.remoteCloseCode, isReply=True)
