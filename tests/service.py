"""A real installation for tests: Redis, a database, and as many nodes as a test asks for, each its own processes."""

import asyncio
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import TextIO

import httpx
import jwt
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from redis.asyncio import Redis

from chat.children import STOP_S
from chat.people.agents import Agents, NewAgent, Role
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.storage.database import Database
from tests.clients import http_client
from tests.databases import make_sqlite

ROOT = Path(__file__).parent.parent
IDENTITY_SECRET = "identity-secret-of-the-test-shop-0001"
CONFIG = """
[server]
data_dir = "{data_dir}"
secret_keys = ["{secret}"]

[redis]
url = "{redis}"

[chat]
resume_grace_s = {resume_grace_s}
agent_grace_s = {agent_grace_s}
heartbeat_s = {heartbeat_s}
idle_end_s = {idle_end_s}
history_max = {history_max}
missed_max = 1

[limits]
chats_per_ip_per_hour = 100000
tickets_per_ip_per_hour = 100000

[calendars.another_day]
open = ["{another_day} 09:00-17:00"]

[plans.gold]
priority = 10
first_response = "2h-4h"

[plans.basic]
channels = ["help", "form"]

[plans.talk]
channels = ["chat"]

[teams.support]
title = "Support"
max_waiting = 200
max_wait_s = {max_wait_s}

[teams.sales]
max_wait_s = {max_wait_s}

[teams.duty]
title = "Duty desk"
assignment = "accept"
accept_within_s = {accept_within_s}

[teams.office]
calendar = "another_day"

[teams.swift]
title = "Swift"
max_wait_s = 1
reply_within_s = 1

[teams.alarm]
title = "Alarm"
assignment = "accept"
accept_within_s = 1

[teams.narrow]
title = "Narrow"
max_waiting = 1

[sites.shop]
title = "Shop"
origins = ["https://shop.example.com"]
locales = ["en", "ru"]
identity_secrets = ["{identity_secret}"]
topics = ["Orders", "Returns"]
sneak_peek = true

[sites.offers]
title = "Offers"
origins = ["https://offers.example.com", "https://shop.example.com"]
identity_secrets = ["{identity_secret}"]
team = "sales"

[sites.hotline]
title = "Hotline"
origins = ["https://hotline.example.com"]
team = "duty"

[sites.office]
title = "Office"
origins = ["https://office.example.com"]
identity_secrets = ["{identity_secret}"]
team = "office"

[sites.swift]
title = "Swift"
origins = ["https://swift.example.com"]
team = "swift"

[sites.alarm]
title = "Alarm"
origins = ["https://alarm.example.com"]
team = "alarm"

[sites.narrow]
title = "Narrow"
origins = ["https://narrow.example.com"]
team = "narrow"

[sites.discreet]
title = "Discreet"
origins = ["https://discreet.example.com"]

[sites.guides]
title = "Guides"
origins = ["https://guides.example.com"]
locales = ["en", "ru"]
articles = "{root}/widget/demo/articles"
search_report = true

[sites.innkeep]
title = "Innkeep"
origins = ["https://innkeep.example.com"]
locales = ["en", "ru"]
identity_secrets = ["{identity_secret}"]
articles = "{root}/examples/articles/hotel"
search_report = true

[sites.lodge]
title = "Lodge"
origins = ["https://lodge.example.com"]
identity_secrets = ["{identity_secret}"]
articles = "{root}/tests/browser/lodge"

[sites.bazaar]
title = "Bazaar"
origins = ["https://bazaar.example.com"]
locales = ["en", "ru"]

[[sites.bazaar.invitations]]
name = "prices"
text = {{ en = "Shall we work out a price together?", ru = "Посчитать цену вместе?" }}
pages = ["/prices*"]
after_s = 20

[[sites.bazaar.invitations]]
name = "next_year"
text = {{ en = "Next year's prices are not final." }}
pages = ["/prices/2027"]
after_s = 30

[[sites.bazaar.invitations]]
name = "help"
text = {{ en = "Somebody is free to help." }}
pages = ["/cart"]
after_s = 5
free = true

[[sites.bazaar.invitations]]
name = "back"
text = {{ en = "Welcome back." }}
pages = ["/back"]
after_s = 5
returning = true
section = "request"

[sites.club]
title = "Club"
origins = ["https://club.example.com"]
identity_secrets = ["{identity_secret}"]
topics = ["Orders", "Returns"]
pre_chat = {{ topic = "optional" }}
eligible = {{ when = [{{ member = true }}], otherwise = {{ en = "Members only. Ask at the door." }} }}

[[sites.club.contacts.people]]
claim = "host"
role = {{ en = "Your host" }}

[[sites.club.contacts.phones]]
country = {{ en = "The door" }}
number = "+49 30 901820"
calendar = "another_day"

[[sites.club.routes]]
when = {{ topic = "Returns" }}
to = ["team:sales"]

[[sites.club.routes]]
when = {{ manager = "*" }}
to = ["agent:{{manager}}", "team:support"]
"""


