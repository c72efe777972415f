"""A worker whose inner loops have failed must not go on serving without them."""

from redis.asyncio import Redis

from chat.live import keys
from tests.actors import Visitor
from tests.service import Installation, until


async def test_a_worker_that_can_no_longer_hear_is_replaced(mayfly: Installation) -> None:
    node = await mayfly.node()
    (deaf,) = node.workers()
    async with Redis.from_url(mayfly.redis.url) as redis:
        await redis.publish(keys.feed(0), b"no feed entry")

    await until(lambda: node.workers() not in ([], [deaf]), "another worker")

    async with Visitor(node) as visitor:
        assert (await visitor.opens())["availability"] == "busy"
