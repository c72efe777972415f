"""The public help pages in a browser: votes and comments, and everything else without a script."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web.conftest import Running, Service, sign_in

ARTICLE = "/help/demo/en/change-a-booking"


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Running]:
    service = Service(tmp_path)
    yield await asyncio.to_thread(service.__enter__)
    await asyncio.to_thread(service.__exit__)


async def opened(browser: Browser, demo: Running, path: str, *, scripts: bool = True, width: int = 1280) -> Page:
    context = await browser.new_context(
        base_url=demo.origin, java_script_enabled=scripts, viewport={"width": width, "height": 800}
    )
    page = await context.new_page()
    await page.goto(path)
    return page


async def test_a_reader_votes_thinks_again_and_comments(browser: Browser, demo: Running) -> None:
    page = await opened(browser, demo, ARTICLE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    yes, no = page.get_by_role("button", name="Yes"), page.get_by_role("button", name="No", exact=True)
    await yes.click()
    await expect(yes).to_have_attribute("aria-pressed", "true")
    await no.click()
    await expect(no).to_have_attribute("aria-pressed", "true")
    await expect(yes).to_have_attribute("aria-pressed", "false")
    await page.get_by_text("Add a comment").click()
    await page.get_by_label("Your comment").fill("Two <b>words</b>")
    await page.get_by_label("Name").fill("Olga")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("once we have read it")).to_be_visible()
    await expect(page.get_by_label("Your comment")).to_have_value("")
    async with demo.browser() as agent:
        await sign_in(agent, demo, demo.people[0])
        (counts,) = (await agent.get("/api/reports/articles?site=demo")).json()
        assert (counts["slug"], counts["helpful"], counts["unhelpful"]) == ("change-a-booking", 0, 1)
        (one,) = (await agent.get("/api/comments")).json()
        assert (await agent.patch(f"/api/comments/{one['id']}", json={"approved": True})).status_code == 200
    later = await opened(browser, demo, ARTICLE)
    await expect(later.get_by_text("Two <b>words</b>")).to_be_visible()
    assert complaints == []


async def test_a_vote_that_does_not_arrive_is_told(browser: Browser, demo: Running) -> None:
    page = await opened(browser, demo, ARTICLE)
    await page.route("**/vote*", lambda route: route.abort())
    yes = page.get_by_role("button", name="Yes")
    await yes.click()
    await expect(page.get_by_text("That did not work")).to_be_visible()
    await expect(yes).to_have_attribute("aria-pressed", "false")


async def test_a_search_is_answered_as_one_types_and_enter_leads_to_the_choice_or_to_the_whole_list(
    browser: Browser, demo: Running
) -> None:
    page = await opened(browser, demo, "/help/demo/en")
    field, options = page.get_by_role("combobox"), page.get_by_role("option")
    await field.press_sequentially("give my mony back")
    await expect(options.first).to_contain_text("Cancel a journey and get your money back")
    await field.press("Escape")
    await expect(options.first).to_be_hidden()
    await field.press("ArrowDown")
    await field.press("Enter")
    await expect(page).to_have_url(re.compile("/help/demo/en/cancel-a-booking$"))
    await field.fill("zebra")
    await expect(page.get_by_text("Nothing found for “zebra”").first).to_be_visible()
    await field.fill("journey")
    await expect(options.first).to_be_visible()
    await field.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("for “journey”")


async def test_without_scripts_one_searches_reads_and_changes_the_language(browser: Browser, demo: Running) -> None:
    page = await opened(browser, demo, "/help/demo/en", scripts=False)
    await page.get_by_role("searchbox").fill("give my mony back")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Cancel a journey and get your money back").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Cancel a journey and get your money back")
    await expect(page.get_by_role("button", name="Yes")).to_be_hidden()
    await page.get_by_role("link", name="Русский").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Отменить поездку и вернуть деньги")


@pytest.mark.parametrize("path", ["/help/demo/ru", ARTICLE, "/help/demo/ru?q=деньги", "/help/demo/ru/section/booking"])
async def test_nothing_is_wider_than_a_telephone(browser: Browser, demo: Running, path: str) -> None:
    page = await opened(browser, demo, path, width=320)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
