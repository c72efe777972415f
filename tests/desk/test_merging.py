import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from chat.desk.exchange import Changes
from chat.desk.form import TranscriptLine
from chat.desk.happenings import Added
from chat.desk.records import Change, Ticket
from chat.desk.requester import same_requester
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import attachments, promises, tickets
from tests.desk.desk import CUSTOMER, Desk, words

OLGA: dict[str, Any] = {"name": "Olga", "email": "olga@example.com", "email_vouched": True}

STRANGER: dict[str, Any] = {"name": "Olga", "email": "olga@example.com"}
"""Whoever has typed her address."""


async def two(desk: Desk, plan: str | None = None) -> None:
    await desk.file("1", **OLGA, plan=plan)
    await desk.file("2", **OLGA, plan=plan)


async def upload(database: Database, key: str) -> None:
    row = {"id": key, "site": "shop", "name": "a.png", "media_type": "image/png", "size": 1}
    async with database.begin() as connection:
        await connection.execute(attachments.insert().values(row | {"created_at": datetime.now(UTC)}))


def said(ticket: Ticket) -> list[tuple[str, str, str | None, str | None]]:
    return [(e.kind, e.author, e.name, e.text) for e in ticket.entries if e.kind != "change"]


async def test_what_the_same_person_wrote_twice_becomes_one_exchange(desk: Desk, database: Database) -> None:
    anna = await desk.hire("Anna")
    await desk.file("1", **OLGA)
    for name in ("one", "two"):
        await upload(database, name)
    await desk.file("2", name="Olga", email="OLGA@example.com", email_vouched=True, file="one")
    await desk.exchange.reply("shop", 1002, CUSTOMER, words("And the bill?", file="two"))
    await desk.exchange.note("shop", 1002, anna, words("a regular"))
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert said(merged) == [
        ("reply", "customer", "Olga", "About 2\n\nPlease help."),
        ("reply", "customer", "Olga", "And the bill?"),
        ("note", "agent", "Anna", "a regular"),
    ]
    assert [entry.file.id for entry in merged.entries if entry.file is not None] == ["one", "two"]
    assert Change("merged", None, "1002") in merged.entries[-1].changes
    duplicate = await desk.tickets.get("shop", 1002)
    assert (duplicate.status, duplicate.merged_into, duplicate.due_kind) == ("closed", 1001, None)
    assert Change("merged_into", None, "1001") in duplicate.entries[-1].changes
    assert said(duplicate)[0] == ("reply", "customer", "Olga", "And the bill?"), "its own words stay"
    assert (duplicate.file, [entry.file for entry in duplicate.entries]) == (None, [None] * 3)


async def test_other_peoples_words_are_noted_among_agents_only_and_their_file_stays(
    desk: Desk, database: Database
) -> None:
    anna = await desk.hire("Anna")
    await upload(database, "one")
    await desk.file("1", email="ivan@example.com")
    await desk.file("2", **OLGA, file="one")
    await desk.exchange.reply("shop", 1002, CUSTOMER, words("my secret"))
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert [(kind, author, name) for kind, author, name, _ in said(merged)] == [("note", "customer", "Olga")] * 2
    assert (await desk.tickets.get("shop", 1002)).file is not None
    assert set(await desk.listed(q="secret")) == {("shop", 1001), ("shop", 1002)}
    assert await desk.own("ivan@example.com", q="secret") == []
    assert await desk.own("olga@example.com", q="secret") == [1002]


