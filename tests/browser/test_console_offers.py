"""Chats ring, are handed over and handed back: what agents and visitors see of it."""

import re

from playwright.async_api import WebSocketRoute, expect

from tests.actors import Agent, Visitor
from tests.browser.conftest import Desk
from tests.service import Installation, Node


async def test_a_chat_rings_over_any_view_and_enter_takes_it(desk: Desk, node: Node) -> None:
    dora = await desk("Dora", "duty")
    await dora.is_available()
    await dora.page.get_by_role("link", name="Tickets").click()
    async with Visitor(node, "hotline") as vera:
        await vera.opens()
        await vera.asks("The lift stands still", name="Vera")
        await expect(dora.offer("Vera")).to_contain_text("The lift stands still")
        await expect(dora.offer("Vera")).to_contain_text("Duty desk · Hotline")
        await expect(dora.offer("Vera").locator(".countdown")).to_have_text(re.compile("^(30|2[0-9])$"))
        await expect(dora.page).to_have_title("A chat rings · Mayfly")

        await dora.page.keyboard.press("Enter")
        await expect(dora.page.locator("mayfly-chat h1")).to_have_text("Vera")
        await expect(dora.composer).to_be_focused()
        await expect(dora.offer("Vera")).to_have_count(0)
        await expect(dora.page).to_have_title("Mayfly")
        await dora.page.keyboard.type("We are on our way")
        await dora.page.keyboard.press("Enter")
        await vera.hears("We are on our way")


