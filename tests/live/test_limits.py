"""Floods are held back, by connection and by address, and the address is not kept."""

import pytest
from redis.asyncio import Redis

from chat.errors import Refused
from chat.live import keys
from chat.live.limits import HOUR_S, TokenBucket, count_from


def taken(bucket: TokenBucket, now: float, tries: int) -> int:
    return sum(bucket.take(now) for _ in range(tries))


def test_a_bucket_gives_its_size_at_once_and_then_as_much_per_period() -> None:
    bucket = TokenBucket(20, 10.0)
    assert taken(bucket, 1000.0, 30) == 20
    assert taken(bucket, 1001.0, 30) == 2
    assert taken(bucket, 1001.0, 30) == 0
    assert taken(bucket, 1006.0, 30) == 10


def test_a_bucket_saves_no_more_than_its_size() -> None:
    bucket = TokenBucket(20, 10.0)
    taken(bucket, 1000.0, 5)
    assert taken(bucket, 9000.0, 100) == 20


def test_a_bucket_says_how_long_to_wait() -> None:
    bucket = TokenBucket(20, 10.0)
    taken(bucket, 1000.0, 20)
    assert bucket.wait_s == pytest.approx(0.5)
    assert not bucket.take(1000.49)
    assert bucket.take(1000.51)


@pytest.mark.asyncio(loop_scope="module")
async def test_an_address_may_do_so_much_in_an_hour_and_no_other_pays_for_it(redis: "Redis") -> None:
    for _ in range(3):
        await count_from(redis, keys.chats_from, "192.0.2.1", 3, "chats")
    with pytest.raises(Refused) as refused:
        await count_from(redis, keys.chats_from, "192.0.2.1", 3, "chats")
    assert refused.value.code == "too_many"
    assert 0 < (refused.value.retry_after_s or 0) <= HOUR_S
    await count_from(redis, keys.chats_from, "192.0.2.2", 3, "chats")
    await count_from(redis, keys.tickets_from, "192.0.2.1", 3, "tickets")


@pytest.mark.asyncio(loop_scope="module")
async def test_the_hour_begins_with_the_first_and_redis_never_sees_the_address(redis: "Redis") -> None:
    await count_from(redis, keys.chats_from, "192.0.2.1", 3, "chats")
    (key,) = await redis.keys("*")
    assert b"192.0.2.1" not in key
    await redis.expire(key, 60)
    await count_from(redis, keys.chats_from, "192.0.2.1", 3, "chats")
    assert await redis.ttl(key) <= 60