class RedisServer:
    """A Redis of a test's own, on a TCP port, that can be killed, started again empty, frozen and thawed."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir())
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """It has not been killed."""
        return self._process is not None and self._process.poll() is None

    async def start(self, binary: str | None = None, **environment: str) -> None:
        """Start it, empty."""
        binary = binary or shutil.which("redis-server") or shutil.which("valkey-server")
        assert binary, "install redis-server: apt-get install redis-server"
        options = ["--port", str(self.port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(
            [binary, *options],
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
            env={**os.environ, **environment},
        )
        async with Redis.from_url(self.url) as client:
            await until(lambda: answers(client), "Redis answers")

    def kill(self) -> None:
        """As a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """It stops answering and stays connected."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it, if it runs."""
        if self.runs:
            self.kill()


async def answers(client: "Redis") -> bool:
    try:
        return bool(await client.ping())
    except Exception:
        return False


async def until(condition: object, what: str, timeout_s: float = 30.0) -> None:
    """Poll ``condition`` (a function, its result may be awaitable) until it holds; what takes long to ask is asked less often."""
    assert callable(condition)
    now = asyncio.get_running_loop().time
    deadline = now() + timeout_s
    while True:
        asked_at = now()
        held = condition()
        if asyncio.iscoroutine(held):
            held = await held
        if held:
            return
        assert now() < deadline, f"not within {timeout_s:g} s: {what}"
        await asyncio.sleep(max(0.02, now() - asked_at))


PORTS = range(20_000, 32_000)
"""Below those that the kernel lends to outgoing connections."""

_reserved: list[TextIO] = []


def free_port() -> int:
    """A port that no other test is given as long as this process runs.

    A port that is only found free may be taken by a test beside this one before our server listens on it; whoever asks
    ours then talks to that one.
    """
    folder = Path(tempfile.gettempdir()) / "mayfly-test-ports"
    folder.mkdir(exist_ok=True)
    for port in random.sample(PORTS, len(PORTS)):
        lock = (folder / str(port)).open("w")
        try:
            flock(lock, LOCK_EX | LOCK_NB)
            with socket.socket() as sock:
                sock.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        _reserved.append(lock)
        return port
    raise AssertionError("every port is taken")


@dataclass
class Node:
    """One ``mayfly serve``: a launcher and its workers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    like_all: bool = False
    """Nothing about it was asked for."""

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def websocket(self, path: str) -> str:
        """The address of a WebSocket."""
        return f"ws://127.0.0.1:{self.port}{path}"

    def children(self) -> list[int]:
        """Process ids of its workers and engine."""
        launcher = self.process.pid
        try:
            listing = Path(f"/proc/{launcher}/task/{launcher}/children").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it has ended
            return []
        return [int(pid) for pid in listing.split()]

    def workers(self) -> list[int]:
        """Process ids of its workers."""
        return [pid for pid in self.children() if b"chat.worker" in _command(pid)]

    def kill(self) -> None:
        """As a power cut would: the launcher and all its children at once."""
        for pid in (self.process.pid, *self.children()):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def freeze(self) -> None:
        """It is not heard of any more, and stays connected."""
        for pid in (self.process.pid, *self.children()):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on, as if nothing had been."""
        for pid in (self.process.pid, *self.children()):
            os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """Ask it to end, for longer than its launcher lets its children take."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S + 10)
            except subprocess.TimeoutExpired:
                self.kill()
                raise


def _command(pid: int) -> bytes:
    """The command line of a process; nothing if it has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@dataclass
