"""The network-marketing platform desk: for the companies' staff; hours, people and promise depend on the plan."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.example_desk import Customer, ExampleDesk, example_desk, moment

MOSCOW = "Europe/Moscow"
SATURDAY, MONDAY = "2026-11-28", "2026-11-30"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[ExampleDesk]:
    async with example_desk("platform", tmp_path) as desk:
        yield desk


def somebody(desk: ExampleDesk, name: str = "inna", **claims: str) -> Customer:
    return Customer(desk, name, "platform", {"company": "Aurora", "role": "staff", **claims}, locale="ru")


@pytest.mark.parametrize(
    "claims", [{"company": "Aurora", "role": "distributor"}, {"role": "staff"}, {"sub": "1"}, None]
)
async def test_who_is_not_the_staff_of_a_company_is_told_where_to_turn(
    desk: ExampleDesk, claims: dict[str, str] | None
) -> None:
    await desk.opens(f"{MONDAY} 12:00", MOSCOW)
    offered = await Customer(desk, "petr", "platform", claims, locale="ru").looks()
    assert offered.refused is not None
    assert "обратитесь к своему спонсору" in offered.refused
    assert offered.steps == ()


async def test_on_a_working_day_the_staff_of_a_standard_company_reach_support(desk: ExampleDesk) -> None:
    await desk.opens(f"{MONDAY} 12:00", MOSCOW)
    await desk.hires_and_works("Dina", "dedicated")
    sergey = await desk.hires_and_works("Sergey", "support")
    customer = somebody(desk, plan="standard")
    assert await customer.asks() == "active"
    assert await customer.talks_to(sergey)
    assert customer.admission.closes_at == moment(f"{MONDAY} 20:00", MOSCOW)


async def test_on_saturday_a_standard_company_is_told_when_it_opens_and_when_to_expect_an_answer(
    desk: ExampleDesk,
) -> None:
    await desk.opens(f"{SATURDAY} 12:00", MOSCOW)
    await desk.hires_and_works("Sergey", "support", "dedicated")
    customer = somebody(desk, plan="standard")
    assert await customer.asks() == "closed"
    offered = customer.admission
    assert (offered.open, offered.opens_at) == (False, moment(f"{MONDAY} 08:00", MOSCOW))
    assert (offered.reply_within, offered.reply_by) == ("2h-4h", moment(f"{MONDAY} 12:00", MOSCOW))


@pytest.mark.parametrize("plan", ["network", "enterprise"])
async def test_on_saturday_the_larger_plans_reach_their_dedicated_people(desk: ExampleDesk, plan: str) -> None:
    await desk.opens(f"{SATURDAY} 12:00", MOSCOW)
    await desk.hires_and_works("Sergey", "support")
    dina = await desk.hires_and_works("Dina", "dedicated")
    customer = somebody(desk, plan=plan)
    assert await customer.asks() == "active"
    assert await customer.talks_to(dina)
    offered = customer.admission
    assert offered.closes_at == moment(f"{SATURDAY} 20:00", MOSCOW)
    assert (offered.reply_within, offered.reply_by) == ("1h-2h", moment(f"{SATURDAY} 14:00", MOSCOW))


async def test_what_is_promised_late_in_the_evening_is_counted_on_in_the_morning(desk: ExampleDesk) -> None:
    await desk.opens("2026-11-27 19:00", MOSCOW)  # Friday
    standard = await somebody(desk, plan="standard").looks()
    assert standard.reply_by == moment(f"{MONDAY} 11:00", MOSCOW)
    enterprise = await somebody(desk, plan="enterprise").looks()
    assert enterprise.reply_by == moment(f"{SATURDAY} 09:00", MOSCOW)


async def test_nobody_is_there_at_night(desk: ExampleDesk) -> None:
    await desk.opens(f"{SATURDAY} 20:00", MOSCOW)
    await desk.hires_and_works("Dina", "dedicated", "support")
    customer = somebody(desk, plan="enterprise")
    assert await customer.asks() == "closed"
    assert customer.admission.opens_at == moment("2026-11-29 08:00", MOSCOW)


async def test_on_a_public_holiday_only_the_larger_plans_are_served(desk: ExampleDesk) -> None:
    await desk.opens("2027-02-23 12:00", MOSCOW)  # a Tuesday
    assert (await somebody(desk, plan="standard").looks()).opens_at == moment("2027-02-24 08:00", MOSCOW)
    assert (await somebody(desk, plan="enterprise").looks()).open


async def test_on_a_working_day_support_helps_out_when_the_dedicated_people_are_busy(desk: ExampleDesk) -> None:
    await desk.opens(f"{MONDAY} 12:00", MOSCOW)
    dina = await desk.hires_and_works("Dina", "dedicated")
    first, second = somebody(desk, "inna", plan="network"), somebody(desk, "yana", plan="network")
    await first.asks()
    assert await first.talks_to(dina)
    assert await second.asks() == "waiting"
    sergey = await desk.hires_and_works("Sergey", "support")
    await desk.waits(minutes=0.9)
    assert await second.line() == "dedicated"
    await desk.waits(minutes=0.2)
    assert await second.talks_to(sergey)


async def test_one_who_is_in_both_teams_has_one_capacity_and_the_larger_plans_go_first(desk: ExampleDesk) -> None:
    await desk.opens(f"{MONDAY} 12:00", MOSCOW)
    dina = await desk.hires_and_works("Dina", "dedicated", "support")
    first, standard, enterprise = (
        somebody(desk, "one", plan="standard"),
        somebody(desk, "two", plan="standard"),
        somebody(desk, "three", plan="enterprise"),
    )
    for customer in (first, standard, enterprise):
        await customer.asks()
    assert await first.talks_to(dina)
    assert (await standard.position(), await enterprise.position()) == (1, 1)
    await desk.ends(first)
    assert await enterprise.talks_to(dina)
    assert await standard.line() == "support"
