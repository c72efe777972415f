"""The menu beside the question, the way to each section and back, and where else to turn."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, expect

from tests.actors import Agent
from tests.browser.guest import Guest
from tests.service import Installation, Node, signed

MEMBER = f'data-identity="{signed(sub="1", member=True, host_name="Hanna Host", host_photo="https://club.example.com/hanna.png")}"'


async def test_the_menu_stands_above_the_question_and_leads_to_each_section_and_back(
    node: Node, browser: Browser
) -> None:
    async with await Guest.of(browser, node, site="club", attributes=MEMBER) as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        menu, back = vera.panel.get_by_role("navigation"), vera.panel.get_by_role("button", name="Back", exact=True)
        await expect(menu.get_by_role("button")).to_have_text(["New request", "My requests", "Contacts"])
        await expect(vera.panel.get_by_role("button", name=re.compile("^Back"))).to_be_hidden()
        for section, shown in (("My requests", "No requests yet"), ("Contacts", "Hanna Host")):
            await menu.get_by_role("button", name=section).click()
            await expect(vera.panel.get_by_text(shown)).to_be_visible()
            await vera.panel.get_by_role("button", name=re.compile("^Back")).click()
            await expect(menu.get_by_role("button", name=section)).to_be_focused()
        stray = "(form) => [...form.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).length"
        assert await vera.panel.locator("mayfly-form").evaluate(stray) == 0
        await vera.opens("requests/1001")
        await back.click()
        await expect(vera.panel.get_by_text("No requests yet")).to_be_visible()
        await vera.panel.get_by_role("button", name="New request").click()
        await expect(vera.panel.get_by_label("Subject")).to_be_visible()
        await back.click()
        await expect(vera.panel.get_by_text("No requests yet")).to_be_visible()


async def test_how_many_are_free_is_said_and_a_chat_under_way_is_one_step_from_the_menu(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        Agent(node, await mayfly.hire("Ben")) as ben,
        await Guest.of(browser, node) as vera,
    ):
        for agent in (anna, ben):
            await agent.opens()
            await agent.is_available()
        await vera.arrives()
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_text("2 specialists are free")).to_be_visible()
        await vera.panel.get_by_label("Your question").fill("Where is my order?")
        await vera.panel.get_by_role("button", name="Start chat").click()
        await expect(vera.composer).to_be_visible()
        await vera.panel.get_by_role("button", name="Back", exact=True).click()
        await expect(vera.panel.get_by_label("Your question")).to_be_hidden()
        await vera.panel.get_by_role("navigation").get_by_role("button", name="Chat").click()
        await expect(vera.composer).to_be_visible()
        assert vera.complaints == []


async def test_a_link_in_the_pages_address_opens_its_section_and_the_way_back_closes_it(
    node: Node, browser: Browser
) -> None:
    async with await Guest.of(browser, node) as vera:
        await vera.arrives("/#mayfly/requests")
        await expect(vera.panel.get_by_text("No requests yet")).to_be_visible()
        await vera.api("Mayfly.close()")
        assert vera.page.url == vera.home + "/"
        await vera.api("location.hash = 'mayfly/request'")
        await expect(vera.panel.get_by_label("Subject")).to_be_visible()
        await vera.page.go_back()
        await expect(vera.bubble).to_have_attribute("aria-expanded", "false")
        assert vera.page.url == vera.home + "/"


async def test_who_may_not_use_the_desk_finds_where_else_to_turn(node: Node, browser: Browser) -> None:
    opens = f"{datetime.now(UTC) + timedelta(days=3):%A}"
    async with await Guest.of(browser, node, site="club", timezone_id="Asia/Tokyo") as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_text("Members only. Ask at the door.")).to_be_visible()
        await vera.panel.get_by_role("button", name="Contacts").click()
        door = vera.panel.get_by_role("link", name="The door")
        await expect(door).to_contain_text(f"+49 30 901820Opens {opens} at 6:00 PM")
        await expect(door).to_have_attribute("href", "tel:+4930901820")
        await expect(vera.panel.get_by_text("Your host")).to_have_count(0)
        await vera.panel.get_by_role("button", name="Back", exact=True).click()
        await expect(vera.panel.get_by_text("Members only. Ask at the door.")).to_be_visible()


async def test_contacts_that_cannot_be_read_are_read_again_by_a_click(node: Node, browser: Browser) -> None:
    async with await Guest.of(browser, node, site="club", attributes=MEMBER) as vera:
        await vera.arrives()
        await vera.page.route("**/contacts?*", lambda route: route.abort())
        await vera.opens("contacts")
        await expect(vera.panel.get_by_role("alert")).to_contain_text("There is no connection.")
        await vera.page.unroute("**/contacts?*")
        await vera.panel.get_by_role("button", name="Try again").click()
        await expect(vera.panel.get_by_text("Hanna Host")).to_be_visible()
        await expect(vera.panel.locator("article .avatar")).to_have_text("HH")  # the photo is none
