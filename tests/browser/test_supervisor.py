"""The supervisor's screen: everything that goes on, and a hand in it where it helps."""

import re
from typing import Any

from playwright.async_api import Browser, expect

from tests.actors import Agent, Visitor
from tests.browser.conftest import Desk
from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.service import Installation, Node

BOARD = "/console/board"


async def watches(susan: Console, agent: str) -> None:
    """From the board, the chat this agent has."""
    await susan.page.locator("mayfly-board-chats .active").get_by_role("button", name=agent, exact=True).click()
    await expect(susan.bar("You are watching silently")).to_contain_text(f"{agent} has this chat")


async def test_a_chat_is_watched_whispered_in_joined_and_taken_over(desk: Desk, node: Node, browser: Browser) -> None:
    anna, susan = await desk("Anna"), await desk("Susan", role="supervisor", path=BOARD)
    await anna.is_available()
    async with await Guest.of(browser, node) as guest:
        await guest.arrives()
        await guest.asks("Where is my order?", name="Vera")
        await anna.opens_chat("Vera")
        await watches(susan, "Anna")
        await susan.sees("Where is my order?")
        await expect(susan.page.locator("mayfly-composer").get_by_role("button", name="Reply")).to_be_hidden()
        await susan.replies("Offer her a refund")
        await anna.sees("Offer her a refund")
        await guest.says("Hello?")
        await susan.sees("Hello?")

        await susan.bar("You are watching").get_by_role("button", name="Join").click()
        await expect(susan.bar("You are in this chat")).to_contain_text("the visitor sees both of you")
        await susan.page.locator("mayfly-composer").get_by_role("button", name="Reply").click()
        await susan.replies("I am sorry for the wait")
        await guest.sees("I am sorry for the wait")
        await expect(guest.panel.get_by_text("Susan joined the chat")).to_be_visible()
        await expect(guest.panel.get_by_text("Offer her a refund")).to_have_count(0)
        await expect(anna.page.locator(".line.theirs").filter(has_text="I am sorry for the wait")).to_have_count(1)

        await susan.bar("You are in this chat").get_by_role("button", name="Take over").click()
        await expect(susan.bar("You are")).to_be_hidden()
        await expect(anna.page.get_by_role("heading", name="The chat is with Susan now")).to_be_visible()
        await susan.replies("From now on it is me")
        await guest.sees("From now on it is me")
        await anna.holds_nowhere("Where is my order?", "Offer her a refund")


async def test_a_whisper_in_a_chat_that_is_not_open_calls_the_agent_there(desk: Desk, node: Node) -> None:
    anna, susan = await desk("Anna"), await desk("Susan", role="supervisor", path=BOARD)
    await anna.is_available()
    async with Visitor(node) as vera, Visitor(node) as ivan:
        await vera.opens()
        await vera.asks("Where is my order?", name="Vera")
        await anna.sees("Where is my order?")
        await expect(anna.row("Vera").locator(".unread")).to_have_text("")
        await watches(susan, "Anna")
        await ivan.opens()
        await ivan.asks("May I return it?", name="Ivan")
        await expect(anna.row("Ivan").locator(".unread")).to_have_text("1")
        await anna.opens_chat("Ivan")
        await expect(anna.row("Ivan").locator(".unread")).to_have_text("")
        await susan.replies("Offer her a refund")
        await expect(anna.row("Vera").locator(".unread")).to_have_text("1")
        await expect(anna.row("Vera").locator(".last")).to_have_text("Note, Susan: Offer her a refund")
        assert (await anna.page.title()).startswith("(1)")
        await anna.page.locator(".toast").filter(has_text="Susan left you a note").get_by_role("button").first.click()
        await anna.sees("Offer her a refund")
        await expect(anna.row("Vera").locator(".unread")).to_have_text("")


async def test_what_is_watched_outlives_a_lost_network_and_leaves_with_the_chat(
    mayfly: Installation, desk: Desk, node: Node
) -> None:
    susan = await desk("Susan", role="supervisor", path=BOARD)
    async with Visitor(node) as vera, Agent(node, await mayfly.hire("Anna")) as anna:
        await anna.opens()
        await anna.is_available()
        await vera.opens()
        await vera.asks("zxquestion", name="Zxname")
        await watches(susan, "Anna")
        await susan.bar("You are watching").get_by_role("button", name="Join").click()
        await expect(susan.bar("You are in this chat")).to_be_visible()
        await susan.loses_the_network()
        await vera.says("zxmeanwhile")
        await susan.replies("zxwritten")
        await susan.has_a_network()
        await susan.sees("zxmeanwhile")
        await vera.hears("zxwritten")
        await vera.says("zxafter")
        await susan.sees("zxafter")
        await vera.sends("end")
        await expect(susan.page.get_by_role("heading", name="The visitor ended the chat")).to_be_visible()
        await susan.holds_nowhere("zxquestion", "zxmeanwhile", "zxwritten", "zxafter", "Zxname")


