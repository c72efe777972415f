"""A real HTTP server of ours, with a real engine and a real database."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from chat.app import create_app
from chat.demo import DemoAgent, demo_settings, prepare_demo
from chat.engine import Engine
from chat.people.agents import Agents
from chat.people.passwords import Passwords
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
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Services]:
        running, settings = self.running, self.running.settings

        async with Engine(wipe_memory=False) as engine:
            loop = asyncio.get_running_loop()
            running.stop_engine = lambda: asyncio.run_coroutine_threadsafe(engine.stop(), loop).result(10)
            running.redis_url = engine.url
            settings = msgspec.structs.replace(settings, redis=RedisSettings(url=engine.url))
            await make_sqlite(Path(settings.server.data_dir) / "mayfly.db")
            database = Database(database_url(settings))
            running.people += await prepare_demo(Agents(database, Passwords(CHEAP)), settings)
            await database.close()
            async with open_services(settings, demo=True) as services:
                yield services

    def __enter__(self) -> Running:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive(), "the server did not start"
        return self.running

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with Service(tmp_path) as running:
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


async def sign_in(client: httpx.AsyncClient, person: dict[str, str]) -> None:
    """With the CSRF token of the console's page."""
    assert (await client.post("/api/session", json=person)).status_code == 204
    page = (await client.get("/console")).text
    client.headers["X-CSRF-Token"] = page.split('name="csrf" content="')[1].split('"')[0]


@pytest.fixture
async def anna(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """An agent, signed in."""
    async with running.browser() as client:
        await sign_in(client, running.anna)
        yield client


@pytest.fixture
async def ben(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A supervisor, signed in."""
    async with running.browser() as client:
        await sign_in(client, running.ben)
        yield client
