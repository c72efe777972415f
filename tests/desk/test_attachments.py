"""The life of a file: it waits, is attached once, and goes with its ticket whatever deletes that."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from redis.asyncio import Redis
from sqlalchemy.exc import IntegrityError

from chat.desk.files import MB, WAITS, Files
from chat.desk.storage import Storage
from chat.desk.tidying import Tidying
from chat.engine import Engine
from chat.errors import MayflyError, Refused
from chat.settings import Site, SiteFiles
from chat.storage.tables import attachments, ticket_entries, tickets
from tests.desk.desk import CUSTOMER, SETTINGS, Desk, words

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100)


@pytest.fixture
def files(desk: Desk, storage: Storage) -> Files:
    return Files(desk.database, storage, SETTINGS.sites)


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def objects(storage: Storage) -> set[str]:
    return {one async for page in storage.ids() for one in page}


async def rows(desk: Desk) -> set[str]:
    async with desk.database.connect() as connection:
        return set(await connection.scalars(sa.select(attachments.c.id)))


async def sent_in(files: Files, content: bytes = PNG, site: str = "shop") -> str:
    return (await files.receive(site, "screen.png", pieces(content))).id


async def age(desk: Desk, *ids: str) -> None:
    long_ago = datetime.now(UTC) - WAITS - timedelta(seconds=1)
    async with desk.database.begin() as connection:
        await connection.execute(attachments.update().where(attachments.c.id.in_(ids)).values(created_at=long_ago))


async def test_a_file_is_kept_for_the_ticket_it_is_attached_to(desk: Desk, files: Files) -> None:
    file = await files.receive("shop", "../my screen.png", pieces(PNG[:20], PNG[20:]))
    assert (file.name, file.media_type, file.size) == ("my screen.png", "image/png", len(PNG))
    ticket = await desk.file(file=file.id)
    assert ticket.file == file
    opened = await files.open(file.id)
    assert (opened.file, opened.size) == (file, len(PNG))
    assert b"".join([piece async for piece in opened.pieces]) == PNG


async def test_a_reply_and_a_note_take_a_file_each(desk: Desk, files: Files) -> None:
    ticket, anna = await desk.file(), await desk.hire("Anna")
    ids = [await sent_in(files) for _ in range(3)]
    await desk.exchange.reply("shop", ticket.number, CUSTOMER, words(file=ids[0]))
    await desk.exchange.reply("shop", ticket.number, anna, words(file=ids[1]))
    noted = await desk.exchange.note("shop", ticket.number, anna, words(file=ids[2]))
    assert [entry.file.id for entry in noted.entries if entry.file] == ids


async def test_a_file_is_attached_once_and_only_at_its_site(desk: Desk, files: Files) -> None:
    taken, elsewhere = await sent_in(files), await sent_in(files, site="blog")
    ticket = await desk.file(file=taken)
    for gone in (taken, elsewhere, secrets.token_hex(16)):
        with pytest.raises(Refused) as refused:
            await desk.exchange.reply("shop", ticket.number, CUSTOMER, words(file=gone))
        assert refused.value.fields == {"file": "gone"}
    assert (await desk.tickets.get("shop", ticket.number)).entries == []


async def test_of_many_who_attach_the_same_file_at_once_one_has_it(desk: Desk, files: Files) -> None:
    file = await sent_in(files)
    ticket = await desk.file()
    said = [desk.exchange.reply("shop", ticket.number, CUSTOMER, words(file=file)) for _ in range(6)]
    results = await asyncio.gather(*said, return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 5


async def test_the_database_itself_lets_no_second_file_come_with_a_request_or_an_entry(
    desk: Desk, files: Files
) -> None:
    ticket = await desk.file(file=await sent_in(files))
    await desk.exchange.reply("shop", ticket.number, CUSTOMER, words(file=await sent_in(files)))
    async with desk.database.connect() as connection:
        entry = await connection.scalar(sa.select(ticket_entries.c.id))
    for entry_id in (None, entry):
        one_more = attachments.update().where(attachments.c.id == await sent_in(files))
        with pytest.raises(IntegrityError):
            async with desk.database.begin() as connection:
                await connection.execute(one_more.values(number=ticket.number, entry_id=entry_id))


async def test_what_is_refused_or_breaks_off_leaves_neither_row_nor_object(
    desk: Desk, files: Files, storage: Storage
) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield PNG + bytes(MB)
        raise Refused("cut_off", "the sender has gone")

    for site, chunks, code in (
        ("shop", pieces(), "invalid"),
        ("shop", pieces(b"MZ\x90\0", bytes(60)), "invalid"),
        ("shop", pieces(PNG, *[bytes(MB)] * 20), "too_large"),
        ("shop", breaking(), "cut_off"),
    ):
        with pytest.raises(MayflyError) as refused:
            await files.receive(site, "x", chunks)
        assert refused.value.code == code
    assert await objects(storage) == await rows(desk) == set()


async def test_no_more_is_read_of_a_file_once_it_is_too_large(desk: Desk, storage: Storage) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += MB
            yield PNG + bytes(MB - len(PNG))

    small = Files(desk.database, storage, {"shop": Site(title="Shop", origins=[], files=SiteFiles(max_mb=3))})
    with pytest.raises(Refused, match="at most 3 MiB"):
        await small.receive("shop", "x.png", endless())
    assert read == 4 * MB


async def test_exactly_the_limit_is_kept_and_a_byte_more_is_not(desk: Desk, storage: Storage) -> None:
    small = Files(desk.database, storage, {"shop": Site(title="Shop", origins=[], files=SiteFiles(max_mb=1))})
    whole = PNG + bytes(MB - len(PNG))
    assert (await small.receive("shop", "x.png", pieces(whole))).size == MB
    with pytest.raises(Refused, match="at most 1 MiB"):
        await small.receive("shop", "x.png", pieces(whole, b"x"))


async def test_what_waited_in_vain_goes_after_a_day_and_what_is_attached_stays(
    desk: Desk, files: Files, storage: Storage
) -> None:
    old, young, attached = [await sent_in(files) for _ in range(3)]
    await desk.file(file=attached)
    await age(desk, old, attached)
    await files.tidy()
    assert await objects(storage) == await rows(desk) == {young, attached}


async def test_whatever_else_deletes_a_ticket_its_files_go_in_the_next_round(
    desk: Desk, files: Files, storage: Storage
) -> None:
    file = await sent_in(files)
    await desk.file(file=file)
    async with desk.database.begin() as connection:
        await connection.execute(tickets.delete())
    with pytest.raises(Refused, match="went with its ticket"):
        await files.open(file)
    assert await objects(storage) == {file}
    await files.tidy()
    assert await objects(storage) == set()


async def test_a_round_touches_neither_a_file_that_is_arriving_nor_what_is_not_ours(
    desk: Desk, files: Files, storage: Storage, tmp_path: Path
) -> None:
    foreign = tmp_path / "files" / "RE" / "README.txt"
    foreign.parent.mkdir()
    foreign.write_text("not Mayfly's")
    half_way, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield PNG + bytes(MB)
        half_way.set()
        await go_on.wait()
        yield b"the rest"

    arriving = asyncio.create_task(files.receive("shop", "x.png", slowly()))
    await half_way.wait()
    await files.tidy()
    go_on.set()
    file = await arriving
    await files.tidy()
    assert file.id in await objects(storage)
    assert foreign.exists()


async def test_a_file_that_arrives_for_longer_than_a_day_is_refused_and_goes(
    desk: Desk, files: Files, storage: Storage
) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield PNG + bytes(MB)
        await age(desk, *await rows(desk))
        await files.tidy()
        yield b"the rest"

    with pytest.raises(Refused, match="too long"):
        await files.receive("shop", "x.png", slowly())
    await files.tidy()
    assert await objects(storage) == await rows(desk) == set()


async def test_a_sender_who_is_cut_off_by_a_restart_leaves_nothing(desk: Desk, files: Files, storage: Storage) -> None:
    half_way = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield PNG + bytes(MB)
        half_way.set()
        await asyncio.Event().wait()

    arriving = asyncio.create_task(files.receive("shop", "x.png", slowly()))
    await half_way.wait()
    arriving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await arriving
    assert await objects(storage) == await rows(desk) == set()


async def test_one_node_tidies_within_an_hour(desk: Desk, files: Files) -> None:
    async with Engine(wipe_memory=False) as engine, Redis.from_url(engine.url) as redis:
        nodes = [Tidying(redis, files) for _ in range(3)]
        assert sum(await asyncio.gather(*(node.tidy_if_due() for node in nodes))) == 1
