"""The chats in a real Redis: what is accepted, in which order, who is told, and that nothing stays."""

import asyncio
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from chat.engine import Engine
from chat.live import keys
from chat.live.log import ChatLog, Entry, Outcome, Record, Side, Told
from chat.live.seal import SALT_BYTES
from tests.live.feed import listening
from tests.service import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHAT, OTHER = "a" * 32, "b" * 32
SALT = bytes(range(SALT_BYTES))
DONE, REPEATED, GONE, FULL, STALE = Outcome.DONE, Outcome.REPEATED, Outcome.GONE, Outcome.FULL, Outcome.STALE


def make_log(redis: "Redis", *, node: str = "one", lease_ms: int = 60_000, **options: int) -> ChatLog:
    settings = {"buckets": 1, "grace_ms": 60_000, "history_max": 100, **options}
    return ChatLog(redis, node=node, lease_ms=lease_ms, **settings)


@pytest_asyncio.fixture(loop_scope="module")
async def log(redis: "Redis") -> ChatLog:
    """A log with one chat in it."""
    log = make_log(redis)
    await begin(log)
    return log


async def begin(log: ChatLog, chat: str = CHAT) -> None:
    assert await log.create(chat, site="shop", team="support", source="source", salt=SALT, card=b"card") == (True, SALT)


async def add(log: ChatLog, *entries: Entry) -> list[tuple[Outcome, int]]:
    """Add entries in one turn; the answers."""
    answers: list[tuple[Outcome, int]] = []
    for entry in entries:
        log.add(entry, lambda outcome, number: answers.append((outcome, number)))
    await log.finish(5)
    assert len(answers) == len(entries)
    return answers


def message(ref: str, *, side: Side = "v", chat: str = CHAT, epoch: int | None = None) -> Entry:
    return Entry("m", side, chat, f"sealed {ref}".encode(), ref, epoch)


async def stored(log: ChatLog, chat: str = CHAT) -> Record:
    record = await log.read(chat)
    assert record is not None
    return record


# ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_chat_that_is_started_again_is_the_one_that_is_there(log: ChatLog) -> None:
    await add(log, message("1"))
    assert await log.create(CHAT, site="x", team="x", source="x", salt=os.urandom(SALT_BYTES), card=b"x") == (
        False,
        SALT,
    )
    record = await stored(log)
    assert (record.site, record.team, record.salt, record.card, record.seq) == ("shop", "support", SALT, b"card", 1)


async def test_what_was_never_started_is_not_there(log: ChatLog) -> None:
    assert await log.read(OTHER) is None
    assert await log.kept(OTHER, "m", 1) is None


# ── adding ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_messages_are_numbered_in_the_order_they_came(log: ChatLog) -> None:
    assert await add(log, *(message(str(n)) for n in range(1, 6))) == [(DONE, n) for n in range(1, 6)]
    assert await add(log, message("6", side="a")) == [(DONE, 6)]
    record = await stored(log)
    assert [(kept.number, kept.payload) for kept in record.messages] == [(n, b"sealed %d" % n) for n in range(1, 7)]
    assert [kept.side for kept in record.messages] == ["v"] * 5 + ["a"]


async def test_what_comes_in_one_turn_is_one_call(log: ChatLog, redis: "Redis") -> None:
    await begin(log, OTHER)
    await add(log, message("0"))
    before = await calls(redis)
    await add(log, *(message(str(n), chat=chat) for n in range(1, 50) for chat in (CHAT, OTHER)))
    assert await calls(redis) - before == 1


async def calls(redis: "Redis") -> int:
    statistics: dict[str, Any] = await redis.info("commandstats")
    return int(statistics["cmdstat_evalsha"]["calls"])


async def test_what_comes_while_a_call_is_under_way_goes_with_the_next_one_in_order(log: ChatLog) -> None:
    answers: list[int] = []

    def say_more(_: Outcome, number: int) -> None:
        answers.append(number)
        if len(answers) < 20:
            log.add(message(str(len(answers))), say_more)

    log.add(message("0"), say_more)
    await until(lambda: len(answers) == 20, "all are answered")
    assert answers == list(range(1, 21))


