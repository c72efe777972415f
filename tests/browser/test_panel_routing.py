"""What a visitor's panel says of hours, lines and hands: in Chromium, against a real service and its agents."""

import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, expect

from tests.actors import Agent, Visitor
from tests.browser.guest import Guest
from tests.service import Installation, Node, signed, until


@pytest.fixture
async def node(mayfly: Installation) -> Node:
    return await mayfly.node()


@pytest.fixture
async def vera(node: Node, browser: Browser) -> AsyncIterator[Guest]:
    async with await Guest.of(browser, node) as vera:
        yield await vera.arrives()


async def available(mayfly: Installation, node: Node, name: str, *teams: str) -> Agent:
    """Somebody at a console, for a test to leave again."""
    agent = Agent(node, await mayfly.hire(name, *teams))
    await agent.opens()
    await agent.is_available()
    return agent


def opens_at(mayfly: Installation, hours: str) -> None:
    """Other hours for the office, from the next start on."""
    text = mayfly.config.read_text()
    now = text[text.index("open = [") :].splitlines()[0]
    mayfly.config.write_text(text.replace(now, f'open = ["{hours}"]'))


async def test_a_closed_desk_tells_its_hours_by_the_visitors_clock_and_takes_a_request(
    node: Node, browser: Browser
) -> None:
    opens = f"{datetime.now(UTC) + timedelta(days=3):%A}"
    golden = f'data-identity="{signed(sub="1", plan="gold")}"'
    async with await Guest.of(browser, node, site="office", attributes=golden, timezone_id="Asia/Tokyo") as vera:
        await vera.arrives()
        await vera.api("window.told = []; Mayfly.on('status', (status) => told.push(status))")
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_role("heading", name="We are closed")).to_be_visible()
        await expect(vera.panel.get_by_text(f"We open {opens} at 6:00 PM.")).to_be_visible()
        promise = f"We reply within 2–4 working hours, {opens} by 10:00 PM."
        await expect(vera.panel.get_by_text(promise)).to_be_visible()
        await expect(vera.panel.get_by_role("button", name="Back to the chat")).to_be_hidden()
        assert await vera.api("told") == ["closed"]

        await vera.panel.get_by_label("Subject").fill("My order")
        await vera.panel.get_by_label("Details").fill("Where is it?")
        await vera.panel.get_by_role("button", name="Send request").click()
        await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_visible()
        assert vera.complaints == []


async def test_a_desk_that_opens_meanwhile_leaves_the_half_written_request_alone(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    async with await Guest.of(browser, node, site="office") as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        details = vera.panel.get_by_label("Details")
        await details.fill("Where is my or")
        opens_at(mayfly, "always")
        for pid in node.workers():
            os.kill(pid, signal.SIGKILL)  # the next ones read the configuration again
        await expect(vera.panel.get_by_text("We are open now")).to_be_visible()
        await expect(details).to_have_value("Where is my or")
        await expect(details).to_be_focused()
        await vera.panel.get_by_role("button", name="Chat with us").click()
        await expect(vera.panel.get_by_role("button", name="Start chat")).to_be_visible()


@pytest.mark.configured
async def test_a_desk_that_closes_soon_says_until_when_it_is_open(mayfly: Installation, browser: Browser) -> None:
    closes = datetime.now(UTC) + timedelta(minutes=40)
    opens_at(mayfly, f"mon-sun {closes - timedelta(hours=2):%H:%M}-{closes:%H:%M}")
    node = await mayfly.node()
    async with (
        Agent(node, await mayfly.hire("Anna", "office")) as anna,
        await Guest.of(browser, node, site="office", timezone_id="Asia/Tokyo") as vera,
    ):
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        await vera.opens_the_panel()
        until_when = closes.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%-I:%M %p")
        await expect(vera.panel.get_by_text(f"Open until {until_when}")).to_be_visible()
        await expect(vera.panel.get_by_role("button", name="Start chat")).to_be_visible()


async def test_who_leaves_the_line_for_a_request_takes_all_words_along_and_keeps_the_place_until_it_is_sent(
    mayfly: Installation, node: Node, vera: Guest, browser: Browser
) -> None:
    async with await Guest.of(browser, node) as ivan:
        await vera.asks("Where is my parcel?")
        await vera.says("It is blue.")
        await ivan.arrives()
        await ivan.asks("Hello?")
        await expect(ivan.panel.get_by_role("heading", name="You are number 2 in line")).to_be_visible()
        await expect(vera.line("It is blue.")).to_have_attribute("data-mark", "sent")

        await vera.panel.get_by_role("button", name="Leave a request instead").click()
        await expect(vera.panel.get_by_text("You are next")).to_be_visible()
        await vera.panel.get_by_role("button", name="Back to the line").click()
        await vera.says("And heavy.")
        await vera.panel.get_by_role("button", name="Leave a request instead").click()
        words = "Where is my parcel?\nIt is blue.\nAnd heavy."
        await expect(vera.panel.get_by_label("Details")).to_have_value(words)
        await expect(ivan.panel.get_by_role("heading", name="You are number 2 in line")).to_be_visible()

        await vera.panel.get_by_role("button", name="Send request").click()
        await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_visible()
        await expect(vera.panel.get_by_text("You have left the line.")).to_be_visible()
        await expect(ivan.panel.get_by_role("heading", name="You are next")).to_be_visible()
        async with await available(mayfly, node, "Anna") as anna:
            await anna.is_given()
            await expect(ivan.panel.get_by_text("Anna joined the chat")).to_be_visible()
            await anna.synchronises()
            assert len(anna.got("assigned")) == 1
        await vera.panel.get_by_role("button", name="Done").click()
        await expect(vera.panel.get_by_label("Your question")).to_have_value("")


async def test_a_desk_to_which_somebody_comes_back_says_no_longer_that_nobody_is_there(
    mayfly: Installation, node: Node, vera: Guest
) -> None:
    async with Agent(node, await mayfly.hire("Anna", capacity=1)) as anna, Visitor(node) as ivan:
        await anna.opens()
        await anna.is_available()
        await ivan.opens()
        await ivan.asks()
        await vera.asks("Where is my parcel?")
        await anna.sends("set_availability", status="away")
        await expect(vera.panel.get_by_role("heading", name="Nobody is at the desk right now")).to_be_visible()
        await expect(vera.panel.get_by_text("Away right now")).to_be_visible()
        await anna.is_available()
        await expect(vera.panel.get_by_role("heading", name="Nobody is at the desk right now")).to_be_hidden()
        await expect(vera.panel.get_by_text("Away right now")).to_be_hidden()
        await expect(vera.panel.get_by_role("heading", name="You are next")).to_be_visible()


async def test_an_agent_who_comes_while_the_request_is_written_is_announced_there(
    mayfly: Installation, node: Node, vera: Guest
) -> None:
    await vera.asks("Where is my parcel?")
    await vera.panel.get_by_role("button", name="Leave a request instead").click()
    async with await available(mayfly, node, "Anna"):
        await expect(vera.panel.get_by_text("Anna is here now")).to_be_visible()
        await vera.panel.get_by_role("button", name="Back to the chat").last.click()
        await vera.sees("Where is my parcel?")
        await expect(vera.composer).to_be_visible()


async def test_who_may_not_use_the_desk_reads_the_sites_own_words_and_nothing_to_fill_in(
    node: Node, browser: Browser
) -> None:
    async with await Guest.of(browser, node, site="club") as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_text("Members only. Ask at the door.")).to_be_visible()
        assert await vera.panel.get_by_role("textbox").count() == 0
        await vera.api(f"Mayfly.identify('{signed(sub='1', member=True)}')")
        await expect(vera.panel.get_by_label("Your question")).to_be_visible()


