"""The ``mayfly`` command."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from chat import launcher, logs
from chat.configfile import variable
from chat.contradictions import unreachable
from chat.demo import SITE as DEMO_SITE
from chat.demo import DemoAgent, prepare_demo
from chat.desk.mail.letters import Letters
from chat.desk.mail.outbox import Outbox
from chat.errors import CannotStart, ConfigError, Refused, Unavailable
from chat.explain import Question, explain, read_claims, read_time
from chat.help.folder import Folder
from chat.launcher import Launch
from chat.live import keys
from chat.live.bus import SessionClosed
from chat.people.agents import DEFAULT_CAPACITY, SETUP_LIFETIME, Agent, Agents, NewAgent, Role, setup_link
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.settings import DEFAULT_FILE, Settings, examine, load, read
from chat.storage.database import Database, database_url, sqlite_file
from chat.storage.migrations import migrate
from chat.web.i18n import FALLBACK, Catalogues

HOST, PORT = "127.0.0.1", 8000

app = typer.Typer(
    help="Live chat that keeps nothing.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
agent = typer.Typer(help="The people who answer.", no_args_is_help=True)
app.add_typer(agent, name="agent")
articles = typer.Typer(help="The help articles.", no_args_is_help=True)
app.add_typer(articles, name="articles")

Config = Annotated[
    Path | None, typer.Option(help="TOML file; without it mayfly.toml in the current folder, or else defaults.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Email = Annotated[str, typer.Argument(help="The agent's e-mail address.")]


@app.command()
def serve(
    config: Config = None,
    host: Host = HOST,
    port: Port = PORT,
    workers: Annotated[int, typer.Option(min=1, help="Serving processes.")] = 1,
) -> None:
    """Run the service."""
    with _one_clear_line():
        path = _file(config)
        settings = load(path, os.environ)
        logs.configure(settings.server.log_level)
        launch = Launch(path, os.environ, host, port, workers)
        asyncio.run(launcher.run(settings, launch, lambda _: None))


@app.command()
def demo(host: Host = HOST, port: Port = PORT) -> None:
    """Run a made-up company's site with the bubble and two agents; nothing is kept."""
    with _one_clear_line(), tempfile.TemporaryDirectory(prefix="mayfly-demo-") as folder:
        elsewhere = {variable("redis", "url"), variable("database", "url")}
        environ = {
            variable("server", "log_level"): "warning",
            **{name: value for name, value in os.environ.items() if name not in elsewhere},
            variable("server", "data_dir"): folder,
        }
        settings = load(None, environ)
        logs.configure(settings.server.log_level)
        people = asyncio.run(_prepared_demo(settings))
        launch = Launch(None, environ, host, port, demo=True)
        asyncio.run(launcher.run(settings, launch, lambda bound: _welcome(f"http://{host}:{bound}", people)))


@app.command()
def check(config: Config = None) -> None:
    """Validate a configuration: every fault on its own line."""
    path = _file(config)
    try:
        settings, faults = examine(path, os.environ, unreachable)
        if not any(fault.startswith(("database.", "server.", "MAYFLY_")) for fault in faults):
            faults += asyncio.run(_teams_without_people(settings))
    except ConfigError as error:
        faults = error.faults
    print("\n".join(faults) or f"{path or 'defaults'}: no faults")
    raise typer.Exit(1 if faults else 0)


