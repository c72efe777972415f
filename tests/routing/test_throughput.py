"""The router's Python costs little beside the script it calls: ``python -m bench assign`` measures it, this holds it."""

import time

from redis.asyncio import Redis

from bench.assignments import Desk, Work

SLICES, CHATS = 10, 40


async def best(desk: Desk, work: Work) -> float:
    """Seconds for a slice of chats that are each given to an agent, in a new desk."""
    await desk.open(capacity=CHATS)
    began = time.perf_counter()
    await work(CHATS)
    took = time.perf_counter() - began
    assert await desk.pairings() == CHATS
    return took


async def test_assignments_come_at_no_less_than_half_of_the_rate_of_the_bare_script(engine_url: str) -> None:
    async with Redis.from_url(engine_url) as redis:
        desk = Desk(redis)
        took = [(await best(desk, desk.come), await best(desk, desk.come_raw)) for _ in range(SLICES)]
    assert min(ours for ours, _ in took) < 2 * min(bare for _, bare in took)
