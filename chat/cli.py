"""The ``mayfly`` command."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from chat import launcher, logs
from chat.commands import agents
from chat.commands.audit import audit_command
from chat.commands.common import HOST, PORT, Config, config_file, one_clear_line, open_database
from chat.commands.erase import erase
from chat.configfile import variable
from chat.contradictions import unreachable
from chat.demo import SITE as DEMO_SITE
from chat.demo import DemoAgent, prepare_demo
from chat.errors import ConfigError, Unavailable
from chat.explain import Question, explain, read_claims, read_time
from chat.help.folder import Folder
from chat.launcher import Launch
from chat.people.agents import Agent, Agents
from chat.people.passwords import Passwords
from chat.settings import Settings, examine, load, read
from chat.storage.database import Database, database_url, sqlite_file

ELSEWHERE = tuple(variable(section, "") for section in ("redis", "database", "storage", "mail"))
"""Variables that a demo must not follow: it would send letters, and tidy away the files of the service they are meant for."""

app = typer.Typer(
    help="Live chat that keeps nothing.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
app.add_typer(agents.app, name="agent")
app.command("audit")(audit_command)
app.command()(erase)
articles = typer.Typer(help="The help articles.", no_args_is_help=True)
app.add_typer(articles, name="articles")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]


@app.command()
def serve(
    config: Config = None,
    host: Host = HOST,
    port: Port = PORT,
    workers: Annotated[int, typer.Option(min=1, help="Serving processes.")] = 1,
) -> None:
    """Run the service."""
    with one_clear_line():
        path = config_file(config)
        settings = load(path, os.environ)
        logs.configure(settings.server.log_level)
        launch = Launch(path, os.environ, host, port, workers)
        asyncio.run(launcher.run(settings, launch, lambda _: None))


@app.command()
def demo(host: Host = HOST, port: Port = PORT) -> None:
    """Run a made-up company's site with the bubble and two agents; nothing is kept."""
    with one_clear_line(), tempfile.TemporaryDirectory(prefix="mayfly-demo-") as folder:
        environ = {
            variable("server", "log_level"): "warning",
            **{name: value for name, value in os.environ.items() if not name.startswith(ELSEWHERE)},
            variable("server", "data_dir"): folder,
        }
        settings = load(None, environ)
        logs.configure(settings.server.log_level)
        people = asyncio.run(_prepared_demo(settings))
        launch = Launch(None, environ, host, port, demo=True)
        asyncio.run(launcher.run(settings, launch, lambda bound: _welcome(f"http://{host}:{bound}", people, folder)))


@app.command()
def check(config: Config = None) -> None:
    """Validate a configuration: every fault on its own line."""
    path = config_file(config)
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
    with one_clear_line():
        settings = read(config_file(config), os.environ)
        question = Question(
            site=site, claims=read_claims(claims), topic=topic, locale=locale, page=page, time_zone=time_zone, at=read_time(at)
        )  # fmt: skip
        print("\n".join(asyncio.run(_explained(settings, question))))


@articles.command("check")
def check_articles(config: Config = None) -> None:
    """Look through every site's articles: every fault on its own line, with the file. Changes nothing."""
    with one_clear_line():
        settings = read(config_file(config), os.environ)
    told = [
        f"{Path(site.articles) / fault.file}: {fault.text}"
        for key, site in settings.sites.items()
        if site.articles is not None
        for fault in Folder(Path(site.articles), key, site.locales).read().faults
    ]
    folders = sum(site.articles is not None for site in settings.sites.values())
    print("\n".join(told) or f"{folders} folder{'' if folders == 1 else 's'} of articles: no faults")
    raise typer.Exit(1 if told else 0)


async def _prepared_demo(settings: Settings) -> list[DemoAgent]:
    async with open_database(settings) as database:
        return await prepare_demo(Agents(database, Passwords()), settings)


def _welcome(origin: str, people: list[DemoAgent], folder: str) -> None:
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
    proof = f"{variable('server', 'data_dir')}={folder} {sys.argv[0]} audit --url {origin}"
    console.print(f"\n[dim]To see for yourself that nothing of a chat is left:[/]\n{proof}", soft_wrap=True)
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
