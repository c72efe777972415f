"""What one connection says in a chat stays in the order it was said.

A line that was refused for now, because Redis is away or too many came at once, is said again by the client, behind which
it keeps what comes later. What it had sent before it heard of the refusal must not go first meanwhile: it is refused, too,
until that line has come.
"""

from collections.abc import Callable

from chat.errors import MayflyError

FOR_NOW = ("unavailable", "too_fast")
PATIENCE_S = 5.0
"""A client that has not said the line again by then has given it up."""


class Turns:
    """Of one connection. ``now``: seconds of any steady clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._owed: dict[str, tuple[str, float, MayflyError]] = {}

    def check(self, chat: str, ref: str) -> None:
        """Raises what another line of this chat was refused with while that has to come first."""
        if chat in self._owed:
            owed, until, error = self._owed[chat]
            if ref != owed and self._now() < until:
                raise error
            del self._owed[chat]

    def refused(self, chat: str, ref: str, error: MayflyError) -> None:
        """A line was refused: if it is to be said again, it is the next."""
        if error.code in FOR_NOW:
            self._owed.setdefault(chat, (ref, self._now() + PATIENCE_S, error))
