"""``mayfly demo``: a made-up company to try it at."""

import asyncio
import os
import sys
import tempfile

import typer
from rich.console import Console
from rich.table import Table

from chat import launcher, logs
from chat.commands.common import HOST, PORT, Host, Port, one_clear_line, open_database
from chat.configfile import variable
from chat.demo import SITE, DemoAgent, prepare_demo
from chat.launcher import Launch
from chat.people.agents import Agents
from chat.people.passwords import Passwords
from chat.settings import Settings, load

ELSEWHERE = tuple(variable(section, "") for section in ("redis", "database", "storage", "mail"))
"""Variables that a demo must not follow: it would send letters, and tidy away the files of the service they are meant for."""

app = typer.Typer(add_completion=False)


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
        people = asyncio.run(_prepared(settings))
        launch = Launch(None, environ, host, port, demo=True)
        asyncio.run(launcher.run(settings, launch, lambda bound: _welcome(f"http://{host}:{bound}", people, folder)))


async def _prepared(settings: Settings) -> list[DemoAgent]:
    async with open_database(settings) as database:
        return await prepare_demo(Agents(database, Passwords()), settings)


def _welcome(origin: str, people: list[DemoAgent], folder: str) -> None:
    table = Table.grid(padding=(0, 3))
    table.add_row("[dim]the visitor[/]", f"[bold]{origin}/demo[/]")
    table.add_row("[dim]help articles[/]", f"[bold]{origin}/help/{SITE}[/]")
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
