"""The parent of the service: one listening socket, the embedded engine if there is one, and the workers.

It serves nobody itself. It looks once whether the service can start, says in one line why not, and then only keeps
its children alive: an engine or worker that dies is started again. It ends them in order, workers first.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from urllib.parse import urlsplit

import structlog
from prometheus_client.multiprocess import mark_process_dead
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import make_url

from chat import children
from chat.configfile import variable
from chat.engine import Engine
from chat.errors import CannotStart, Unavailable
from chat.settings import Settings
from chat.storage.database import database_url
from chat.storage.migrations import migrate

BACKLOG = 4096
GIVE_UP_DEATHS = 5
BACK_OFF_S = (0, 0.1, 0.5, 1, 2, 5)
HEALTHY_S = 10
REDIS_ANSWERS_S = 5
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers add up their numbers (see ``metrics``), so that any of them can tell those of all."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Launch:
    """What to start: workers read ``config`` and ``environ`` as we did; ``demo`` adds the demo's site."""

    config: Path | None
    environ: Mapping[str, str]
    host: str
    port: int
    workers: int = 1
    demo: bool = False


async def run(settings: Settings, launch: Launch, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``on_ready`` gets the port once every worker serves. Raises ``CannotStart``."""
    stopping = _stop_on_signals()
    with _listen(launch.host, launch.port) as listener, TemporaryDirectory(prefix="mayfly-metrics-") as metrics:
        await _migrated(settings)
        async with _redis(settings) as (redis_url, engine):
            environ = {**launch.environ, variable("redis", "url"): redis_url, METRICS_FOLDER: metrics}
            workers = [_Worker(settings, launch, listener, environ) for _ in range(launch.workers)]
            keepers = [worker.keep() for worker in workers] + ([_keep_engine(engine)] if engine else [])
            announcing = _announce(workers, on_ready, launch.host, listener.getsockname()[1])
            await _until(stopping, *keepers, announcing)


async def _until(stopping: asyncio.Event, *running: Coroutine[None, None, None]) -> None:
    """Run them side by side until ``stopping``, or until one of them cannot go on."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in running]
            await stopping.wait()
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise CannotStart(f"cannot listen on {host}:{port}: {reason}") from error


async def _migrated(settings: Settings) -> None:
    url = database_url(settings)
    try:
        await migrate(url)
    except Unavailable as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise CannotStart(f"cannot reach the database {shown}") from error


@asynccontextmanager
async def _redis(settings: Settings) -> AsyncIterator[tuple[str, Engine | None]]:
    """The URL of a Redis that answers, and the embedded engine if it is that."""
    if settings.redis.url is None:
        async with Engine(wipe_memory=settings.server.wipe_memory) as engine:
            address = _address_file(settings)
            address.write_text(engine.url, "utf-8")
            try:
                yield engine.url, engine
            finally:
                address.unlink(missing_ok=True)
        return
    try:
        async with Redis.from_url(settings.redis.url, socket_connect_timeout=REDIS_ANSWERS_S) as redis:
            await redis.ping()
            await _note_persistence(redis)
    except (RedisError, OSError) as error:
        raise CannotStart(f"cannot reach Redis at {_without_password(settings.redis.url)}: {error}") from error
    yield settings.redis.url, None


def redis_of_running_service(settings: Settings) -> str | None:
    """Where other commands reach the Redis of the service with this configuration; None if it runs its own and is down."""
    if settings.redis.url is not None:
        return settings.redis.url
    try:
        return _address_file(settings).read_text("utf-8")
    except FileNotFoundError:
        return None


def _address_file(settings: Settings) -> Path:
    return Path(settings.server.data_dir) / "engine.url"


async def _note_persistence(redis: Redis) -> None:
    """Words are sealed before they get there; an operator may still wish to know that the rest is written to disk."""
    try:
        kept = await redis.config_get("save", "appendonly")
    except ResponseError:
        log.info("redis does not say whether it writes to disk")
    else:
        log.info("redis persistence", save=kept.get("save"), appendonly=kept.get("appendonly"))


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


async def _keep_engine(engine: Engine) -> None:
    """Start the engine again whenever it ends; the nodes register what they hold again."""
    backing_off = _BackOff()
    while True:
        status = await engine.wait()
        log.error("engine ended", status=status)
        await backing_off.wait()
        await engine.start()


async def _announce(workers: "list[_Worker]", on_ready: Callable[[int], None], host: str, port: int) -> None:
    for worker in workers:
        await worker.ready.wait()
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    log.info("ready", address=address, port=port, workers=len(workers))
    on_ready(port)


class _Worker:
    """One serving process, started again whenever it ends."""

    def __init__(self, settings: Settings, launch: Launch, listener: socket.socket, environ: dict[str, str]) -> None:
        self.ready = asyncio.Event()
        self._wipe_memory = settings.server.wipe_memory
        self._environ = environ
        self._descriptor = listener.fileno()
        self._command = [sys.executable, "-m", "chat.worker", "--fd", str(self._descriptor)]
        if launch.config:
            self._command += ["--config", str(launch.config)]
        if launch.demo:
            self._command.append("--demo")

    async def keep(self) -> None:
        """Run until cancelled. Raises ``CannotStart`` when it keeps dying and has never served."""
        backing_off = _BackOff()
        served = False
        stillborn = 0
        while True:
            self.ready.clear()
            status = await self._once()
            log.error("worker ended", status=status)
            served = served or self.ready.is_set()
            stillborn += 1
            if not served and stillborn == GIVE_UP_DEATHS:
                raise CannotStart(f"a worker died {stillborn} times before it could serve; see its messages above")
            await backing_off.wait()

    async def _once(self) -> int:
        """Start the process, tell when it serves, and wait for its end; cancelled, end it in order."""
        process = await children.spawn(
            self._command,
            self._environ,
            wipe_memory=self._wipe_memory,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(self._descriptor,),
        )
        assert process.stdout is not None
        try:
            if await process.stdout.readline():
                self.ready.set()
            return await process.wait()
        finally:
            await children.stop(process)
            mark_process_dead(process.pid, self._environ[METRICS_FOLDER])  # type: ignore[no-untyped-call]


class _BackOff:
    """A pause before a restart: none after a healthy life, longer each time a life was short."""

    def __init__(self) -> None:
        self._short_lives = 0
        self._since = monotonic()

    async def wait(self) -> None:
        """Pause, and count the next life from now."""
        short = monotonic() - self._since < HEALTHY_S
        self._short_lives = min(self._short_lives + 1, len(BACK_OFF_S) - 1) if short else 0
        await asyncio.sleep(BACK_OFF_S[max(self._short_lives - 1, 0)])
        self._since = monotonic()
