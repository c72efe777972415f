from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from chat.engine import Engine
from chat.errors import Refused
from chat.people import keys
from chat.people.login_limit import LoginLimit


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine(wipe_memory=False) as engine:
        yield engine


@pytest.fixture
async def redis(engine: Engine) -> AsyncIterator[Redis]:
    async with Redis.from_url(engine.url, retry=Retry(NoBackoff(), 0)) as redis:
        yield redis


async def refused(limit: LoginLimit, email: str, ip: str) -> float | None:
    try:
        await limit.attempt(email, ip)
    except Refused as refusal:
        return refusal.retry_after_s
    return None


async def guesses(limit: LoginLimit, count: int, email: str = "anna@example.com", ip: str = "192.0.2.1") -> list[bool]:
    return [await refused(limit, email, ip) is None for _ in range(count)]


async def test_the_sixth_attempt_at_an_account_waits_from_wherever_it_comes(redis: Redis) -> None:
    limit = LoginLimit(redis, 5)
    assert await guesses(limit, 6) == [True] * 5 + [False]
    wait_s = await refused(limit, " ANNA@example.com", "192.0.2.99")
    assert wait_s is not None
    assert 890 < wait_s <= 900
    assert await guesses(limit, 1, "ben@example.com") == [True]


async def test_many_accounts_from_one_address_wait_after_ten_times_as_many(redis: Redis) -> None:
    limit = LoginLimit(redis, 2)
    allowed = [await refused(limit, f"agent{n}@example.com", "192.0.2.1") is None for n in range(22)]
    assert allowed == [True] * 20 + [False] * 2
    assert await guesses(limit, 1, "agent0@example.com", "192.0.2.2") == [True]


async def test_all_nodes_count_together(redis: Redis) -> None:
    nodes = [LoginLimit(redis, 5) for _ in range(3)]
    assert [(await guesses(nodes[n % 3], 1))[0] for n in range(6)] == [True] * 5 + [False]


async def test_signing_in_clears_the_account_and_takes_its_attempt_off_the_address(redis: Redis) -> None:
    limit = LoginLimit(redis, 5)
    await guesses(limit, 3)
    await limit.succeeded("anna@example.com", "192.0.2.1")
    assert await redis.get(keys.login_account("anna@example.com")) is None
    assert await redis.get(keys.login_address("192.0.2.1")) == b"2"


async def test_a_success_after_the_window_leaves_no_counter_that_never_expires(redis: Redis) -> None:
    await LoginLimit(redis, 5).succeeded("anna@example.com", "192.0.2.1")
    assert await redis.keys() == []


async def test_every_counter_expires_and_holds_neither_address_nor_account(redis: Redis) -> None:
    await guesses(LoginLimit(redis, 5), 2)
    found = await redis.keys()
    assert len(found) == 2
    for key in found:
        assert 0 < await redis.ttl(key) <= 900
        assert b"anna" not in key
        assert b"192" not in key


async def test_trying_again_does_not_prolong_the_wait(redis: Redis) -> None:
    limit = LoginLimit(redis, 5)
    await guesses(limit, 6)
    await redis.expire(keys.login_account("anna@example.com"), 60)
    wait_s = await refused(limit, "anna@example.com", "192.0.2.1")
    assert wait_s is not None
    assert wait_s <= 60


async def test_without_redis_the_process_counts_for_itself(redis: Redis, engine: Engine) -> None:
    clock = Clock()
    limit = LoginLimit(redis, 5, clock)
    await engine.stop()
    assert await guesses(limit, 6) == [True] * 5 + [False]
    clock.now += 899
    assert await guesses(limit, 1) == [False]
    clock.now += 1
    assert await guesses(limit, 1) == [True]
    await limit.succeeded("anna@example.com", "192.0.2.1")
    assert await guesses(limit, 6) == [True] * 5 + [False]
