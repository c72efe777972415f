"""How soon a node answers, from a process of its own: ``python -m tests.faults.prober ORIGIN``.

Says ``ready``, then sends a ping every 40 ms that follows the last answer; at the end of its input it prints a JSON
list of ``[when, seconds]``.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from bench.client import connect
from tests.service import ROOT

EVERY_S = 0.04
"""Under the 30 frames a second that a connection may send for good (``limits.frames_per_10s``)."""
PATIENCE_S = 20


class Answer(NamedTuple):
    """To a ping that was sent at ``at`` (the system's clock)."""

    at: float
    took_s: float


async def probe(origin: str) -> list[Answer]:
    """Until the end of the input."""
    heard = asyncio.Queue[str]()

    async def hears(kind: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await heard.get() != kind:
                pass

    client = await connect(f"{origin}/ws/visitor?site=shop", lambda frame: heard.put_nowait(json.loads(frame)["type"]))
    client.send([b'{"type":"hello","protocol":1}'])
    await hears("welcome")
    print("ready", flush=True)
    done = asyncio.create_task(asyncio.to_thread(sys.stdin.buffer.read))
    answers = []
    while not done.done():
        at, began = time.time(), time.perf_counter()
        client.send([b'{"type":"ping"}'])
        await hears("pong")
        answers.append(Answer(at, time.perf_counter() - began))
        await asyncio.sleep(EVERY_S)
    client.abort()
    return answers


@asynccontextmanager
async def probed(origin: str) -> AsyncIterator[list[Answer]]:
    """The answers of a node during the block, once it is left."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.prober", origin,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    answers: list[Answer] = []
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield answers
        output, _ = await process.communicate(b"")
        assert process.returncode == 0, "a ping was not answered"
        answers += [Answer(*answer) for answer in json.loads(output)]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(probe(sys.argv[1]))))
