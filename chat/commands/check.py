"""``mayfly check``: whether a configuration holds."""

import asyncio
import os

import typer

from chat.commands.accounts import accounts_to_look_at
from chat.commands.common import Config, config_file
from chat.contradictions import unreachable
from chat.errors import ConfigError
from chat.settings import Settings, examine

app = typer.Typer(add_completion=False)


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


async def _teams_without_people(settings: Settings) -> list[str]:
    """A fault for each team that nobody could answer for; none if there are no accounts yet."""
    async with accounts_to_look_at(settings) as accounts:
        if accounts is None:
            return []
        staffed = {team for one in await accounts.list() if not one.disabled for team in one.teams}
    add = "mayfly agent add EMAIL --name NAME --team"
    return [
        f"teams.{team}: nobody is in this team; add somebody with {add} {team}"
        for team in settings.teams.keys() - staffed
    ]
