"""``mayfly erase``: somebody asks to be forgotten."""

import asyncio
import os
import sys
from typing import Annotated

import msgspec
import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat import launcher
from chat.commands.common import Config, config_file, one_clear_line, open_database
from chat.desk.erasing import Erasing, Receipt, Whose
from chat.desk.storage import open_storage
from chat.errors import Refused
from chat.live import keys
from chat.live.bus import TicketMoved
from chat.people.emails import normalise
from chat.settings import Settings, load

app = typer.Typer(add_completion=False)


@app.command()
def erase(
    email: Annotated[str | None, typer.Option(help="Every request with this address, whoever typed it.")] = None,
    sub: Annotated[str | None, typer.Option(help="Every request of this identity, with --site.")] = None,
    ticket: Annotated[int | None, typer.Option(help="The request with this number, with --site.")] = None,
    site: Annotated[str | None, typer.Option(help="Key of the site; with --email, only there.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be erased.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
    config: Config = None,
) -> None:
    """Erase a person's requests for good, with their files and letters, and print a receipt that names nobody."""
    with one_clear_line():
        if sum(one is not None for one in (email, sub, ticket)) != 1:
            raise Refused("invalid", "say whose requests: with one of --email, --sub and --ticket")
        if site is None and email is None:
            raise Refused("invalid", "say at which site: with --site KEY")
        whose = Whose(site=site, email=normalise(email) if email is not None else None, sub=sub, number=ticket)
        settings = load(config_file(config), os.environ)
        if dry_run:
            _show(asyncio.run(_look(settings, whose)), "Would be erased", as_json=as_json)
        else:
            asyncio.run(_erase(settings, whose, ask=not yes, as_json=as_json))


async def _look(settings: Settings, whose: Whose) -> Receipt:
    async with open_database(settings) as database:
        return await Erasing(database, open_storage(settings)).look(whose)


async def _erase(settings: Settings, whose: Whose, *, ask: bool, as_json: bool) -> None:
    """The receipt is printed before the database is scrubbed: run again, the command scrubs what it could not."""
    async with open_database(settings) as database:
        erasing = Erasing(database, open_storage(settings))
        found = await erasing.look(whose)
        if ask and found.lines():
            print("\n".join(found.lines()), file=sys.stderr)
            typer.confirm("Erase this for good?", abort=True, err=True)
        receipt = await erasing.erase(whose)
        await _tell_nodes(settings, receipt)
        _show(receipt, "Erased", as_json=as_json)
        await database.scrub()


def _show(receipt: Receipt, what: str, *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(receipt)).decode())
    else:
        print(f"{what} at {receipt.at:%Y-%m-%d %H:%M} UTC:")
        print("\n".join(f"  {line}" for line in receipt.lines() or ["nothing: nobody like that is known here"]))


async def _tell_nodes(settings: Settings, receipt: Receipt) -> None:
    """Have open consoles look again at what they show; where no service runs there are none."""
    url = launcher.redis_of_running_service(settings)
    if url is None:
        return
    moved = [TicketMoved(one.site, one.number) for one in receipt.tickets]
    moved += [TicketMoved(one.site, one.number) for one in receipt.copies]
    try:
        async with Redis.from_url(url, socket_connect_timeout=5) as redis:
            for one in moved:
                await redis.publish(keys.NODES, msgspec.json.encode(one))
    except RedisError as error:
        print(f"mayfly: open consoles could not be told: {error}", file=sys.stderr)
