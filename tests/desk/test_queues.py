from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from chat.desk.exchange import Changes
from chat.desk.form import TranscriptLine
from chat.desk.queues import Filter, Queues, Viewer
from chat.desk.requester import Requester
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import tickets as table
from tests.desk.desk import CUSTOMER, Desk, words


async def test_the_list_shows_what_changed_last_first_and_pages_through_all(desk: Desk) -> None:
    for n in range(7):
        await desk.file(str(n), "blog" if n % 3 == 0 else "shop")
    await desk.exchange.reply("shop", 1001, CUSTOMER, words())
    everything = await desk.listed()
    assert everything[0] == ("shop", 1001)
    assert everything[1:] == sorted(everything[1:], key=everything.index)
    paged, cursor = [], None
    while True:
        page = await desk.queues.list(Filter(), limit=2, cursor=cursor)
        paged += [(ticket.site, ticket.number) for ticket in page.tickets]
        cursor = page.next
        if cursor is None:
            break
    assert paged == everything
    assert len(everything) == 7


async def test_tickets_that_changed_in_the_same_instant_are_paged_once_each(desk: Desk, database: Database) -> None:
    for n in range(5):
        await desk.file(str(n), "blog" if n % 2 else "shop")
    async with database.begin() as connection:
        first = (await connection.execute(sa.select(table.c.updated_at).limit(1))).scalar_one()
        await connection.execute(table.update().values(updated_at=first))
    page = await desk.queues.list(Filter(), limit=3)
    rest = await desk.queues.list(Filter(), limit=3, cursor=page.next)
    assert len({(t.site, t.number) for t in page.tickets + rest.tickets}) == 5


async def test_the_list_is_filtered_by_site_status_and_words(desk: Desk) -> None:
    await desk.file("parcel", name="Ольга Иванова")
    await desk.file("refund", email="ben@example.com", body="100% sure")
    await desk.file("parcel", "blog")
    await desk.exchange.settle("shop", 1002, CUSTOMER, "solved", ref="1")
    assert await desk.listed(site="blog") == [("blog", 1001)]
    assert await desk.listed(status="solved") == [("shop", 1002)]
    assert await desk.listed(q="PARCEL", site="shop") == [("shop", 1001)]
    assert await desk.listed(q="иванова") == [("shop", 1001)]
    assert await desk.listed(q="ben@") == [("shop", 1002)]
    assert await desk.listed(q="#1002") == [("shop", 1002)]
    assert await desk.listed(q="100%") == [("shop", 1002)]
    assert await desk.listed(q="%") == [("shop", 1002)]
    assert await desk.listed(q="nothing like it") == []
    assert len(await desk.listed(q=" ", status=None)) == 3


async def test_a_foreign_cursor_is_refused(desk: Desk) -> None:
    for cursor in ("x", "AAAA", "é", "WzFd"):
        with pytest.raises(Refused) as refusal:
            await desk.queues.list(Filter(), cursor=cursor)
        assert refusal.value.code == "invalid"


@pytest.mark.parametrize(
    ("at", "number"),
    [("2027-01-01T00:00:00Z", 2**31), ("2027-01-01T00:00:00Z", 10**20), ("2027-01-01T00:00:00Z", -1),
     ("2027-01-01T00:00:00", 1), ("0001-01-01T00:00:00+14:00", 1), ("9999-12-31T23:59:59-14:00", 1)],
)  # fmt: skip
async def test_a_cursor_to_no_place_that_there_can_be_is_refused(desk: Desk, at: str, number: int) -> None:
    await desk.file()
    place = urlsafe_b64encode(msgspec.json.encode(["updated_at", at, "shop", number])).decode()
    with pytest.raises(Refused) as refusal:
        await desk.queues.list(Filter(), cursor=place)
    assert refusal.value.fields == {"cursor": "invalid"}


async def test_every_queue_holds_what_its_name_says_and_counts_it(desk: Desk, database: Database) -> None:
    anna = await desk.hire("Anna")
    viewer = Viewer(anna.agent_id or "", ("sales",))
    for n in range(6):
        await desk.file(str(n), team="sales" if n == 2 else "support")
    await desk.exchange.change("shop", 1001, anna, Changes(assignee=anna.agent_id), ref="1")
    await desk.exchange.change("shop", 1002, anna, Changes(status="closed"), ref="1")
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    for number, due_at, warn_at in (
        (1003, now + hour, now + hour / 2),
        (1004, now + hour, now - hour / 2),
        (1005, now - hour, now - 2 * hour),
        (1006, None, None),
    ):
        async with database.begin() as connection:
            await connection.execute(
                table.update().where(table.c.number == number).values(due_at=due_at, due_warn_at=warn_at)
            )
    queues = {
        "mine": [1001],
        "unassigned": [1003, 1004, 1005, 1006],
        "team": [1003],
        "due_soon": [1004],
        "overdue": [1005],
    }
    for queue, numbers in queues.items():
        assert sorted(await desk.listed(viewer, queue=queue)) == [("shop", number) for number in numbers]
    assert await desk.queues.count(viewer) == {queue: len(numbers) for queue, numbers in queues.items()}
    assert len(await desk.listed(viewer)) == 6


