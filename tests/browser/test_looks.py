"""A site's own look in a browser: shape, place, words and images."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, expect

from chat.settings import Settings
from chat.theme_settings import Texts, Theme
from tests.web.conftest import Running, Service

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>'
)


@pytest.fixture
async def themed(tmp_path: Path) -> AsyncIterator[Running]:
    picture = tmp_path / "picture.svg"
    picture.write_text(SVG)
    theme = Theme(
        accent="#ffcc00",
        logo=str(picture),
        icon=str(picture),
        shape="pill",
        side_px=32,
        edge_px=90,
        texts=Texts(launcher={"en": "Ask a planner"}, greeting={"en": "Where to?"}),
    )

    def change(settings: Settings) -> Settings:
        demo = msgspec.structs.replace(settings.sites["demo"], theme=theme)
        return msgspec.structs.replace(settings, sites={**settings.sites, "demo": demo})

    service = Service(tmp_path, change)
    yield await asyncio.to_thread(service.__enter__)
    await asyncio.to_thread(service.__exit__)


async def test_a_pill_with_an_image_of_its_own_stands_where_the_site_says_and_the_panel_above_it(
    browser: Browser, themed: Running
) -> None:
    context = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{themed.origin}/demo?lang=en")
    bubble = page.get_by_role("button", name="Ask a planner", exact=True)
    await expect(bubble.locator("img")).to_have_attribute("src", f"{themed.origin}/api/sites/demo/icon")
    written = await bubble.evaluate("(bubble) => getComputedStyle(bubble, '::before').content")
    assert written == '"Ask a planner"'
    closed = await bubble.bounding_box()
    assert closed is not None
    assert (closed["x"] + closed["width"], closed["y"] + closed["height"]) == (1000 - 32, 700 - 90)
    assert closed["width"] > 120

    await bubble.click()
    panel = page.frame_locator("mayfly-widget iframe")
    await expect(panel.get_by_role("heading", name="Where to?")).to_be_visible()
    logo = panel.locator("mayfly-head .avatar img")
    assert await logo.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 8
    box, opened = await page.locator("mayfly-widget .box").bounding_box(), await bubble.bounding_box()
    assert box is not None
    assert opened is not None
    assert opened["width"] == opened["height"] == 60
    assert box["x"] + box["width"] == 1000 - 32
    assert box["y"] > 0
    assert box["y"] + box["height"] < opened["y"]
    await context.close()
