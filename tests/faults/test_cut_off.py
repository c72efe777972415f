"""A node that is there and not heard of: nobody's chat has two agents meanwhile or afterwards."""

import asyncio
from collections import Counter

import pytest

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
    took = []
    async with cable(mayfly.redis.port) as way:
        one = await serving(mayfly)
        two = await serving(mayfly, MAYFLY_REDIS_URL=f"redis://127.0.0.1:{way.port}")
        async with crowd(mayfly, 200 if full else 20, 0.5, one, two) as people:
            for _ in range(3 if full else 1):
                async with people.fault():
                    way.cut()
                    await asyncio.sleep(30 if full else 13)
                    way.heal()
                    healed = now()
                    await agreement(people)
                    took.append(now() - healed)
            verdict = await people.settles()
            await asyncio.to_thread(two.stop)
    done = (
        f"One of two nodes cut off from Redis for 30 s; one agent for each chat {max(took):.2f} s after it was healed"
    )
    figures(TABLE, **people.row(done, verdict))
    assert verdict == FLAWLESS
    assert not full or max(took) < 5
