"""Where else to turn: for whom, in which words, and open when."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chat.desk.contacts import ContactBook, Contacts, Hours, PersonCard
from chat.people.agents import Agent
from chat.protocol import VisitorCard
from chat.settings import read

TOML = """
[calendars.office]
time_zone = "Europe/Berlin"
open = ["mon-fri 09:00-18:00"]

[calendars.by-day]
time_zone = "customer"
open = ["mon-fri 09:00-18:00"]

[calendars.never-closed]
open = ["always"]

[plans.starter]
channels = ["help", "form"]

[plans.premium]
channels = ["help", "form", "phone"]

[sites.shop]
title = "Shop"
origins = ["https://shop.example.com"]
locales = ["en", "ru"]
time_zone = "Europe/Berlin"
identity_secrets = ["identity-secret-of-the-test-shop-0001"]

[[sites.shop.contacts.people]]
claim = "manager"
role = { en = "Your manager", ru = "Ваш менеджер" }
calendar = "by-day"

[[sites.shop.contacts.phones]]
country = { en = "Germany", ru = "Германия" }
number = "+49 30 901820"
calendar = "office"

[[sites.shop.contacts.mails]]
subject = { en = "Invoices" }
address = "invoices@shop.example.com"

[[sites.shop.contacts.messengers]]
app = "Telegram"
link = "https://t.me/shop"
calendar = "never-closed"
"""
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # 08:30 in Berlin
VERA = Agent(
    id="7", email="vera@shop.example.com", name="Vera Vernon", role="agent", teams=("support",), capacity=3,
    disabled=False, has_password=True,
)  # fmt: skip

Reads = Callable[..., Any]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """What somebody with these claims sees on Monday morning, or at another time."""
    path = tmp_path / "mayfly.toml"
    path.write_text(TOML)

    async def find(who: str) -> Agent | None:
        return VERA if who in (VERA.id, VERA.email) else None

    async def read_contacts(
        locale: str = "en", zone: str | None = None, at: datetime = MONDAY, **claims: Any
    ) -> Contacts:
        card = VisitorCard(locale=locale, time_zone=zone, claims=claims or None)
        return await ContactBook(read(path, {}), find, lambda: at).read("shop", card)

    return read_contacts


async def test_each_tells_its_hours_and_the_one_without_a_calendar_none(reads: Reads) -> None:
    seen = await reads()
    assert seen.phones[0].hours == Hours(False, "2026-11-23T08:00:00.000Z", None)
    assert seen.mails[0].hours is None
    assert seen.messengers[0].hours == Hours(True, None, None)
    later = await reads(at=MONDAY.replace(hour=12))
    assert later.phones[0].hours == Hours(True, None, "2026-11-23T17:00:00.000Z")


async def test_words_are_in_the_readers_language_where_there_are_such(reads: Reads) -> None:
    seen = await reads("ru")
    assert (seen.phones[0].country, seen.mails[0].subject) == ("Германия", "Invoices")


async def test_ones_own_person_is_who_the_claims_describe(reads: Reads) -> None:
    photo = "https://shop.example.com/vera.jpg"
    described = {"manager_name": "Vera V.", "manager_phone": "+49 30 1", "manager_photo": photo}
    [card] = (await reads(zone="Asia/Tokyo", manager="vera@shop.example.com", **described)).people
    assert card == PersonCard(
        role="Your manager", name="Vera V.", phone="+49 30 1", email="vera@shop.example.com", photo=photo,
        hours=Hours(True, None, "2026-11-23T09:00:00.000Z"),
    )  # fmt: skip


async def test_the_name_of_an_account_is_known_without_a_claim_and_its_address_is_not_given_away(reads: Reads) -> None:
    [card] = (await reads(manager="7")).people
    assert (card.name, card.email) == ("Vera Vernon", None)


@pytest.mark.parametrize("claims", [{}, {"curator": "vera@shop.example.com"}, {"manager": "8"}, {"manager": ["7"]}])
async def test_there_is_no_card_of_somebody_whom_no_claim_names(reads: Reads, claims: dict[str, Any]) -> None:
    assert (await reads(**claims)).people == []


@pytest.mark.parametrize(
    "photo", ["https://evil.example/vera.jpg", "https://shop.example.com.evil.example/", "javascript:1", "https://[", 7]
)
async def test_a_photo_from_anywhere_else_is_left_out(reads: Reads, photo: object) -> None:
    [card] = (await reads(manager="7", manager_photo=photo)).people
    assert (card.name, card.photo) == ("Vera Vernon", None)


async def test_a_plan_without_telephone_shows_none(reads: Reads) -> None:
    assert [len((await reads(**claims)).phones) for claims in ({"plan": "starter"}, {"plan": "premium"}, {})] == [
        0,
        1,
        1,
    ]
