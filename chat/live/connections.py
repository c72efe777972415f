"""The WebSockets of this process: what a browser said when it connected, and how many there are from where."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from chat.settings import LimitSettings
from chat.web.client import Client

if TYPE_CHECKING:
    from chat.live.sockets import Connection


HANDSHAKES_A_TURN = 8
"""Of the loop: when thousands come at once, those who talk are served in between."""


class Session(Protocol):
    """What stands behind a connection."""

    def received(self, message: bytes) -> None:
        """A whole text message has come in."""

    def written(self) -> None:
        """Everything sent so far has left this process."""

    def swept(self, now: float) -> None:
        """Look at your deadlines; ``now`` is the loop's time in seconds."""

    def lost(self) -> None:
        """The connection is gone. Nothing can be sent any more."""


class Handshake:
    """What a browser said when it connected."""

    def __init__(self, target: str, headers: dict[str, str], client: Client) -> None:
        self.path, _, query = target.partition("?")
        self.query = dict(parse_qsl(query))
        self.headers = headers
        self.client = client


class Endpoint(Protocol):
    """Makes a session for a new connection, or closes it."""

    def __call__(self, connection: "Connection", handshake: Handshake) -> Session | None:
        """Return the session, or None after closing the connection."""


class Connections:
    """All WebSockets of this process: how many come from where, and one sweep over their deadlines."""

    def __init__(self, limits: LimitSettings, trusted_proxies: Sequence[str]) -> None:
        self.endpoints: dict[str, Endpoint] = {}
        self.frames_per_10s = limits.frames_per_10s
        self.trusted_proxies = trusted_proxies
        self._per_address = limits.connections_per_ip
        self._open: set[Connection] = set()
        self._addresses: dict[str, int] = {}
        self._at_the_door: deque[Callable[[], None]] = deque()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, shake_hands: Callable[[], None]) -> None:
        """Call ``shake_hands`` in its turn, soon."""
        if not self._at_the_door:
            asyncio.get_running_loop().call_soon(self._admit_some)
        self._at_the_door.append(shake_hands)

    def _admit_some(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(min(HANDSHAKES_A_TURN, len(self._at_the_door))):
            loop.call_soon(self._at_the_door.popleft())  # each by itself: one that fails keeps nobody else out
        if self._at_the_door:
            loop.call_soon(self._admit_some)

    def add(self, connection: "Connection") -> bool:
        """False if its address already has too many."""
        self._open.add(connection)
        count = self._addresses.get(connection.address, 0) + 1
        self._addresses[connection.address] = count
        return count <= self._per_address

    def remove(self, connection: "Connection") -> None:
        """The connection is gone."""
        if connection not in self._open:
            return  # it never got as far as a handshake
        self._open.remove(connection)
        count = self._addresses.get(connection.address, 1) - 1
        if count:
            self._addresses[connection.address] = count
        else:
            self._addresses.pop(connection.address, None)

    def sweep(self, now: float) -> None:
        """Cut what is past a deadline; called about every second."""
        for connection in list(self._open):
            connection.sweep(now)
