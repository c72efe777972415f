"""Installations that stay up from test to test, for starting one takes longer than most tests.

A test gets one in which nobody is and nothing was: its nodes have forgotten whoever left, and Redis and the database
hold nothing of earlier tests. One of which a test has killed, replaced or reconfigured a part is not used again.
"""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from tests.service import Installation, Node, start_installation, until

RESTING = 2
"""One can come to rest while the other is used."""

NODES_KEPT = 2
"""Few tests ask for more."""

GRACE_S = 10.0
"""Who has left is forgotten after two seconds; a test that stands still longer has left something else."""

OF_NOBODY = {b"called", b"mark", b"arrival", b"pairings", b"agent", b"times", b"over"}
"""Keys of the routing and the chats that are there though nobody is."""

REDIS_LIVES = {b"mark", b"arrival", b"pairings"}
"""By these nodes know that Redis has not lost its memory."""


@dataclass(frozen=True)
class Health:
    """What is the same before and after a test that has broken nothing."""

    redis: int | None
    processes: list[int]
    config: str

    @classmethod
    def of(cls, made: Installation, nodes: list[Node]) -> "Health":
        """How it is now; of a node that has ended nothing is told."""
        running = [node for node in nodes if node.process.poll() is None]
        pids = [pid for node in running for pid in (node.process.pid, *node.workers())]
        return cls(made.redis.pid if made.redis.runs else None, pids, made.config.read_text())


class Standing:
    """The installations of one process of tests."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._resting: list[Installation] = []

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Installation]:
        """One for a test, with everything at its default."""
        made = await self._at_rest() or await start_installation(self._new_folder())
        nodes = list(made.standing)
        before = Health.of(made, nodes)
        try:
            yield made
        finally:
            if Health.of(made, nodes) == before:
                self._resting.append(_as_it_was(made))
            else:
                made.end()

    async def _at_rest(self) -> Installation | None:
        """One that was used before; None while there are too few, or if that one does not come to rest."""
        if len(self._resting) < RESTING:
            return None
        made = self._resting.pop(0)
        if await _everybody_is_forgotten(made):
            await _forget_the_rest(made)
            return made
        made.end()
        return None

    def end(self) -> None:
        """Stop them all."""
        for made in self._resting:
            made.end()


def _as_it_was(made: Installation) -> Installation:
    """With the nodes that further tests may use; others are stopped."""
    like_all = [node for node in made.nodes if node.like_all and node.process.poll() is None]
    kept = [*made.standing, *like_all][:NODES_KEPT]
    for node in made.nodes:
        if node not in kept:
            node.stop()
    made.nodes, made.standing, made.agents = [], kept, {}
    return made


async def _everybody_is_forgotten(made: Installation) -> bool:
    """Its nodes have noticed that whoever was there has left."""
    async with Redis.from_url(made.redis.url) as redis:

        async def nobody_is_there() -> bool:
            return not [name async for name in redis.scan_iter("mayfly:{*") if _kind(name) not in OF_NOBODY]

        try:
            await until(nobody_is_there, "everybody is forgotten", GRACE_S)
        except AssertionError:
            return False
    return True


def _kind(name: bytes) -> bytes:
    return name.rpartition(b"}:")[2].partition(b":")[0]


def is_left_of_a_test(key: bytes) -> bool:
    """Nodes do without this key of Redis when they begin anew."""
    return _kind(key) not in REDIS_LIVES


async def _forget_the_rest(made: Installation) -> None:
    """Nothing of earlier tests is left."""
    async with Redis.from_url(made.redis.url) as redis:
        left = [name async for name in redis.scan_iter("mayfly:*") if is_left_of_a_test(name)]
        if left:
            await redis.delete(*left)
    with closing(sqlite3.connect(made.folder / "data" / "mayfly.db", timeout=20)) as database, database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'")
        for (name,) in names.fetchall():
            database.execute(f'DELETE FROM "{name}"')
    shutil.rmtree(made.folder / "data" / "files", ignore_errors=True)
