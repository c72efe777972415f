"""Redis stands still for a while and says nothing: so does the talk, but no node does, and people are told."""

import asyncio
import time
from statistics import quantiles

import pytest
from redis.asyncio import Redis

from tests.conftest import Figures
from tests.faults.crowd import FLAWLESS, TABLE, crowd
from tests.faults.prober import probed
from tests.service import Installation

pytestmark = pytest.mark.configured(resume_grace_s=30, agent_grace_s=20, history_max=10000)


async def freeze(mayfly: Installation, how: str, seconds: float) -> None:
    """Returns when Redis goes on."""
    if how == "SIGSTOP":
        mayfly.redis.freeze()
        await asyncio.sleep(seconds)
        mayfly.redis.thaw()
    else:
        async with Redis.from_url(mayfly.redis.url) as redis:
            await redis.client_pause(round(seconds * 1000))
        await asyncio.sleep(seconds)


async def test_redis_stands_still_and_goes_on(mayfly: Installation, full: bool, figures: Figures) -> None:
    frozen: list[tuple[float, float]] = []
    seconds = 10 if full else 5
    async with crowd(mayfly, 200 if full else 10, 0.5) as people:
        async with probed(people.nodes[0].origin) as answers:
            for how in ("SIGSTOP", "CLIENT PAUSE") * 2 if full else ("SIGSTOP",):
                async with people.fault():
                    began = time.time()
                    await freeze(mayfly, how, seconds)
                    frozen.append((began, time.time()))
        verdict = await people.settles()
    figures(TABLE, **people.row(f"Redis frozen for {seconds} s, by SIGSTOP and by CLIENT PAUSE in turn", verdict))
    waits = [1000 * took for at, took in answers if any(began < at < ended for began, ended in frozen)]
    hundredths = quantiles(waits, n=100)
    figures(
        "A node's answers to pings while Redis is frozen",
        pings=len(waits),
        median=f"{hundredths[49]:.1f} ms",
        p99=f"{hundredths[98]:.0f} ms",
        max=f"{max(waits):.0f} ms",
    )
    assert verdict == FLAWLESS
    for tab in people.tabs:
        assert "unavailable" in tab.held_up, "everyone who spoke is told"
        assert not tab.closed_with, "the sockets stay open"
    assert not full or hundredths[98] < 100
