"""The hotel software desk: a free specialist at any hour, first come first served."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.example_desk import Customer, ExampleDesk, example_desk

MOSCOW = "Europe/Moscow"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[ExampleDesk]:
    async with example_desk("hotel", tmp_path) as desk:
        yield desk


async def test_a_free_specialist_is_found_at_any_hour(desk: ExampleDesk) -> None:
    await desk.opens("2027-01-01 03:00", MOSCOW)
    nina = await desk.hires_and_works("Nina", "support")
    customer = Customer(desk, "reception", "hotel", locale="ru")
    assert await customer.asks() == "active"
    assert await customer.talks_to(nina)
    assert (customer.admission.open, customer.admission.closes_at) == (True, None)


async def test_whoever_came_first_is_served_first(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-28 03:00", MOSCOW)
    customers = [Customer(desk, name, "hotel") for name in ("adler", "bristol", "central")]
    for customer in customers:
        assert await customer.asks() == "waiting"
    assert [await customer.position() for customer in customers] == [1, 2, 3]
    nina = await desk.hires_and_works("Nina", "support")
    for customer in customers:
        assert await customer.talks_to(nina)
        await desk.ends(customer)


async def test_after_two_minutes_a_senior_is_asked(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-28 12:00", MOSCOW)
    await desk.hires_and_works("Nina", "support")
    senior = await desk.hires_and_works("Igor", "seniors")
    first, second = Customer(desk, "adler", "hotel"), Customer(desk, "bristol", "hotel")
    await first.asks()
    await second.asks()
    await desk.waits(minutes=1.9)
    assert await second.line() == "support"
    await desk.waits(minutes=0.2)
    assert await second.rings_at(senior)
    assert await desk.accepts(senior, second)


async def test_without_anybody_at_the_first_desk_a_senior_is_asked_at_once(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-28 12:00", MOSCOW)
    senior = await desk.hires_and_works("Igor", "seniors")
    customer = Customer(desk, "adler", "hotel")
    assert await customer.asks() == "waiting"
    assert await customer.rings_at(senior)