async def test_what_is_said_behind_a_line_that_has_to_be_said_again_is_to_be_said_again_too(
    log: ChatLog, redis: "Redis"
) -> None:
    outcomes: dict[str, Outcome] = {}

    def say(ref: str, chat: str) -> None:
        log.add(message(ref, chat=chat), lambda outcome, _: outcomes.update({ref: outcome}))

    await begin(log, OTHER)
    await redis.rename(keys.chat(0, CHAT), "away")
    say("1", CHAT)
    await asyncio.sleep(0)  # its call is under way
    say("2", CHAT)
    say("3", OTHER)
    await redis.rename("away", keys.chat(0, CHAT))
    await log.finish(5)
    assert outcomes == {"1": GONE, "2": Outcome.AWAY, "3": DONE}
    assert await add(log, message("1"), message("2")) == [(DONE, 1), (DONE, 2)]


async def test_said_again_it_is_not_shown_twice(log: ChatLog, redis: "Redis") -> None:
    assert await add(log, message("1"), message("2"), message("1")) == [(DONE, 1), (DONE, 2), (REPEATED, 1)]
    async with listening(redis) as feed:
        assert await add(log, message("2")) == [(REPEATED, 2)]
        assert await feed.is_quiet(redis)
    assert (await stored(log)).seq == 2


async def test_the_same_ref_from_the_other_side_or_in_another_chat_is_something_else(log: ChatLog) -> None:
    await begin(log, OTHER)
    answers = await add(log, message("1"), message("1", side="a"), message("1", chat=OTHER))
    assert answers == [(DONE, 1), (DONE, 2), (DONE, 1)]


async def test_what_is_said_in_a_chat_that_is_gone_goes_nowhere(log: ChatLog, redis: "Redis") -> None:
    await log.erase(CHAT, "visitor")
    marks = [Entry("d", "v", CHAT, number=1), Entry("p", "v", CHAT, b"card"), Entry("t", "v", CHAT, b"aside")]
    assert {outcome for outcome, _ in await add(log, message("1"), *marks)} == {GONE}
    assert set(await redis.keys("*")) == {keys.called(0).encode(), keys.over(0, CHAT).encode()}


async def test_a_full_chat_takes_no_more_but_still_knows_what_it_has(redis: "Redis") -> None:
    log = make_log(redis, history_max=2)
    await begin(log)
    assert await add(log, message("1"), message("2"), message("3")) == [(DONE, 1), (DONE, 2), (FULL, 0)]
    assert await add(log, message("2"), message("4", side="s")) == [(REPEATED, 2), (DONE, 3)]


async def test_an_agent_who_has_lost_the_chat_cannot_say_anything_in_it(log: ChatLog) -> None:
    assert await add(log, message("1", side="a", epoch=1), message("2", side="a", epoch=2)) == [(DONE, 1), (DONE, 2)]
    assert await add(log, message("3", side="a", epoch=1)) == [(STALE, 0)]
    assert await add(log, message("4", side="a", epoch=2), message("5")) == [(DONE, 3), (DONE, 4)]


async def test_notes_have_numbers_of_their_own(log: ChatLog) -> None:
    answers = await add(log, message("1"), Entry("n", "a", CHAT, b"note", "n1", 0), message("2"))
    assert answers == [(DONE, 1), (DONE, 1), (DONE, 2)]
    record = await stored(log)
    assert (record.seq, record.notes, [kept.payload for kept in record.note_lines]) == (2, 1, [b"note"])


