"""Which language the panel speaks, and how a visitor chooses another; moments are told by the visitor's clock."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.actors import Agent
from tests.browser.guest import Guest
from tests.service import Installation, Node


async def arrives(browser: Browser, node: Node, lang: str, browsers: list[str], attributes: str = "") -> Guest:
    """A visitor whose browser prefers these languages, on a page in this one."""
    guest = await Guest.of(browser, node, lang=lang, attributes=attributes)
    await guest.context.add_init_script(
        f"Object.defineProperty(navigator, 'languages', {{ get: () => {json.dumps(browsers)} }})"
    )
    return await guest.arrives()


@pytest.mark.parametrize(
    ("attributes", "lang", "browsers", "spoken"),
    [
        ('data-locale="ru-RU"', "en", ["en"], "ru"),
        ("", "ru", ["en"], "ru"),
        ("", "fr", ["de", "ru-RU", "en"], "ru"),
        ("", "", ["de"], "en"),
    ],
    ids=["the snippet first", "then the page", "then the browser in its order", "else the site's first"],
)
async def test_the_language_is_that_of(
    node: Node, browser: Browser, attributes: str, lang: str, browsers: list[str], spoken: str
) -> None:
    async with await arrives(browser, node, lang, browsers, attributes) as vera:
        await vera.opens_the_panel()
        await expect(vera.panel.locator("html")).to_have_attribute("lang", spoken)
        await vera.api(f"Mayfly.setLocale('{'en' if spoken == 'ru' else 'ru'}')")
        await expect(vera.panel.locator("html")).to_have_attribute("lang", "en" if spoken == "ru" else "ru")


async def test_a_visitor_chooses_another_language_which_lasts_as_long_as_the_tab_and_loses_no_word(
    node: Node, browser: Browser
) -> None:
    async with await Guest.of(browser, node) as vera:
        await vera.arrives()
        await vera.opens("request")
        await vera.panel.get_by_role("button", name="Back").click()
        await vera.panel.get_by_label("Your question").fill("Where is my order?")
        languages = vera.panel.get_by_role("navigation", name="Language").get_by_role("button")
        await expect(languages).to_have_text(["English", "русский"])
        await expect(languages.first).to_have_attribute("aria-current", "true")
        await languages.last.click()
        question = vera.panel.get_by_label("Ваш вопрос")
        await expect(question).to_have_value("Where is my order?")
        await expect(vera.bubble).to_have_accessible_name(re.compile("[а-я]"))
        await vera.page.reload()
        await expect(question).to_have_value("Where is my order?")
        other = await vera.opens_another_tab()
        await other.opens_the_panel()
        await expect(other.panel.get_by_label("Your question")).to_be_visible()
        await other.panel.get_by_role("button", name="русский").click()
        await expect(other.bubble).to_have_accessible_name(re.compile("[а-я]"))
        await other.api("Mayfly.reset()")
        await expect(other.bubble).not_to_have_accessible_name(re.compile("[а-я]"))
        await vera.api("Mayfly.setLocale('en')")
        await expect(vera.panel.get_by_label("Your question")).to_have_value("Where is my order?")
        assert vera.complaints == []


async def test_moments_are_told_by_the_visitors_clock_and_in_their_language(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    zone: dict[str, Any] = {"timezone_id": "Pacific/Kiritimati"}  # 14 hours ahead of UTC: another day than anybody's
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node, lang="ru", **zone) as vera,
    ):
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        clock = "new Date().toLocaleTimeString('ru', { timeZone: 'Pacific/Kiritimati', hour: 'numeric', minute: '2-digit' })"
        before = await vera.api(clock)
        await vera.asks()
        shown = await vera.panel.locator(".line.own time").first.inner_text()
        assert shown in (before, await vera.api(clock))
        await expect(vera.panel.locator(".day").first).to_have_text("Сегодня")
