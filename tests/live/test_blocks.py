"""A block knows nobody by name, goes by itself, and outlives a new secret key."""

import pytest
from redis.asyncio import Redis

from chat.errors import Refused
from chat.live import keys
from chat.live.blocks import Blocks
from chat.live.seal import Sealer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_it_is_a_digest_with_a_lifetime(redis: "Redis") -> None:
    blocks = Blocks(redis, Sealer(["s" * 40]))
    await blocks.add(blocks.source("shop", "vera", "192.0.2.1"), 5)
    (name,) = await redis.keys("*")
    assert isinstance(name, bytes)
    assert name.decode().startswith(keys.blocked(""))
    assert b"vera" not in name
    assert await redis.type(name) == b"string"
    assert 0 < await redis.ttl(name) <= 300


async def test_who_is_signed_in_is_known_by_that_and_others_by_their_address(redis: "Redis") -> None:
    blocks = Blocks(redis, Sealer(["s" * 40]))
    await blocks.add(blocks.source("shop", "vera", "192.0.2.1"), 5)
    await blocks.add(blocks.source("shop", None, "192.0.2.2"), 5)
    for sub, address in (("vera", "192.0.2.9"), (None, "192.0.2.2")):
        with pytest.raises(Refused) as refused:
            await blocks.check("shop", sub, address)
        assert refused.value.code == "blocked"
        assert 0 < (refused.value.retry_after_s or 0) <= 300
    for site, sub, address in (("shop", "rosa", "192.0.2.2"), ("shop", None, "192.0.2.1"), ("other", "vera", "")):
        await blocks.check(site, sub, address)


async def test_it_outlives_a_new_secret_key(redis: "Redis") -> None:
    old = Blocks(redis, Sealer(["o" * 40]))
    await old.add(old.source("shop", None, "192.0.2.1"), 5)
    with pytest.raises(Refused):
        await Blocks(redis, Sealer(["n" * 40, "o" * 40])).check("shop", None, "192.0.2.1")