async def test_marks_only_rise(log: ChatLog, redis: "Redis") -> None:
    async with listening(redis) as feed:
        for number, outcome in ((3, DONE), (2, REPEATED), (3, REPEATED), (4, DONE)):
            assert await add(log, Entry("d", "v", CHAT, number=number)) == [(outcome, number)]
            assert await add(log, Entry("r", "v", CHAT, number=number)) == [(outcome, number)]
        told = [(await feed.tells())[0] for _ in range(4)]
    assert [(mark.kind, mark.number) for mark in told] == [("d", 3), ("r", 3), ("d", 4), ("r", 4)]
    record = await stored(log)
    assert (record.delivered, record.read) == ({"v": 4, "a": 0}, {"v": 4, "a": 0})


async def test_a_new_card_takes_the_place_of_the_old(log: ChatLog) -> None:
    await add(log, Entry("p", "v", CHAT, b"another card"))
    assert (await stored(log)).card == b"another card"


async def test_an_aside_is_told_and_not_kept(log: ChatLog, redis: "Redis") -> None:
    before = await stored(log)
    async with listening(redis) as feed:
        await add(log, Entry("t", "v", CHAT, b"typing"))
        (told,) = await feed.tells()
    assert (told.kind, told.side, told.chat, told.payload) == ("t", "v", CHAT, b"typing")
    after = await stored(log)
    assert (after.seq, after.messages, after.card) == (before.seq, [], before.card)


async def test_every_node_is_told_in_one_message_what_one_turn_brought(log: ChatLog, redis: "Redis") -> None:
    await begin(log, OTHER)
    payload = bytes(range(256)) * 100
    async with listening(redis) as feed:
        await add(log, Entry("m", "v", CHAT, payload, "1"), message("2", side="a"), message("1", chat=OTHER))
        told = await feed.tells()
    assert [(one.kind, one.side, one.chat, one.number) for one in told] == [
        ("m", "v", CHAT, 1), ("m", "a", CHAT, 2), ("m", "v", OTHER, 1),
    ]  # fmt: skip
    assert told[0].payload == payload
    assert [one.kept() for one in told[:2]] == (await stored(log)).messages


async def test_when_redis_is_away_every_entry_hears_so(engine: Engine) -> None:
    async with Redis.from_url(engine.url + ".elsewhere", retry=Retry(NoBackoff(), 0)) as nowhere:
        answers = await add(make_log(nowhere), message("1"), message("2"))
    assert [outcome for outcome, _ in answers] == [Outcome.AWAY, Outcome.AWAY]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_what_comes_after_a_position_is_read(log: ChatLog) -> None:
    await add(log, *(message(str(n)) for n in range(1, 6)))
    record = await log.read(CHAT, after=3)
    assert record is not None
    assert [kept.number for kept in record.messages] == [4, 5]
    one = await log.kept(CHAT, "m", 2)
    assert one is not None
    assert one.payload == b"sealed 2"


async def test_a_chat_is_as_old_as_redis_clock_says(log: ChatLog) -> None:
    record = await stored(log)
    assert 0 <= record.age_ms < 5000
    assert record.arrived_ms > 1_700_000_000_000


# ── erasing ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def filled(log: ChatLog, chat: str = CHAT) -> None:
    """Every kind of key a chat can have."""
    await add(log, message("1", chat=chat), Entry("n", "a", chat, b"note", "n1", 0), Entry("d", "a", chat, number=1))
    await log.present([chat])


async def test_erasing_leaves_no_key_and_tells_every_node(log: ChatLog, redis: "Redis") -> None:
    await filled(log)
    assert len(await redis.keys(f"*{CHAT}")) == 5
    async with listening(redis) as feed:
        assert await log.erase(CHAT, "agent")
        (told,) = await feed.tells()
        assert (told.kind, told.chat, told.payload) == ("e", CHAT, b"agent")
        assert not await log.erase(CHAT, "agent")
        assert await feed.is_quiet(redis)
    assert set(await redis.keys("*")) == {keys.called(0).encode(), keys.over(0, CHAT).encode()}


async def test_erasing_one_chat_leaves_the_others(log: ChatLog) -> None:
    await begin(log, OTHER)
    await filled(log, OTHER)
    await log.erase(CHAT, "visitor")
    assert len((await stored(log, OTHER)).messages) == 1


