"""What the desk offers whom at what time; the four desks of the examples are walked through in tests/scenarios."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chat import protocol as wire
from chat.errors import Refused
from chat.live.reception import Admission, Reception, step
from chat.people.agents import Agent
from chat.settings import Settings, read
from routing.types import Step

CONFIG = """
[calendars.office]
time_zone = "Europe/Berlin"
open = ["mon-fri 09:00-18:00"]
closed = ["2026-12-25"]
[calendars.early]
time_zone = "Europe/Berlin"
open = ["mon-fri 06:00-12:00"]
[calendars.theirs]
time_zone = "customer"
open = ["mon-fri 09:00-18:00"]

[plans.basic]
calendar = "office"
first_response = "2h-4h"
channels = ["help", "form"]
[plans.vip]
priority = 80
team = "gold"

[teams.sales]
calendar = "office"
overflow = "night"
[teams.night]
overflow = "last"
[teams.last]
calendar = "theirs"
[teams.gold]
assignment = "accept"
accept_within_s = 12.5
max_wait_s = 45
max_waiting = 7
fair_after_s = 300
[teams.early]
calendar = "early"
[teams.curators]
calendar = "theirs"

[sites.shop]
title = "Shop"
origins = []
locales = ["en", "ru"]
team = "sales"
time_zone = "Europe/London"
[[sites.shop.routes]]
when = { stage = "new" }
to = ["agent:{manager}", "agent:{curator}", "team:gold"]
priority = 7
[[sites.shop.routes]]
when = { stage = "old" }
to = ["agent:{curator}"]
[[sites.shop.routes]]
when = { stage = "early" }
to = ["team:early", "team:gold", "team:early"]
[[sites.shop.routes]]
when = { stage = "round" }
to = ["team:night", "team:sales"]
priority = 0

