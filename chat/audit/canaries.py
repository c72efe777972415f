"""Words that occur nowhere else, and how to find them again in whatever form they were written."""

import errno
import os
import re
import secrets
from base64 import b64encode
from collections.abc import Iterator
from typing import NamedTuple

MEMORY_STEP = 16 * 2**20
OVERLAP = 4096


class Found(NamedTuple):
    """A canary: the field it was put into (empty if it is cut or encoded), how it was written, and what is around it."""

    field: str
    form: str
    around: bytes


class Canaries:
    """Words of one run; each tells the field it was put into.

    They begin with letters and digits that every encoding of text leaves as they are, JSON and URLs with their escapes too;
    what follows is also Cyrillic, which takes the ways that only such words take.
    """

    def __init__(self) -> None:
        self._run = "canary" + secrets.token_hex(8)
        self._forms = list(_forms(self._run))

    def word(self, field: str) -> str:
        """A canary for ``field``, in small letters."""
        return f"{self._run}-{field}-канарейка"

    def email(self, field: str) -> str:
        """A canary that passes for an e-mail address, to which no letter is sent."""
        return f"{self._run}-{field}@audit.invalid"

    def found_in(self, data: bytes) -> list[Found]:
        """Canaries in ``data``."""
        return [
            Found(self._field(data[at : at + 200]), name, data[max(0, at - 60) : at + 120])
            for name, form in self._forms
            for at in _positions(data, form)
        ]

    def _field(self, data: bytes) -> str:
        named = re.match(rf"{self._run}-([a-z_]+)".encode(), data.replace(b"\0", b""))
        return named[1].decode() if named else ""


def _forms(text: str) -> Iterator[tuple[str, bytes]]:
    yield "UTF-8 or JSON", text.encode()
    yield "UTF-16", text.encode("utf-16-le")
    yield "UTF-32", text.encode("utf-32-le")
    yield "hexadecimal", text.encode().hex().encode()
    for shift in range(3):  # where in a group of three bytes the text begins; its edges depend on its neighbours
        yield "base64", b64encode(bytes(shift) + text.encode())[4:-4]


def _positions(data: bytes, form: bytes) -> Iterator[int]:
    at = data.find(form)
    while at >= 0:
        yield at
        at = data.find(form, at + 1)


def memory_of(pid: int) -> Iterator[bytes]:
    """The writable memory of a process, in overlapping pieces, so that nothing is missed at an edge. Raises OSError."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps.readlines():
            span, mode, *_ = line.split()
            if not mode.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            for at in range(start, end, MEMORY_STEP):
                try:
                    piece = os.pread(memory.fileno(), min(MEMORY_STEP + OVERLAP, end - at), at)
                except OSError as fault:
                    if fault.errno != errno.EIO:
                        raise
                    break  # it has been given back since
                yield piece
