"""What is said behind a line that must be said again waits for it."""

import pytest

from chat.errors import Refused, Unavailable
from chat.live.turns import PATIENCE_S, Turns


class Clock:
    """Time as the test wants it."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_goes_before_a_line_that_was_refused_for_now() -> None:
    turns = Turns(Clock())
    turns.check("chat", "one")
    turns.refused("chat", "one", Unavailable())
    turns.refused("chat", "two", Unavailable())
    with pytest.raises(Unavailable):
        turns.check("chat", "three")
    turns.check("another chat", "four")
    for ref in ("one", "two", "three"):
        turns.check("chat", ref)


def test_nothing_goes_before_a_line_that_came_too_fast() -> None:
    turns = Turns(Clock())
    turns.refused("chat", "one", Refused("too_fast", "wait", retry_after_s=0.5))
    with pytest.raises(Refused, match="wait"):
        turns.check("chat", "two")
    for ref in ("one", "two"):
        turns.check("chat", ref)


def test_a_line_that_was_refused_for_good_or_given_up_holds_up_nothing() -> None:
    clock = Clock()
    turns = Turns(clock)
    turns.refused("chat", "one", Refused("chat_full", "it is full"))
    turns.check("chat", "two")
    turns.refused("chat", "two", Unavailable())
    clock.now += PATIENCE_S
    turns.check("chat", "three")
