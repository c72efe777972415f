"""``mayfly route``: where a visitor would go."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from chat.commands.accounts import accounts_to_look_at
from chat.commands.common import Config, config_file, one_clear_line
from chat.explain import Question, explain, read_claims, read_time
from chat.people.agents import Agent
from chat.settings import Settings, read

app = typer.Typer(add_completion=False)


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


async def _explained(settings: Settings, question: Question) -> list[str]:
    async with accounts_to_look_at(settings) as accounts:

        async def find(who: str) -> Agent | None:
            return await accounts.find(who) if accounts is not None else None

        return list(await explain(settings, find, question))