async def test_only_words_that_the_customer_sees_are_an_update_to_them(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    filed = await desk.file("1", sub="42")
    for dedupe, sub, moved in (("2", "43", False), ("3", "42", True)):
        duplicate = await desk.file(dedupe, sub=sub)
        merged = await desk.merging.merge("shop", duplicate.number, 1001, anna, ref=dedupe)
        assert (merged.said_at > filed.said_at) is moved


async def test_who_types_somebodys_address_reads_nothing_of_theirs_by_a_merge_and_puts_no_words_into_their_mouth(
    desk: Desk, database: Database
) -> None:
    anna = await desk.hire("Anna")
    await upload(database, "one")
    await desk.file("1", **OLGA, body="my secret", file="one")
    await desk.file("2", **STRANGER, body="it is me again")
    into_theirs = await desk.merging.merge("shop", 1001, 1002, anna, ref="m")
    assert [kind for kind, *_ in said(into_theirs)] == ["note"]
    assert (await desk.tickets.get("shop", 1001)).file is not None
    await desk.file("3", **OLGA)
    into_hers = await desk.merging.merge("shop", 1002, 1003, anna, ref="m")
    assert {kind for kind, *_ in said(into_hers)} == {"note"}


async def test_whoever_typed_an_address_twice_is_still_owed_an_answer_at_it(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    for n in ("1", "2"):
        await desk.file(n, **STRANGER, plan="gold")
    await desk.exchange.reply("shop", 1001, anna, words())
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert (merged.status, said(merged)[-1][0]) == ("open", "note")
    assert merged.due_at is not None


async def test_a_chat_that_was_kept_comes_along(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await desk.file("1", **OLGA)
    lines = [TranscriptLine("visitor", "Hello?", "2027-01-01T00:00:00Z"), TranscriptLine("system", "joined", "")]
    await desk.file("2", **OLGA, transcript=lines)
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert said(merged)[0][3] == "About 2\n\nPlease help.\n\nvisitor: Hello?"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (OLGA | {"email": "Olga@Example.com"}, OLGA, True),
        (OLGA, OLGA | {"email": "ivan@example.com"}, False),
        ({"sub": "42"}, {"sub": "42"}, True),
        (OLGA | {"sub": "42"}, OLGA | {"sub": "43"}, False),
        (OLGA | {"sub": "42"}, OLGA, True),
        (OLGA | {"sub": "42"}, STRANGER, False),
        (OLGA, STRANGER, False),
        (STRANGER, STRANGER, False),
        ({}, {}, False),
    ],
)
async def test_an_address_that_anybody_can_type_opens_nothing_that_a_verified_person_wrote(
    desk: Desk, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    tickets = [await desk.file("1", **one), await desk.file("2", **other)]
    assert same_requester(*tickets) is same_requester(*reversed(tickets)) is same


async def test_what_cannot_be_merged_is_refused_by_its_name_and_stays(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await two(desk)
    await desk.file("3", **OLGA)
    await desk.file("4", "blog")
    await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    before = [await desk.tickets.get("shop", number) for number in (1001, 1002, 1003)]
    for number, into, code, fields in (
        (1003, 1003, "invalid", {"into": "same_ticket"}),
        (1003, 1002, "invalid", {"into": "merged"}),
        (1002, 1003, "invalid", {"number": "merged"}),
        (1003, 1004, "not_found", {}),
        (1004, 1003, "not_found", {}),
    ):
        with pytest.raises(Refused) as refusal:
            await desk.merging.merge("shop", number, into, anna, ref=f"{number} {into}")
        assert (refusal.value.code, refusal.value.fields) == (code, fields)
    with pytest.raises(Refused):
        await desk.merging.merge("blog", 1001, 1002, anna, ref="x")  # numbers are counted per site
    assert [await desk.tickets.get("shop", number) for number in (1001, 1002, 1003)] == before


async def test_merging_again_with_the_same_ref_changes_nothing_and_tells_nobody(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await two(desk)
    first = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    told = len(desk.changes)
    assert await desk.merging.merge("shop", 1002, 1001, anna, ref="m") == first
    assert len(desk.changes) == told
    heard = [(one.ticket.number, one.entry.kind) for one in desk.recorded.told if isinstance(one, Added)]
    assert heard == [(1001, "change"), (1002, "change")]
    assert desk.recorded.recorded == desk.recorded.told


async def test_of_two_who_merge_crosswise_one_comes_too_late(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await two(desk)
    attempts = [desk.merging.merge("shop", *pair, anna, ref=str(pair)) for pair in ((1001, 1002), (1002, 1001))]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 1
    merged = [(await desk.tickets.get("shop", number)).merged_into for number in (1001, 1002)]
    assert sorted(merged, key=str) in ([1001, None], [1002, None])


async def test_the_duplicates_promise_ends_without_outcome_and_the_answer_is_owed_in_the_other(
    desk: Desk, database: Database
) -> None:
    anna = await desk.hire("Anna")
    await two(desk, plan="gold")
    await desk.exchange.reply("shop", 1001, anna, words())
    assert (await desk.tickets.get("shop", 1001)).due_at is None
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert (merged.status, merged.due_kind) == ("open", "next")
    async with database.connect() as connection:
        met = list(await connection.scalars(sa.select(promises.c.number)))
    assert met == [1001], "only the answer in the other one"


@pytest.mark.parametrize("answered", [True, False])
async def test_merging_does_not_prolong_the_wait_of_whoever_asked_twice(
    desk: Desk, database: Database, answered: bool
) -> None:
    anna = await desk.hire("Anna")
    await two(desk, plan="gold")
    long_ago = datetime(2026, 3, 1, tzinfo=UTC)
    async with database.begin() as connection:
        this = tickets.c.number == 1002
        await connection.execute(tickets.update().where(this).values(due_at=long_ago, due_warn_at=long_ago))
    if answered:
        await desk.exchange.reply("shop", 1001, anna, words())
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert (merged.status, merged.due_at) == ("open", long_ago)
    await desk.file("3", **OLGA, plan="gold")
    assert (await desk.merging.merge("shop", 1003, 1001, anna, ref="m3")).due_at == long_ago


async def test_a_duplicate_that_was_over_owes_no_answer_in_the_other(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await two(desk, plan="gold")
    for number in (1001, 1002):
        await desk.exchange.change("shop", number, anna, Changes(status="solved"), ref="s")
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert (merged.status, merged.due_kind) == ("solved", None)


async def test_a_duplicate_in_which_somebody_writes_again_goes_on_by_itself(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await two(desk)
    await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    apart = await desk.exchange.reply("shop", 1002, CUSTOMER, words("still waiting"))
    assert (apart.status, apart.merged_into) == ("open", None)
    assert Change("merged_into", "1001", None) in apart.entries[-1].changes
    again = await desk.merging.merge("shop", 1002, 1001, anna, ref="m2")
    assert [text for _, _, _, text in said(again)] == ["About 2\n\nPlease help.", "still waiting"], "none of it twice"


async def test_what_support_wrote_first_stays_supports(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await desk.file("1", **OLGA)
    await desk.file("2", **OLGA, channel="desk", agent_id=anna.agent_id)
    merged = await desk.merging.merge("shop", 1002, 1001, anna, ref="m")
    assert said(merged)[0][:3] == ("reply", "agent", "Anna")
