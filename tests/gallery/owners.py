"""What somebody tries who wants it on a site of their own."""

from collections.abc import AsyncIterator

from playwright.async_api import expect

from tests.gallery.stage import Stage, State


async def playground(stage: Stage) -> AsyncIterator[State]:
    """The demo's page, with all that can be chosen."""
    page = await stage.page(f"{await stage.demo()}/demo?desk=demo&lang={stage.locale}")
    await expect(page.locator(".play fieldset").first).to_be_visible()
    await expect(page.locator("mayfly-widget .bubble")).to_be_attached()
    yield State("playground", page, ours=".play")


STORIES = [playground]
