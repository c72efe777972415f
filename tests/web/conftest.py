"""A real HTTP server of ours, with a real engine and a real database."""

import asyncio
import shutil
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from redis import Redis
from redis.exceptions import RedisError

from chat.app import create_app
from chat.demo import DemoAgent, demo_settings, prepare_demo
from chat.engine import Engine
from chat.people.agents import Agents
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.services import Services, open_services
from chat.settings import (
    Calendar,
    Eligible,
    LimitSettings,
    MailSettings,
    Plan,
    RedisSettings,
    Server,
    Settings,
    Site,
    Team,
)
from chat.storage.database import Database, database_url
from chat.theme_settings import Theme
from chat.web.http_protocol import HttpProtocol
from tests.clients import http_client
from tests.databases import make_sqlite
from tests.desk.mail.post import MailServer
from tests.service import nobody
from tests.standing import is_left_of_a_test

CHEAP = PasswordHasher.from_parameters(CHEAPEST)
SECRET = "s" * 32
IDENTITY_SECRET = "i" * 32


@dataclass
class Running:
    """A server that runs, and what a test may look at from outside."""

    origin: str
    settings: Settings
    people: list[DemoAgent]
    stop_engine: Callable[[], None]
    redis_url: str = ""
    sessions: dict[str, str] = field(default_factory=dict)
    """A session of each of the people, by their address."""

    @property
    def anna(self) -> dict[str, str]:
        return {"email": self.people[0].email, "password": self.people[0].password}

    @property
    def ben(self) -> dict[str, str]:
        return {"email": self.people[1].email, "password": self.people[1].password}

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """A client with its own cookies."""
        return http_client(base_url=self.origin, headers=headers, timeout=30)


def shop_settings(port: int, data_dir: Path) -> Settings:
    base = Settings(server=Server(data_dir=str(data_dir), secret_keys=[SECRET], trusted_proxies=["127.0.0.2"]))
    demo = demo_settings(base, port)
    shop = Site(
        title="The <Shop> & Co",
        origins=["https://shop.example.com", "https://www.shop.example.com"],
        locales=["en", "ru"],
        identity_secrets=[IDENTITY_SECRET],
        theme=Theme(accent="#ffcc00", mode="dark"),
        topics=["Orders"],
        translations={"ru": {"Orders": "Заказы"}},
    )
    members = Site(
        title="Members",
        origins=[],
        identity_secrets=[IDENTITY_SECRET],
        eligible=Eligible(when=[{"member": True}], otherwise={"en": "Members only."}),
    )
    closed = Site(title="Closed", origins=[], team="curators")
    today = datetime.now(UTC).date()
    holidays = Calendar(
        time_zone="customer",
        open=["mon-sun 09:00-18:00"],
        closed=[str(today + timedelta(days=n)) for n in range(-2, 3)],
    )
    return msgspec.structs.replace(
        demo,
        limits=LimitSettings(tickets_per_ip_per_hour=30),  # what some tests use up
        calendars={**demo.calendars, "holidays": holidays},
        teams={**demo.teams, "curators": Team(title="Curators", calendar="holidays")},
        plans={**demo.plans, "gold": Plan(first_response="2h-4h"), "talk": Plan(channels=["chat"])},
        sites={**demo.sites, "shop": shop, "members": members, "curators": closed},
    )