async def test_an_answer_that_is_lost_with_the_connection_can_be_given_again(desk: Desk, node: Node) -> None:
    dora = await desk("Dora", "duty")
    lost: list[str] = []

    async def meets(page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        async def hears(frame: str | bytes) -> None:
            if not lost and '"accept"' in str(frame):
                lost.append(str(frame))
                await page.close()  # on the page's side only: the service knows nothing of it yet
            else:
                server.send(frame)

        page.on_message(hears)

    await dora.page.route_web_socket(re.compile("/ws/agent"), meets)
    await dora.opens()
    await dora.is_available()
    async with Visitor(node, "hotline") as vera:
        await vera.opens()
        await vera.asks(name="Vera")
        await dora.offer("Vera").get_by_role("button", name="Accept").click()
        await dora.is_connected()
        assert lost
        await dora.offer("Vera").get_by_role("button", name="Accept").click()
        await vera.gets("assigned", agent={"name": "Dora"})
        await expect(dora.page.locator("mayfly-chat h1")).to_have_text("Vera")


async def test_several_ring_at_once_and_what_is_declined_rings_at_the_next(desk: Desk, node: Node) -> None:
    dora, emil = await desk("Dora", "duty"), await desk("Emil", "duty")
    await dora.is_available()
    async with Visitor(node, "hotline") as vera, Visitor(node, "hotline") as walter:
        await vera.opens()
        await vera.asks(name="Vera")
        await walter.opens()
        await walter.asks(name="Walter")
        await expect(dora.page.locator(".offer")).to_have_count(2)
        await emil.is_available()
        await dora.page.keyboard.press("d")
        await expect(dora.offer("Vera")).to_have_count(0)
        await emil.offer("Vera").get_by_role("button", name="Accept").click()
        await emil.replies("I am here")
        await vera.hears("I am here")
        await dora.page.keyboard.press("?")
        await expect(dora.dialog).to_be_visible()
        await dora.page.keyboard.press("Alt+Enter")  # what is open does not stand in the way
        assert (await walter.gets("assigned"))["agent"]["name"] == "Dora"


async def test_who_lets_it_ring_in_vain_is_set_away_and_comes_back(desk: Desk, node: Node) -> None:
    dora = await desk("Dora", "alarm")
    await dora.is_available()
    async with Visitor(node, "alarm") as vera:
        await vera.opens()
        await vera.asks(name="Vera")
        notice = dora.page.locator(".set-away")
        await expect(notice).to_contain_text("You were set away, since several chats in a row rang unanswered.")
        await expect(dora.page.get_by_text("You missed a chat")).to_be_visible()
        await expect(dora.offer("Vera")).to_have_count(0)
        await notice.get_by_role("button", name="I'm back").click()
        await expect(notice).to_be_hidden()
        await expect(dora.page.locator(".availability strong")).to_have_text("Available")


async def test_a_chat_is_handed_over_whole_by_keyboard_with_a_note(desk: Desk, node: Node) -> None:
    anna, ben = await desk("Anna"), await desk("Ben", "sales")
    await anna.is_available()
    await ben.is_available()
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks("zxquestion", name="Vera")
        await anna.opens_chat("Vera")
        await anna.replies("zxanswer")
        await vera.hears("zxanswer")

        keyboard = anna.page.keyboard
        await keyboard.press("Escape")
        await keyboard.press("h")
        await expect(anna.dialog.get_by_role("option", name="Ben")).to_contain_text("4 free places")
        await keyboard.type("be")
        await keyboard.press("Tab")
        await keyboard.type("zxnote, she is in a hurry")
        await keyboard.press("Control+Enter")
        await expect(anna.dialog).to_have_count(0)
        await expect(anna.bar("Offered to Ben")).to_contain_text("0:")

        await expect(ben.offer("Vera")).to_contain_text("Anna hands it over to you")
        await ben.offer("Vera").get_by_role("button", name="Accept").click()
        for line in ("zxquestion", "zxanswer", "zxnote, she is in a hurry"):
            await ben.sees(line)
        await expect(anna.page.get_by_role("heading", name="The chat is with Ben now")).to_be_visible()
        await anna.holds_nowhere("zxquestion", "zxanswer", "zxnote", "Vera")
        await ben.replies("Hello from sales")
        await vera.hears("Hello from sales")
        assert "zxnote" not in str(vera.events)


async def test_a_chat_that_is_offered_is_taken_back_or_comes_back(mayfly: Installation, desk: Desk, node: Node) -> None:
    anna = await desk("Anna")
    await anna.is_available()
    async with Visitor(node) as vera, Agent(node, await mayfly.hire("Ben", "sales")) as ben:
        await ben.opens()
        await vera.opens()
        await vera.asks(name="Vera")
        await anna.opens_chat("Vera")
        await anna.page.get_by_role("button", name="Hand over").first.click()
        away = anna.dialog.get_by_role("option", name="Ben")
        await expect(away).to_have_attribute("aria-disabled", "true")
        await ben.is_available()
        await expect(away).to_have_attribute("aria-disabled", "false")
        await away.click()
        await anna.dialog.get_by_role("button", name="Hand over").click()
        await ben.is_asked()
        await anna.bar("Offered to Ben").get_by_role("button", name="Take back").click()
        await expect(anna.page.get_by_text("The chat stays with you")).to_be_visible()
        await expect(anna.bar("Offered to Ben")).to_be_hidden()

        await anna.page.get_by_role("button", name="Hand over").first.click()
        await anna.dialog.get_by_role("option", name="Ben").click()
        await anna.dialog.get_by_role("button", name="Hand over").click()
        await ben.sends("decline", chat=await ben.is_asked())
        await expect(anna.page.get_by_text("Ben declined the chat; it stays with you")).to_be_visible()
        await anna.replies("Then I do it myself")
        await vera.hears("Then I do it myself")


async def test_at_the_end_of_a_shift_the_chats_go_to_others_before_one_is_signed_out(
    mayfly: Installation, desk: Desk, node: Node
) -> None:
    anna = await desk("Anna")
    await anna.is_available()
    async with Visitor(node) as vera, Agent(node, await mayfly.hire("Ben")) as ben:
        await vera.opens()
        await vera.asks("zxquestion", name="Vera")
        await expect(anna.row("Vera")).to_be_visible()
        await ben.opens()
        await ben.is_available()
        await anna.page.get_by_role("button", name="Your account and settings").click()
        await anna.page.get_by_role("button", name="Sign out").click()
        await expect(anna.dialog).to_contain_text("Hand over your chat and sign out?")
        await expect(anna.dialog.get_by_role("button", name="Finish it first")).to_be_visible()
        await anna.dialog.get_by_role("button", name="Hand over and sign out").click()
        await expect(anna.page.get_by_role("heading", name="Sign in")).to_be_visible()
        given = await ben.gets("assigned")
        assert given["visitor"]["question"] == "zxquestion"


async def test_a_visitor_who_is_left_waiting_is_marked_until_the_answer(desk: Desk, node: Node) -> None:
    anna = await desk("Anna", "swift")
    await anna.is_available()
    async with Visitor(node, "swift") as vera:
        await vera.opens()
        await vera.asks(name="Vera")
        await expect(anna.row("Vera")).to_contain_text("waiting for you")
        await anna.opens_chat("Vera")
        await anna.replies("Here I am")
        await vera.hears("Here I am")
        await expect(anna.row("Vera")).not_to_contain_text("waiting for you")


async def test_a_visitor_is_blocked_after_a_question(desk: Desk, node: Node) -> None:
    anna = await desk("Anna")
    await anna.is_available()
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks("zxrude", name="Vera")
        await anna.opens_chat("Vera")
        await anna.page.get_by_role("button", name="Block").click()
        await expect(anna.dialog).to_contain_text("others who share it are refused, too")
        await anna.dialog.get_by_text("1 hour").click()
        await anna.dialog.get_by_role("button", name="End and block").click()
        await vera.gets("erased")
        await anna.holds_nowhere("zxrude")
        await vera.sends("start", ref="again", question="Me again")
        assert 3500 < (await vera.gets("failed", code="blocked"))["retry_after_s"] <= 3600
