"""A crowd comes in a few at a time, and nobody waits longer than they would stay."""

import asyncio

import pytest

from chat.errors import Closed
from chat.live.door import Door


async def test_only_so_many_are_let_in_at_the_same_time_in_the_order_they_came() -> None:
    door, inside, seen = Door(at_once=3), 0, []

    async def come(number: int) -> None:
        nonlocal inside
        async with door.passed():
            inside += 1
            seen.append((number, inside))
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(come(number) for number in range(20)))
    assert [number for number, _ in seen] == list(range(20))
    assert max(count for _, count in seen) == 3


async def test_whoever_would_wait_too_long_is_told_to_come_back() -> None:
    door = Door(at_once=1, wait_s=0.01)
    async with door.passed():
        with pytest.raises(Closed) as refused:
            async with door.passed():
                raise AssertionError("nobody has left")
    assert refused.value.code == "try_later"
    async with door.passed():
        pass