async def test_the_salt_is_written_over_before_it_is_deleted(log: ChatLog, redis: "Redis") -> None:
    await filled(log)
    seen: list[str] = []
    async with redis.monitor() as monitor:
        await log.erase(CHAT, "visitor")
        while not any(command.startswith("PUBLISH") for command in seen):
            seen.append((await monitor.next_command())["command"])
    key = keys.chat(0, CHAT)
    (overwritten,) = [n for n, command in enumerate(seen) if command.startswith(f"HSET {key} salt ")]
    (deleted,) = [n for n, command in enumerate(seen) if command == f"DEL {key}"]
    assert overwritten < deleted


async def test_every_key_of_a_chat_goes_by_itself_if_nobody_cares_for_it(log: ChatLog, redis: "Redis") -> None:
    await filled(log)
    names = await redis.keys(f"*{CHAT}")
    longest = 60_000 + 60_000 + 60_000
    for care in (lambda: add(log, message(os.urandom(4).hex())), lambda: log.present([CHAT])):
        for name in names:
            await redis.pexpire(name, 1000)
        await care()
        assert all([1000 < await redis.pttl(name) <= longest for name in names])


# ── presence ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_grace_begins_when_the_last_tab_on_any_node_is_gone(log: ChatLog, redis: "Redis") -> None:
    other = make_log(redis, node="two", history_max=400)
    await log.present([CHAT])
    await other.present([CHAT])
    async with listening(redis) as feed:
        assert not await log.absent(CHAT)
        assert await feed.is_quiet(redis)
        assert await other.absent(CHAT)
        (told,) = await feed.tells()
    left_ms = (await stored(log)).left_ms
    assert (told.kind, int(told.payload)) == ("g", left_ms)
    assert left_ms is not None
    assert 59_000 < left_ms - told.at_ms <= 60_000
    assert await log.sweep() == []


async def test_a_visitor_who_comes_back_within_the_grace_keeps_the_chat(log: ChatLog, redis: "Redis") -> None:
    await log.present([CHAT])
    await log.absent(CHAT)
    async with listening(redis) as feed:
        await make_log(redis, node="two").present([CHAT])
        (told,) = await feed.tells()
        assert (told.kind, told.chat) == ("b", CHAT)
        await log.present([CHAT])
        assert await feed.is_quiet(redis)
    assert (await stored(log)).left_ms is None


async def test_after_the_grace_the_chat_is_to_be_ended(redis: "Redis") -> None:
    log = make_log(redis, grace_ms=1)
    await begin(log)
    await log.present([CHAT])
    await log.absent(CHAT)
    over = await sweep_until(log, lambda ended: bool(ended))
    assert over == [CHAT]
    assert await log.read(CHAT) is not None, "whoever sweeps ends it, so that its agent is freed too"


async def test_a_visitor_whose_node_died_is_announced_and_then_the_chat_is_to_be_ended(redis: "Redis") -> None:
    dead, alive = make_log(redis, node="dead", lease_ms=1, grace_ms=200), make_log(redis, node="alive", grace_ms=200)
    await begin(dead)
    await dead.present([CHAT])
    async with listening(redis) as feed:
        assert await sweep_until(alive, lambda ended: bool(ended)) == [CHAT]
        assert [told.kind for told in await feed.tells()] == ["g"]


async def test_a_chat_with_a_tab_on_a_living_node_is_left_alone(redis: "Redis") -> None:
    dead, alive = make_log(redis, node="dead", lease_ms=1), make_log(redis, node="alive")
    await begin(dead)
    await alive.present([CHAT])
    await dead.present([CHAT])
    due = keys.due(0)

    async def looked_at() -> bool:
        assert await alive.sweep() == []
        return float(await redis.zscore(due, CHAT) or 0) > (await stored(alive)).arrived_ms + 30_000

    await until(looked_at, "the sweep sees the living node's lease")
    assert (await stored(alive)).left_ms is None


