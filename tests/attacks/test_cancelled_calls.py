"""Whoever hangs up in the middle of a call to Redis leaves nothing behind for the next one to read."""

import asyncio
import random
import secrets
from collections.abc import Awaitable
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from chat.engine import Engine
from chat.services import connect_redis
from tests.conftest import Figures

AT_ONCE = 100
CANCELLED = 0.4
TURNS = 8
"""Of the loop, at most, before a call is given up: a whole call takes about five."""

LUA = "redis.call('SET', KEYS[1], ARGV[1]); return redis.call('GET', KEYS[1])"


class Caller:
    """Makes calls of three kinds whose answer nobody else can get."""

    def __init__(self, redis: "Redis", seed: int) -> None:
        self._redis = redis
        self._random = random.Random(seed)
        self._script = redis.register_script(LUA)
        self.answered = self.cancelled = 0

    async def calls(self, times: int) -> None:
        """Make them; some are given up after a few turns of the loop."""
        for _ in range(times):
            word = secrets.token_bytes(12)
            work = asyncio.create_task(self._random.choice((self._echo, self._pipeline, self._run_script))(word))
            if self._random.random() < CANCELLED:
                for _ in range(self._random.randrange(TURNS)):
                    await asyncio.sleep(0)
                work.cancel()
            try:
                assert await work == word
                self.answered += 1
            except asyncio.CancelledError:
                self.cancelled += 1

    async def _echo(self, word: bytes) -> Any:
        return await self._redis.echo(word)

    async def _pipeline(self, word: bytes) -> Any:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(word, word, ex=10)
            pipe.get(word)
            return (await pipe.execute())[1]

    async def _run_script(self, word: bytes) -> Any:
        return await cast(Awaitable[Any], self._script(keys=[word], args=[word]))


@pytest.mark.timeout(600)
async def test_no_call_gets_the_answer_of_one_that_was_cancelled(full: bool, figures: Figures) -> None:
    each = (50_000 if full else 3_000) // AT_ONCE
    async with Engine(wipe_memory=False) as engine, connect_redis(engine.url) as redis:
        callers = [Caller(redis, seed) for seed in range(AT_ONCE)]
        await asyncio.gather(*(caller.calls(each) for caller in callers))
        answered, cancelled = sum(one.answered for one in callers), sum(one.cancelled for one in callers)
        assert answered + cancelled == each * AT_ONCE
        assert cancelled > each * AT_ONCE / 10
        figures("Cancelled calls to Redis", calls=answered + cancelled, cancelled=cancelled, strangers_answers=0)
