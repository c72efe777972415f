import asyncio

import pytest

from chat.desk.exchange import Changes
from chat.desk.happenings import Added, Filed
from chat.desk.records import Change
from chat.errors import Refused
from tests.desk.desk import CUSTOMER, Desk, words


async def test_an_exchange_is_kept_in_order_with_who_said_what(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await desk.file(name="Olga")
    await desk.exchange.reply("shop", 1001, anna, words("Which order?"))
    await desk.exchange.note("shop", 1001, anna, words("a regular"))
    kept = await desk.exchange.reply("shop", 1001, CUSTOMER, words("Number 7"))
    assert [(e.kind, e.author, e.name, e.text) for e in kept.entries] == [
        ("reply", "agent", "Anna", "Which order?"),
        ("note", "agent", "Anna", "a regular"),
        ("reply", "customer", "Olga", "Number 7"),
    ]
    assert kept == await desk.tickets.get("shop", 1001)
    assert (kept.version, len(desk.changes)) == (4, 4)


async def test_an_answer_waits_for_the_customer_and_who_answers_first_has_the_ticket(desk: Desk) -> None:
    anna, ben = await desk.hire("Anna"), await desk.hire("Ben")
    await desk.file()
    answered = await desk.exchange.reply("shop", 1001, anna, words())
    assert (answered.status, answered.assignee) == ("pending", "Anna")
    assert answered.entries[0].changes == [Change("status", "open", "pending"), Change("assignee", None, "Anna")]
    assert (await desk.exchange.reply("shop", 1001, CUSTOMER, words())).status == "open"
    again = await desk.exchange.reply("shop", 1001, ben, words(), status="solved")
    assert (again.status, again.assignee) == ("solved", "Anna")


async def test_a_customer_opens_what_was_over_by_writing_or_by_saying_so(desk: Desk) -> None:
    await desk.file(name="Olga")
    assert (await desk.exchange.settle("shop", 1001, CUSTOMER, "solved", ref="1")).status == "solved"
    assert (await desk.exchange.settle("shop", 1001, CUSTOMER, "open", ref="2")).status == "open"
    await desk.exchange.settle("shop", 1001, CUSTOMER, "solved", ref="3")
    opened = await desk.exchange.reply("shop", 1001, CUSTOMER, words("no, it is not"))
    assert opened.status == "open"
    assert [change.new for entry in opened.entries for change in entry.changes] == ["solved", "open", "solved", "open"]


async def test_sending_the_same_again_adds_nothing_and_tells_nobody(desk: Desk) -> None:
    await desk.file()
    first = await desk.exchange.reply("shop", 1001, CUSTOMER, words("one", ref="r"))
    assert await desk.exchange.reply("shop", 1001, CUSTOMER, words("two", ref="r")) == first
    assert len(desk.changes) == 2


async def test_who_has_not_seen_the_newest_changes_nothing(desk: Desk) -> None:
    anna, ben = await desk.hire("Anna"), await desk.hire("Ben")
    seen = await desk.file()
    await desk.exchange.change("shop", 1001, anna, Changes(priority="high"), ref="1", version=seen.version)
    for attempt in (
        desk.exchange.change("shop", 1001, ben, Changes(priority="low"), ref="2", version=seen.version),
        desk.exchange.reply("shop", 1001, ben, words(), version=seen.version),
    ):
        with pytest.raises(Refused) as refusal:
            await attempt
        assert refusal.value.code == "changed_meanwhile"
    kept = await desk.tickets.get("shop", 1001)
    assert (kept.priority, len(kept.entries)) == ("high", 1)


async def test_of_many_who_change_at_once_exactly_one_has_seen_the_newest(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    seen = await desk.file()
    attempts = [desk.exchange.reply("shop", 1001, anna, words(str(n)), version=seen.version) for n in range(8)]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(not isinstance(result, Refused) for result in results) == 1
    assert len((await desk.tickets.get("shop", 1001)).entries) == 1


async def test_every_change_says_from_what_to_what(desk: Desk) -> None:
    anna, ben = await desk.hire("Anna"), await desk.hire("Ben")
    await desk.file(topic="Orders")
    changes = Changes(status="pending", priority="urgent", topic="Returns", team="sales", assignee=ben.agent_id)
    changed = await desk.exchange.change("shop", 1001, anna, changes, ref="1")
    assert set(changed.entries[0].changes) == {
        Change("status", "open", "pending"),
        Change("priority", "normal", "urgent"),
        Change("topic", "Orders", "Returns"),
        Change("team", "support", "sales"),
        Change("assignee", None, "Ben"),
    }
    assert (changed.status, changed.priority, changed.topic, changed.team) == ("pending", "urgent", "Returns", "sales")
    taken = await desk.exchange.change("shop", 1001, anna, Changes(assignee=None, topic=None), ref="2")
    assert (taken.assignee, taken.topic, taken.team) == (None, None, "sales")
    assert await desk.exchange.change("shop", 1001, anna, Changes(team="sales"), ref="3") == taken


async def test_what_is_not_a_choice_is_refused_by_its_name_and_changes_nothing(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    filed = await desk.file()
    wrong = Changes(priority="high", topic="Other", team="nobody", assignee="nobody", request_type="x")
    with pytest.raises(Refused) as refusal:
        await desk.exchange.change("shop", 1001, anna, wrong, ref="1")
    assert refusal.value.fields.keys() == {"topic", "team", "assignee", "request_type"}
    assert await desk.tickets.get("shop", 1001) == filed


@pytest.mark.parametrize(("text", "fault"), [(" \0 ", "required"), ("x" * 20_001, "too_long")])
async def test_words_that_are_none_or_too_many_are_refused(desk: Desk, text: str, fault: str) -> None:
    await desk.file()
    with pytest.raises(Refused) as refusal:
        await desk.exchange.reply("shop", 1001, CUSTOMER, words(text))
    assert refusal.value.fields == {"text": fault}


async def test_a_ticket_that_is_not_there_is_not_found(desk: Desk) -> None:
    for attempt in (
        desk.exchange.reply("shop", 1001, CUSTOMER, words()),
        desk.exchange.settle("shop", 1001, CUSTOMER, "solved", ref="1"),
    ):
        with pytest.raises(Refused) as refusal:
            await attempt
        assert refusal.value.code == "not_found"


async def test_words_are_found_once_they_are_said(desk: Desk) -> None:
    await desk.file()
    await desk.exchange.reply("shop", 1001, CUSTOMER, words("ein GRÜNER Papagei"))
    assert await desk.listed(q="papagei grüner") == [("shop", 1001)]
    assert await desk.listed(q="papagei roter") == []


async def test_listeners_hear_once_within_the_transaction_and_once_after_it(desk: Desk) -> None:
    await desk.file()
    await desk.exchange.reply("shop", 1001, CUSTOMER, words("hi"))
    assert desk.recorded.recorded == desk.recorded.told
    filed, added = desk.recorded.told
    assert isinstance(filed, Filed)
    assert isinstance(added, Added)
    assert (added.entry.text, added.ticket.version) == ("hi", 2)