[sites.staff]
title = "Staff"
origins = []
locales = ["en", "ru"]
team = "gold"
eligible.when = [{ role = "staff" }, { role = "owner", company = "Blue*" }]
eligible.otherwise = { en = "Please turn to your distributor.", ru = "Обратитесь к своему дистрибьютору." }
"""

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
"""Midnight in UTC; 01:00 in Berlin."""


def person(name: str, *teams: str, disabled: bool = False) -> Agent:
    return Agent(
        id=f"{name}-1", email=f"{name}@desk.example", name=name.title(), role="agent", teams=teams, capacity=1,
        disabled=disabled, has_password=True,
    )  # fmt: skip


PEOPLE = [
    person("vera", "curators", "gone"),
    person("otto", "curators", "early"),
    person("ines", "gone"),
    person("karl", "curators", disabled=True),
    msgspec.structs.replace(person("audit"), email="1@audit.invalid"),
]


async def find(who: str) -> Agent | None:
    return next((one for one in PEOPLE if who in (one.id, one.email)), None)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    path: Path = tmp_path_factory.mktemp("reception") / "mayfly.toml"
    path.write_text(CONFIG, "utf-8")
    return read(path, {})


@pytest.fixture(scope="module")
def reception(settings: Settings) -> Reception:
    return Reception(settings, find, lambda: MONDAY)


def at(hour: float, *, day: int = 0) -> datetime:
    """So many hours after midnight in UTC, ``day`` days after Monday."""
    return MONDAY + timedelta(days=day, hours=hour)


def card(zone: str | None = None, topic: str | None = None, locale: str = "en", **claims: Any) -> wire.VisitorCard:
    return wire.VisitorCard(locale=locale, time_zone=zone, topic=topic, claims=claims or None)


def lines(admission: Admission) -> list[str]:
    return [one.line for one in admission.steps]


async def test_without_a_route_the_sites_team_takes_the_chat_and_whoever_it_overflows_to(reception: Reception) -> None:
    offered = await reception.admit("shop", card(), now=at(10))
    assert lines(offered) == ["sales", "night", "last"]
    assert (offered.plan, offered.priority, offered.channels, offered.reply_within) == (None, 0, None, None)


async def test_a_plan_brings_its_priority_team_and_channels(reception: Reception) -> None:
    vip = await reception.admit("shop", card(plan="vip"), now=at(10))
    assert (vip.plan, vip.priority, lines(vip)) == ("vip", 80, ["gold"])
    basic = await reception.admit("shop", card(plan="basic"), now=at(10))
    assert (basic.plan, basic.channels, lines(basic)[0]) == ("basic", ("help", "form"), "sales")


@pytest.mark.parametrize("claim", ["Basic", "", 3, ["basic"], None])
async def test_a_claim_that_names_no_plan_is_no_plan(reception: Reception, claim: object) -> None:
    offered = await reception.admit("shop", card(plan=claim, stage="x"), now=at(10))
    assert (offered.plan, offered.priority) == (None, 0)


async def test_a_step_has_the_rules_of_its_team(settings: Settings) -> None:
    assert step(settings, "gold") == Step("gold", "gold", 45_000, 7, 12_500, 300_000)
    assert step(settings, "sales", line="agent:7").accept_ms == 0


async def test_a_team_is_open_while_its_calendar_and_the_plans_are(reception: Reception) -> None:
    (early, gold) = (await reception.admit("shop", card(stage="early"), now=at(0))).steps
    assert gold.hours is None
    assert early.hours is not None
    assert [(ms(opens), ms(closes)) for opens, closes in early.hours[:2]] == [(5, 11), (29, 35)]
    both, limited = (await reception.admit("shop", card(stage="early", plan="basic"), now=at(0))).steps
    assert both.hours is not None
    assert limited.hours is not None
    assert [(ms(opens), ms(closes)) for opens, closes in both.hours[:2]] == [(8, 11), (32, 35)]
    assert [(ms(opens), ms(closes)) for opens, closes in limited.hours[:2]] == [(8, 17), (32, 41)]


def ms(moment: int) -> float:
    """Hours since Monday began."""
    return (moment / 1000 - MONDAY.timestamp()) / 3600


async def test_hours_reach_a_week_ahead_and_leave_out_closed_days(reception: Reception) -> None:
    christmas = datetime(2026, 12, 24, 12, tzinfo=UTC)
    offered = await reception.admit("shop", card(stage="early", plan="basic"), now=christmas)
    assert offered.steps[1].hours is not None
    days = [datetime.fromtimestamp(opens / 1000, UTC).day for opens, _ in offered.steps[1].hours]
    assert days == [24, 28, 29, 30, 31]


async def test_the_person_named_in_a_claim_comes_first_by_address_or_id(reception: Reception) -> None:
    offered = await reception.admit(
        "shop", card("Asia/Tokyo", stage="new", manager="vera@desk.example", curator="otto-1"), now=at(1)
    )
    assert lines(offered) == ["agent:vera-1", "agent:otto-1", "gold"]
    assert [one.team for one in offered.steps] == ["curators", "curators", "gold"]
    assert offered.priority == 7


async def test_a_person_is_there_in_the_hours_of_any_of_their_teams_in_the_customers_zone(reception: Reception) -> None:
    offered = await reception.admit("shop", card("Asia/Tokyo", stage="old", curator="otto-1"), now=at(0))
    (otto,) = offered.steps
    assert otto.hours is not None
    assert [(ms(opens), ms(closes)) for opens, closes in otto.hours[:2]] == [
        (0, 11),
        (24, 35),
    ]  # Tokyo 9-18, Berlin 6-12


async def test_a_customers_zone_nobody_knows_is_the_sites(reception: Reception) -> None:
    in_london = await reception.admit("shop", card(stage="old", curator="vera-1"), now=at(0))
    assert in_london.opens_at == at(9)
    in_tokyo = await reception.admit("shop", card("Asia/Tokyo", stage="old", curator="vera-1"), now=at(10))
    assert in_tokyo.opens_at == at(24)


@pytest.mark.parametrize(
    ("manager", "why"),
    [
        (None, "there is no claim manager"),
        (7, "the claim manager is no text"),
        ("nobody@desk.example", "there is no agent nobody@desk.example"),
        ("karl-1", "Karl is disabled"),
        ("ines-1", "Ines is in no team of the configuration"),
    ],
)
async def test_who_cannot_be_reached_is_left_out(reception: Reception, manager: object, why: str) -> None:
    offered = await reception.admit("shop", card(stage="new", manager=manager, curator="vera-1"), now=at(10))
    assert lines(offered) == ["agent:vera-1", "gold"]
    assert f"agent:{{manager}} is left out: {why}" in offered.reasons


async def test_if_nobody_of_a_route_is_known_the_chat_goes_where_it_would_without(reception: Reception) -> None:
    lost = await reception.admit("shop", card(stage="old", curator="nobody"), now=at(10))
    assert lines(lost) == ["sales", "night", "last"]
    with_plan = await reception.admit("shop", card(stage="old", plan="vip"), now=at(10))
    assert lines(with_plan) == ["gold"]


async def test_a_routes_priority_goes_before_the_plans(reception: Reception) -> None:
    assert (await reception.admit("shop", card(stage="early", plan="vip"), now=at(10))).priority == 80
    assert (await reception.admit("shop", card(stage="new", plan="vip"), now=at(10))).priority == 7
    assert (await reception.admit("shop", card(stage="round", plan="vip"), now=at(10))).priority == 0


async def test_nobody_is_asked_twice(reception: Reception) -> None:
    twice = await reception.admit("shop", card(stage="new", manager="vera-1", curator="vera@desk.example"), now=at(10))
    assert lines(twice) == ["agent:vera-1", "gold"]
    assert lines(await reception.admit("shop", card(stage="early"), now=at(10))) == ["early", "gold"]
    assert lines(await reception.admit("shop", card(stage="round"), now=at(10))) == ["night", "sales", "last"]


async def test_a_desk_is_open_while_one_of_its_steps_is(reception: Reception) -> None:
    early = card(stage="early", plan="basic")
    for hour, is_open, opens, closes in [(7, False, 8, None), (8, True, None, 17), (16.9, True, None, 17)]:
        offered = await reception.admit("shop", early, now=at(hour))
        assert offered.open is is_open
        assert offered.opens_at == (None if opens is None else at(opens))
        assert offered.closes_at == (None if closes is None else at(closes))
    always = await reception.admit("shop", card(), now=at(3, day=5))
    assert (always.open, always.opens_at, always.closes_at) == (True, None, None)


async def test_a_reply_is_promised_in_open_hours(reception: Reception) -> None:
    early = card(stage="early", plan="basic")
    friday = await reception.admit("shop", early, now=at(15, day=4))
    assert friday.reply_within == "2h-4h"
    assert friday.reply_by == at(10, day=7)  # two hours on Friday, two on Monday


async def test_who_is_not_eligible_is_told_in_their_language_where_to_turn(reception: Reception) -> None:
    for locale, told in [("en", "Please turn"), ("ru", "Обратитесь"), ("ru-RU", "Обратитесь"), ("de", "Please turn")]:
        refused = await reception.admit("staff", card(locale=locale, role="distributor"), now=at(10))
        assert refused.refused is not None
        assert refused.refused.startswith(told)
        assert (refused.steps, refused.open) == ((), False)
    assert (await reception.admit("staff", card(), now=at(10))).refused is not None
    assert (await reception.admit("staff", card(role="owner", company="Red Inn"), now=at(10))).refused is not None


async def test_one_of_the_conditions_of_who_is_eligible_is_enough(reception: Reception) -> None:
    for claims in ({"role": "staff"}, {"role": "owner", "company": "Blue Inn"}):
        offered = await reception.admit("staff", card(**claims), now=at(10))
        assert (offered.refused, lines(offered)) == (None, ["gold"])


async def test_the_chats_of_an_audit_are_for_its_own_agent_whoever_is_eligible_and_for_nobody_else(
    reception: Reception,
) -> None:
    offered = await reception.admit("staff", card(mayfly_auditor="audit-1"), now=at(3))
    assert (offered.refused, offered.open, lines(offered)) == (None, True, ["agent:audit-1"])
    for other in ("vera-1", "vera@desk.example", "gone-1"):
        with pytest.raises(Refused, match="is over"):
            await reception.admit("shop", card(mayfly_auditor=other), now=at(10))


async def test_the_reasons_tell_how_it_came_to_this(reception: Reception) -> None:
    offered = await reception.admit(
        "shop", card("Asia/Tokyo", stage="old", curator="vera-1", plan="basic"), now=at(1, day=5)
    )
    assert offered.reasons == (
        "plan basic",
        "routes[0] is passed over: it asks that stage is new, not old",
        "routes[1] is taken, for stage is old",
        "1. agent:{curator}, Vera <vera@desk.example> of team curators: closed until Mon 30 Nov 2026 17:00 Asia/Tokyo"
        " (calendar theirs and office)",
    )
    refused = await reception.admit("staff", card(role="guest"), now=at(10))
    assert refused.reasons == (
        "not eligible: it asks that role is staff, not guest",
        "not eligible: it asks that role is owner, not guest",
    )
    anonymous = await reception.admit("shop", card(), now=at(10, day=5))
    assert anonymous.reasons == (
        "no plan: there is no claim plan",
        "routes[0] is passed over: it asks that stage is new, and there is none",
        "routes[1] is passed over: it asks that stage is old, and there is none",
        "routes[2] is passed over: it asks that stage is early, and there is none",
        "routes[3] is passed over: it asks that stage is round, and there is none",
        "1. team:sales, the team of the site: closed until Mon 30 Nov 2026 09:00 Europe/Berlin (calendar office)",
        "2. team:night, by overflow: always open",
        "3. team:last, by overflow: closed until Mon 30 Nov 2026 09:00 Europe/London (calendar theirs)",
    )


async def test_the_clock_is_asked_when_no_time_is_given(reception: Reception) -> None:
    assert (await reception.admit("shop", card(stage="early", plan="basic"))).opens_at == at(8)
