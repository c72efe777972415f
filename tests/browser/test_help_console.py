"""Help articles from the agents' side: put into what they write, and what readers say of them."""

import re
import time
from typing import Any

import jwt
from playwright.async_api import Browser, expect

from tests.actors import Visitor
from tests.browser.conftest import Desk
from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.clients import http_client
from tests.service import IDENTITY_SECRET, Node

CANCEL = "Cancel a journey and get your money back"


async def test_a_slash_finds_an_article_in_the_visitors_language_and_puts_its_address_into_the_chat(
    desk: Desk, node: Node, browser: Browser
) -> None:
    anna = await desk("Anna")
    await anna.is_available()
    asked: list[str] = []
    anna.page.on("request", lambda request: asked.append(request.url))
    async with await Guest.of(browser, node, site="guides", lang="ru") as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        await vera.panel.get_by_label("Ваш вопрос").fill("Можно вернуть деньги?")
        await vera.panel.get_by_role("button", name="Начать чат").click()
        await anna.opens_chat("Visitor")
        options = anna.page.get_by_role("option")
        await anna.composer.press_sequentially("yes/no, 1 / 2: ")
        await expect(options).to_have_count(0)
        await anna.composer.press_sequentially("/")
        await expect(options).to_have_count(5)
        await anna.composer.press_sequentially("деньг")
        await expect(options.first).to_contain_text("Отменить поездку и вернуть деньги")
        await anna.composer.press("Escape")
        await expect(options).to_have_count(0)
        await expect(anna.composer).to_have_value("yes/no, 1 / 2: /деньг")

        await anna.composer.fill("")
        await anna.composer.press_sequentially("/деньг")
        await anna.composer.press("Enter")  # before anything is found
        address = f"{node.origin}/help/guides/ru/cancel-a-booking"
        await expect(anna.composer).to_have_value(f"Отменить поездку и вернуть деньги: {address} ")
        for key in ("End", "Home"):
            await anna.composer.fill(" , as I said")
            await anna.composer.press("Home")
            await anna.composer.press_sequentially("/деньг")
            await expect(options.first).to_contain_text("Отменить поездку")
            await anna.composer.press(key)  # the list stays, and what is chosen goes where it was asked for
            await anna.composer.press("Enter")
            await expect(anna.composer).to_have_value(f"Отменить поездку и вернуть деньги: {address}  , as I said")
        assert [one for one in asked if "/api/searches?" in one]
        assert not [one for one in asked if "q=" in one], "words of a draft in an address"
        await anna.composer.fill(f"Отменить поездку и вернуть деньги: {address} ")
        await anna.composer.press("Enter")
        link = vera.panel.locator("mayfly-thread a")
        await expect(link).to_have_attribute("href", address)
        await link.click()  # read beside the conversation, in no tab of its own
        await expect(vera.panel.get_by_role("heading", name="Отменить поездку и вернуть деньги")).to_be_visible()
        await vera.panel.get_by_role("button", name="Вернуться в чат").click()
        await expect(link).to_be_visible()
        await anna.composer.press_sequentially("/zzz")
        await expect(anna.page.get_by_text("Nothing found")).to_have_count(2)  # seen and heard
        await anna.composer.press("Enter")
        await vera.sees("/zzz")


async def test_an_article_for_some_is_offered_only_where_the_visitor_has_shown_who_they_are(
    desk: Desk, node: Node
) -> None:
    anna = await desk("Anna")
    await anna.is_available()
    token = jwt.encode({"sub": "7", "name": "Mira", "exp": time.time() + 600}, IDENTITY_SECRET, "HS256")
    async with Visitor(node, "lodge") as stranger, Visitor(node, "lodge") as mira:
        await stranger.opens()
        await stranger.asks("How do I get in?")
        await mira.opens(identity=token)
        await mira.asks("How do I get in?")
        for name, offered in (("Visitor", 0), ("Mira", 1)):
            for typed in ("/", "/way"):
                await anna.opens_chat(name)
                await anna.composer.fill("")
                await anna.composer.press_sequentially(typed)
                await expect(anna.page.locator(".slash [role=status]")).not_to_have_text(re.compile("^(Looking …)?$"))
                await expect(anna.page.get_by_role("option").filter(has_text="Not public")).to_have_count(offered)


async def test_comments_are_judged_by_two_agents_at_once_and_reports_tell_what_readers_think(
    desk: Desk, node: Node
) -> None:
    async with http_client(base_url=f"{node.origin}/api/sites/guides") as olga:

        async def comments(text: str) -> None:
            assert (
                await olga.post("/articles/cancel-a-booking/comments", json={"text": text, "name": "Olga"})
            ).is_success

        await comments("Thank you!")
        await comments("Buy <b>watches</b>")
        await olga.post("/articles/cancel-a-booking/vote", json={"helpful": True})
        await olga.get("/articles", params={"q": "kennels", "done": "true", "locale": "en"})

        anna, ben = await desk("Anna", path="/console/help"), await desk("Ben")
        count = ben.page.get_by_role("link", name="Help").locator(".unread")
        await expect(count).to_have_text("2")
        await ben.page.keyboard.press("g")
        await ben.page.keyboard.press("h")
        await expect(ben.page).to_have_url(node.origin + "/console/help")
        thanks, spam = comment(ben, "Thank you!"), comment(ben, "Buy <b>watches</b>")
        await expect(thanks.get_by_role("link", name=CANCEL)).to_be_visible()

        await anna.page.keyboard.press("j")
        await anna.page.keyboard.press("y")
        await expect(anna.page.get_by_text("readers see it now")).to_be_visible()
        await expect(comment(anna, "Buy <b>watches</b>")).to_be_focused()
        await anna.page.keyboard.press("n")
        await expect(anna.page.get_by_role("button", name="Delete for good?")).to_be_focused()
        await expect(thanks).to_contain_text("A colleague has dealt with it")  # in its place: nothing has moved
        await expect(thanks.get_by_role("button", name="Approve")).to_be_hidden()
        await expect(count).to_have_text("1")

        await ben.page.route("**/api/comments?state=pending", lambda route: route.abort())  # he hears of nothing
        await anna.page.keyboard.press("n")
        await expect(anna.page.get_by_text("No comment waits")).to_be_visible()
        await spam.get_by_role("button", name="Approve").click()
        await expect(ben.page.get_by_text("already: it is gone")).to_be_visible()
        await expect(spam).to_have_count(0)
        await comments("One more thing")
        await expect(comment(anna, "One more thing")).to_be_visible()

    await anna.page.get_by_role("link", name="Was it helpful?").click()
    await expect(anna.page.get_by_role("row", name=CANCEL)).to_contain_text(re.compile(r"English\s*100%\s*1\s*0\s*1$"))
    await anna.page.get_by_role("link", name="Found nothing").click()
    await expect(anna.page).to_have_url(node.origin + "/console/help/searches?site=guides")
    await expect(anna.page.get_by_role("row", name="kennels")).to_be_visible()
    ben.complaints.clear()  # of what this test has kept from him


def comment(console: Console, text: str) -> Any:
    """A comment in the list."""
    return console.page.locator(".comments > li").filter(has_text=text)
