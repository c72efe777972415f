"""Invitations beside the bubble: when they come, how they go, and what is kept of it."""

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.actors import Agent
from tests.browser.guest import Guest
from tests.service import Installation, Node

KEPT = "mayfly:bazaar:invitations"


class Shopper(Guest):
    """A visitor of the bazaar, whose clock the test moves on."""

    @property
    def card(self) -> Locator:
        """The invitation."""
        return self.page.locator("mayfly-widget .card")

    async def comes_to(self, path: str) -> None:
        """Load a page; its rules have begun to count."""
        await self.page.goto(self.home + path)
        await self.invited()

    async def invited(self) -> None:
        """The part of the loader that invites is here."""
        await expect(self.page.locator("mayfly-widget .invite")).to_be_attached()

    async def stays(self, seconds: int) -> None:
        """Time passes on the page; when this is over, all that was due has come."""
        await self.page.clock.run_for(seconds * 1000)

    async def kept(self) -> str | None:
        """What this browser remembers."""
        assert await self.api("Object.keys(localStorage).length") <= 1
        kept: str | None = await self.api(f"localStorage.getItem('{KEPT}')")
        return kept


async def shopper(browser: Browser, node: Node, **options: Any) -> Shopper:
    made = await Shopper.of(browser, node, site="bazaar", **options)
    await made.context.clock.install()
    return made


async def test_an_invitation_comes_when_its_time_has_come_and_never_again_once_it_was_closed(
    browser: Browser, node: Node
) -> None:
    async with await shopper(browser, node) as vera:
        await vera.comes_to("/prices/2027")
        await vera.page.get_by_role("link", name="Cart").focus()
        await vera.stays(10)
        assert await vera.card.count() == 0
        await vera.api("history.replaceState(null, '', '?year=2027#table')")  # the page stays the page
        await vera.stays(11)
        await expect(vera.page.get_by_role("status")).to_have_text("Shall we work out a price together?")
        await expect(vera.page.get_by_role("link", name="Cart")).to_be_focused()
        assert await vera.kept() is None
        assert await vera.api("sessionStorage.length") == 0

        await vera.page.keyboard.press("Escape")  # meant for something of the page's
        await expect(vera.card).to_be_visible()
        assert await vera.kept() is None
        await vera.card.get_by_role("button", name="Close").focus()
        await vera.page.keyboard.press("Escape")
        await expect(vera.card).to_have_count(0)
        await expect(vera.bubble).to_be_focused()
        await vera.stays(60)
        assert await vera.card.count() == 0, "one on a page"
        assert await vera.kept() == '["prices"]'
        another = await vera.context.new_page()
        tab = Shopper(node, vera.context, another, vera.home)
        await tab.comes_to("/prices")
        await tab.stays(60)
        assert await tab.card.count() == 0
        await tab.comes_to("/back")  # who has closed one has been here
        await tab.stays(6)
        await expect(tab.card).to_contain_text("Welcome back.")
        assert tab.complaints == vera.complaints == []


async def test_one_that_was_only_seen_does_not_come_twice_in_a_tab_though_nothing_is_stored(
    browser: Browser, node: Node
) -> None:
    async with await shopper(browser, node) as vera:
        await vera.comes_to("/prices")
        await vera.stays(21)
        await expect(vera.card).to_be_visible()
        await vera.page.reload()
        await vera.invited()
        await vera.stays(60)
        assert await vera.card.count() == 0
        await vera.page.get_by_role("link", name="Cart").click()
        await expect(vera.page).to_have_title("Cart")
        await vera.comes_to("/prices")
        await vera.stays(60)
        assert await vera.card.count() == 0
        assert await vera.api("sessionStorage.length + localStorage.length") == 0
        assert vera.complaints == []


async def test_taken_up_it_opens_the_panel_where_it_says_and_afterwards_there_are_no_more(
    browser: Browser, node: Node
) -> None:
    async with await shopper(browser, node) as vera:
        await vera.comes_to("/prices")
        await vera.opens_the_panel()
        await vera.bubble.click()
        await vera.stays(60)
        assert await vera.card.count() == 0, "who has found the bubble needs no invitation"
        assert await vera.kept() == "[]"
        await vera.api("history.pushState(null, '', '/elsewhere')")

        await vera.comes_to("/back")
        await vera.stays(6)
        await vera.card.get_by_role("button", name="Welcome back.").click()
        await expect(vera.card).to_have_count(0)
        await expect(vera.panel.locator("mayfly-ticket")).to_be_visible()
        assert await vera.kept() == '["back"]'
        assert vera.complaints == []


async def test_one_for_when_somebody_is_free_waits_until_somebody_is(
    mayfly: Installation, browser: Browser, node: Node
) -> None:
    async with await shopper(browser, node) as vera, Agent(node, await mayfly.hire("Anna")) as anna:
        await vera.page.route("**/free.js*", lambda route: route.abort(), times=1)
        await vera.comes_to("/cart")
        async with vera.page.expect_event("requestfailed"):
            await vera.stays(6)
        async with vera.page.expect_response("**/free.js*") as asked:
            await vera.stays(60)
        assert await (await asked.value).text() == "document.currentScript.dataset.free='0';"
        await anna.opens()
        await anna.is_available()
        assert await vera.card.count() == 0
        async with vera.page.expect_response("**/free.js*"):
            await vera.stays(60)
        await expect(vera.card).to_contain_text("Somebody is free to help.")


async def test_on_a_phone_it_is_a_dot_on_the_bubble(browser: Browser, node: Node) -> None:
    async with await shopper(browser, node, viewport={"width": 390, "height": 844}, lang="ru") as vera:
        await vera.comes_to("/prices")
        await vera.stays(21)
        assert await vera.card.count() == 0
        await expect(vera.bubble.locator(".dot")).to_be_visible()
        await vera.bubble.click()
        await expect(vera.bubble.locator(".dot")).to_have_count(0)
        assert await vera.kept() == '["prices"]'


@pytest.mark.parametrize(
    ("lang", "words"), [("ru", "Посчитать цену вместе?"), ("de", "Shall we work out a price together?")]
)
async def test_it_speaks_the_pages_language(browser: Browser, node: Node, lang: str, words: str) -> None:
    async with await shopper(browser, node, lang=lang) as vera:
        await vera.comes_to("/prices")
        await vera.stays(21)
        await expect(vera.card.locator(".take")).to_have_text(words)