async def sweep_until(log: ChatLog, condition: Callable[[list[str]], bool]) -> list[str]:
    ended: list[str] = []

    async def swept() -> bool:
        ended.extend(await log.sweep())
        return condition(ended)

    await until(swept, "the sweep finds it")
    return ended


async def test_a_chat_redis_does_not_know_is_told_to_the_node_that_vouches_for_it(log: ChatLog) -> None:
    await log.ensure_marks()
    assert (await log.present([CHAT, OTHER]))[1] == {OTHER}


# ── after Redis lost its memory ──────────────────────────────────────────────────────────────────────────────────


async def test_a_mark_tells_one_life_of_redis_from_the_next(log: ChatLog, redis: "Redis") -> None:
    first = await log.ensure_marks()
    assert await make_log(redis, node="two").ensure_marks() == first
    assert (await log.present([CHAT]))[0] == first
    await redis.flushall()
    assert await log.ensure_marks() != first


DAY_MS = 86_400_000


async def calls_were(redis: "Redis", ago_ms: int) -> None:
    """As if Redis's clock had been set by so much since the last call."""
    await redis.incrby(keys.called(0), -ago_ms)
    for name in (keys.due(0), keys.tabs(0, CHAT)):
        for member in await redis.zrange(name, 0, -1):
            await redis.zincrby(name, -ago_ms, member)  # type: ignore[arg-type]


@pytest.mark.parametrize("ms", [DAY_MS, -DAY_MS])
async def test_when_redis_clock_is_set_times_move_with_it(log: ChatLog, redis: "Redis", ms: int) -> None:
    await log.present([CHAT])
    due, until = await redis.zscore(keys.due(0), CHAT), await redis.zscore(keys.tabs(0, CHAT), "one")
    await calls_were(redis, ms)
    assert await log.sweep() == []
    assert await redis.zscore(keys.due(0), CHAT) == pytest.approx(due, abs=10_000)
    assert await redis.zscore(keys.tabs(0, CHAT), "one") == pytest.approx(until, abs=10_000)
    assert (await stored(log)).left_ms is None


async def test_a_chat_that_a_clock_set_ahead_took_away_is_not_over_but_lost(log: ChatLog, redis: "Redis") -> None:
    first = await log.ensure_marks()
    await log.present([CHAT])
    await redis.delete(keys.chat(0, CHAT))
    await calls_were(redis, DAY_MS)
    assert await log.sweep() == []
    assert await log.ensure_marks() != first


def lines_of(record: Record) -> list[tuple[Told, str | None]]:
    """The messages of ``record`` as a node holds them; the refs of these tests are their numbers."""
    return [
        (Told("m", kept.side, CHAT, kept.number, kept.at_ms, kept.payload), str(kept.number))
        for kept in record.messages
    ]


async def test_a_chat_given_back_goes_on_where_it_was(log: ChatLog, redis: "Redis") -> None:
    await add(log, message("1", side="a", epoch=4), message("2"), Entry("d", "a", CHAT, number=2))
    known = await stored(log)
    await redis.flushall()
    await log.restore(CHAT, known, lines_of(known))
    restored = await stored(log)
    for name in (
        "site",
        "team",
        "salt",
        "card",
        "arrived_ms",
        "seq",
        "notes",
        "epoch",
        "delivered",
        "read",
        "messages",
    ):
        assert getattr(restored, name) == getattr(known, name), name
    assert await add(log, message("3"), message("4", side="a", epoch=3)) == [(DONE, 3), (STALE, 0)]
    assert all([await redis.pttl(name) > 0 for name in await redis.keys(f"*{CHAT}")])


