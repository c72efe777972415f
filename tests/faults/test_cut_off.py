"""A node that is there and not heard of: nobody's chat has two agents meanwhile or afterwards."""

import asyncio
from collections import Counter

import pytest

from tests.actors import Visitor
from tests.conftest import Figures
from tests.faults.crowd import FLAWLESS, TABLE, Crowd, crowd, serving
from tests.faults.network import cable
from tests.service import Installation, until


async def agreement(people: Crowd) -> None:
    """Every chat is in exactly one console."""

    def agreed() -> bool:
        held = Counter(chat for agent in people.agents for chat in agent.holds)
        return held == Counter(visitor.chat for visitor in people.visitors)

    await until(agreed, "each chat has one agent")


@pytest.mark.configured(resume_grace_s=30, agent_grace_s=1, history_max=10000)
async def test_a_node_is_cut_off_from_redis_and_comes_back(mayfly: Installation, full: bool, figures: Figures) -> None:
    now = asyncio.get_running_loop().time
    took, seconds = [], 30 if full else 13
    async with cable(mayfly.redis.port) as way:
        one = await serving(mayfly)
        two = await serving(mayfly, MAYFLY_REDIS_URL=f"redis://127.0.0.1:{way.port}")
        async with crowd(mayfly, 200 if full else 20, 0.5, one, two) as people:
            for _ in range(3 if full else 1):
                async with people.fault():
                    way.cut()
                    await asyncio.sleep(seconds)
                    way.heal()
                    healed = now()
                    await agreement(people)
                    took.append(now() - healed)
            verdict = await people.settles()
            await asyncio.to_thread(two.stop)
    done = f"One of two nodes cut off from Redis for {seconds} s; {max(took):.1f} s later each chat has one agent everywhere"
    figures(TABLE, **people.row(done, verdict))
    assert verdict == FLAWLESS
    assert not full or max(took) < 5


@pytest.mark.configured(resume_grace_s=30, agent_grace_s=15, history_max=10000)
async def test_a_node_falls_silent_and_later_goes_on_as_if_nothing_had_been(
    mayfly: Installation, full: bool, figures: Figures
) -> None:
    now = asyncio.get_running_loop().time
    took = []
    one, two = [await serving(mayfly, MAYFLY_CHAT_HEARTBEAT_S="10" if full else "2") for _ in range(2)]
    async with crowd(mayfly, 200 if full else 20, 0.5, one, two) as people:
        before = [set(agent.holds) for agent in people.agents]
        for turn in range(4 if full else 1):
            silent, other = (two, one) if turn % 2 == 0 else (one, two)
            async with people.fault():
                silent.freeze()
                began = now()
                await until(
                    lambda other=other: all(tab.node is other or not tab.is_in for tab in people.tabs), "all notice", 60
                )
                took.append(now() - began)
            silent.thaw()
            async with Visitor(silent) as visitor:
                await visitor.opens()  # it serves, and has said all that it had to say
        verdict = await people.settles()
        assert [agent.holds for agent in people.agents] == before
    done = f"One of two nodes silent (SIGSTOP), which its tabs notice after {max(took):.1f} s; it wakes up later"
    figures(TABLE, **people.row(done, verdict))
    assert verdict == FLAWLESS
    assert not full or max(took) < 20
