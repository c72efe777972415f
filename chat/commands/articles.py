"""``mayfly articles``: the help articles."""

import os
from pathlib import Path

import typer

from chat.commands.common import Config, config_file, one_clear_line
from chat.help.folder import Folder
from chat.settings import read

app = typer.Typer(name="articles", no_args_is_help=True, add_completion=False)


@app.callback()
def articles() -> None:
    """The help articles."""


@app.command("check")
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
