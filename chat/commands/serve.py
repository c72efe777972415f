"""``mayfly serve``: the service."""

import asyncio
import os
from typing import Annotated

import typer

from chat import launcher, logs
from chat.commands.common import HOST, PORT, Config, Host, Port, config_file, one_clear_line
from chat.launcher import Launch
from chat.settings import load

app = typer.Typer(add_completion=False)


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
