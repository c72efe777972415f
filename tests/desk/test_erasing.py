"""Somebody is forgotten: of them nothing is left in the database and the storage, of others everything."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chat.desk.erasing import ErasedCopies, Erasing, Receipt, Whose
from chat.desk.files import Files
from chat.desk.storage import Storage
from chat.storage.tables import metadata, outbox
from tests.desk.desk import CUSTOMER, SETTINGS, Desk, words

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100)
OLGA: dict[str, Any] = {"name": "Olga", "email": "Olga@example.com", "email_vouched": True}


@pytest.fixture
def erasing(desk: Desk, storage: Storage) -> Erasing:
    return Erasing(desk.database, storage)


async def sent_in(desk: Desk, storage: Storage) -> str:
    async def pieces() -> AsyncIterator[bytes]:
        yield PNG

    return (await Files(desk.database, storage, SETTINGS.sites).receive("shop", "screen.png", pieces())).id


async def objects(storage: Storage) -> set[str]:
    return {one async for page in storage.ids() for one in page}


async def letter_waits(desk: Desk, recipient: str) -> None:
    """One about no ticket, such as with a code."""
    row = {"dedupe": recipient, "recipient": recipient, "letter": "Your code", "attempts": 0}
    moments = dict.fromkeys(("created_at", "expires_at"), datetime.now(UTC))
    async with desk.database.begin() as connection:
        await connection.execute(outbox.insert().values(row | moments))


async def everything(desk: Desk) -> str:
    """All that the tables hold."""
    async with desk.database.connect() as connection:
        return "\n".join([str((await connection.execute(sa.select(one))).all()) for one in metadata.sorted_tables])


async def test_a_person_goes_with_all_that_was_said_and_sent_in_and_others_stay(
    desk: Desk, erasing: Erasing, storage: Storage
) -> None:
    anna = await desk.hire("Anna")
    await desk.file("1", body="mermaid one", file=await sent_in(desk, storage), **OLGA)
    await desk.exchange.reply("shop", 1001, CUSTOMER, words("mermaid two", file=await sent_in(desk, storage)))
    await desk.exchange.note("shop", 1001, anna, words("mermaid three"))
    await desk.exchange.reply("shop", 1001, anna, words("mermaid four"))
    await desk.file("2", site="blog", subject="mermaid five", email="olga@example.com")
    await letter_waits(desk, "olga@example.com")
    await letter_waits(desk, "ivan@example.com")
    kept = await sent_in(desk, storage)
    await desk.file("3", email="ivan@example.com", file=kept)
    assert "mermaid" in await everything(desk)

    seen = await erasing.look(Whose(email="olga@example.com"))
    assert "mermaid four" in await everything(desk), "to look is not to erase"
    receipt = await erasing.erase(Whose(email="olga@example.com"))

    left = await everything(desk)
    assert "mermaid" not in left
    assert "olga" not in left.casefold()
    assert (await desk.tickets.get("shop", 1002)).email == "ivan@example.com"
    assert await objects(storage) == {kept}
    assert [(one.site, one.number, one.entries, one.files) for one in receipt.tickets] == [
        ("blog", 1001, 0, 0),
        ("shop", 1001, 3, 2),
    ]
    assert receipt.letters == 1
    assert "ivan@example.com" in left
    assert receipt.tickets == seen.tickets
    assert (await desk.file("4")).number == 1003, "no number is given twice"


@pytest.mark.parametrize(
    ("whose", "gone"),
    [
        (Whose(site="shop", email="olga@example.com"), {("shop", 1001)}),
        (Whose(site="shop", sub="7"), {("shop", 1002)}),
        (Whose(site="shop", number=1003), {("shop", 1003)}),
        (Whose(email="nobody@example.com"), set()),
    ],
)
async def test_a_person_is_known_by_address_identity_or_request(
    desk: Desk, erasing: Erasing, whose: Whose, gone: set[tuple[str, int]]
) -> None:
    everybody = {("shop", 1001), ("shop", 1002), ("shop", 1003), ("blog", 1001), ("blog", 1002)}
    await desk.file("1", **OLGA)
    await desk.file("2", sub="7", email="seven@example.com")
    await desk.file("3")
    await desk.file("4", site="blog", **OLGA)
    await desk.file("5", site="blog", sub="7")
    receipt = await erasing.erase(whose)
    assert {(one.site, one.number) for one in receipt.tickets} == gone
    assert set(await desk.listed()) == everybody - gone


async def test_what_a_merge_has_copied_to_somebody_else_is_taken_back(
    desk: Desk, erasing: Erasing, storage: Storage
) -> None:
    anna = await desk.hire("Anna")
    await desk.file("1", body="her own words", email="ivan@example.com")
    await desk.file("2", body="mermaid one", **OLGA)
    await desk.exchange.reply("shop", 1002, CUSTOMER, words("Mermaid two"))
    await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert "mermaid two" in await everything(desk)
    receipt = await erasing.erase(Whose(email="olga@example.com"))
    assert receipt.copies == [ErasedCopies("shop", 1001, 2)]
    assert "mermaid" not in (await everything(desk)).casefold()
    assert (await desk.tickets.get("shop", 1001)).body == "her own words"


async def test_it_is_taken_back_from_wherever_it_was_merged_on_to_and_what_others_said_stays_found(
    desk: Desk, erasing: Erasing
) -> None:
    anna = await desk.hire("Anna")
    await desk.file("1", email="ivan@example.com")
    await desk.file("2", email="petra@example.com")
    await desk.file("3", subject="Refund", body="refund", **OLGA)
    await desk.merging.merge("shop", 1003, 1002, anna, ref="m")
    await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    await desk.exchange.note("shop", 1001, anna, words("Refunded yesterday"))
    receipt = await erasing.erase(Whose(email="olga@example.com"))
    assert [(one.number, one.entries) for one in receipt.copies] == [(1001, 1), (1002, 1)]
    texts = [entry.text for number in (1001, 1002) for entry in (await desk.tickets.get("shop", number)).entries]
    assert [text for text in texts if text and "refund" in text.casefold()] == ["Refunded yesterday"]
    assert await desk.listed(q="refunded") == [("shop", 1001)]
    assert await desk.listed(q="refund") == [("shop", 1001)]


async def test_letters_to_an_address_of_any_alphabet_go(desk: Desk, erasing: Erasing) -> None:
    for recipient in ("Ünal@example.com", "unal@xn--mnchen-3ya.example"):
        await letter_waits(desk, recipient)
    assert (await erasing.erase(Whose(email="ünal@example.com"))).letters == 1
    assert (await erasing.erase(Whose(email="unal@münchen.example"))).letters == 1


async def test_what_a_merge_has_moved_goes_too_files_and_all(desk: Desk, erasing: Erasing, storage: Storage) -> None:
    anna = await desk.hire("Anna")
    await desk.file("1", sub="7", email="other@example.com")
    await desk.file("2", sub="7", body="mermaid", file=await sent_in(desk, storage), **OLGA)
    await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    await erasing.erase(Whose(email="olga@example.com"))
    assert "mermaid" not in await everything(desk)
    assert await objects(storage) == set()


async def test_a_receipt_names_nobody(desk: Desk, erasing: Erasing) -> None:
    await desk.file("1", subject="mermaid", **OLGA)
    receipt: Receipt = await erasing.erase(Whose(email="olga@example.com"))
    told = f"{receipt} {receipt.lines()}".casefold()
    assert "1001" in told
    assert "olga" not in told
    assert "mermaid" not in told


async def test_in_sqlites_files_nothing_is_left(desk: Desk, erasing: Erasing, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps files of its own")
    file = Path(database_url.removeprefix("sqlite+aiosqlite:///"))
    await desk.file("1", body="mermaid " * 1000, **OLGA)

    def left() -> int:
        return sum(one.read_bytes().count(b"mermaid") for one in file.parent.glob(f"{file.name}*"))

    assert left() > 1000
    await erasing.erase(Whose(email="olga@example.com"))
    await desk.database.scrub()
    assert left() == 0
