"""What runs by itself ends when it is told to."""

import asyncio

from chat.live.background import end


async def test_a_task_ends_though_its_first_cancellation_is_lost() -> None:
    news = asyncio.Event()

    async def for_ever() -> None:
        while True:
            await asyncio.wait_for(news.wait(), 60)
            news.clear()

    task = asyncio.create_task(for_ever())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    news.set()
    await asyncio.sleep(0)  # its wait is over, and it does not know it yet
    async with asyncio.timeout(10):
        await end([task])
    assert task.cancelled()
