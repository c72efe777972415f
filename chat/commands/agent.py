"""``mayfly agent``: the people who answer."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from chat import launcher
from chat.commands.common import HOST, PORT, Config, config_file, one_clear_line, open_database
from chat.desk.mail.letters import Letters
from chat.desk.mail.outbox import Outbox
from chat.errors import Refused
from chat.live import keys
from chat.live.bus import SessionClosed
from chat.people.agents import DEFAULT_CAPACITY, SETUP_LIFETIME, Agent, Agents, NewAgent, Role, setup_link
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.settings import Settings, load
from chat.storage.database import Database
from chat.web.i18n import FALLBACK, Catalogues

app = typer.Typer(name="agent", help="The people who answer.", no_args_is_help=True, add_completion=False)

Email = Annotated[str, typer.Argument(help="The agent's e-mail address.")]


@app.command("add")
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


@app.command("list")
def list_agents(config: Config = None) -> None:
    """List all agents."""

    async def show(_: Settings, people: "People") -> None:
        table = Table("E-mail", "Name", "Role", "Teams", "Capacity", "State", box=None, pad_edge=False)
        for one in await people.agents.list():
            state = "disabled" if one.disabled else "active" if one.has_password else "no password yet"
            table.add_row(one.email, one.name, one.role, ", ".join(one.teams), str(one.capacity), state)
        Console(width=None if sys.stdout.isatty() else 500, highlight=False).print(table)

    _with_people(config, show)


@app.command("disable")
def disable_agent(email: Email, config: Config = None) -> None:
    """Lock an agent out, everywhere and at once."""

    async def disable(_: Settings, people: "People") -> None:
        found = await people.named(email)
        await people.agents.disable(found.id)
        await people.sessions.close_all(found.id)
        print(f"disabled {found.email}")

    _with_people(config, disable)


@app.command("reset")
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
        settings = load(config_file(config), os.environ)
        async with open_database(settings) as database:
            await command(settings, People(settings, database))

    with one_clear_line():
        asyncio.run(run())


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
