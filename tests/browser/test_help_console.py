"""Help articles from the agents' side: put into what they write, and what readers say of them."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import Desk
from tests.browser.guest import Guest
from tests.service import Node

CANCEL = "Cancel a journey and get your money back"


async def test_a_slash_finds_an_article_in_the_visitors_language_and_puts_its_address_into_the_chat(
    desk: Desk, node: Node, browser: Browser
) -> None:
    anna = await desk("Anna")
    await anna.is_available()
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
        await anna.composer.press("Enter")
        link = vera.panel.locator("mayfly-thread a")
        await expect(link).to_have_attribute("href", address)
        await anna.composer.press_sequentially("/zzz")
        await expect(anna.page.get_by_text("Nothing found")).to_have_count(2)  # seen and heard
        await anna.composer.press("Enter")
        await vera.sees("/zzz")
