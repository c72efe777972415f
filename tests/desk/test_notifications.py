"""What a customer is told of their requests, until they have dealt with it."""

import pytest
import sqlalchemy as sa

from chat.desk.exchange import By, Changes
from chat.desk.notifications import LONGEST_TEXT, Notification, cut
from chat.desk.records import Ticket
from chat.desk.requester import Requester
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import tickets
from tests.desk.desk import CUSTOMER, Desk, words

OLGA = Requester("shop", sub="olga")
OTHERS = [Requester("shop", sub="vera"), Requester("blog", sub="olga"), Requester("shop", email="olga")]


@pytest.fixture
async def anna(desk: Desk) -> By:
    return await desk.hire("Anna")


async def due(desk: Desk, requester: Requester = OLGA) -> list[Notification]:
    return (await desk.notifications.list_due(requester)).notifications


async def answered(desk: Desk, anna: By, ticket: Ticket, text: str = "It is on its way.") -> Ticket:
    return await desk.exchange.reply("shop", ticket.number, anna, words(text))


async def test_an_answer_is_told_to_whoever_asked_and_to_nobody_else(desk: Desk, anna: By) -> None:
    filed = await desk.file("1", sub="olga", email="olga@example.com")
    assert await due(desk) == []
    await answered(desk, anna, filed)
    (told,) = await due(desk)
    assert (told.number, told.kind, told.subject, told.text) == (1001, "answer", "About 1", "It is on its way.")
    assert [await due(desk, other) for other in OTHERS] == [[], [], []]
    assert desk.notified == [("shop", 1001)]
    assert await desk.notifications.of_ticket("shop", 1001) == ("sub:olga", told)


async def test_who_is_known_by_an_address_only_is_told_by_that(desk: Desk, anna: By) -> None:
    await answered(desk, anna, await desk.file("1", email="Olga@Example.com"))
    assert [told.number for told in await due(desk, Requester("shop", email="olga@example.com"))] == [1001]
    await answered(desk, anna, await desk.file("2"))  # nobody knows whose
    assert desk.notified == [("shop", 1001)]


async def test_a_request_that_support_opens_is_told_and_those_of_callers_are_not(desk: Desk, anna: By) -> None:
    opened = await desk.file("1", sub="olga", channel="desk", body="Please send us the invoice.")
    await desk.file("2", sub="olga", channel="phone")
    (told,) = await due(desk)
    assert (told.number, told.kind, told.text) == (1001, "opened", "Please send us the invoice.")
    await answered(desk, anna, opened, "We still need it.")
    (told,) = await due(desk)
    assert (told.kind, told.text) == ("opened", "We still need it.")  # still new to them as a whole
    assert desk.notified == [("shop", 1001)] * 2


async def test_notes_and_changes_are_told_to_nobody(desk: Desk, anna: By) -> None:
    await desk.file("1", sub="olga")
    await desk.exchange.note("shop", 1001, anna, words("He is angry"))
    await desk.exchange.change("shop", 1001, anna, Changes(status="solved"), ref="c1")
    assert (await due(desk), desk.notified) == ([], [])


async def test_answers_nobody_has_read_are_one_notification_of_the_newest(desk: Desk, anna: By) -> None:
    filed = await desk.file("1", sub="olga")
    await answered(desk, anna, filed, "First")
    (first,) = await due(desk)
    await desk.notifications.snooze(OLGA, first.id, 60)
    await answered(desk, anna, filed, "Second")
    (second,) = await due(desk)
    assert second.text == "Second"
    with pytest.raises(Refused):  # who deletes what they saw does not delete what they have not
        await desk.notifications.delete(OLGA, first.id)
    assert await due(desk) == [second]


async def test_the_oldest_comes_first(desk: Desk, anna: By) -> None:
    filed = [await desk.file(str(n), sub="olga") for n in range(3)]
    for ticket in reversed(filed):
        await answered(desk, anna, ticket)
    assert [told.number for told in await due(desk)] == [1003, 1002, 1001]


