"""What a visitor is told of the wait: it counts down, seldom rises and never jumps."""

from math import ceil, exp

_STEPS = ((60, 30), (600, 60), (3600, 300))
"""Up to so many seconds, in steps of so many."""
_LONGEST_STEP = 1800


def steady(told_s: float | None, elapsed_s: float, fresh_s: float) -> float:
    """The wait to tell in seconds, ``elapsed_s`` after ``told_s`` was, when ``fresh_s`` (above 0) is estimated anew.

    Exponential smoothing of values that come at any time (Movellan 2015, arXiv:1502.03465) towards half of
    ``fresh_s``, with that half as the time constant. A wait told as it was estimated thus counts down with the clock at
    first, and ever slower while the line stands still, but not below half of what is estimated. It rises only when more
    than twice of it is estimated, and slower than the clock runs. Asked often or seldom, the answer is the same.
    The first one, after None, is told as it is.
    """
    if told_s is None:
        return fresh_s
    half = fresh_s / 2
    return half + (told_s - half) * exp(-elapsed_s / half)


def readable(wait_s: float) -> int:
    """The wait (above 0) in seconds as people say it, never less: half minutes, then minutes, five minutes, half hours."""
    step = next((step for limit, step in _STEPS if wait_s <= limit), _LONGEST_STEP)
    return ceil(wait_s / step) * step
