"""The demo's playground in a browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.web.conftest import Running, Service


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Running]:
    service = Service(tmp_path)
    yield await asyncio.to_thread(service.__enter__)
    await asyncio.to_thread(service.__exit__)


async def test_a_choice_is_applied_at_once_stays_in_the_address_and_can_be_taken_along(
    browser: Browser, demo: Running
) -> None:
    context = await browser.new_context(
        base_url=demo.origin, locale="en-US", permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto("/demo")
    bubble = page.locator("mayfly-widget .bubble")
    await page.get_by_text("Playground").click()
    await page.get_by_role("radio", name="Holiday homes").click()
    await expect(page).to_have_url(re.compile("desk=rentals"))
    await expect(bubble).to_have_css("left", "20px")  # that desk's own corner, and its colour
    await expect(bubble).to_have_css("background-color", "rgb(225, 29, 72)")

    await page.get_by_role("radio", name="Circle").click()
    await expect(page).to_have_url(re.compile("shape=circle"))
    await expect(page.get_by_role("radio", name="Circle")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page).to_have_url(re.compile("shape=rounded"))
    await expect(page.get_by_role("radio", name="Rounded")).to_be_focused()
    await expect(bubble).to_have_css("border-radius", "18px")

    toml = page.locator("figure").filter(has_text="mayfly.toml")
    await toml.get_by_role("button").click()
    await expect(toml.get_by_role("button")).to_have_text("Copied")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('[sites.rentals]\nposition = "bottom-left"')
    assert 'shape = "rounded"' in copied
    assert await page.evaluate("sessionStorage.length + localStorage.length") == 0
    await context.close()


@pytest.mark.parametrize("lang", ["en", "ru", "uk", "es"])
async def test_nothing_is_wider_than_a_telephone(browser: Browser, demo: Running, lang: str) -> None:
    context = await browser.new_context(base_url=demo.origin, viewport={"width": 360, "height": 800})
    page = await context.new_page()
    await page.goto(f"/demo?lang={lang}&desk=travel&who=customer")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await context.close()
