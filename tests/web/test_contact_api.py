"""Where else to turn, over HTTP."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from chat.contact_settings import MailAddress, Messenger, OwnPerson, SiteContacts, Telephone
from chat.settings import Settings
from tests.web.conftest import Service
from tests.web.test_request_api import signed

CONTACTS = SiteContacts(
    people=[OwnPerson(claim="manager", role={"en": "Your manager"})],
    phones=[Telephone(country={"en": "Germany"}, number="+49 30 901820", calendar="holidays")],
    mails=[MailAddress(subject={"en": "Invoices"}, address="invoices@example.com")],
    messengers=[Messenger(app="Telegram", link="https://t.me/members")],
)


def with_contacts(settings: Settings) -> Settings:
    members = msgspec.structs.replace(
        settings.sites["members"], origins=["https://members.example.com"], contacts=CONTACTS
    )
    return msgspec.structs.replace(settings, sites={**settings.sites, "members": members})


@pytest.mark.parametrize(
    ("claims", "names"), [(None, []), ({"manager_name": "Vera"}, ["Vera"]), ({"member": True}, [])]
)
async def test_contacts_are_for_everybody_and_ones_own_people_for_who_is_signed_in(
    tmp_path: Path, claims: dict[str, Any] | None, names: list[str]
) -> None:
    headers = signed("olga", **claims) if claims is not None else {}
    with Service(tmp_path, with_contacts) as running:
        async with running.browser(**headers) as client:
            answer = await client.get("/api/sites/members/contacts?time_zone=Asia/Tokyo")
            told = answer.json()
            assert answer.status_code == 200
            assert [one["name"] for one in told["people"]] == names
            assert told["phones"][0]["hours"]["open"] is False  # the holidays
            assert [told["mails"][0]["address"], told["messengers"][0]["app"]] == ["invoices@example.com", "Telegram"]


async def test_an_identity_that_is_not_good_is_refused_and_photos_are_let_in_from_the_sites_own_pages_only(
    tmp_path: Path,
) -> None:
    with Service(tmp_path, with_contacts) as running:
        async with running.browser() as client:
            refused = await client.get("/api/sites/members/contacts", headers=signed("olga", "x" * 32))
            assert (refused.status_code, refused.json()["code"]) == (401, "identity_invalid")
            policy = (await client.get("/panel/members")).headers["Content-Security-Policy"]
            assert "; img-src 'self' data: https://members.example.com; " in policy
            assert "; img-src 'self' data:; " in (await client.get("/panel/shop")).headers["Content-Security-Policy"]