async def test_the_board_is_live_and_the_line_is_put_in_another_order_by_keyboard(
    mayfly: Installation, desk: Desk, node: Node
) -> None:
    susan = await desk("Susan", role="supervisor")
    await susan.page.keyboard.press("g")
    await susan.page.keyboard.press("b")
    await expect(susan.page).to_have_url(node.origin + BOARD)
    await expect(susan.page.locator("mayfly-board-chats")).to_contain_text("Nobody is waiting")
    async with Visitor(node) as vera, Visitor(node) as walter, Visitor(node, "offers") as olga:
        for visitor in (vera, walter, olga):
            await visitor.opens()
            await visitor.asks()
        rows = susan.page.locator("mayfly-board-chats .waiting tbody tr")
        await expect(rows).to_have_count(3)
        await expect(susan.page.locator(".figures .waiting dd")).to_have_text("3")
        team = susan.page.locator("mayfly-board-teams tr").filter(has_text="Support")
        await expect(team.locator(".waiting")).to_have_text("2")

        await team.get_by_role("button").click()
        await expect(susan.page).to_have_url(f"{node.origin}{BOARD}?team=support")
        await expect(rows).to_have_count(2)
        await susan.page.keyboard.press("Escape")
        await susan.page.keyboard.press("k")
        await susan.page.keyboard.press("+")
        await walter.gets("queued", position=1)
        await expect(rows.first.get_by_label("Priority")).to_have_value("10")

        async with Agent(node, await mayfly.hire("Anna", capacity=1)) as anna:
            await anna.opens()
            await anna.is_available()
            assert await anna.is_given() == walter.chat
            await expect(rows).to_have_count(1)
            seat = susan.page.locator(".colleague").filter(has_text="Anna")
            await expect(seat.locator(".load")).to_have_text("1 of 1")
            await expect(seat.locator(".chip-button")).to_have_text(re.compile(r"^0:\d\d$"))


async def test_somebody_is_sent_on_a_break_and_told_so(desk: Desk) -> None:
    anna, susan = await desk("Anna"), await desk("Susan", role="supervisor", path=BOARD)
    await anna.is_available()
    switch = susan.page.get_by_role("switch", name="Anna takes new chats")
    await expect(switch).to_have_attribute("aria-checked", "true")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "false")
    await expect(anna.page.locator(".set-away")).to_contain_text("A supervisor set you away.")
    await anna.page.get_by_role("button", name="I'm back").click()
    await expect(switch).to_have_attribute("aria-checked", "true")


async def test_a_supervisor_is_called_to_a_visitor_whom_nobody_answers(
    mayfly: Installation, desk: Desk, node: Node
) -> None:
    susan = await desk("Susan", "swift", role="supervisor")
    async with Visitor(node, "swift") as vera, Agent(node, await mayfly.hire("Anna", "swift")) as anna:
        await anna.opens()
        await anna.is_available()
        await vera.opens()
        await vera.asks("Is anybody there?", name="Vera")
        notice = susan.page.locator(".toast").filter(has_text="Anna has left a visitor without an answer")
        await notice.get_by_role("button", name="Watch").click()
        await susan.sees("Is anybody there?")
        await susan.page.keyboard.press("Escape")
        await susan.page.keyboard.press("Shift+W")
        await expect(susan.page).to_have_url(node.origin + BOARD)
        await expect(susan.row("Vera")).to_have_count(0)


async def test_the_board_is_not_for_every_agent_and_fits_a_phone(desk: Desk, node: Node) -> None:
    anna = await desk("Anna", path=BOARD)
    await expect(anna.page.get_by_role("heading", name="The board is for supervisors")).to_be_visible()
    await expect(anna.page.get_by_role("link", name="Board")).to_have_count(0)
    phone: Any = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    susan = await desk("Susan", role="supervisor", path=BOARD, **phone)
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks()
        await expect(susan.page.locator("mayfly-board-chats .waiting tbody tr")).to_have_count(1)
        assert await susan.page.evaluate("document.documentElement.scrollWidth") <= 390
        await susan.page.locator("mayfly-board-chats").get_by_role("button", name="Take").click()
        await expect(susan.page.locator("mayfly-chat h1")).to_have_text("Visitor")
