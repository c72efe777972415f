from urllib.parse import parse_qs, urlsplit

from msgspec import structs

from chat.desk.links import key_fits, ticket_key, ticket_link
from chat.storage.database import Database
from chat.storage.tables import ticket_sequences, tickets
from tests.desk.desk import Desk

OLD, NEW, FOREIGN = "o" * 32, "n" * 32, "f" * 32


async def test_a_key_opens_its_own_ticket_only(desk: Desk) -> None:
    ticket = await desk.file("1")
    key = ticket_key(NEW, ticket)
    assert len(key) >= 22
    assert key_fits([NEW], ticket, key)
    assert not key_fits([NEW], await desk.file("2"), key)
    assert not key_fits([NEW], structs.replace(ticket, number=1002), key)
    assert not key_fits([NEW], structs.replace(ticket, site="blog"), key)
    assert not key_fits([FOREIGN], ticket, key)
    for damaged in ("", key[:-1], key + "=", "ключ"):
        assert not key_fits([NEW], ticket, damaged)


async def test_keys_made_with_an_earlier_secret_stay_good(desk: Desk) -> None:
    ticket = await desk.file()
    assert key_fits([NEW, OLD], ticket, ticket_key(OLD, ticket))


async def test_keys_of_the_first_version_stay_good(desk: Desk) -> None:
    ticket = structs.replace(await desk.file(), number=1042, salt="")
    assert ticket_key(NEW, ticket) == "MgVsKgJ9Fq0ryen1EEndoXNdpU7qgZs7XTfJGRGpRtk"


async def test_a_number_that_a_restored_database_gives_again_is_not_opened_by_the_earlier_link(
    desk: Desk, database: Database
) -> None:
    lost = await desk.file("1")
    async with database.begin() as connection:
        for table in (tickets, ticket_sequences):
            await connection.execute(table.delete())
    again = await desk.file("2")
    assert again.number == lost.number
    assert not key_fits([NEW], again, ticket_key(NEW, lost))


async def test_the_link_holds_the_key(desk: Desk) -> None:
    ticket = await desk.file()
    link = urlsplit(ticket_link("https://chat.example.com", NEW, ticket))
    assert link.path == "/tickets/shop/1001"
    assert key_fits([NEW], ticket, parse_qs(link.query)["key"][0])
