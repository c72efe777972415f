"""The names Lua builds are those of ``keys.py``, of the type their docstrings say, in the hash slot they promise."""

import re
from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from chat.live import keys
from chat.live.limits import count_from
from chat.live.log import ChatLog, Entry
from tests.live.feed import listening

BUCKETS = 3
CHATS = [f"{n:032x}" for n in range(12)]
OF_BUCKET: list[Callable[[int], str]] = [keys.called, keys.mark, keys.due]
OF_CHAT: list[Callable[[int, str], str]] = [keys.chat, keys.log, keys.notes, keys.refs, keys.tabs]


def stated_type(builder: Callable[..., str]) -> str:
    """What the docstring says, in Redis's word."""
    stated = re.search(r"Type: ([a-z ]+?)( \(count\))?\.", builder.__doc__ or "")
    assert stated is not None
    return {"sorted set": "zset"}.get(stated[1], stated[1])


def text(answer: bytes | str) -> str:
    return answer.decode() if isinstance(answer, bytes) else answer


def expected() -> dict[str, str]:
    """Every key name that should be there → its type."""
    of_bucket = {build(n): stated_type(build) for build in OF_BUCKET for n in range(BUCKETS)}
    of_chat = {build(keys.bucket(chat, BUCKETS), chat): stated_type(build) for build in OF_CHAT for chat in CHATS}
    return of_bucket | of_chat


async def fill(redis: "Redis") -> ChatLog:
    """Do all that a log can do with chats in every bucket."""
    log = ChatLog(redis, node="one", buckets=BUCKETS, grace_ms=60_000, history_max=100)
    await log.ensure_marks()
    for chat in CHATS:
        await log.create(chat, site="shop", team="support", source="source", salt=b"s" * 32, card=b"card")
        log.add(Entry("m", "v", chat, b"message", "1"))
        log.add(Entry("n", "a", chat, b"note", "2", 1))
    await log.finish(5)
    await log.present(CHATS)
    await log.sweep()
    return log


@pytest.mark.asyncio(loop_scope="module")
async def test_every_key_is_named_and_typed_as_documented(redis: "Redis") -> None:
    await fill(redis)
    found = {text(name): text(await redis.type(name)) async for name in redis.scan_iter()}
    assert found == expected()


@pytest.mark.asyncio(loop_scope="module")
async def test_counting_by_address_too(redis: "Redis") -> None:
    for build, what in ((keys.chats_of, "chats"), (keys.chats_from, "chats"), (keys.tickets_from, "tickets")):
        await count_from(redis, build, "192.0.2.1", 10, what)
        (name,) = await redis.keys(build("*"))
        assert text(await redis.type(name)) == stated_type(build)
        assert 0 < await redis.ttl(name) <= 3600


def test_all_keys_of_a_bucket_share_a_slot() -> None:
    for n in range(BUCKETS):
        names = [build(n, chat) for build in (*OF_CHAT, keys.over) for chat in CHATS] + [
            build(n) for build in (*OF_BUCKET, keys.feed)
        ]
        assert len({key_slot(name.encode()) for name in names}) == 1
    assert len({key_slot(keys.mark(n).encode()) for n in range(BUCKETS)}) == BUCKETS


def test_chats_are_spread_over_the_buckets() -> None:
    assert {keys.bucket(chat, BUCKETS) for chat in CHATS} == set(range(BUCKETS))


@pytest.mark.asyncio(loop_scope="module")
async def test_the_feed_is_the_documented_channel(redis: "Redis") -> None:
    log = ChatLog(redis, node="one", buckets=1, grace_ms=60_000, history_max=100)
    async with listening(redis) as feed:
        await log.create(CHATS[0], site="shop", team="support", source="source", salt=b"s" * 32, card=b"card")
        await log.erase(CHATS[0], "visitor")
        assert [told.kind for told in await feed.tells()] == ["e"]


@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_of_erased_chats_is_left_but_the_marks_and_for_a_minute_that_they_ended(redis: "Redis") -> None:
    log = await fill(redis)
    for chat in CHATS:
        await log.erase(chat, "visitor")
    ended = {keys.over(keys.bucket(chat, BUCKETS), chat) for chat in CHATS}
    assert {text(name) async for name in redis.scan_iter()} == ended | {
        build(n) for build in (keys.called, keys.mark) for n in range(BUCKETS)
    }
    for name in ended:
        assert text(await redis.type(name)) == stated_type(keys.over)
        assert 0 < await redis.ttl(name) <= 60
