"""Thousands come back in the same moment, and those who are talking hardly notice."""

import asyncio
from statistics import median, quantiles

import pytest

from tests.conftest import Figures
from tests.faults.crowd import FLAWLESS, crowd, serving
from tests.faults.returners import returners
from tests.service import Installation

pytestmark = pytest.mark.configured(resume_grace_s=30, agent_grace_s=20, history_max=10000)


async def test_thousands_come_back_at_once_beside_those_who_talk(
    mayfly: Installation, full: bool, figures: Figures
) -> None:
    now = asyncio.get_running_loop().time
    dying = await serving(mayfly)
    node = await serving(mayfly)
    async with (
        crowd(mayfly, 20 if full else 10, 0.2, node) as people,
        returners(dying.origin, node.origin, 5000 if full else 300) as tabs,
    ):
        began = now()
        dying.kill()
        gone = await tabs.gone()
        over = now()
        verdict = await people.settles()
    took = [
        1000 * (heard.at - people.said_at[heard.text])
        for one in people.heard()
        for heard in one
        if began < people.said_at[heard.text] < over
    ]
    figures(
        "Tabs that come back at once",
        tabs=len(gone),
        **{
            "back: median": f"{median(gone):.1f} s",
            "the last": f"{max(gone):.1f} s",
            "lines of others meanwhile": len(took),
        },
        median=f"{median(took):.0f} ms",
        p99=f"{quantiles(took, n=100)[98]:.0f} ms",
        max=f"{max(took):.0f} ms",
    )
    assert verdict == FLAWLESS
    for tab in people.tabs:
        assert not tab.closed_with