async def test_the_form_says_that_nobody_is_there_and_holds_what_the_identity_tells(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    golden = f'data-identity="{signed(sub="1", plan="gold", name="Vera Vernon", email="vera@example.com")}"'
    async with await Guest.of(browser, node, attributes=golden) as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_text("Nobody is at the desk right now. Ask anyway")).to_be_visible()
        await expect(vera.panel.get_by_text("You will talk to a person")).to_be_hidden()
        await expect(vera.panel.get_by_label("Name")).to_have_value("Vera Vernon")
        async with await available(mayfly, node, "Anna"):
            await vera.arrives("/cart")
            await expect(vera.panel.get_by_text("You will talk to a person")).to_be_visible()
            await expect(vera.panel.get_by_text("Nobody is at the desk")).to_be_hidden()


async def test_a_plan_without_chat_goes_straight_to_the_request_form(node: Node, browser: Browser) -> None:
    basic = f'data-identity="{signed(sub="1", plan="basic")}"'
    async with await Guest.of(browser, node, attributes=basic) as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_role("heading", name="Leave a request")).to_be_visible()
        await expect(vera.panel.get_by_role("button", name="Start chat")).to_have_count(0)
        await expect(vera.panel.get_by_role("button", name="Back to the chat")).to_be_hidden()


async def test_a_visitor_who_is_passed_on_is_told_each_step(mayfly: Installation, node: Node, vera: Guest) -> None:
    async with await available(mayfly, node, "Anna") as anna, await available(mayfly, node, "Ben", "sales") as ben:
        await vera.asks()
        chat = await anna.is_given()
        colleague = ben.got("welcome")[-1]["agent"]["id"]
        await anna.sends("transfer", chat=chat, agent=colleague)
        await expect(vera.panel.get_by_text("Passing you on to Ben…")).to_be_visible()
        await ben.sends("decline", chat=await ben.is_asked())
        await expect(vera.panel.get_by_text("Anna is still with you")).to_be_visible()
        await expect(vera.panel.get_by_role("heading", name="Anna")).to_be_visible()
        await anna.sends("transfer", chat=chat, team="sales")
        await ben.is_given()
        await expect(vera.panel.get_by_text("Ben joined the chat")).to_be_visible()
        await expect(vera.panel.get_by_role("heading", name="Ben")).to_be_visible()
        await ben.says(chat, "Here I am")
        await vera.sees("Here I am")


async def test_who_is_blocked_is_told_until_when_and_may_leave_a_request(
    mayfly: Installation, node: Node, vera: Guest
) -> None:
    async with await available(mayfly, node, "Anna") as anna:
        await vera.asks()
        await anna.sends("block", chat=await anna.is_given(), minutes=2 * 24 * 60)
        again = f"You can start a chat {datetime.now() + timedelta(days=2):%A} at"
        await expect(vera.panel.get_by_text(again)).to_be_visible()
        await expect(vera.panel.locator(".stars")).to_have_count(0)
        await expect(vera.panel.get_by_role("button", name="Start a new chat")).to_have_count(0)
        await vera.arrives("/cart")
        await expect(vera.panel.get_by_role("heading", name="Chat is not available now")).to_be_visible()
        await expect(vera.panel.get_by_text(again)).to_be_visible()
        await expect(vera.panel.get_by_role("button", name="Back to the chat")).to_be_hidden()
        await expect(vera.panel.get_by_label("Details")).to_be_visible()
        await until(lambda: vera.complaints == [], "no complaints")
