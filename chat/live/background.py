"""Tasks that outlive the frame that started them; owned by the service's lifespan, never lost, never silent."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import structlog
from redis.exceptions import RedisError

from chat.errors import MayflyError

logger = structlog.get_logger()

CANCEL_AGAIN_S = 0.5


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel them, and again until they are done.

    Before Python 3.12 ``asyncio.wait_for``, which libraries use too, loses a cancellation that comes in the very moment
    when what it waits for is done (python/cpython#86296).
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_S)


class Background:
    """Runs coroutines to their end. What they raise is logged by kind, never with its values: they may hold words."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start ``work``."""
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        name = getattr(work, "__qualname__", "")
        try:
            await work
        except (RedisError, MayflyError) as error:
            logger.warning("background work failed", work=name, error=type(error).__name__)
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
            logger.error("background work failed", work=name, error=type(error).__name__, where=where)

    async def finish(self, timeout_s: float) -> None:
        """Let what runs come to its end, for at most ``timeout_s``, then cancel."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
            await end(late)
