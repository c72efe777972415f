"""The whole job in two real browsers at once: she asks, she is answered, she wanders about, it is filed, it is gone."""

from playwright.async_api import Browser, expect
from redis.asyncio import Redis

from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.service import Installation, until


async def test_a_visitor_and_an_agent_live_through_a_whole_chat(mayfly: Installation, browser: Browser) -> None:
    node = await mayfly.node()
    async with (
        await Console.of(browser, node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node) as vera,
    ):
        await anna.opens()
        await vera.arrives()
        await vera.asks("Where is my order?", name="Vera")
        await anna.is_available()
        await anna.sees("Where is my order?")
        await expect(vera.panel.get_by_text("Anna joined the chat")).to_be_visible()

        await vera.says("It is number 7")
        await anna.sees("It is number 7")
        await anna.replies("It leaves today")
        await vera.sees("It leaves today")
        await expect(anna.page.locator('.line[data-mark="read"]')).to_have_count(1)

        await vera.page.get_by_role("link", name="Cart").click()
        await expect(vera.page.get_by_role("heading", name="Cart")).to_be_visible()
        await vera.sees("It leaves today")
        await vera.page.reload()
        await vera.sees("It is number 7")
        card = anna.page.get_by_role("complementary", name="Visitor details")
        await expect(card).to_contain_text("shop.example.com/cart")

        tab = await vera.opens_another_tab()
        await tab.opens_the_panel()
        await tab.sees("It leaves today")
        await tab.says("And number 8?")
        await vera.sees("And number 8?")
        await anna.sees("And number 8?")
        await tab.page.close()

        await anna.page.reload()
        await anna.is_connected()
        await anna.opens_chat("Vera")
        for line in ("It is number 7", "It leaves today", "And number 8?"):
            await anna.sees(line)
        await anna.replies("I shall look it up")
        await vera.sees("I shall look it up")

        await anna.page.keyboard.press("Escape")
        await anna.page.get_by_role("button", name="File a ticket").first.click()
        dialog = anna.page.get_by_role("dialog")
        await dialog.get_by_label("Subject").fill("Order 8")
        await dialog.get_by_label("What is it about").fill("Find out where it is.")
        await dialog.get_by_role("button", name="File ticket", exact=True).click()
        await expect(vera.panel.get_by_text("Request #1001 was filed")).to_be_visible()
        await vera.panel.get_by_role("button", name="Open the request").click()
        link = str(await vera.panel.get_by_role("link", name="Open the request").get_attribute("href"))
        await vera.panel.get_by_role("button", name="Back to the chat").last.click()
        page = await vera.context.new_page()
        await page.goto(link)
        await expect(page.get_by_text("Find out where it is.")).to_be_visible()
        await page.close()

        await vera.panel.get_by_role("button", name="End the chat").click()
        await vera.panel.get_by_role("button", name="End and erase").click()
        await expect(anna.page.locator(".chat-row")).to_have_count(0)
        await anna.holds_nowhere("my order", "number 7", "number 8", "leaves today", "look it up", "Vera", "/cart")
        await vera.stores_nowhere("my order", "number 7", "number 8", "leaves today", "look it up")
        async with Redis.from_url(mayfly.redis.url) as redis:

            async def nothing_left() -> bool:
                return not [key async for key in redis.scan_iter("mayfly:{b:*}:[clnrt]*:*")]

            await until(nothing_left, "no key of a chat in Redis")
        assert vera.complaints == []
        assert anna.complaints == []