async def test_what_is_due_comes_in_the_order_in_which_it_is_due_page_by_page(desk: Desk, database: Database) -> None:
    now = datetime.now(UTC)
    for n in range(5):
        await desk.file(str(n))
        async with database.begin() as connection:
            late = table.update().where(table.c.number == 1001 + n).values(due_at=now - timedelta(hours=n + 1))
            await connection.execute(late)
    first = await desk.queues.list(Filter(queue="overdue"), limit=3)
    rest = await desk.queues.list(Filter(queue="overdue"), limit=3, cursor=first.next)
    assert [ticket.number for ticket in first.tickets + rest.tickets] == [1005, 1004, 1003, 1002, 1001]
    with pytest.raises(Refused):
        await desk.queues.list(Filter(), cursor=first.next)


async def test_somebodys_own_list_holds_nobody_elses(desk: Desk) -> None:
    await desk.file("1", sub="42", email="Olga@example.com")
    await desk.file("2", sub="43", email="olga@example.com")
    await desk.file("3", email="ben@example.com")
    await desk.file("4", "blog", sub="42")

    async def own(requester: Requester, **filters: str) -> list[int]:
        page = await desk.queues.list_of(requester, Filter(**filters))  # type: ignore[arg-type]
        return [ticket.number for ticket in page.tickets]

    assert await own(Requester("shop", sub="42")) == [1001]
    assert await own(Requester("shop", email="olga@example.com")) == [1002, 1001]
    assert await own(Requester("shop", sub="44")) == []
    assert await own(Requester("shop", sub="42"), status="closed") == []


async def test_tickets_are_filtered_by_when_they_were_filed(desk: Desk, database: Database) -> None:
    for n in range(3):
        await desk.file(str(n))
        async with database.begin() as connection:
            then = datetime(2026, 3, 1 + n, tzinfo=UTC)
            await connection.execute(table.update().where(table.c.number == 1001 + n).values(created_at=then))
    since, until = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    assert await desk.listed(since=since, until=until) == [("shop", 1002)]


async def test_a_requester_finds_their_own_words_and_never_what_agents_noted(desk: Desk) -> None:
    anna = await desk.hire("Anna")
    await desk.file(email="olga@example.com")
    await desk.exchange.reply("shop", 1001, CUSTOMER, words("a parrot"))
    await desk.exchange.note("shop", 1001, anna, words("a nuisance"))
    assert await desk.listed(q="nuisance parrot") == [("shop", 1001)]
    assert await desk.own("olga@example.com", q="parrot") == [1001]
    assert await desk.own("olga@example.com", q="nuisance") == []


async def test_however_many_words_are_sought_the_first_ten_have_to_be_there(desk: Desk) -> None:
    ten = "a parcel that was sent in May has not come"
    await desk.file("1", body=ten)
    await desk.file("2", body=ten.removesuffix(" come"))
    assert await desk.listed(q=f"{ten} {'and so on ' * 1000}") == [("shop", 1001)]


async def test_a_search_goes_on_where_it_stopped_and_finds_everything_once(desk: Desk, database: Database) -> None:
    for n in range(11):
        await desk.file(str(n), body="a parrot" if n in (0, 1, 8) else "a cat")
    queues, found, pages, cursor = Queues(database, examined=3), [], [], None
    while True:
        page = await queues.list(Filter(q="PARROT"), cursor=cursor, limit=2)
        pages.append(len(page.tickets))
        found += [ticket.number for ticket in page.tickets]
        cursor = page.next
        if cursor is None:
            break
    assert found == [1009, 1002, 1001]
    assert pages == [1, 0, 0, 2], "three tickets are looked at for each"


async def test_a_number_is_found_at_once_and_first_however_old_it_is(desk: Desk, database: Database) -> None:
    for n in range(5):
        await desk.file(str(n), "blog" if n == 4 else "shop", body="order 1001" if n == 3 else "x")
    queues = Queues(database, examined=2)
    plain = await queues.list(Filter(q="1001"))
    assert [(one.site, one.number) for one in plain.tickets] == [("blog", 1001), ("shop", 1001), ("shop", 1004)]
    assert plain.next is not None
    rest = await queues.list(Filter(q="1001"), cursor=plain.next)
    assert rest.tickets == []
    exact = await queues.list(Filter(q="#1001"))
    assert ([(one.site, one.number) for one in exact.tickets], exact.next) == ([("blog", 1001), ("shop", 1001)], None)


async def test_an_address_finds_what_its_owner_asked_and_not_who_mentions_it(desk: Desk) -> None:
    await desk.file("1", email="Olga@example.com")
    await desk.file("2", body="write to olga@example.com")
    assert await desk.listed(q=" OLGA@example.com ") == [("shop", 1001)]
    assert len(await desk.listed(q="olga@example")) == 2


async def test_a_list_does_not_carry_what_may_be_long(desk: Desk) -> None:
    await desk.file(body="x" * 1000, transcript=[TranscriptLine("visitor", "x", "")], fields={"browser": "x"})
    (shown,) = (await desk.queues.list(Filter())).tickets
    assert (shown.body, shown.transcript, shown.fields, shown.subject) == ("", None, {}, "About 1")
