"""The console as an agent lives in it, in Chromium, against a real service."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.actors import Visitor
from tests.browser.console import Console
from tests.browser.left import EVERYWHERE, leaks_everywhere, left_in
from tests.service import Installation, Node, until


@pytest.fixture
async def node(mayfly: Installation) -> Node:
    return await mayfly.node()


@pytest.fixture
async def anna(mayfly: Installation, node: Node, browser: Browser) -> AsyncIterator[Console]:
    """Anna at the console, available; a page that complains fails the test."""
    async with await Console.of(browser, node, await mayfly.hire("Anna", password="correct horse battery")) as anna:
        await anna.opens()
        await anna.is_available()
        yield anna
        assert anna.complaints == []


async def test_an_agent_signs_in_with_a_password_and_answers_a_visitor(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    await mayfly.hire("Anna", password="correct horse battery")
    async with await Console.of(browser, node, None) as anna, Visitor(node) as vera:
        await anna.page.goto(node.origin + "/console/tickets")
        await anna.page.get_by_label("E-mail").fill("anna@example.com")
        await anna.page.get_by_label("Password").fill("wrong")
        await anna.page.get_by_role("button", name="Sign in").click()
        await expect(anna.page.get_by_role("alert")).to_have_text("The e-mail or the password is wrong.")
        await anna.page.get_by_label("Password").fill("correct horse battery")
        await anna.page.keyboard.press("Enter")
        await expect(anna.page).to_have_url(node.origin + "/console/tickets")

        await anna.page.get_by_role("link", name="Chats").click()
        await anna.is_available()
        await vera.opens(page={"url": "https://shop.example.com/cart", "title": "Your cart"})
        await vera.asks("Where is my order?", name="Vera Novak", email="vera@example.com")
        await anna.sees("Where is my order?")
        card = anna.page.get_by_role("complementary", name="Visitor details")
        await expect(card).to_contain_text("Your cart")
        await expect(card).to_contain_text("vera@example.com")

        await vera.sends("typing", draft="I ordered it on Mon")
        await expect(anna.page.locator("mayfly-thread .draft")).to_have_text("I ordered it on Mon")
        await anna.replies("It leaves today.")
        said = await vera.hears("It leaves today.")
        assert said["name"] == "Anna"
        await vera.sends("see", seq=said["seq"])
        await expect(anna.page.locator('.line[data-mark="read"]')).to_have_count(1)
        await vera.says("Thank you!")
        await anna.sees("Thank you!")
        await vera.gets("seen")


async def test_who_guesses_passwords_is_told_how_long_to_wait(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    await mayfly.hire("Anna")
    async with await Console.of(browser, node, None, locale="ru-RU") as somebody:
        await somebody.page.goto(node.origin + "/console/login")
        await somebody.page.get_by_label("Эл. почта").fill("anna@example.com")
        fault = somebody.page.get_by_role("alert")
        for attempt in range(6):
            await somebody.page.get_by_label("Пароль").fill(f"guess {attempt}")
            async with somebody.page.expect_response("**/api/session"):
                await somebody.page.keyboard.press("Enter")
            await expect(somebody.page.get_by_role("button", name="Войти")).to_be_enabled()
        await expect(fault).to_have_text(re.compile(r"Слишком много попыток. Повторите через 1[45] мин"))


async def test_a_one_time_link_sets_a_password_once(mayfly: Installation, node: Node, browser: Browser) -> None:
    await mayfly.hire("Anna")
    command = ["-m", "chat", "agent", "reset", "anna@example.com", "--config", str(mayfly.config)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    token = re.findall(r"/console/setup\?token=([\w-]+)", printed.decode())[0]
    async with await Console.of(browser, node, None) as anna:
        await anna.page.goto(f"{node.origin}/console/setup?token={token}")
        await expect(anna.page.get_by_role("heading", name="Welcome, Anna")).to_be_visible()
        await anna.page.get_by_label("New password").fill("short")
        await anna.page.get_by_label("Once more").fill("short")
        await anna.page.get_by_role("button", name="Set password").click()
        await expect(anna.page.get_by_role("alert")).to_have_text("At least 10 characters, please.")
        await anna.page.get_by_label("New password").fill("long enough for anyone")
        await anna.page.get_by_label("Once more").fill("long enough for someone")
        await anna.page.keyboard.press("Enter")
        await expect(anna.page.get_by_role("alert")).to_have_text("The two passwords differ.")
        await anna.page.get_by_label("Once more").fill("long enough for anyone")
        await anna.page.keyboard.press("Enter")
        await expect(anna.page.get_by_text("Your password is set.")).to_be_visible()
        await anna.page.get_by_label("E-mail").fill("anna@example.com")
        await anna.page.get_by_label("Password").fill("long enough for anyone")
        await anna.page.keyboard.press("Enter")
        await anna.is_connected()
        assert anna.complaints == []
        await anna.page.goto(f"{node.origin}/console/setup?token={token}")
        await expect(anna.page.get_by_role("heading", name="This link no longer works")).to_be_visible()


async def test_the_page_preloads_exactly_the_modules_that_the_console_loads(anna: Console) -> None:
    loaded: set[str] = set()
    anna.page.on("request", lambda request: loaded.add(request.url) if request.url.endswith(".js") else None)
    await anna.page.reload()
    await anna.is_connected()
    named = await anna.page.eval_on_selector_all(
        "link[rel=modulepreload], script[src]", "elements => elements.map(element => element.href ?? element.src)"
    )
    assert sorted(loaded) == sorted(named)


async def test_a_chat_can_be_taken_out_of_the_line_while_away(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    async with await Console.of(browser, node, await mayfly.hire("Ben")) as ben, Visitor(node) as vera:
        await ben.opens()
        await vera.opens()
        await vera.asks(name="Vera")
        await ben.page.get_by_role("button", name="Take the next chat of Support").click()
        await expect(ben.page.locator("mayfly-chat h1")).to_have_text("Vera")
        assert (await vera.gets("assigned"))["agent"]["name"] == "Ben"


async def test_what_was_written_without_a_network_arrives_once(anna: Console, node: Node) -> None:
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks(name="Vera")
        await anna.opens_chat("Vera")
        await anna.context.set_offline(True)
        await expect(anna.page.locator(".connection")).to_contain_text("You are offline")
        await anna.replies("Written without a network")
        await anna.sees("Written without a network")
        await anna.context.set_offline(False)
        await vera.hears("Written without a network")
        await expect(anna.page.locator(".connection")).to_be_hidden()
        await anna.sees("Written without a network")
        await expect(anna.page.locator('.line[data-mark="delivered"]')).to_have_count(1)
        await vera.synchronises()
        assert [text for _, author, text in vera.said() if author == "agent"] == ["Written without a network"]
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in anna.complaints)
    anna.complaints.clear()


async def test_a_worker_killed_in_mid_sentence_costs_no_word(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    steady = await mayfly.node()
    async with await Console.of(browser, node, await mayfly.hire("Anna")) as anna, Visitor(steady) as vera:
        await anna.opens()
        await anna.is_available()
        await vera.opens()
        await vera.asks(name="Vera")
        await anna.opens_chat("Vera")
        await anna.replies("Before")
        (worker,) = node.workers()
        os.kill(worker, signal.SIGKILL)
        await anna.replies("After")
        await vera.hears("After")
        for line in ("Before", "After"):
            await anna.sees(line)
        await vera.synchronises()
        assert [text for _, author, text in vera.said() if author == "agent"] == ["Before", "After"]


async def test_two_tabs_of_an_agent_show_the_same(anna: Console, node: Node) -> None:
    async with Visitor(node) as vera, Visitor(node) as walter:
        await vera.opens()
        await vera.asks(name="Vera")
        await anna.opens_chat("Vera")
        other = await anna.opens_another_tab()
        await walter.opens()
        await walter.asks(name="Walter")
        await expect(anna.row("Walter")).to_be_visible()
        await expect(other.row("Walter")).to_be_visible()

        await other.opens_chat("Vera")
        await other.replies("From the other tab")
        await anna.sees("From the other tab")

        await walter.says("Anybody there?")
        await expect(anna.row("Walter").locator(".unread")).to_have_text("2")  # with what he asked before the chat
        await expect(anna.page).to_have_title("(2) Mayfly")
        await other.opens_chat("Walter")
        await other.page.bring_to_front()
        await expect(anna.row("Walter").locator(".unread")).to_have_text("")
        await expect(anna.page).to_have_title("Mayfly")

        await other.page.get_by_role("switch", name="Take new chats").click()
        await expect(anna.page.locator(".availability strong")).to_have_text("Away")


async def test_a_reload_brings_every_line_back(anna: Console, node: Node) -> None:
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks("First line", name="Vera")
        await anna.opens_chat("Vera")
        await anna.replies("Second line")
        await vera.hears("Second line")
        await anna.page.get_by_role("button", name="Note").click()
        await anna.replies("Third line, a note")
        await anna.sees("Third line, a note")
        await anna.page.reload()
        await anna.is_connected()
        await anna.opens_chat("Vera")
        for line in ("First line", "Second line", "Third line, a note"):
            await anna.sees(line)
        await vera.synchronises()
        assert "note" not in str(vera.events)


async def test_when_the_visitor_is_gone_every_word_leaves_the_console(anna: Console, node: Node) -> None:
    async with Visitor(node) as vera:
        await vera.opens(page={"url": "https://shop.example.com/zxpage", "title": "Zxtitle"})
        await vera.asks("zxquestion", name="Zxname", email="zxmail@example.com")
        await vera.says("zxsaid")
        await anna.opens_chat("Zxname")
        await anna.sees("zxsaid")
        await anna.page.get_by_role("button", name="Note").click()
        await anna.replies("zxnote")
        await anna.sees("zxnote")
        await anna.page.get_by_role("button", name="Reply").click()
        await anna.composer.fill("zxdraft")
        await anna.composer.press("Escape")
        await anna.page.keyboard.press("t")
        await expect(anna.page.get_by_role("dialog")).to_contain_text("zxsaid")
        await vera.leaves()
        await expect(anna.page.get_by_role("dialog")).to_contain_text("The visitor left")
        await expect(anna.page.locator(".left-banner")).to_contain_text("This chat is erased in")
        await expect(anna.page.get_by_role("heading", name="The chat is over and erased")).to_be_visible()
        await expect(anna.page.get_by_role("dialog")).to_have_count(0)
        await anna.holds_nowhere("zxquestion", "zxsaid", "zxnote", "zxdraft", "Zxname", "zxmail", "zxpage", "Zxtitle")
        await leaks_everywhere(anna.page.main_frame, "zxsaid")
        assert (await left_in(anna.page.main_frame, "zxsaid")).keys() == EVERYWHERE, "the search finds what there is"


async def test_a_visitor_who_comes_back_in_time_keeps_the_chat(anna: Console, node: Node) -> None:
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks(name="Vera")
        await anna.opens_chat("Vera")
        await vera.vanishes()
        await expect(anna.page.locator(".left-banner")).to_be_visible()
        await vera.opens()
        await expect(anna.page.locator(".left-banner")).to_be_hidden()
        await anna.replies("Still here")
        await vera.hears("Still here")


async def test_a_ticket_is_filed_before_the_chat_ends(anna: Console, node: Node) -> None:
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks("Hello! The parcel came without the lamp.", name="Vera", email="vera@example.com")
        await anna.opens_chat("Vera")
        await anna.replies("I send you another one.")
        await vera.hears("I send you another one.")
        await anna.page.get_by_role("button", name="End", exact=True).click()
        await anna.page.get_by_role("button", name="File a ticket first").click()
        dialog = anna.page.get_by_role("dialog")
        await expect(dialog.get_by_label("Subject")).to_have_value("The parcel came without the lamp.")
        await expect(dialog.locator(".preview")).to_contain_text("I send you another one.")
        await dialog.get_by_label("Topic").select_option("Returns")
        await dialog.get_by_label("E-mail").fill("not an address")
        await dialog.get_by_role("button", name="File ticket and end chat").click()
        await expect(dialog.get_by_role("alert")).to_have_text("This is not an e-mail address.")
        await dialog.get_by_label("E-mail").fill("vera@example.com")
        await dialog.get_by_role("button", name="File ticket and end chat").click()
        await expect(anna.page.get_by_text("Kept on file: #1001.")).to_be_visible()
        assert (await vera.gets("ended"))["by"] == "agent"

    await anna.page.get_by_role("link", name="Tickets").click()
    await anna.page.get_by_role("link", name="The parcel came without the lamp.").click()
    await expect(anna.page).to_have_url(node.origin + "/console/tickets/shop/1001")
    await expect(anna.page.locator("mayfly-exchange .transcript")).to_contain_text("I send you another one.")
    await anna.page.get_by_role("button", name="Status: Open").click()
    await anna.page.get_by_role("option", name="Solved").click()
    await expect(anna.page.get_by_role("button", name="Status: Solved")).to_be_visible()
    await anna.page.go_back()
    await expect(anna.page.locator(".rows .badge")).to_have_text("Solved")
    await anna.page.get_by_role("button", name="Filter").click()
    await anna.page.get_by_role("option", name="Status").click()
    await anna.page.get_by_role("option", name="Open").click()
    await expect(anna.page.get_by_role("heading", name="Nothing matches")).to_be_visible()


async def test_everything_is_at_hand_on_the_keyboard(anna: Console, node: Node) -> None:
    keyboard = anna.page.keyboard
    async with Visitor(node) as vera, Visitor(node) as walter:
        await vera.opens()
        await vera.asks(name="Vera")
        await walter.opens()
        await expect(anna.row("Vera")).to_be_visible()
        await walter.asks(name="Walter")
        await expect(anna.row("Walter")).to_be_visible()
        title = anna.page.locator("mayfly-chat h1")
        await expect(title).to_have_text("Vera")

        await keyboard.press("j")
        await expect(title).to_have_text("Walter")
        await keyboard.press("r")
        await keyboard.type("jenny takes it")
        await expect(title).to_have_text("Walter")
        await keyboard.press("Alt+ArrowUp")
        await expect(title).to_have_text("Vera")
        await expect(anna.composer).to_be_focused()
        await expect(anna.composer).to_have_value("")
        await keyboard.press("Alt+ArrowDown")
        await expect(anna.composer).to_have_value("jenny takes it")
        await keyboard.press("Enter")
        await walter.hears("jenny takes it")

        await keyboard.press("Escape")
        await keyboard.press("n")
        await keyboard.type("only for us")
        await keyboard.press("Enter")
        await anna.sees("only for us")
        await keyboard.press("Escape")
        await keyboard.press("?")
        await expect(anna.page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
        await keyboard.press("e")
        await keyboard.press("Escape")
        await expect(anna.page.get_by_role("dialog")).to_have_count(0)
        await keyboard.press("a")
        await expect(anna.page.locator(".availability strong")).to_have_text("Away")
        await keyboard.press("e")
        await expect(anna.page.get_by_role("heading", name="End this chat?")).to_be_visible()
        await keyboard.press("Enter")
        await expect(anna.page.get_by_role("dialog")).to_have_count(0)  # nothing is erased by a slip of the hand
        await keyboard.press("e")
        await keyboard.press("Tab")
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await walter.gets("erased")
        await keyboard.press("/")
        await expect(anna.page.get_by_label("Search tickets")).to_be_focused()


async def test_keys_work_under_a_cyrillic_layout_and_can_be_switched_off(anna: Console) -> None:
    press = (
        "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {...key, bubbles: true, cancelable: true}))"
    )
    await anna.page.evaluate(press, {"key": "ф", "code": "KeyA"})
    await expect(anna.page.locator(".availability strong")).to_have_text("Away")
    await anna.page.get_by_role("button", name="Your account and settings").click()
    await anna.page.get_by_role("switch", name="Single-key shortcuts").uncheck()
    await anna.page.reload()
    await anna.is_connected()
    await anna.page.keyboard.press("a")
    await anna.page.keyboard.press("?")
    await expect(anna.page.get_by_role("dialog")).to_have_count(0)
    await expect(anna.page.locator(".availability strong")).to_have_text("Away")


async def test_whoever_is_signed_out_anywhere_is_told_and_signs_in_again(anna: Console) -> None:
    other = await anna.opens_another_tab()
    await other.page.get_by_role("button", name="Your account and settings").click()
    await other.page.get_by_role("button", name="Sign out").click()
    for tab in (anna, other):
        await expect(tab.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(anna.page.get_by_text("You are signed out.")).to_be_visible()


async def test_a_line_that_comes_too_fast_waits_and_arrives(anna: Console, node: Node) -> None:
    async with Visitor(node) as vera:
        await vera.opens()
        await vera.asks(name="Vera")
        await anna.opens_chat("Vera")
        lines = [f"line {number:02}" for number in range(24)]
        for line in lines:
            await anna.replies(line)

        def heard() -> list[str]:
            return [text for _, author, text in vera.said() if author == "agent"]

        await until(lambda: len(heard()) >= len(lines), "every line arrives")
        await vera.synchronises()
        assert sorted(heard()) == lines


async def test_on_a_phone_list_chat_and_card_are_one_after_another(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    async with await Console.of(browser, node, await mayfly.hire("Anna"), **phone) as anna, Visitor(node) as vera:
        await anna.opens()
        await anna.is_available()
        await vera.opens()
        await vera.asks(name="Vera")
        await expect(anna.page.locator("main")).to_be_hidden()
        await anna.opens_chat("Vera")
        await expect(anna.page.locator("mayfly-sidebar")).to_be_hidden()
        await anna.replies("From the train")
        await vera.hears("From the train")
        await anna.page.keyboard.press("Escape")
        await anna.page.keyboard.press("m")
        await expect(anna.page.locator(".toast").last).to_contain_text("Sound is off")
        toasts, chat = (
            await anna.page.locator("mayfly-toasts").bounding_box(),
            await anna.page.locator("main").bounding_box(),
        )
        assert toasts is not None
        assert chat is not None
        assert toasts["y"] + toasts["height"] <= chat["y"]
        await expect(anna.lines("From the train")).to_be_in_viewport()
        await expect(anna.composer).to_be_in_viewport()
        await anna.page.get_by_role("button", name="Visitor details").click()
        await expect(anna.page.get_by_role("complementary")).to_be_in_viewport(ratio=0.9)
        await anna.page.locator("mayfly-card .back").click()
        await expect(anna.page.get_by_role("complementary")).to_be_hidden()
        await anna.page.get_by_role("button", name="Back").click()
        await expect(anna.row("Vera")).to_be_visible()
        await anna.page.goto(f"{node.origin}/console/tickets?queue=all")
        await expect(anna.page.locator("mayfly-queues [aria-current]")).to_be_in_viewport(ratio=0.9)
        assert await anna.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert anna.complaints == []
