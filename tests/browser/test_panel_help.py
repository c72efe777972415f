"""Help articles in the panel: looked through, searched, read, rated, and offered while a question is typed."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Route, expect

from tests.actors import Agent
from tests.browser.guest import Guest
from tests.service import Installation, Node, desk_of, signed

STAY = "Make a reservation"


@pytest.fixture
async def vera(node: Node, browser: Browser) -> AsyncIterator[Guest]:
    """Vera on the page of a site with a help centre; a page that complains fails the test."""
    async with await Guest.of(browser, node, site="innkeep") as vera:
        yield await vera.arrives()
        assert vera.complaints == []


def heading(vera: Guest, title: str) -> Locator:
    return vera.panel.get_by_role("heading", level=2, name=title)


def search_of(vera: Guest) -> Locator:
    return vera.panel.get_by_role("combobox", name="Search the help")


async def goes_back(vera: Guest) -> None:
    await vera.panel.get_by_role("button", name="Back", exact=True).click()


async def test_the_contents_lead_to_an_article_and_its_links_to_others_and_the_way_back_through_all(
    vera: Guest,
) -> None:
    await vera.opens_the_panel()
    tile = vera.panel.get_by_role("navigation").get_by_role("button").first
    await expect(tile).to_have_text("Help")
    await tile.click()
    await expect(search_of(vera)).to_be_focused()
    await vera.panel.get_by_text("Reservations").click()
    row = vera.panel.get_by_role("button", name=STAY)
    await row.click()
    await expect(heading(vera, STAY)).to_be_focused()
    await expect(vera.panel.get_by_text("Updated May 13, 2026")).to_be_visible()
    picture = vera.panel.get_by_role("button", name="Enlarge: The calendar with a stay drawn in")
    await expect(picture.locator("img")).to_have_attribute("width", "736")
    await picture.click()
    large = vera.panel.get_by_role("dialog")
    await expect(large.locator("img")).to_be_visible()
    await vera.page.keyboard.press("Escape")
    await expect(large).to_be_hidden()
    await expect(vera.bubble).to_have_attribute("aria-expanded", "true")
    await vera.panel.get_by_role("link", name="deposit").click()
    await expect(heading(vera, "deposit")).to_be_focused()
    await goes_back(vera)
    await expect(heading(vera, STAY)).to_be_focused()
    await goes_back(vera)
    await expect(row).to_be_focused()
    await goes_back(vera)
    await expect(tile).to_be_focused()


async def test_a_search_is_answered_as_one_types_and_its_list_is_gone_through_by_keys(vera: Guest) -> None:
    await vera.opens("help")
    field, options = search_of(vera), vera.panel.get_by_role("option")
    await field.press_sequentially("cancle a reservatoin")
    await expect(options.first).to_contain_text("Cancel a reservation")
    await expect(options.first.locator("mark").first).to_have_text("Cancel")
    await expect(field).to_have_attribute("aria-expanded", "true")
    await expect(vera.panel.get_by_role("status")).to_contain_text([re.compile(r"\d+ articles? found")])
    await field.press("Escape")
    await expect(field).to_have_attribute("aria-expanded", "false")
    await expect(vera.bubble).to_have_attribute("aria-expanded", "true")
    await field.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    assert await field.get_attribute("aria-activedescendant") == await options.first.get_attribute("id")
    await field.press("Enter")
    await expect(heading(vera, "Cancel a reservation")).to_be_focused()
    await expect(vera.panel.get_by_role("table")).to_contain_text("the whole stay")
    await goes_back(vera)
    await expect(field).to_have_value("cancle a reservatoin")


async def test_a_list_that_was_closed_is_not_opened_by_what_is_answered_later(vera: Guest) -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def answers_late(route: Route) -> None:
        asked.set()
        await closed.wait()
        await route.continue_()

    await vera.opens("help")
    field, found = search_of(vera), vera.panel.locator(".search-box li")
    await field.fill("cancel")
    await expect(found.first).to_contain_text("Cancel a reservation")
    await vera.page.route(re.compile("/searches"), answers_late)
    await field.fill("deposit")
    await asked.wait()
    await field.press("Escape")
    closed.set()
    await expect(found.first).to_contain_text("deposit")
    await expect(field).to_have_attribute("aria-expanded", "false")


async def test_a_search_that_finds_nothing_leads_to_a_request_with_its_words(
    vera: Guest, mayfly: Installation, node: Node
) -> None:
    await vera.opens("help")
    field = search_of(vera)
    await field.fill("zeppelin mooring")
    await expect(vera.panel.get_by_text("Nothing found for “zeppelin mooring”").first).to_be_visible()
    await vera.panel.get_by_role("button", name="Leave a request").click()
    await expect(vera.panel.get_by_label("Subject")).to_have_value("zeppelin mooring")
    await goes_back(vera)
    await field.fill("zeppelin xylophone")
    await vera.panel.get_by_role("button", name="Start chat").click()
    await expect(vera.panel.get_by_label("Your question")).to_have_value("zeppelin xylophone")
    async with desk_of(node, await mayfly.hire("Anna")) as anna:
        missed = (await anna.get("/api/reports/searches?site=innkeep")).json()
    assert {one["words"] for one in missed} == {"zeppelin mooring", "zeppelin xylophone"}


async def test_what_cannot_be_read_is_read_again_by_a_click(vera: Guest) -> None:
    await vera.page.route("**/articles?*", lambda route: route.abort())
    await vera.opens("help")
    await expect(vera.panel.get_by_role("alert")).to_contain_text("There is no connection.")
    await vera.page.unroute_all()
    await vera.panel.get_by_role("button", name="Try again").click()
    await expect(vera.panel.get_by_role("heading", name="Reservations")).to_be_visible()
    await vera.page.route("**/searches?*", lambda route: route.abort())
    await search_of(vera).fill("deposit")
    await expect(vera.panel.get_by_role("alert")).to_contain_text("There is no connection.")
    await vera.page.unroute_all()
    await vera.panel.get_by_role("button", name="Try again").click()
    await vera.panel.get_by_role("option").first.click()
    await expect(heading(vera, "deposit")).to_be_focused()
    await goes_back(vera)
    await expect(search_of(vera)).to_be_focused()
    await expect(vera.panel.get_by_role("option").first).to_be_visible()
    vera.complaints.clear()  # of what was kept from it


async def test_articles_are_offered_below_a_question_and_reading_one_costs_nothing_that_was_typed(vera: Guest) -> None:
    question = "How do I cancel a reservation?"
    bodies: list[str] = []
    vera.page.on(
        "request", lambda request: bodies.append(request.post_data or "") if "/searches" in request.url else None
    )
    await vera.opens_the_panel()
    field, offers = vera.panel.get_by_label("Your question"), vera.panel.get_by_role("group", name="This may help")
    await vera.panel.get_by_label("Name").fill("Vera")
    await field.fill(question)
    await expect(offers.get_by_role("listitem")).to_have_count(3)
    await expect(field).to_be_focused()
    await offers.get_by_role("button", name="Cancel a reservation").click()
    await expect(heading(vera, "Cancel a reservation")).to_be_focused()
    await goes_back(vera)
    await expect(field).to_be_focused()
    await expect(field).to_have_value(question)
    await expect(vera.panel.get_by_label("Name")).to_have_value("Vera")
    longer = question + " I would rather not." * 20
    asked, hidden = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await hidden.wait()
        await route.continue_()

    await vera.page.route("**/searches?*", late)
    async with vera.page.expect_event("requestfinished", lambda request: "/searches" in request.url):
        await field.fill(longer)
        await asked.wait()
        await offers.get_by_role("button", name="Hide").click()
        hidden.set()
    await field.evaluate("() => new Promise(requestAnimationFrame)")
    await expect(offers).to_be_hidden()
    await vera.panel.get_by_role("button", name="New request").click()
    await vera.panel.get_by_label("Subject").fill("Cancel a reservation")
    await expect(offers).to_be_hidden()
    assert {json.loads(body)["q"] for body in bodies} == {question, longer[:200]}
    assert not any(json.loads(body)["done"] for body in bodies)
    assert not any("cancel" in url for url in vera.requests if "/searches" in url)


async def test_a_link_opens_an_article_which_a_page_load_keeps_and_readers_rate_and_comment_on(
    vera: Guest, mayfly: Installation, node: Node
) -> None:
    await vera.api("location.hash = 'mayfly/help/deposit'")
    article, comment_field = vera.panel.locator("mayfly-article"), vera.panel.get_by_label("Your comment")
    await article.get_by_text("Add a comment").click()
    await comment_field.fill("Two <b>words</b>")
    await vera.page.goto(vera.home + "/cart")
    await expect(article.locator("h2")).to_be_visible()
    await article.get_by_role("button", name="русский").click()
    await expect(article.locator("article")).to_have_attribute("lang", "ru")
    await article.get_by_role("button", name="No", exact=True).click()
    await expect(article.get_by_text("A person can help you further.")).to_be_visible()
    await expect(article.get_by_role("button", name="Leave a request")).to_be_visible()
    await expect(comment_field).to_be_visible()
    await expect(comment_field).to_have_value("Two <b>words</b>")
    await article.get_by_role("button", name="Send").click()
    await expect(article.get_by_text("once we have read it")).to_be_visible()
    async with desk_of(node, await mayfly.hire("Anna")) as anna:
        (counts,) = (await anna.get("/api/reports/articles?site=innkeep")).json()
        assert (counts["slug"], counts["locale"], counts["unhelpful"]) == ("deposit", "ru", 1)
        (comment,) = (await anna.get("/api/comments")).json()
        await anna.patch(f"/api/comments/{comment['id']}", json={"approved": True})
    await vera.page.goto(vera.home + "/")
    await expect(article.locator("h2")).to_be_visible()
    await article.get_by_role("button", name="русский").click()
    await expect(article.get_by_text("Two <b>words</b>")).to_be_visible()
    await expect(article.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    await expect(comment_field).to_have_value("")
    page = article.get_by_role("link", name="Open as a page of its own")
    await expect(page).to_have_attribute("href", "/help/innkeep/ru/deposit")


async def test_a_link_to_an_article_in_the_chat_opens_in_the_panel_and_the_way_back_leads_to_the_chat(
    vera: Guest, mayfly: Installation, node: Node
) -> None:
    async with Agent(node, await mayfly.hire("Anna")) as anna:
        await anna.opens()
        await anna.is_available()
        await vera.asks()
        await anna.says(await anna.is_given(), f"See {node.origin}/help/innkeep/en/deposit")
        await vera.composer.fill("Not sent yet")
        await vera.panel.get_by_role("link", name="/help/innkeep/en/deposit").click()
        await expect(heading(vera, "deposit")).to_be_focused()
        assert len(vera.context.pages) == 1
        await vera.panel.get_by_role("button", name="Back to the chat").click()
        await expect(vera.composer).to_have_value("Not sent yet")
        await vera.sees("Where is my order?")


async def test_a_help_centre_that_is_only_for_some_is_shown_to_them_alone(node: Node, browser: Browser) -> None:
    async with await Guest.of(browser, node, site="lodge") as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        menu = vera.panel.get_by_role("navigation")
        await expect(menu.get_by_role("button")).to_have_text(["New request", "My requests"])
        is_member = f"Mayfly.identify('{signed(sub='1', member=True)}')"
        offers = vera.panel.get_by_role("group", name="This may help")
        await vera.panel.get_by_label("Your question").fill("Where is the way inside?")
        for who, seen in ((is_member, True), ("Mayfly.identify(null)", False), (is_member, True)):
            await vera.api(who)
            await expect(offers).to_be_visible(visible=seen)
        await menu.get_by_role("button", name="Help").click()
        await vera.panel.get_by_role("button", name="The way inside").click()
        text = vera.panel.locator(".prose")
        await expect(text.get_by_role("columnheader", name="Bell")).to_have_class("right")
        await expect(text.locator("pre")).to_have_text("ring --twice\n")
        town = text.get_by_role("link", name="the town")
        assert [await town.get_attribute(name) for name in ("target", "rel")] == ["_blank", "noopener noreferrer"]
        await text.get_by_role("link", name="the rules").click()
        await expect(text.get_by_role("heading", name="The rules")).to_be_focused()
        await expect(text.locator("ol li")).to_have_text(["No shoes", "No noise"])
        await expect(vera.panel.get_by_role("link", name="Open as a page of its own")).to_have_count(0)
        assert vera.complaints == []


async def test_a_link_to_an_article_opens_in_the_panel_for_who_may_read_it_and_else_in_a_new_tab(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node, site="lodge") as vera,
    ):
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        await vera.asks()
        await anna.says(await anna.is_given(), f"See {node.origin}/help/lodge/en/inside")
        link = vera.panel.get_by_role("link", name="/help/lodge/en/inside")
        async with vera.context.expect_page() as opened:
            await link.click()
        await (await opened.value).close()
        await vera.api(f"Mayfly.identify('{signed(sub='1', member=True)}')")
        await goes_back(vera)
        await vera.panel.get_by_role("button", name="Help").wait_for()
        await vera.panel.get_by_role("button", name="Chat").click()
        await link.click()
        await expect(heading(vera, "The way inside")).to_be_focused()
        await vera.panel.get_by_role("button", name="Back to the chat").click()
        await expect(vera.composer).to_be_visible()
        assert vera.complaints == []
