"""What calls a visitor back to the conversation, and what they write it with."""

import re

from playwright.async_api import Browser, expect

from tests.actors import Agent
from tests.browser.guest import Guest
from tests.service import Installation, Node

COUNT_NOTES = """
    self.notes = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (...when) { self.notes += 1; return start.apply(this, when); };
"""
HIDDEN = """(hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


async def test_a_visitor_is_called_back_by_title_and_sound_and_answers_with_an_emoji(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    async with Agent(node, await mayfly.hire("Anna")) as anna, await Guest.of(browser, node) as vera:
        await vera.context.add_init_script(COUNT_NOTES)
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        await vera.asks()
        chat = await anna.is_given()
        await expect(vera.composer).to_be_visible()
        frame = next(frame for frame in vera.page.frames if "/panel/" in frame.url)

        async def hears(text: str, title: str, notes: int) -> None:
            await anna.says(chat, text)
            await vera.sees(text)
            await expect(vera.page).to_have_title(title)
            assert await frame.evaluate("notes") == notes

        sound = vera.panel.get_by_role("button", name="Sound at new messages")
        await expect(sound).to_have_attribute("aria-pressed", "false")
        await vera.api("Mayfly.close()")
        await hears("Nothing sounds that nobody allowed.", "Shop", 0)
        await vera.bubble.click()
        await sound.click()
        await expect(sound).to_have_attribute("aria-pressed", "true")
        await hears("One hears how it sounds, and no more while one looks.", "Shop", 1)

        await vera.api("Mayfly.close()")
        await vera.page.evaluate(HIDDEN, True)
        await hears("Are you there?", "(1) Shop", 2)
        await hears("Hello?", "(2) Shop", 3)
        await vera.page.evaluate(HIDDEN, False)
        await expect(vera.page).to_have_title("Shop")
        await vera.page.evaluate(HIDDEN, True)
        await hears("Still here.", "(3) Shop", 4)
        await vera.api("document.title = 'Cart'")
        await vera.page.evaluate(HIDDEN, False)
        await expect(vera.page).to_have_title("Cart")

        await vera.bubble.click()
        emoji = vera.panel.get_by_role("dialog", name="Emoji")
        button = vera.panel.get_by_role("button", name="Emoji")
        for closes in ("the mouse", "Escape"):
            await button.click()
            await expect(emoji).to_be_visible()
            await (button.click() if closes == "the mouse" else vera.page.keyboard.press("Escape"))
            await expect(emoji).to_have_count(0)
            await expect(vera.composer).to_be_focused()
        await button.click()
        await expect(emoji).to_be_visible()
        for key in ("End", "Home", "ArrowRight", "ArrowDown", "ArrowUp", "Enter"):
            await vera.page.keyboard.press(key)
        await expect(vera.composer).to_be_focused()
        await vera.composer.press("Enter")
        await expect(vera.panel.locator(".text.emoji")).to_have_text(re.compile("😄"))
        assert vera.complaints == []
