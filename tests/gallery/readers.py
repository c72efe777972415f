"""Pages that anybody may open: the help pages, and a request by its link."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from playwright.async_api import expect

from tests.gallery.customer import OLGA
from tests.gallery.stage import Stage, State


async def help_pages(stage: Stage) -> AsyncIterator[State]:
    """From the contents to what a search does not find."""
    root = f"/help/fernweh/{stage.locale}"
    page = await stage.page(root)
    yield State("help contents", page)
    section = await page.locator(".topic h2 a").first.get_attribute("href")
    article = await page.locator(".topic li a").first.get_attribute("href")
    yield State("help section", await stage.page(str(section)))
    yield State("help article", await stage.page(str(article)))
    title = await page.locator(".topic li a").first.inner_text()
    yield State("help found", await stage.page(f"{root}?q={quote(title)}"))
    yield State("help found nothing", await stage.page(f"{root}?q=0000"))
    yield State("help missing", await stage.page(f"{root}/no-such-article"))


async def request_by_link(stage: Stage) -> AsyncIterator[State]:
    """What its requester was mailed leads here."""
    claims: dict[str, Any] = {**OLGA, "sub": f"reader {stage.locale}"}
    filed = await stage.files(**claims)
    await stage.is_answered(filed["number"])
    page = await stage.page(f"{filed['link']}&lang={stage.locale}")
    await expect(page.locator("mayfly-request")).to_be_visible()
    yield State("request page", page)


STORIES = [help_pages, request_by_link]
