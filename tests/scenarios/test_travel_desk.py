"""The business-travel desk: each customer's own manager, then curator, by the customer's clock; else a desk that never closes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.example_desk import Customer, ExampleDesk, example_desk, moment

TOKYO = "Asia/Tokyo"
ORDER = "Действующий заказ"
TRIP = "Новая поездка / New trip"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[ExampleDesk]:
    async with example_desk("travel", tmp_path) as desk:
        yield desk


def kenji(desk: ExampleDesk, stage: str = "sign-up", browser: str = TOKYO) -> Customer:
    """A customer in Tokyo; Vera is his manager, Olga his curator."""
    claims = {"sub": "k", "stage": stage, "manager": "Vera@example.com", "curator": "olga@example.com"}
    return Customer(desk, "kenji", "travel", claims, browser=browser)


async def test_before_the_first_booking_the_customers_own_manager_is_asked(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", TOKYO)  # four in the morning in Moscow
    await desk.hires_and_works("Dora", "desk")
    await desk.hires_and_works("Olga", "curators")
    vera, boris = await desk.hires_and_works("Vera", "managers"), await desk.hires_and_works("Boris", "managers")
    customer = kenji(desk)
    assert await customer.asks(TRIP) == "waiting"
    assert await customer.rings_at(vera)
    assert not await desk.accepts(boris, customer)
    assert await desk.accepts(vera, customer)
    assert await customer.talks_to(vera)


async def test_after_the_first_booking_it_is_their_curator(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", TOKYO)
    await desk.hires_and_works("Vera", "managers")
    olga = await desk.hires_and_works("Olga", "curators")
    customer = kenji(desk, stage="customer")
    await customer.asks(TRIP)
    assert await customer.rings_at(olga)


async def test_the_desk_takes_over_at_once_when_the_manager_is_away(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", TOKYO)
    dora = await desk.hires_and_works("Dora", "desk")
    await desk.goes_away(await desk.hires_and_works("Vera", "managers"))
    customer = kenji(desk)
    assert await customer.asks(TRIP) == "active"
    assert await customer.talks_to(dora)


async def test_the_desk_takes_over_when_the_manager_does_not_answer(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", TOKYO)
    dora = await desk.hires_and_works("Dora", "desk")
    vera = await desk.hires_and_works("Vera", "managers")
    customer = kenji(desk)
    await customer.asks(TRIP)
    assert await customer.rings_at(vera)
    await desk.waits(minutes=0.5)
    assert await customer.talks_to(dora)


async def test_the_desk_takes_over_when_the_manager_talks_to_others_for_too_long(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", TOKYO)
    vera = await desk.hires_and_works("Vera", "managers")
    other = Customer(desk, "aiko", "travel", {"stage": "sign-up", "manager": vera.id}, browser=TOKYO)
    await other.asks(TRIP)
    assert await desk.accepts(vera, other)
    dora = await desk.hires_and_works("Dora", "desk")
    customer = kenji(desk)
    assert await customer.asks(TRIP) == "waiting"
    assert await customer.line() == f"agent:{vera.id}"
    await desk.waits(minutes=0.9)
    assert await customer.line() == f"agent:{vera.id}"
    await desk.waits(minutes=0.2)
    assert await customer.talks_to(dora)


async def test_in_the_evening_of_the_customer_the_desk_answers(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 19:00", TOKYO)  # one in the afternoon in Moscow
    dora = await desk.hires_and_works("Dora", "desk")
    await desk.hires_and_works("Vera", "managers")
    customer = kenji(desk)
    assert await customer.asks(TRIP) == "active"
    assert await customer.talks_to(dora)
    assert customer.admission.open
    assert customer.admission.closes_at is None


async def test_at_six_the_manager_who_is_waited_for_has_gone_home(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 17:59", TOKYO)
    vera = await desk.hires_and_works("Vera", "managers")
    other = Customer(desk, "aiko", "travel", {"stage": "sign-up", "manager": vera.id}, browser=TOKYO)
    await other.asks(TRIP)
    assert await desk.accepts(vera, other)
    dora = await desk.hires_and_works("Dora", "desk")
    await desk.waits(minutes=0.5)
    customer = kenji(desk)
    await customer.asks(TRIP)
    await desk.waits(minutes=0.4)
    assert await customer.line() == f"agent:{vera.id}"
    await desk.waits(minutes=0.2)
    assert await customer.talks_to(dora)


async def test_an_order_under_way_goes_to_the_desk_whatever_the_hour_and_before_others(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", TOKYO)
    await desk.hires_and_works("Olga", "curators")
    newcomer = Customer(desk, "lena", "travel")
    await newcomer.asks(TRIP)
    customer = kenji(desk, stage="customer")
    assert await customer.asks(ORDER) == "waiting"
    assert (await customer.line(), await customer.position(), await newcomer.position()) == ("desk", 1, 2)
    dora = await desk.hires_and_works("Dora", "desk")
    assert await customer.talks_to(dora)


async def test_the_zone_is_the_claims_then_the_browsers_then_the_sites(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", "Europe/Moscow")  # 16:00 in Tokyo, 02:00 in New York
    vera = await desk.hires_and_works("Vera", "managers")
    claims = {"stage": "sign-up", "manager": vera.id}
    for claimed, browser, is_open in [
        ("America/New_York", TOKYO, False),
        (None, TOKYO, True),
        (None, "America/New_York", False),
        (None, None, True),
    ]:
        zone = {"time_zone": claimed} if claimed else {}
        customer = Customer(desk, "kenji", "travel", {**claims, **zone}, browser=browser)
        hers, desks = (await customer.looks()).steps
        assert hers.hours is not None
        assert (hers.hours[0][0] <= desk.desk.clock.now) is is_open
        assert desks.hours is None


async def test_a_manager_who_has_left_the_company_leaves_nobody_hanging(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-24 10:00", TOKYO)
    dora = await desk.hires_and_works("Dora", "desk")
    customer = kenji(desk)
    assert await customer.asks(TRIP) == "active"
    assert await customer.talks_to(dora)
    assert "agent:{manager} is left out: there is no agent Vera@example.com" in customer.admission.reasons


async def test_new_years_day_has_no_managers_in_the_customers_own_new_year(desk: ExampleDesk) -> None:
    await desk.opens("2027-01-01 10:00", TOKYO)
    vera = await desk.hires("Vera", "managers")
    assert vera
    hers, _ = (await kenji(desk).looks()).steps
    assert hers.hours is not None
    assert hers.hours[0][0] == moment("2027-01-04 09:00", TOKYO).timestamp() * 1000
