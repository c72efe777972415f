"""``mayfly audit``: the proof that nothing of a chat is left."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from chat import launcher
from chat.audit.audit import Report, Service, audit
from chat.commands.common import HOST, PORT, Config, config_file, one_clear_line, open_database
from chat.demo import demo_agents, demo_settings
from chat.errors import CannotStart
from chat.settings import Settings, load

app = typer.Typer(add_completion=False)


@app.command("audit")
def audit_command(
    config: Config = None,
    url: Annotated[str, typer.Option(help="Where the service is reached.")] = f"http://{HOST}:{PORT}",
    log: Annotated[list[Path] | None, typer.Option(help="A file its output is collected in; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Hold chats full of words that occur nowhere else, end them in every way, and look whether one is left anywhere."""
    with one_clear_line():
        settings = load(config_file(config), os.environ)
        for absent in (file for file in log or [] if not os.path.isfile(file)):
            raise CannotStart(
                f"there is no file {absent}: name one with --log that the service's output is collected in"
            )
        if demo_agents(settings):
            settings = demo_settings(settings, urlsplit(url).port or 80)
        report = asyncio.run(_run(settings, url.rstrip("/"), log or []))
    if as_json:
        print(msgspec.json.format(msgspec.json.encode({"clean": report.clean, **msgspec.to_builtins(report)})).decode())
    else:
        _show(report)
    raise typer.Exit(0 if report.clean else 1)


async def _run(settings: Settings, url: str, logs: list[Path]) -> Report:
    redis_url = launcher.redis_of_running_service(settings)
    if redis_url is None:
        raise CannotStart("no service runs with this configuration: start it, or name its configuration with --config")
    try:
        async with open_database(settings) as database:
            service = Service(settings, url, redis_url, logs)
            return await audit(service, database, lambda ending: print(f"held: {ending}", file=sys.stderr))
    except RedisError as fault:
        raise CannotStart(f"cannot reach Redis: {fault}") from None


def _show(report: Report) -> None:
    table = Table("After", "Place", "Searched", "Found", box=None, pad_edge=False)
    for place in report.places:
        leaks = [f"{leak.field} ({leak.form})" for leak in place.leaks]
        if place.not_searched is not None:
            table.add_row(place.after, place.name, "-", ", ".join([*leaks, f"not searched: {place.not_searched}"]))
        else:
            table.add_row(place.after, place.name, _size(place.searched_bytes), ", ".join(leaks) or "nothing")
    Console(width=None if sys.stdout.isatty() else 500, highlight=False).print(table)
    found = "no word of them is left" if report.clean else "WORDS OF THEM ARE LEFT"
    unread = sum(place.not_searched is not None for place in report.places)
    print(f"\n{len(report.chats)} chats: {found}{f'; {unread} places could not be searched' if unread else ''}")


def _size(count: int) -> str:
    for size, unit in ((2**20, "MiB"), (2**10, "KiB")):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"
