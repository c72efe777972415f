"""What one connection says in a chat stays in the order it was said.

A line that was refused because Redis is away is said again by the client, behind which it keeps what comes later. What
it had sent before it heard of the refusal must not go first meanwhile: it is refused, too, until that line has come.
"""

from collections.abc import Callable

from chat.errors import MayflyError, Unavailable

PATIENCE_S = 5.0
"""A client that has not said the line again by then has given it up."""


class Turns:
    """Of one connection. ``now``: seconds of any steady clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._owed: dict[str, tuple[str, float]] = {}

    def check(self, chat: str, ref: str) -> None:
        """Raises Unavailable while another line of this chat has to come first."""
        owed, until = self._owed.get(chat, (ref, 0))
        if ref != owed and self._now() < until:
            raise Unavailable
        self._owed.pop(chat, None)

    def refused(self, chat: str, ref: str, error: MayflyError) -> None:
        """A line was refused: if it is to be said again, it is the next."""
        if isinstance(error, Unavailable):
            self._owed.setdefault(chat, (ref, self._now() + PATIENCE_S))