@app.command()
def route(
    site: Annotated[str, typer.Option(help="Key of the site.")],
    claims: Annotated[
        Path | None,
        typer.Option(help="JSON file with the claims of the visitor's identity, - for stdin; without it, anonymous."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help='RFC 3339, or the visitor\'s local time like "2026-11-23 09:30"; without it, now.'),
    ] = None,
    topic: Annotated[str | None, typer.Option(help="What they choose in the form before the chat.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language of the panel; without it, the site's first.")] = None,
    page: Annotated[str | None, typer.Option(help="Address of the page they are on.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="The browser's, an IANA name.")] = None,
    config: Config = None,
) -> None:
    """Tell where such a visitor would go, and why. Nothing is changed."""
    with _one_clear_line():
        settings = read(_file(config), os.environ)
        question = Question(
            site=site, claims=read_claims(claims), topic=topic, locale=locale, page=page, time_zone=time_zone, at=read_time(at)
        )  # fmt: skip
        print("\n".join(asyncio.run(_explained(settings, question))))


@articles.command("check")
def check_articles(config: Config = None) -> None:
    """Look through every site's articles: every fault on its own line, with the file. Changes nothing."""
    with _one_clear_line():
        settings = read(_file(config), os.environ)
    told = [
        f"{Path(site.articles) / fault.file}: {fault.text}"
        for key, site in settings.sites.items()
        if site.articles is not None
        for fault in Folder(Path(site.articles), key, site.locales).read().faults
    ]
    folders = sum(site.articles is not None for site in settings.sites.values())
    print("\n".join(told) or f"{folders} folder{'' if folders == 1 else 's'} of articles: no faults")
    raise typer.Exit(1 if told else 0)


@agent.command("add")
def add_agent(
    email: Email,
    name: Annotated[str, typer.Option(help="As visitors see it.")],
    team: Annotated[list[str], typer.Option(help="A team of the configuration; may be given more than once.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = "agent",
    capacity: Annotated[int, typer.Option(min=1, help="Chats at the same time.")] = DEFAULT_CAPACITY,
    config: Config = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from a line of stdin.")
    ] = False,
) -> None:
    """Add an agent; without --password-stdin prints a one-time link to set a password."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    new = NewAgent(email=email, name=name, teams=tuple(team), role=role, capacity=capacity)

    async def add(settings: Settings, people: "People") -> None:
        if unknown := sorted(set(team) - settings.teams.keys()):
            raise Refused("invalid", f"no team {unknown[0]!r} in the configuration, only {', '.join(settings.teams)}")
        if password is not None:
            await people.passwords.hash(password)  # refused before there is an account
        added = await people.agents.add(new)
        if password is None:
            await _hand_out_link("setup", settings, people, added)
        else:
            await people.agents.set_password(added.id, password)
            print(f"added {added.email}")

    _with_people(config, add)


@agent.command("list")
def list_agents(config: Config = None) -> None:
    """List all agents."""

    async def show(_: Settings, people: "People") -> None:
        table = Table("E-mail", "Name", "Role", "Teams", "Capacity", "State", box=None, pad_edge=False)
        for one in await people.agents.list():
            state = "disabled" if one.disabled else "active" if one.has_password else "no password yet"
            table.add_row(one.email, one.name, one.role, ", ".join(one.teams), str(one.capacity), state)
        Console(width=None if sys.stdout.isatty() else 500, highlight=False).print(table)

    _with_people(config, show)


@agent.command("disable")
def disable_agent(email: Email, config: Config = None) -> None:
    """Lock an agent out, everywhere and at once."""

    async def disable(_: Settings, people: "People") -> None:
        found = await people.named(email)
        await people.agents.disable(found.id)
        await people.sessions.close_all(found.id)
        print(f"disabled {found.email}")

    _with_people(config, disable)


@agent.command("reset")
def reset_agent(email: Email, config: Config = None) -> None:
    """Print a one-time link with which an agent sets a new password; also lets a disabled agent back in."""

    async def reset(settings: Settings, people: "People") -> None:
        await _hand_out_link("reset", settings, people, await people.named(email))

    _with_people(config, reset)


class People:
    """The accounts, for commands that change them beside a running service."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.passwords = Passwords()
        self.agents = Agents(database, self.passwords)
        self.sessions = Sessions(database, on_closed=self._tell_nodes)
        self._redis_url = launcher.redis_of_running_service(settings)

    async def named(self, email: str) -> Agent:
        """The agent with this address. Raises ``Refused``."""
        found = await self.agents.find_by_email(email)
        if found is None:
            raise Refused("not_found", f"no agent {email}")
        return found

    async def _tell_nodes(self, session_id: str) -> None:
        """Have every node close the session's sockets; where none runs there are none."""
        if self._redis_url is None:
            return
        try:
            async with Redis.from_url(self._redis_url, socket_connect_timeout=5) as redis:
                await redis.publish(keys.NODES, msgspec.json.encode(SessionClosed(session_id)))
        except RedisError as error:
            print(f"mayfly: open consoles could not be told: {error}", file=sys.stderr)


def _with_people(config: Path | None, command: Callable[[Settings, People], Awaitable[None]]) -> None:
    async def run() -> None:
        settings = load(_file(config), os.environ)
        async with _database(settings) as database:
            await command(settings, People(settings, database))

    with _one_clear_line():
        asyncio.run(run())


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    await migrate(database_url(settings))
    database = Database(database_url(settings))
    try:
        yield database
    finally:
        await database.close()


async def _prepared_demo(settings: Settings) -> list[DemoAgent]:
    async with _database(settings) as database:
        return await prepare_demo(Agents(database, Passwords()), settings)


async def _hand_out_link(kind: str, settings: Settings, people: People, whose: Agent) -> None:
    """Print the one-time link, and mail it where mail is on; the language is that of the first site."""
    origin = settings.server.public_url or f"http://{HOST}:{PORT}"
    link = setup_link(origin, await people.agents.reset(whose.id))
    if settings.mail.on:
        locale = next((site.locales[0] for site in settings.sites.values()), FALLBACK)
        outbox = Outbox(people.database, settings, Letters(Catalogues.load(settings.locales)))
        if await outbox.mail_password(kind, whose.email, whose.name, link, SETUP_LIFETIME, locale):
            print(f"The service mails this to {whose.email}, as soon as it runs:")
    print(f"{whose.name} sets a password here, once, within 48 hours:")
    print(link)


def _welcome(origin: str, people: list[DemoAgent]) -> None:
    table = Table.grid(padding=(0, 3))
    table.add_row("[dim]the visitor[/]", f"[bold]{origin}/demo[/]")
    table.add_row("[dim]help articles[/]", f"[bold]{origin}/help/{DEMO_SITE}[/]")
    table.add_row("[dim]the agent[/]", f"[bold]{origin}/console[/]")
    for number, one in enumerate(people):
        label = "" if number else "[dim]signs in as[/]"
        table.add_row(label, f"{one.email:<14}   {one.password}   [dim]{one.role}, {one.team}[/]")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    console.print("\n[bold]Mayfly[/] is here. Open the two side by side and talk.\n")
    console.print(table)
    console.print("\n[dim]Ctrl-C ends it, and nothing is left.[/]\n")


async def _explained(settings: Settings, question: Question) -> list[str]:
    async with _accounts(settings) as accounts:

        async def find(who: str) -> Agent | None:
            return await accounts.find(who) if accounts is not None else None

        return list(await explain(settings, find, question))


async def _teams_without_people(settings: Settings) -> list[str]:
    """A fault for each team that nobody could answer for; none if there are no accounts yet."""
    async with _accounts(settings) as accounts:
        if accounts is None:
            return []
        staffed = {team for one in await accounts.list() if not one.disabled for team in one.teams}
    add = "mayfly agent add EMAIL --name NAME --team"
    return [
        f"teams.{team}: nobody is in this team; add somebody with {add} {team}"
        for team in settings.teams.keys() - staffed
    ]


def _is_there(file: str | None) -> bool:
    return file is None or Path(file).exists()


@asynccontextmanager
async def _accounts(settings: Settings) -> AsyncIterator[Agents | None]:
    """The accounts to look at, None where there is no database that can be read; makes none and changes nothing."""
    url = database_url(settings)
    if not _is_there(sqlite_file(url)):
        yield None
        return
    database = Database(url)
    accounts = Agents(database, Passwords())
    try:
        try:
            await accounts.find("")
        except (Unavailable, DBAPIError):  # away, or not brought up to date yet
            yield None
        else:
            yield accounts
    finally:
        await database.close()


def _file(config: Path | None) -> Path | None:
    return config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)


@contextmanager
def _one_clear_line() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        _fail("\n".join(f"mayfly: {fault}" for fault in error.faults))
    except (CannotStart, Refused, Unavailable) as error:
        _fail(f"mayfly: {error}")


def _fail(text: str) -> None:
    print(text, file=sys.stderr)
    raise typer.Exit(1)
