"""The vacation-rental desk: the plan decides what is offered, and who is signed in goes before who is not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.example_desk import Customer, ExampleDesk, example_desk, moment

EASTERN = "America/New_York"
WEDNESDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY = "2026-11-25", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[ExampleDesk]:
    async with example_desk("rentals", tmp_path) as desk:
        yield desk


def owner(desk: ExampleDesk, name: str, plan: str) -> Customer:
    return Customer(desk, name, "app", {"sub": name, "plan": plan})


async def test_the_plan_decides_which_channels_are_offered(desk: ExampleDesk) -> None:
    await desk.opens(f"{WEDNESDAY} 12:00", EASTERN)
    assert (await owner(desk, "ann", "starter").looks()).channels == ("help", "form")
    assert (await owner(desk, "bob", "professional").looks()).channels == ("help", "chat", "form")
    assert (await owner(desk, "cid", "premium").looks()).channels == ("help", "chat", "form", "phone")
    assert (await Customer(desk, "dan", "www").looks()).channels is None


async def test_who_is_signed_in_goes_before_who_is_not_and_premium_before_all(desk: ExampleDesk) -> None:
    await desk.opens(f"{WEDNESDAY} 03:00", EASTERN)
    visitor, trial = Customer(desk, "visitor", "www"), owner(desk, "trial", "trial")
    professional, premium = owner(desk, "professional", "professional"), owner(desk, "premium", "premium")
    for customer in (visitor, trial, professional, premium):
        assert await customer.asks() == "waiting"
        assert await customer.line() == "support"
    agent = await desk.hires_and_works("Sam", "support")
    for customer in (premium, professional, trial, visitor):
        assert await customer.talks_to(agent)
        await desk.ends(customer)


async def test_a_visitor_who_has_waited_fifteen_minutes_is_overtaken_no_more(desk: ExampleDesk) -> None:
    await desk.opens(f"{WEDNESDAY} 12:00", EASTERN)
    visitor = Customer(desk, "visitor", "www")
    await visitor.asks()
    await desk.waits(minutes=14)
    early = owner(desk, "early", "premium")
    await early.asks()
    assert (await early.position(), await visitor.position()) == (1, 2)
    await desk.waits(minutes=1.1)
    late = owner(desk, "late", "premium")
    await late.asks()
    assert (await visitor.position(), await early.position(), await late.position()) == (1, 2, 3)


async def test_open_around_the_clock_on_weekdays_and_nine_to_five_eastern_at_the_weekend(desk: ExampleDesk) -> None:
    visitor = Customer(desk, "visitor", "www", browser="Asia/Tokyo")
    for local, is_open in [
        (f"{WEDNESDAY} 03:00", True),
        (f"{FRIDAY} 23:59", True),
        (f"{SATURDAY} 00:00", False),
        (f"{SATURDAY} 08:59", False),
        (f"{SATURDAY} 09:00", True),
        (f"{SUNDAY} 16:59", True),
        (f"{SUNDAY} 17:00", False),
        (f"{MONDAY} 00:00", True),
    ]:
        await desk.opens(local, EASTERN)
        assert (await visitor.looks()).open is is_open, local


async def test_on_sunday_evening_a_customer_is_told_when_it_opens(desk: ExampleDesk) -> None:
    await desk.opens(f"{SUNDAY} 18:00", EASTERN)
    await desk.hires_and_works("Sam", "support")
    customer = owner(desk, "cid", "premium")
    assert await customer.asks() == "closed"
    assert customer.admission.opens_at == moment(f"{MONDAY} 00:00", EASTERN)


async def test_a_result_is_promised_within_48_open_hours(desk: ExampleDesk) -> None:
    await desk.opens(f"{WEDNESDAY} 12:00", EASTERN)
    offered = await owner(desk, "ann", "starter").looks()
    assert (offered.reply_within, offered.reply_by) == ("48h", moment(f"{FRIDAY} 12:00", EASTERN))


async def test_a_full_line_leaves_the_request_form(desk: ExampleDesk) -> None:
    await desk.opens(f"{WEDNESDAY} 12:00", EASTERN)
    for number in range(40):
        assert await Customer(desk, f"visitor-{number}", "www").asks() == "waiting"
    assert await owner(desk, "cid", "premium").asks() == "full"