class Installation:
    """What a test stands on. ``settings`` fill in ``CONFIG``."""

    folder: Path
    redis: RedisServer
    config: Path
    database: str
    nodes: list[Node] = field(default_factory=list)
    agents: dict[str, str] = field(default_factory=dict)
    standing: list[Node] = field(default_factory=list)
    """Nodes that run already, for tests that ask for one like all others."""

    async def node(self, workers: int = 1, *, port: int | None = None, **environment: str) -> Node:
        """One more node; ``environment`` overrides its settings, as ``MAYFLY_CHAT_HEARTBEAT_S="1"``."""
        like_all = workers == 1 and not port and not environment
        if self.standing and like_all:
            self.nodes.append(self.standing.pop(0))
            return self.nodes[-1]
        port = port or free_port()
        log = self.folder / f"node-{port}.log"
        command = [sys.executable, "-m", "chat", "serve", "--config", str(self.config), "--port", str(port)]
        own = {"MAYFLY_DATABASE_URL": self.database.replace("+asyncpg", "").replace("+aiosqlite", "")}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--workers", str(workers)],
                stdout=output,
                stderr=output,
                env={**os.environ, **own, **environment},
            )
        node = Node(process, port, log, like_all)
        self.nodes.append(node)

        async def ready(client: httpx.AsyncClient) -> bool:
            assert process.poll() is None, log.read_text()
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        # One client for all attempts: each of its own would load the certificates of the system again.
        async with http_client(base_url=node.origin) as client:
            await until(lambda: ready(client), f"node ready: {log}", 90)
        return node

    async def engine_of(self, node: Node) -> int:
        """The process id of a node's embedded engine, once it runs."""

        def engines() -> list[int]:
            return [pid for pid in node.children() if pid not in node.workers()]

        await until(engines, "an engine runs")
        return engines()[0]

    async def hire(
        self, name: str, *teams: str, capacity: int = 4, role: Role = "agent", password: str | None = None
    ) -> str:
        """Add an agent and sign them in: the session cookie."""
        database = Database(self.database)
        try:
            passwords = Passwords(PasswordHasher.from_parameters(CHEAPEST))
            agents = Agents(database, passwords)
            email = f"{name.lower()}@example.com"
            new = NewAgent(email=email, name=name, teams=teams or ("support",), role=role, capacity=capacity)
            agent = await agents.add(new)
            await agents.set_password(agent.id, password or secrets.token_urlsafe(12))
            self.agents[name] = await Sessions(database, nobody).open(agent.id)
            return self.agents[name]
        finally:
            await database.close()

    def end(self) -> None:
        """Stop whatever runs."""
        for node in (*self.nodes, *self.standing):
            node.stop()
        self.redis.stop()


@asynccontextmanager
async def desk_of(node: Node, cookie: str) -> AsyncIterator[httpx.AsyncClient]:
    """An agent's browser, for the JSON API of the desk; ``cookie`` is what ``hire`` gave."""
    afresh = httpx.Limits(max_keepalive_connections=0)  # an idle connection may be closed while we send
    async with http_client(
        base_url=node.origin, cookies={"mayfly_session": cookie}, limits=afresh, timeout=30
    ) as client:
        page = (await client.get("/console")).text
        client.headers["X-CSRF-Token"] = page.split('name="csrf" content="')[1].split('"')[0]
        yield client


def _another_day() -> str:
    """A day of the week that neither today is, nor tomorrow when a test runs past midnight."""
    return (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()


def signed(secret: str = IDENTITY_SECRET, **claims: object) -> str:
    """An identity, as the sites of ``CONFIG`` make them."""
    return jwt.encode({"exp": time.time() + 3600, **claims}, secret, algorithm="HS256")


async def nobody(_session: str) -> None:
    pass


@asynccontextmanager
async def installation(
    folder: Path, *, embedded: bool = False, database: str | None = None, config: str = CONFIG, **settings: object
) -> AsyncIterator[Installation]:
    """As ``start_installation``, until the end of the block."""
    made = await start_installation(folder, embedded=embedded, database=database, config=config, **settings)
    try:
        yield made
    finally:
        made.end()


async def start_installation(
    folder: Path, *, embedded: bool = False, database: str | None = None, config: str = CONFIG, **settings: object
) -> Installation:
    """A Redis (or the embedded engine) and a migrated database; start nodes with ``Installation.node``.

    ``database`` is the URL of one that is migrated; without it, SQLite where the service would make it. ``config`` is a
    template as ``CONFIG`` is.
    """
    defaults: dict[str, object] = {
        "resume_grace_s": 2,
        "agent_grace_s": 2,
        "heartbeat_s": 10,
        "idle_end_s": 3600,
        "history_max": 500,
        "max_wait_s": 120,
        "accept_within_s": 30,
    }
    redis = RedisServer(folder)
    if not embedded:
        await redis.start()
    (folder / "data").mkdir()
    file = folder / "mayfly.toml"
    text = config.replace('url = "{redis}"', "") if embedded else config
    file.write_text(
        text.format(
            data_dir=folder / "data", secret="s" * 40, redis=redis.url, identity_secret=IDENTITY_SECRET,
            another_day=_another_day(), root=ROOT, **{**defaults, **settings},
        )
    )  # fmt: skip
    if database is None:
        sqlite = folder / "data" / "mayfly.db"
        await make_sqlite(sqlite)
        database = f"sqlite+aiosqlite:///{sqlite}"
    return Installation(folder, redis, file, database)
