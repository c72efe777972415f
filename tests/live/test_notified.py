"""A customer with a page open is told at once, on whichever node, and what they are told does not go through Redis."""

import pytest

from tests.actors import Visitor
from tests.live.canaries import Canaries, overhearing
from tests.live.conftest import TwoNodes
from tests.service import desk_of, signed, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_tab_of_the_customer_is_told_and_nobody_elses(nodes: TwoNodes) -> None:
    words = Canaries()
    cookie = await nodes.installation.hire("Anna")
    subject, text = words.word("subject"), words.word("text")
    olga = signed(sub="olga")
    async with (
        desk_of(nodes.one, cookie) as anna,
        Visitor(nodes.one) as here,
        Visitor(nodes.two) as there,
        Visitor(nodes.two) as vera,
        Visitor(nodes.two, "office") as at_another_site,
        Visitor(nodes.two) as nobody,
        overhearing(nodes.installation.redis.port) as overheard,
    ):
        for tab in (here, there, at_another_site):
            await tab.opens(identity=olga)
        await vera.opens(identity=signed(sub="vera"))
        await nobody.opens()
        opened = {"site": "shop", "channel": "desk", "sub": "olga", "ref": "1", "subject": subject, "body": "Hello"}
        number = (await anna.post("/api/tickets", json=opened)).json()["number"]
        for tab in (here, there):
            assert (await tab.gets("notified"))["kind"] == "opened"
        await anna.post(f"/api/tickets/{number}/replies?site=shop", json={"ref": "1", "text": text})
        told = [await tab.gets("notified") for tab in (here, there)]
        assert told[0] == told[1]
        assert (told[0]["number"], told[0]["subject"], told[0]["text"]) == (number, subject, text)
        for tab in (vera, at_another_site, nobody):  # what was sent to them came before the pong
            await tab.sends("ping")
            await tab.gets("pong")
            assert [event for event in tab.events if event["type"] == "notified"] == []
        await until(lambda: b"customer_notified" in overheard.said, "Redis was told that there is something")
    assert words.found_in(overheard.said) == []


async def test_a_tab_that_has_left_is_told_nothing_and_the_others_go_on(nodes: TwoNodes) -> None:
    cookie = await nodes.installation.hire("Ben")
    async with desk_of(nodes.one, cookie) as ben, Visitor(nodes.one) as stays:
        async with Visitor(nodes.one) as leaves:
            await stays.opens(identity=signed(sub="rosa"))
            await leaves.opens(identity=signed(sub="rosa"))
        opened = {"site": "shop", "channel": "desk", "sub": "rosa", "subject": "Invoice", "body": "Please send it."}
        await ben.post("/api/tickets", json={**opened, "ref": "2"})
        assert (await stays.gets("notified"))["subject"] == "Invoice"
        listed = await ben.get(
            "/api/sites/shop/notifications", headers={"Authorization": f"Bearer {signed(sub='rosa')}"}
        )
        assert [one["subject"] for one in listed.json()["notifications"]] == ["Invoice"]


async def test_whom_the_site_knows_by_an_address_is_told_of_what_support_opens_to_it(nodes: TwoNodes) -> None:
    cookie = await nodes.installation.hire("Carl")
    opened = {"site": "shop", "channel": "desk", "email": "Uma@example.com", "subject": "Invoice", "body": "Please."}
    async with desk_of(nodes.one, cookie) as carl, Visitor(nodes.two) as uma, Visitor(nodes.two) as rosa:
        await uma.opens(identity=signed(sub="uma", email="uma@example.com"))
        await rosa.opens(identity=signed(sub="rosa", email="rosa@example.com"))
        await carl.post("/api/tickets", json={**opened, "ref": "3"})
        assert (await uma.gets("notified"))["kind"] == "opened"
        await rosa.sends("ping")
        await rosa.gets("pong")
        assert [event for event in rosa.events if event["type"] == "notified"] == []
