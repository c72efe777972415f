"""Nodes are restarted one after the other, as for an update: people move over, and hardly notice."""

import asyncio

import pytest

from chat.errors import CLOSE_CODES
from tests.conftest import Figures
from tests.faults.crowd import FLAWLESS, TABLE, crowd, serving
from tests.service import Installation

pytestmark = pytest.mark.configured(resume_grace_s=30, agent_grace_s=15, history_max=10000)


async def test_everyone_moves_over_while_nodes_restart_one_by_one(
    mayfly: Installation, full: bool, figures: Figures
) -> None:
    async with crowd(mayfly, 200 if full else 12, 0.5) as people:
        for turn in range(6 if full else 1):
            async with people.fault():
                await asyncio.to_thread(people.nodes[turn % 2].stop)
                people.nodes[turn % 2] = await serving(mayfly, people.nodes[turn % 2].port)
        verdict = await people.settles()
        figures(TABLE, **people.row("Rolling restart: SIGTERM to one of two nodes, a new one in its place", verdict))
        assert verdict == FLAWLESS
        assert {code for tab in people.tabs for code in tab.closed_with} == {CLOSE_CODES["restarting"].code}