async def test_one_that_was_put_off_comes_back(desk: Desk, anna: By) -> None:
    await answered(desk, anna, await desk.file("1", sub="olga"))
    (told,) = await due(desk)
    await desk.notifications.snooze(OLGA, told.id, 5)
    put_off = await desk.notifications.list_due(OLGA)
    assert put_off.notifications == []
    assert put_off.next_at is not None
    assert 299 <= (put_off.next_at - told.created_at).total_seconds() < 330
    assert await desk.notifications.of_ticket("shop", 1001) is None
    await desk.notifications.snooze(OLGA, told.id, 0)
    assert await due(desk) == [told]


async def test_a_deleted_one_is_gone_and_its_request_is_not(desk: Desk, anna: By) -> None:
    before = await answered(desk, anna, await desk.file("1", sub="olga"))
    (told,) = await due(desk)
    await desk.notifications.delete(OLGA, told.id)
    assert await due(desk) == []
    assert await desk.tickets.get("shop", 1001) == before


@pytest.mark.parametrize("id", ["of another", "unknown", "\0"])
async def test_only_ones_own_can_be_put_off_or_deleted(desk: Desk, anna: By, id: str) -> None:
    await answered(desk, anna, await desk.file("1", sub="olga"))
    (told,) = await due(desk)
    for other in OTHERS if id == "of another" else [OLGA]:
        with pytest.raises(Refused) as refused:
            await desk.notifications.delete(other, told.id if id == "of another" else id)
        assert refused.value.code == "not_found"
        with pytest.raises(Refused):
            await desk.notifications.snooze(other, told.id if id == "of another" else id, 60)
    assert await due(desk) == [told]


async def test_who_has_read_the_request_is_not_told_of_it(desk: Desk, anna: By) -> None:
    filed = await desk.file("1", sub="olga")
    read = await answered(desk, anna, filed, "First")
    await desk.notifications.ticket_read(OTHERS[0], read)
    assert len(await due(desk)) == 1
    await answered(desk, anna, filed, "Said after they have read it")
    await desk.notifications.ticket_read(OLGA, read)
    assert [told.text for told in await due(desk)] == ["Said after they have read it"]
    await desk.notifications.ticket_read(OLGA, await desk.tickets.get("shop", 1001))
    assert await due(desk) == []
    await desk.notifications.ticket_read(OLGA, await desk.file("2", sub="olga", channel="desk"))
    assert await due(desk) == []


async def test_who_has_answered_or_settled_it_is_not_told_of_it(desk: Desk, anna: By) -> None:
    for number in (1001, 1002):
        await answered(desk, anna, await desk.file(str(number), sub="olga"))
    await desk.exchange.reply("shop", 1001, CUSTOMER, words("Thank you"))
    assert [told.number for told in await due(desk)] == [1002]
    await desk.exchange.settle("shop", 1002, CUSTOMER, "solved", ref="s1")
    assert await due(desk) == []


async def test_it_goes_with_its_request(desk: Desk, anna: By, database: Database) -> None:
    await answered(desk, anna, await desk.file("1", sub="olga"))
    async with database.begin() as connection:
        await connection.execute(sa.delete(tickets))
    assert await due(desk) == []


async def test_an_identity_of_any_length_is_told(desk: Desk, anna: By) -> None:
    longest = "s" * 1000
    await answered(desk, anna, await desk.file("1", sub=longest))
    assert len(await due(desk, Requester("shop", sub=longest))) == 1
    assert await due(desk, Requester("shop", sub=longest + "s")) == []


def test_long_texts_are_cut_at_a_words_end() -> None:
    assert cut(" short \n") == "short"
    assert cut("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT
    assert cut("x" * 1000) == "x" * LONGEST_TEXT + " …"
    assert cut("word " * 200) == ("word " * 80).strip() + " …"
    assert cut("y" * 390 + ", " + "x" * 100) == "y" * 390 + " …"
