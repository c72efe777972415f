"""What the router asks of Redis, counted, not timed: ``python -m bench assign`` tells what it takes."""

from redis.asyncio import Redis

from bench.assignments import Desk

CHATS = 40


async def test_a_chat_that_comes_is_queued_and_given_to_an_agent_in_one_call_of_one_script(engine_url: str) -> None:
    async with Redis.from_url(engine_url) as redis:
        desk = Desk(redis)
        await desk.open(capacity=CHATS)
        await desk.come(1)  # Redis does not know the script before
        await redis.config_resetstat()
        await desk.come(CHATS)
        calls = {name: stats["calls"] for name, stats in (await redis.info("commandstats")).items()}
        assert await desk.pairings() == CHATS + 1
    # What a script calls counts too, so only what a client calls is told apart here.
    assert calls["cmdstat_evalsha"] == CHATS
    assert not calls.keys() & {"cmdstat_eval", "cmdstat_script|load", "cmdstat_multi"}