class Service:
    """The application in a thread with an event loop of its own."""

    def __init__(self, data_dir: Path, change: Callable[[Settings], Settings] = lambda settings: settings) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        settings = change(shop_settings(port, data_dir))
        self.running = Running(f"http://127.0.0.1:{port}", settings, [], lambda: None)
        app = create_app(lambda: self._open(), settings.locales)
        config = uvicorn.Config(
            app, http=HttpProtocol, lifespan="on", ws="none", log_config=None, server_header=False, proxy_headers=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)
        self._database = data_dir / "mayfly.db"
        self._as_it_was = data_dir / "as-it-was.db"

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Services]:
        running, settings = self.running, self.running.settings

        async with Engine(wipe_memory=False) as engine:
            loop = asyncio.get_running_loop()
            running.stop_engine = lambda: asyncio.run_coroutine_threadsafe(engine.stop(), loop).result(10)
            running.redis_url = engine.url
            settings = msgspec.structs.replace(settings, redis=RedisSettings(url=engine.url))
            await make_sqlite(self._database)
            database = Database(database_url(settings))
            agents, sessions = Agents(database, Passwords(CHEAP)), Sessions(database, nobody)
            running.people += await prepare_demo(agents, settings)
            for agent in await agents.list():
                running.sessions[agent.email] = await sessions.open(agent.id)
            await database.close()
            shutil.copy(self._database, self._as_it_was)
            async with open_services(settings, demo=True) as services:
                yield services

    def is_whole(self) -> bool:
        """No test has stopped its engine."""
        try:
            with Redis.from_url(self.running.redis_url) as redis:
                return bool(redis.ping())
        except RedisError:
            return False

    def forget(self) -> None:
        """Nothing is left of earlier tests."""
        with Redis.from_url(self.running.redis_url) as redis:
            if left := [name for name in redis.scan_iter("mayfly:*") if is_left_of_a_test(name)]:
                redis.delete(*left)
        with closing(sqlite3.connect(self._database, timeout=20)) as database:
            database.execute("ATTACH ? AS past", [str(self._as_it_was)])
            with database:
                for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    database.execute(f'DELETE FROM "{table}"')
                    database.execute(f'INSERT INTO "{table}" SELECT * FROM past."{table}"')
        shutil.rmtree(self._database.parent / "files", ignore_errors=True)

    def __enter__(self) -> Running:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive(), "the server did not start"
        return self.running

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not stop"
        self._listener.close()


class StandingService:
    """A service that stays up from test to test, for starting one takes longer than most tests; another when one has broken it."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._resting: Service | None = None

    @contextmanager
    def lent(self) -> Iterator[Running]:
        """As if it had just been started, but for what it has counted."""
        service, self._resting = self._resting, None
        if service:
            service.forget()
        else:
            service = Service(self._new_folder())
            service.__enter__()
        yield service.running
        if service.is_whole():
            self._resting = service
        else:
            service.__exit__()

    def end(self) -> None:
        """Stop it."""
        if self._resting:
            self._resting.__exit__()


@pytest.fixture(scope="session")
def standing_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingService]:
    standing = StandingService(lambda: tmp_path_factory.mktemp("service"))
    yield standing
    standing.end()


@pytest.fixture
def running(standing_service: StandingService) -> Iterator[Running]:
    with standing_service.lent() as running:
        yield running


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
async def mailing(tmp_path: Path, mail_server: MailServer) -> AsyncIterator[Running]:
    """A server that sends mail."""
    service = Service(tmp_path)
    running = service.running
    mail = MailSettings(smtp_url=mail_server.url, sender="help@example.com")
    server = msgspec.structs.replace(running.settings.server, public_url=running.origin)
    running.settings = msgspec.structs.replace(running.settings, mail=mail, server=server)
    entered = await asyncio.to_thread(service.__enter__)
    yield entered
    await asyncio.to_thread(service.__exit__)  # the mail server's loop goes on: a letter may be in hand


@pytest.fixture
async def visitor(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with running.browser() as client:
        yield client


async def sign_in(client: httpx.AsyncClient, running: Running, person: DemoAgent) -> None:
    """With the CSRF token of the console's page."""
    client.cookies.set("mayfly_session", running.sessions[person.email], domain="127.0.0.1")
    page = (await client.get("/console")).text
    client.headers["X-CSRF-Token"] = page.split('name="csrf" content="')[1].split('"')[0]


@pytest.fixture
async def anna(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """An agent, signed in."""
    async with running.browser() as client:
        await sign_in(client, running, running.people[0])
        yield client


@pytest.fixture
async def ben(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A supervisor, signed in."""
    async with running.browser() as client:
        await sign_in(client, running, running.people[1])
        yield client
