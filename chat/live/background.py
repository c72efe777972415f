"""Tasks that outlive the frame that started them; owned by the service's lifespan, never lost, never silent."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from redis.exceptions import RedisError

from chat.errors import MayflyError

logger = structlog.get_logger()


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
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
