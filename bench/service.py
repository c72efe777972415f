"""What is measured, as processes: an engine, nodes of Mayfly, references, and the load."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.load import Job, Result
from chat import children
from chat.engine import Engine
from chat.people.agents import Agents, NewAgent
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.storage.database import Database
from chat.storage.migrations import migrate

BACKLOG = 4096
CONFIG = """
[server]
data_dir = "{folder}"
secret_keys = ["{secret}"]
log_level = "error"

[redis]
url = "{redis}"

[chat]
heartbeat_s = 600
history_max = 10000

[limits]
chats_per_ip_per_hour = 1000000
messages_per_10s = 1000000
frames_per_10s = 1000000
connections_per_ip = 1000000

[teams.support]
max_waiting = 1000000
max_wait_s = 86400

[sites.bench]
title = "Bench"
origins = ["http://localhost:{host_port}"]
"""


@dataclass(frozen=True)
class Servers:
    """Where they are, their process ids by name, and the agents' sessions and the engine's address if it is Mayfly."""

    origins: list[str]
    pids: dict[str, int]
    cookies: list[str]
    redis: str = ""

    def job(self, *phases: msgspec.Struct) -> Job:
        """The phases against these servers: visitors on the first, agents on the last."""
        return Job(self.origins[0], self.origins[-1], self.pids, list(phases), self.cookies, self.redis)  # type: ignore[arg-type]


@asynccontextmanager
async def mayfly(*, nodes: int, agents: int, host_port: int = 80, wipe_memory: bool = True) -> AsyncIterator[Servers]:
    """So many nodes of one worker each on one engine, with agents of capacity 1, as `mayfly serve` starts them.

    Pages of http://localhost:``host_port`` may frame the panel.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mayfly-bench-")))
        engine = await stack.enter_async_context(Engine(wipe_memory=wipe_memory))
        config = folder / "mayfly.toml"
        config.write_text(
            CONFIG.format(folder=folder, secret="bench" * 8, redis=engine.url, host_port=host_port), "utf-8"
        )
        cookies = await _hire(f"sqlite+aiosqlite:///{folder / 'mayfly.db'}", agents)
        origins: list[str] = []
        pids = {"engine": engine.pid}
        for name in ("node a", "node b")[:nodes]:
            origin, pids[name] = await stack.enter_async_context(_node(config, wipe_memory=wipe_memory))
            origins.append(origin)
        yield Servers(origins, pids, cookies, engine.url)


@asynccontextmanager
async def bare_relay() -> AsyncIterator[Servers]:
    """The bare relay of ``reference_echo``."""
    async with _reference("bench.reference_echo") as (origin, pid):
        yield Servers([origin], {"node a": pid}, [])


@asynccontextmanager
async def redis_relay() -> AsyncIterator[Servers]:
    """Two nodes of ``reference_relay``."""
    async with (
        Engine() as engine,
        _reference("bench.reference_relay", engine.url) as (one, one_pid),
        _reference("bench.reference_relay", engine.url) as (other, other_pid),
    ):
        yield Servers([one, other], {"engine": engine.pid, "node a": one_pid, "node b": other_pid}, [])


async def loaded(job: Job) -> list[Result]:
    """Run the load in its own process; the results of its phases."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", msgspec.json.encode(job).decode(), stdout=asyncio.subprocess.PIPE
    )
    async with _ended(process):
        output, _ = await process.communicate()
    if process.returncode:
        raise SystemExit("the load failed; its messages are above")
    return msgspec.json.decode(output, type=list[Result])


async def _hire(database_url: str, number: int) -> list[str]:
    await migrate(database_url)
    database = Database(database_url)
    try:
        agents, sessions = Agents(database, Passwords()), Sessions(database, _nobody_listens)
        cookies = []
        for n in range(number):
            new = NewAgent(
                email=f"agent{n}@example.com", name=f"Agent {n}", teams=("support",), role="agent", capacity=1
            )
            cookies.append(await sessions.open((await agents.add(new)).id))
        return cookies
    finally:
        await database.close()


async def _nobody_listens(_session: str) -> None:
    pass


@asynccontextmanager
async def _node(config: Path, *, wipe_memory: bool) -> AsyncIterator[tuple[str, int]]:
    """A worker, started as the launcher would: its address and process id."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        command = [sys.executable, "-m", "chat.worker", "--fd", str(listener.fileno()), "--config", str(config)]
        options = {"stdout": asyncio.subprocess.PIPE, "pass_fds": (listener.fileno(),)}
        process = await children.spawn(command, os.environ, wipe_memory=wipe_memory, **options)
        async with _ended(process):
            await _first_line(process)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", process.pid


@asynccontextmanager
async def _reference(module: str, *arguments: str) -> AsyncIterator[tuple[str, int]]:
    command = [sys.executable, "-m", module, *arguments]
    process = await children.spawn(command, os.environ, wipe_memory=False, stdout=asyncio.subprocess.PIPE)
    async with _ended(process):
        yield f"http://127.0.0.1:{int(await _first_line(process))}", process.pid


async def _first_line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise SystemExit("a server did not start; its messages are above")
    return line


@asynccontextmanager
async def _ended(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await children.stop(process)
