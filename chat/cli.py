"""The ``mayfly`` command."""

import gc
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = ("serve", "demo", "check", "route", "articles", "agent", "audit", "erase")
"""Each the name of a module of ``chat.commands`` too."""


class _OnDemand(TyperGroup):
    """Imports a command when that is wanted: nobody waits for what only others need."""

    def list_commands(self, ctx: object) -> list[str]:
        """In the order of the help."""
        return [*COMMANDS]

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        """None if there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        gc.disable()  # and then freeze: looking for garbage in what is imported takes a third of a short command's time
        command = typer.main.get_command(import_module(f"chat.commands.{cmd_name}").app)
        gc.freeze()
        gc.enable()
        return command


app = typer.Typer(cls=_OnDemand, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def mayfly() -> None:
    """Live chat that keeps nothing."""
