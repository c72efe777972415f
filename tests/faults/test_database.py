"""The database away or its disk full while a request is filed, and killed among many: nothing is lost, nothing is filed twice."""

import asyncio
import secrets
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import httpx
import pytest
import sqlalchemy as sa
from playwright.async_api import expect

from chat.storage import tables
from chat.storage.database import Database
from tests.browser.conftest import chromium
from tests.browser.guest import Guest
from tests.clients import http_client
from tests.conftest import Figures
from tests.databases import crash_postgres, make_postgres, running_postgres, start_postgres
from tests.service import Installation, installation, until

SUBJECT, BODY = "A lost parcel", "It never came. I have waited for three weeks."
DISK = "24m"


class Trouble(Protocol):
    """What keeps the database from keeping anything."""

    def begins(self) -> None: ...

    def ends(self) -> None: ...


class FullDisk:
    """Not a byte more fits on the file system of the database, the files and the log."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def begins(self) -> None:
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (1 << 16, 1):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError:
                    continue

    def ends(self) -> None:
        self._ballast.unlink()


@dataclass(frozen=True)
class CrashedPostgres:
    """The server is gone, in the middle of whatever it did."""

    folder: Path

    def begins(self) -> None:
        crash_postgres(self.folder)

    def ends(self) -> None:
        start_postgres(self.folder)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own on ``folder``."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(params=["a full disk", "PostgreSQL away"])
async def stricken(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Installation, Trouble]]:
    """An installation, and what can befall its database."""
    if request.param == "a full disk":
        with small_disk(tmp_path):
            async with installation(tmp_path) as made:
                yield made, FullDisk(tmp_path)
    else:
        with running_postgres() as folder:
            async with installation(tmp_path, database=await make_postgres(folder)) as made:
                yield made, CrashedPostgres(folder)


async def test_what_could_not_be_filed_stays_in_the_form_and_is_filed_once(
    stricken: tuple[Installation, Trouble],
) -> None:
    made, trouble = stricken
    node = await made.node()
    async with chromium() as browser, await Guest.of(browser, node) as vera:
        await vera.arrives()
        await vera.opens("request")
        await vera.panel.get_by_label("Subject").fill(SUBJECT)
        await vera.panel.get_by_label("Details").fill(BODY)
        trouble.begins()
        await vera.panel.get_by_role("button", name="Send request").click()
        await expect(vera.panel.get_by_role("status").filter(has_text="We keep trying")).to_be_visible()
        await vera.page.reload()
        await expect(vera.panel.get_by_label("Subject")).to_have_value(SUBJECT)
        await expect(vera.panel.get_by_label("Details")).to_have_value(BODY)
        await expect(vera.panel.get_by_role("status").filter(has_text="We keep trying")).to_be_visible()
        trouble.ends()
        await expect(vera.panel.get_by_role("heading", name="is filed")).to_be_visible()
    assert [subject for _, subject in await filed(made)] == [SUBJECT]


WRITERS = 10


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
async def test_killed_among_many_writes_every_acknowledged_request_is_there_once(
    tmp_path: Path, kind: str, full: bool, figures: Figures
) -> None:
    most, kills = (1000, 3) if full else (60, 1)
    told: dict[str, int] = {}
    async with AsyncExitStack() as stack:
        database = None
        if kind == "PostgreSQL":
            database = await make_postgres(stack.enter_context(running_postgres()))
        made = await stack.enter_async_context(installation(tmp_path, database=database))
        node = await made.node()
        waiting = [f"Parcel {n}" for n in range(most)]
        async with asyncio.TaskGroup() as writers:
            for _ in range(WRITERS):
                writers.create_task(_file_all(node.origin, waiting, told))
            for n in range(kills):
                await until(partial(_more_than, told, most * (n + 1) // (kills + 1)), "some are filed", 120)
                node.kill()
                node = await made.node(port=node.port)
        there = await filed(made)
    figures(
        "Killed among writes of requests", database=kind, requests=most, kills=kills,
        acknowledged_and_lost=len(told.items() - {(subject, number) for number, subject in there}),
        filed_twice=len(there) - len({subject for _, subject in there}),
    )  # fmt: skip
    assert {subject: number for number, subject in there} == told
    assert len(there) == most


def _more_than(told: dict[str, int], some: int) -> bool:
    return len(told) > some


async def _file_all(origin: str, waiting: list[str], told: dict[str, int]) -> None:
    """File what waits, each until the service says its number."""
    async with http_client(base_url=origin, timeout=10) as client:
        while waiting:
            subject = waiting.pop()
            form = {"subject": subject, "body": BODY, "ref": secrets.token_hex(16)}
            while subject not in told:
                try:
                    answer = await client.post("/api/sites/shop/tickets", json=form)
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code == 201:
                    told[subject] = answer.json()["number"]
                else:
                    assert answer.status_code in (429, 503), answer.text
                    await asyncio.sleep(answer.json()["retry_after_s"])


async def filed(made: Installation) -> list[tuple[int, str]]:
    """Number and subject of every ticket, from an intact database."""
    database = Database(made.database)
    try:
        async with database.connect() as connection:
            if connection.dialect.name == "sqlite":
                assert (await connection.execute(sa.text("PRAGMA integrity_check"))).scalar() == "ok"
            rows = await connection.execute(sa.select(tables.tickets.c.number, tables.tickets.c.subject))
            return [(row.number, row.subject) for row in rows]
    finally:
        await database.close()