async def test_of_two_nodes_that_give_a_chat_back_the_one_who_knows_more_counts(log: ChatLog, redis: "Redis") -> None:
    await add(log, message("1"))
    behind = await stored(log)
    await add(log, message("2", side="a", epoch=2))
    ahead = await stored(log)
    for order in ((behind, ahead), (ahead, behind)):
        await redis.flushall()
        for known in order:
            await log.restore(CHAT, known, lines_of(known))
        restored = await stored(log)
        assert (restored.seq, restored.epoch) == (2, 2)
        assert restored.messages == ahead.messages
        assert await add(log, message("2", side="a", epoch=2)) == [(REPEATED, 2)]


async def test_who_speaks_while_a_chat_is_given_back_comes_after_all_that_was_said_before(
    log: ChatLog, redis: "Redis"
) -> None:
    log = make_log(redis, history_max=400)
    await add(log, *(message(str(number)) for number in range(1, 301)))
    known = await stored(log)
    other = make_log(redis, node="two", history_max=400)
    await redis.flushall()

    async def insists() -> None:
        while await other.added(message("at last")) != DONE:
            pass

    await asyncio.gather(redis.ping(), redis.ping())  # each of the two has a connection at once
    await asyncio.gather(log.restore(CHAT, known, lines_of(known)), insists())
    restored = await stored(log)
    assert [kept.number for kept in restored.messages] == list(range(1, 302))
    assert restored.messages[-1].payload == b"sealed at last"


async def test_a_chat_that_ended_is_not_given_back(log: ChatLog, redis: "Redis") -> None:
    await add(log, message("1"))
    known = await stored(log)
    await redis.flushall()
    assert not await log.erase(CHAT, "visitor"), "it is not there, and its end counts all the same"
    await log.restore(CHAT, known, lines_of(known))
    assert await log.read(CHAT) is None
    assert not await redis.keys(f"*{CHAT}")


async def test_a_redis_without_memory_left_still_erases(log: ChatLog, redis: "Redis") -> None:
    await add(log, message("1"))
    await redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(ResponseError, match="maxmemory"):
            await redis.set("anything", "more")
        assert await log.erase(CHAT, "visitor")
    finally:
        await redis.config_set("maxmemory", 0)
    assert await log.read(CHAT) is None


# ── a model ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(3))
async def test_two_nodes_at_random_agree_with_a_list(redis: "Redis", seed: int) -> None:
    """Whatever two nodes add at once: the stream, the feed and every answer tell the same gapless story."""
    chance = random.Random(seed)
    logs = [make_log(redis, node=node, buckets=1, history_max=400) for node in ("one", "two")]
    chats = [f"{n:032x}" for n in range(5)]
    for chat in chats:
        await begin(logs[0], chat)
    answers: dict[tuple[str, str, str], set[int]] = {}

    def remember(key: tuple[str, str, str]) -> Callable[[Outcome, int], None]:
        def answer(outcome: Outcome, number: int) -> None:
            assert outcome in (DONE, REPEATED)
            answers.setdefault(key, set()).add(number)

        return answer

    async with listening(redis) as feed:
        for _ in range(60):
            for _ in range(chance.randrange(1, 30)):
                side: Side = chance.choice(("v", "a"))
                chat, ref = chance.choice(chats), str(chance.randrange(150))
                chance.choice(logs).add(message(ref, side=side, chat=chat), remember((chat, side, ref)))
            if chance.random() < 0.5:
                await asyncio.sleep(0)
            else:
                await asyncio.gather(*(log.finish(5) for log in logs))
        await asyncio.gather(*(log.finish(5) for log in logs))
        await redis.publish(keys.feed(0), b"")
        told: list[Told] = []
        while batch := await feed.tells():
            told += batch
    assert all(len(numbers) == 1 for numbers in answers.values()), "the same ref got two numbers"
    for chat in chats:
        record = await stored(logs[1], chat)
        assert [kept.number for kept in record.messages] == list(range(1, record.seq + 1))
        assert [one.kept() for one in told if one.chat == chat] == record.messages
        acknowledged = {number for key, (number,) in answers.items() if key[0] == chat}
        assert acknowledged == set(range(1, record.seq + 1))
