"""The visitor's side of a chat, in Chromium on a foreign page, against a real service and an agent."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Browser, WebSocketRoute, expect

from tests.actors import Agent, Visitor
from tests.browser.guest import SHOP, Guest
from tests.service import Installation, Node, until
from tests.steady import SteadyAgent
from tests.wire import Wire


@pytest.fixture
async def node(mayfly: Installation) -> Node:
    return await mayfly.node()


@pytest.fixture
async def anna(mayfly: Installation, node: Node) -> AsyncIterator[Agent]:
    async with Agent(node, await mayfly.hire("Anna")) as anna:
        await anna.opens()
        await anna.is_available()
        yield anna


@pytest.fixture
async def vera(node: Node, browser: Browser) -> AsyncIterator[Guest]:
    async with await Guest.of(browser, node) as vera:
        yield await vera.arrives()


async def test_a_visitor_and_an_agent_talk_and_each_knows_what_the_other_has_read(anna: Agent, vera: Guest) -> None:
    await vera.asks("Where is my order?", name="Vera")
    chat = await anna.is_given()
    await expect(vera.panel.get_by_role("heading", name="Anna")).to_be_visible()
    await expect(vera.panel.get_by_text("Anna joined the chat")).to_be_visible()
    await anna.sends("typing", chat=chat)
    await expect(vera.panel.locator(".typing")).to_be_visible()
    await anna.says(chat, "It leaves today.")
    await vera.sees("It leaves today.")
    await expect(vera.panel.locator(".typing")).to_be_hidden()
    await anna.gets("seen", seq=2)

    await vera.composer.press_sequentially("Thank")
    await anna.gets("typing")
    await vera.says("Thank you! https://example.com/path_(1).")
    said = await anna.hears("Thank you! https://example.com/path_(1).")
    mine = vera.panel.locator(".line.own").last
    await expect(mine.get_by_role("link")).to_have_attribute("href", "https://example.com/path_(1)")
    await anna.sends("see", chat=chat, seq=said["seq"])
    await expect(mine).to_have_attribute("data-mark", "read")
    assert vera.complaints == []


async def test_what_is_said_before_the_service_has_answered_the_start_goes_out_then(anna: Agent, vera: Guest) -> None:
    held: list[tuple[WebSocketRoute, str]] = []
    said = asyncio.Event()

    async def connects(page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def hears(frame: str | bytes) -> None:
            if '"started"' in str(frame) and not said.is_set():
                held.append((page, str(frame)))
            elif not held or said.is_set():
                page.send(frame)
            else:
                held.append((page, str(frame)))

        server.on_message(hears)

    await vera.context.route_web_socket(re.compile("/ws/visitor"), connects)
    await vera.opens_the_panel()
    await vera.panel.locator("[name=question]").fill("Where is my order?")
    await vera.panel.locator("mayfly-form [type=submit]").click()
    await anna.is_given()
    await vera.says("It is number 7")
    await expect(vera.line("It is number 7")).to_have_attribute("data-mark", "sending")
    said.set()
    for page, frame in held:
        page.send(frame)
    await anna.hears("It is number 7")


async def test_markup_is_shown_as_it_was_typed(anna: Agent, vera: Guest) -> None:
    await vera.asks("<img src=x onerror=alert(1)>")
    chat = await anna.is_given()
    await vera.sees("<img src=x onerror=alert(1)>")
    await anna.says(chat, "<b>bold</b> javascript:alert(1)")
    await vera.sees("<b>bold</b> javascript:alert(1)")
    assert await vera.panel.locator("mayfly-thread img, mayfly-thread b, mayfly-thread a").count() == 0
    assert vera.complaints == []


async def test_following_a_link_keeps_the_chat_open_with_every_word_and_the_unsent_ones(
    anna: Agent, vera: Guest
) -> None:
    await vera.asks()
    chat = await anna.is_given()
    await anna.says(chat, "One moment.")
    await vera.sees("One moment.")
    await vera.composer.fill("half a sent")
    await vera.page.get_by_role("link", name="Cart").click()
    await expect(vera.page).to_have_url(SHOP + "/cart")
    for text in ("Where is my order?", "One moment."):
        await vera.sees(text)
    await expect(vera.composer).to_have_value("half a sent")
    assert (await anna.gets("visited"))["page"]["title"] == "Cart"
    await vera.says("half a sentence")
    await anna.hears("half a sentence")


async def test_a_second_tab_joins_the_same_chat(anna: Agent, vera: Guest) -> None:
    await vera.asks()
    chat = await anna.is_given()
    await anna.says(chat, "Hello Vera")
    await vera.sees("Hello Vera")
    other = await vera.opens_another_tab()
    await other.opens_the_panel()
    await other.sees("Where is my order?")
    await other.sees("Hello Vera")
    await other.says("from the other tab")
    await vera.sees("from the other tab")
    await vera.page.close()
    await anna.says(chat, "still here")
    await other.sees("still here")
    assert anna.got("visitor_left") == []


@pytest.mark.configured(resume_grace_s=60)
async def test_words_said_without_a_network_arrive_once_and_in_order(node: Node, anna: Agent, browser: Browser) -> None:
    async with Wire(node.port) as wire, await Guest.of(browser, replace(node, port=wire.port)) as vera:
        await vera.arrives()
        await vera.asks()
        await anna.is_given()
        await expect(vera.panel.get_by_text("Anna joined the chat")).to_be_visible()
        wire.cut()
        await vera.says("one")
        await vera.says("two")
        await expect(vera.line("two")).to_have_attribute("data-mark", "sending")
        wire.mend()
        await anna.hears("two")
        assert [text for _, author, text in anna.said() if author == "visitor"] == ["one", "two"]
        await vera.sees("one")
        await vera.sees("two")


async def test_a_node_that_dies_is_not_noticed(mayfly: Installation, node: Node, anna: Agent, vera: Guest) -> None:
    await vera.asks()
    await anna.is_given()
    await vera.says("before")
    await anna.hears("before")
    for pid in node.workers():
        os.kill(pid, signal.SIGKILL)
    await vera.says("while it is dead")
    await expect(vera.line("while it is dead")).to_have_attribute("data-mark", "sent", timeout=20_000)
    for text in ("Where is my order?", "before", "while it is dead"):
        await vera.sees(text)


@pytest.mark.configured(resume_grace_s=60, heartbeat_s=1)
async def test_who_only_types_stays_connected_and_notices_a_node_that_falls_silent(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    anna = SteadyAgent([node], node, await mayfly.hire("Anna"))
    await anna.opens()
    await anna.is_available()
    anna.keeps_coming_back()
    async with await Guest.of(browser, node) as vera:
        sockets: list[str] = []
        vera.page.on("websocket", lambda socket: sockets.append(socket.url))
        await vera.arrives()
        await vera.asks()
        chat = await anna.is_given()
        await vera.composer.press_sequentially("I am still thinking of a question", delay=100)
        await vera.composer.press("Enter")
        await until(lambda: anna.texts(chat) == ["I am still thinking of a question"], "she hears it")
        assert len(sockets) == 1
        node.freeze()
        await expect(vera.panel.get_by_text("Reconnecting… what you write is kept.")).to_be_visible()
        node.thaw()
        await vera.says("here it is")
        await until(lambda: "here it is" in anna.texts(chat), "she hears it")
        await vera.sees("here it is")
    await anna.rests()


async def test_ending_erases_and_leaves_nothing_in_the_tab_but_what_it_shows(anna: Agent, vera: Guest) -> None:
    await vera.api("window.ended = []; Mayfly.on('chat_ended', (by) => ended.push(by))")
    await vera.asks("Where is my zebra?")
    chat = await anna.is_given()
    await anna.says(chat, "At the zebra counter.")
    await vera.sees("At the zebra counter.")
    await vera.panel.get_by_role("button", name="End the chat").click()
    await vera.panel.get_by_role("button", name="End and erase").click()
    await expect(vera.panel.get_by_text("Only this tab still shows it")).to_be_visible()
    await anna.gets("erased", chat=chat)
    await vera.panel.get_by_role("button", name="Excellent").click()
    await expect(vera.panel.get_by_text("Thank you!")).to_be_visible()
    await vera.sees("At the zebra counter.")
    assert "zebra" not in await vera.stored()
    assert await vera.api("ended") == ["visitor"]

    await vera.panel.get_by_role("button", name="Start a new chat").click()
    await expect(vera.panel.get_by_label("Your question")).to_have_value("")


async def test_a_chat_that_was_erased_meanwhile_is_said_to_be_over(anna: Agent, vera: Guest) -> None:
    await vera.asks()
    chat = await anna.is_given()
    await expect(vera.panel.get_by_text("Anna joined the chat")).to_be_visible()
    await vera.page.goto("about:blank")
    await anna.gets("erased", chat=chat)
    await vera.arrives()
    await expect(vera.panel.get_by_text("This chat is over")).to_be_visible()


async def test_who_finds_nobody_leaves_a_request_with_the_words_already_in_it(vera: Guest, browser: Browser) -> None:
    await vera.asks("Where is my parcel?\nIt is blue.", name="Vera")
    await vera.panel.get_by_role("button", name="Leave a request").click()
    await expect(vera.panel.get_by_label("Subject")).to_have_value("Where is my parcel?")
    await expect(vera.panel.get_by_label("Details")).to_have_value("Where is my parcel?\nIt is blue.")
    await expect(vera.panel.get_by_label("Name")).to_have_value("Vera")
    await vera.panel.get_by_label("E-mail").fill("vera@")
    await vera.panel.get_by_role("button", name="Send request").click()
    await expect(vera.panel.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    await vera.panel.get_by_label("E-mail").fill("vera@example.com")
    await vera.panel.get_by_role("button", name="Send request").click()
    await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_visible()
    link = await vera.panel.get_by_label("Link to the request").input_value()
    page = await vera.context.new_page()
    await page.goto(link)
    await expect(page.get_by_text("It is blue.")).to_be_visible()


async def test_who_comes_back_from_the_request_form_sees_the_newest_line(anna: Agent, vera: Guest) -> None:
    await vera.asks("Where is my parcel?")
    chat = await anna.is_given()
    for n in range(20):
        await anna.says(chat, f"Harbour {n}.")
    await vera.sees("Harbour 19.")
    await anna.sends("offer_ticket", chat=chat)
    await vera.panel.get_by_role("button", name="Leave a request").click()
    await vera.panel.get_by_role("button", name="Back to the chat").click()
    await expect(vera.panel.get_by_text("Harbour 19.")).to_be_in_viewport(ratio=1)
    await expect(vera.panel.get_by_role("button", name="Go to the newest message")).to_be_hidden()


@pytest.mark.parametrize("include", [True, False])
async def test_a_request_after_the_chat_holds_it_only_by_choice(anna: Agent, vera: Guest, include: bool) -> None:
    await vera.asks("Where is my parcel?")
    chat = await anna.is_given()
    await anna.says(chat, "In the harbour.")
    await vera.sees("In the harbour.")
    await anna.sends("end", chat=chat)
    await vera.panel.get_by_role("button", name="Leave a request").click()
    await vera.panel.get_by_label("Details").fill("Please bring it.")
    await vera.panel.get_by_label("Include the conversation").set_checked(include)
    await expect(vera.panel.locator(".preview li")).to_have_count(2)
    await expect(vera.panel.locator(".preview")).to_be_visible(visible=include)
    await vera.panel.get_by_role("button", name="Send request").click()
    link = await vera.panel.get_by_label("Link to the request").input_value()
    page = await vera.context.new_page()
    await page.goto(link)
    await expect(page.get_by_text("Please bring it.")).to_be_visible()
    assert ("In the harbour." in await page.inner_text("body")) is include


async def test_a_full_line_turns_the_question_into_a_request(node: Node, browser: Browser) -> None:
    async with Visitor(node, "narrow") as first, await Guest.of(browser, node, site="narrow") as vera:
        await first.opens()
        await first.asks()
        await vera.arrives()
        await vera.opens_the_panel()
        await vera.panel.get_by_label("Your question").fill("Anybody there?")
        await vera.panel.get_by_role("button", name="Start chat").click()
        await expect(vera.panel.get_by_role("heading", name="The line is full right now")).to_be_visible()
        await expect(vera.panel.get_by_label("Details")).to_have_value("Anybody there?")


async def test_the_line_shows_where_one_stands(mayfly: Installation, node: Node, vera: Guest, browser: Browser) -> None:
    async with await Guest.of(browser, node) as ivan:
        await vera.asks()
        await ivan.arrives()
        await ivan.asks()
        for guest in (vera, ivan):
            await guest.panel.get_by_role("button", name="Keep waiting").click()
        await expect(ivan.panel.get_by_role("heading", name="You are number 2 in line")).to_be_visible()
        await vera.panel.get_by_role("button", name="Cancel").click()
        await expect(ivan.panel.get_by_role("heading", name="You are next")).to_be_visible()


async def test_an_answer_while_the_panel_is_closed_shows_over_the_bubble(anna: Agent, vera: Guest) -> None:
    await vera.asks()
    chat = await anna.is_given()
    await vera.composer.press("Escape")
    await expect(vera.bubble).to_be_focused()
    said = await anna.says(chat, "Here it is.")
    assert said
    await expect(vera.page.locator("mayfly-widget b")).to_have_text("1")
    await vera.panel.get_by_role("button", name="Here it is.").click()
    await expect(vera.page.locator("mayfly-widget b")).to_be_empty()
    await anna.gets("seen", seq=2)


async def test_a_form_says_beside_each_field_what_is_missing_and_keeps_the_rest(vera: Guest) -> None:
    await vera.opens_the_panel()
    await vera.panel.get_by_label("Name").fill("Vera")
    await vera.panel.get_by_role("button", name="Start chat").click()
    question = vera.panel.get_by_label("Your question")
    await expect(question).to_be_focused()
    await expect(question).to_have_accessible_description("Please write a few words.")
    await vera.page.reload()
    await expect(vera.panel.get_by_label("Name")).to_have_value("Vera")


async def test_on_a_phone_the_panel_fills_the_screen_and_enter_breaks_the_line(
    anna: Agent, node: Node, browser: Browser
) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    async with await Guest.of(
        browser, node, head='<meta name="viewport" content="width=device-width">', **phone
    ) as vera:
        await vera.arrives()
        await vera.asks()
        box = await vera.page.locator("mayfly-widget .box").bounding_box()
        assert box == {"x": 0, "y": 0, "width": 390, "height": 780}
        await anna.is_given()
        await vera.composer.press_sequentially("one")
        await vera.composer.press("Enter")
        await vera.composer.press_sequentially("two")
        await vera.panel.get_by_role("button", name="Send").click()
        await anna.hears("one\ntwo")
        await until(lambda: vera.complaints == [], "no complaints")


async def test_reset_ends_the_chat_and_the_tab_forgets_who_sat_here(anna: Agent, vera: Guest) -> None:
    await vera.asks("Where is my zebra?", name="Vera")
    chat = await anna.is_given()
    await vera.composer.fill("my secret")
    await vera.api("Mayfly.reset()")
    await anna.gets("erased", chat=chat)
    await expect(vera.page.locator("mayfly-widget iframe")).to_have_count(0)
    assert await vera.api("sessionStorage.length") == 0
    await vera.opens_the_panel()
    await expect(vera.panel.get_by_label("Name")).to_have_value("")
    assert await vera.stored() == "{}"


async def test_reset_on_the_next_page_comes_before_the_panel_has_taken_up_the_chat(anna: Agent, vera: Guest) -> None:
    await vera.asks("Where is my zebra?", name="Vera")
    chat = await anna.is_given()
    await vera.page.add_init_script("window.Mayfly = { q: [['reset']] }")
    await vera.arrives("/cart")
    await anna.gets("erased", chat=chat)
    await vera.opens_the_panel()
    await expect(vera.panel.get_by_label("Name")).to_have_value("")
    await expect(vera.panel.get_by_role("button", name="Start chat")).to_be_visible()
    assert vera.complaints == []


async def test_many_lines_nobody_has_yet_do_not_hold_up_the_next_one_after_a_lost_connection(
    node: Node, vera: Guest
) -> None:
    await vera.asks()
    lines = [f"line {number}" for number in range(25)]  # more than the limit lets through at once
    for text in lines:
        await vera.says(text)
    await expect(vera.line(lines[-1])).to_have_attribute("data-mark", "sent", timeout=20_000)
    for pid in node.workers():
        os.kill(pid, signal.SIGKILL)
    await vera.says("one more")
    await expect(vera.line("one more")).to_have_attribute("data-mark", "sent", timeout=25_000)
    for text in lines:
        await vera.sees(text)


async def test_another_language_in_the_middle_of_a_chat_keeps_it(anna: Agent, vera: Guest) -> None:
    await vera.asks()
    chat = await anna.is_given()
    await anna.says(chat, "Hello Vera")
    await vera.sees("Hello Vera")
    await vera.composer.fill("half a sent")
    await vera.api("Mayfly.setLocale('ru')")
    await expect(vera.panel.get_by_text("Anna теперь в чате")).to_be_visible()
    await vera.sees("Hello Vera")
    await expect(vera.composer).to_have_value("half a sent")
    assert vera.complaints == []


async def test_when_the_agent_ends_the_chat_the_visitor_is_told_and_asked_how_it_was(anna: Agent, vera: Guest) -> None:
    await vera.asks()
    chat = await anna.is_given()
    await vera.composer.press("Escape")
    await vera.api("document.body.append(document.createElement('input'))")
    search = vera.page.locator("body > input")
    await search.focus()
    await anna.sends("end", chat=chat)
    await expect(vera.panel.get_by_text("Anna ended the chat")).to_be_attached()
    await vera.page.keyboard.type("lamps")  # a panel that is closed takes no keys from the page
    await expect(search).to_have_value("lamps")
    await vera.bubble.click()
    await expect(vera.panel.get_by_text("Anna ended the chat")).to_be_visible()
    await expect(vera.composer).to_be_hidden()
    await expect(vera.panel.get_by_role("group", name="How was it?")).to_be_visible()


async def test_the_link_to_a_request_is_within_reach_after_the_chat(anna: Agent, vera: Guest) -> None:
    await vera.asks("Where is my parcel?")
    chat = await anna.is_given()
    await anna.says(chat, "In the harbour.")
    await vera.sees("In the harbour.")
    await anna.sends("offer_ticket", chat=chat)
    await vera.panel.get_by_role("button", name="Leave a request").click()
    await vera.panel.get_by_label("Details").fill("It is blue.")
    await vera.panel.get_by_role("button", name="Send request").click()
    link = vera.panel.get_by_label("Link to the request")
    address = await link.input_value()
    await vera.panel.get_by_role("button", name="Back to the chat").last.click()
    await anna.sends("end", chat=chat)
    await expect(vera.panel.get_by_text("Anna ended the chat")).to_be_visible()
    await vera.panel.get_by_role("button", name="Open the request").click()
    await expect(link).to_have_value(address)


@pytest.mark.configured(history_max=10)
async def test_a_line_that_is_refused_says_why_and_stays_until_its_author_removes_it(anna: Agent, vera: Guest) -> None:
    await vera.asks()
    await anna.is_given()
    for number in range(10):
        await vera.says(f"line {number}")
    refused = vera.line("line 9")
    await expect(refused).to_have_attribute("data-mark", "failed")
    await expect(refused).to_contain_text("This chat has reached its greatest length.")
    await refused.get_by_role("button", name="Delete").click()
    await expect(refused).to_have_count(0)


async def test_who_writes_faster_than_allowed_only_waits(anna: Agent, vera: Guest) -> None:
    await vera.asks()
    await anna.is_given()
    lines = [f"line {number}" for number in range(24)]
    for line in lines:
        await vera.says(line)
    await expect(vera.panel.locator('.line.own[data-mark="sending"]')).to_have_count(0, timeout=30_000)
    await anna.synchronises()
    assert sorted(text for _, author, text in anna.said() if author == "visitor") == sorted(lines)


async def test_what_only_the_service_finds_wrong_is_said_beside_its_field(vera: Guest) -> None:
    await vera.opens_the_panel()
    await vera.panel.get_by_label("Your question").fill("Hello?")
    email = vera.panel.get_by_label("E-mail")
    await email.fill("vera@example..com")
    await vera.panel.get_by_role("button", name="Start chat").click()
    await expect(email).to_have_accessible_description("An address like you@example.com")
    await expect(vera.panel.get_by_label("Your question")).to_have_value("Hello?")
    await email.fill("vera@example.com")
    await expect(email).not_to_have_attribute("aria-invalid", "true")


async def test_whoever_is_one_too_many_of_a_network_reads_why_and_gets_in_when_another_has_gone(
    mayfly: Installation, browser: Browser
) -> None:
    node = await mayfly.node(MAYFLY_LIMITS_CONNECTIONS_PER_IP="1")
    why = "Too many connections or messages from here"
    async with Visitor(node) as first, await Guest.of(browser, node) as vera:
        await first.opens()
        await vera.arrives()
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_text(why)).to_be_visible()
        await first.vanishes()
        await expect(vera.panel.get_by_text(why)).to_be_hidden()
        await expect(vera.panel.locator("[name=question]")).to_be_visible()
