"""The tickets tab as agents live in it, in Chromium, against a real service."""

import asyncio
import re
import sqlite3
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser, Error, Route, expect

from tests.browser.conftest import Desk
from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.clients import http_client
from tests.service import Installation, Node, signed, until

Filed = dict[str, Any]


async def file(node: Node, subject: str, **more: str) -> Filed:
    """A customer's request."""
    words = {"subject": subject, "body": "It never came.", "name": "Olga", "email": "olga@example.com", **more}
    async with http_client(base_url=node.origin) as customer:
        answer = await customer.post("/api/sites/shop/tickets", json=words)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


async def read(node: Node, filed: Filed) -> dict[str, Any]:
    """The request as its customer sees it."""
    async with http_client(base_url=node.origin) as customer:
        path = f"/api/sites/shop/tickets/{filed['number']}"
        return dict((await customer.get(path, params={"key": filed["key"]})).json())


async def fill(mayfly: Installation, node: Node, count: int) -> None:
    """So many requests: "Copy 129" and so on down to "The first"."""
    await file(node, "The first")
    with sqlite3.connect(mayfly.folder / "data" / "mayfly.db", timeout=20) as database:
        columns = [name for (_, name, *_) in database.execute("PRAGMA table_info(tickets)")]
        copied = ", ".join(
            {"number": "number + value", "subject": "'Copy ' || value", "dedupe": "'copy' || value"}.get(name, name)
            for name in columns
        )
        series = f"WITH RECURSIVE series(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM series WHERE value < {count - 1})"
        database.execute(f"{series} INSERT INTO tickets ({', '.join(columns)}) SELECT {copied} FROM tickets, series")
        database.execute(f"UPDATE ticket_sequences SET last = {1000 + count}")


async def scrolls_to_the_end(console: Console) -> None:
    """All pages of the list are there, down to "The first"."""
    scroll = console.page.locator("mayfly-tickets .scroll")

    async def at_the_end() -> bool:
        await scroll.evaluate("element => element.scrollTo(0, element.scrollHeight)")
        return bool(await row(console, "The first").count())

    await until(at_the_end, "all pages are there")


def row(console: Console, subject: str) -> Any:
    """A ticket in the list."""
    return console.page.locator(".rows > li").filter(has_text=subject)


def answer_box(console: Console) -> Any:
    """Where an answer or a note is written."""
    return console.page.locator("mayfly-answer textarea")


def entries(console: Console) -> Any:
    """What was said in the open ticket after the request."""
    return console.page.locator("mayfly-exchange .entries .entry")


async def test_an_agent_goes_from_a_queue_through_an_answer_to_a_solved_ticket(desk: Desk, node: Node) -> None:
    filed = await file(node, "A lost parcel")
    await file(node, "A broken lamp")
    anna = await desk("Anna", path="/console/tickets?queue=unassigned")
    keyboard = anna.page.keyboard
    await expect(anna.page.locator('[data-queue="unassigned"] .count')).to_have_text("2")
    await expect(row(anna, "A lost parcel")).to_be_visible()
    await keyboard.press("j")
    await keyboard.press("j")
    await keyboard.press("Enter")
    await expect(anna.page).to_have_url(f"{node.origin}/console/tickets/shop/{filed['number']}")
    await expect(anna.page.locator("mayfly-exchange .request")).to_contain_text("It never came.")

    await keyboard.press("n")
    await expect(answer_box(anna)).to_be_focused()
    await keyboard.type("The carrier has it.")
    await keyboard.press("Control+Enter")
    await expect(entries(anna).first).to_contain_text("The carrier has it.")
    await keyboard.press("Escape")
    await keyboard.press("r")
    await expect(answer_box(anna)).to_be_focused()
    await keyboard.type("It comes tomorrow.")
    await anna.page.get_by_role("button", name="How the ticket is left").click()
    await anna.page.get_by_role("option", name="Send as solved").click()
    await anna.page.get_by_role("button", name="Send as solved").click()
    await expect(entries(anna).nth(1)).to_contain_text("It comes tomorrow.")
    await expect(anna.page.get_by_role("button", name="Status: Solved")).to_be_visible()
    await expect(anna.page.get_by_role("button", name="Assignee: Anna")).to_be_visible()
    await expect(anna.page.locator("mayfly-exchange .change").last).to_contain_text("Status: Open changed to  → Solved")

    told = await read(node, filed)
    assert told["status"] == "solved"
    assert [entry["text"] for entry in told["entries"] if entry["kind"] == "reply"] == ["It comes tomorrow."]
    await anna.page.get_by_role("button", name="All tickets").click()
    await expect(row(anna, "A lost parcel")).to_have_count(0)
    await expect(row(anna, "A broken lamp")).to_be_visible()
    await expect(anna.page.locator('[data-queue="unassigned"] .count')).to_have_text("1")


async def test_two_agents_see_each_other_and_whoever_is_second_looks_before_they_send(desk: Desk, node: Node) -> None:
    path = f"/console/tickets/shop/{(await file(node, 'A lost parcel'))['number']}"
    anna, ben = await desk("Anna", path=path), await desk("Ben", path=path)
    await expect(anna.page.locator(".viewers")).to_have_text(re.compile("Ben is here too"))
    await expect(ben.page.locator(".viewers")).to_have_text(re.compile("Anna is here too"))
    await answer_box(anna).fill("From Anna")

    refused = asyncio.Event()

    async def late(route: Route) -> None:
        """News reaches Anna only after she has sent."""
        if route.request.method == "GET":
            await refused.wait()
        await route.continue_()

    await anna.page.route(re.compile(r"/api/tickets/1001\?"), late)
    await answer_box(ben).fill("From Ben")
    await answer_box(ben).press("Control+Enter")
    await expect(entries(ben)).to_have_count(1)
    async with anna.page.expect_response(re.compile("/replies")) as sent:
        await answer_box(anna).press("Control+Enter")
    assert (await sent.value).status == 409
    refused.set()
    await expect(anna.page.locator(".meanwhile")).to_contain_text("Ben answered meanwhile. Yours is not sent yet")
    await expect(entries(anna)).to_have_count(1)
    await expect(answer_box(anna)).to_have_value("From Anna")
    await anna.page.get_by_role("button", name="Send anyway").click()
    for console in (anna, ben):
        await expect(entries(console)).to_have_text([re.compile("From Ben"), re.compile("From Anna")])
    await expect(answer_box(anna)).to_have_value("")
    anna.complaints = [words for words in anna.complaints if "409" not in words]


async def test_news_of_an_open_ticket_comes_by_itself_and_takes_no_draft(desk: Desk, node: Node) -> None:
    path = f"/console/tickets/shop/{(await file(node, 'A lost parcel'))['number']}"
    anna, ben = await desk("Anna", path=path), await desk("Ben", path=path)
    await answer_box(anna).fill("From Anna")
    await ben.page.get_by_role("button", name="Priority: Normal").click()
    await ben.page.get_by_role("option", name="Urgent").click()
    await expect(anna.page.get_by_role("button", name="Priority: Urgent")).to_be_visible()
    await expect(anna.page.locator(".meanwhile")).to_contain_text("Ben changed the ticket meanwhile.")
    await expect(answer_box(anna)).to_have_value("From Anna")
    await anna.page.get_by_role("button", name="I have seen it").click()
    await expect(anna.page.locator(".meanwhile")).to_be_hidden()


async def test_a_draft_outlives_other_tickets_other_tabs_of_the_console_and_a_reload(desk: Desk, node: Node) -> None:
    for subject in ("A lost parcel", "A broken lamp"):
        await file(node, subject)
    anna = await desk("Anna", path="/console/tickets/shop/1001")
    await answer_box(anna).fill("Half an ans")
    await anna.page.get_by_role("button", name="All tickets").click()
    await row(anna, "A broken lamp").click()
    await expect(anna.page.locator("mayfly-ticket h1")).to_contain_text("A broken lamp")
    await expect(answer_box(anna)).to_have_value("")
    await anna.page.get_by_role("link", name="Chats").click()
    await anna.page.go_back()
    await anna.page.go_back()
    await row(anna, "A lost parcel").click()
    await expect(answer_box(anna)).to_have_value("Half an ans")
    await anna.page.reload()
    await anna.is_connected()
    await expect(answer_box(anna)).to_have_value("Half an ans")


async def test_an_answer_whose_receipt_was_lost_is_sent_once_after_a_reload_too(desk: Desk, node: Node) -> None:
    await file(node, "A lost parcel")
    anna = await desk("Anna", path="/console/tickets/shop/1001")

    async def loses_the_receipt(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await anna.page.route(re.compile("/replies"), loses_the_receipt, times=1)
    await answer_box(anna).fill("It comes tomorrow.")
    await answer_box(anna).press("Control+Enter")
    await expect(anna.page.locator("mayfly-answer .fault")).to_be_visible()
    await anna.page.reload()
    await anna.is_connected()
    await expect(answer_box(anna)).to_have_value("It comes tomorrow.")
    await answer_box(anna).press("Control+Enter")
    await expect(answer_box(anna)).to_have_value("")
    await expect(entries(anna)).to_have_count(1)
    anna.complaints = [words for words in anna.complaints if "ERR_FAILED" not in words]


async def test_no_text_keeps_its_reader_waiting_for_its_links(desk: Desk) -> None:
    anna = await desk("Anna")
    links = """async ([texts, reads]) => {
        const { linkify } = await import(new URL('../shared/linkify.js', document.querySelector('script[type=module]').src).href);
        const begun = performance.now();
        texts.forEach(linkify);
        const spent = performance.now() - begun;
        return [spent, reads.flatMap((text) => linkify(text).filter((node) => node.href).map((node) => node.textContent))];
    }"""
    texts = ["https://a.b/" + ")" * 19_980, "a" * 20_000, "." * 20_000, "a." * 10_000, "+a" * 10_000, "+1 " * 7_000]
    reads = [
        "(See https://example.com/Mayfly_(insect)).", "(www.example.com/a)…", "Ask a.b+c@example.com, please.", ":) a@b (",
        "Call +49 (30) 901-820, or 7 + 5 of javascript:alert(1)", "See mailto:a@b.example",
    ]  # fmt: skip
    spent, found = await anna.page.evaluate(links, [texts, reads])
    assert spent < 1_000
    assert found == [
        "https://example.com/Mayfly_(insect)",
        "www.example.com/a",
        "a.b+c@example.com",
        "+49 (30) 901-820",
        "a@b.example",
    ]


async def test_many_are_changed_at_once_and_what_fails_is_named(mayfly: Installation, desk: Desk, node: Node) -> None:
    for subject in ("First", "Second", "Third", "Fourth"):
        await file(node, subject)
    anna = await desk("Anna", path="/console/tickets")
    await desk("Ben")
    await anna.page.get_by_label("Select #1004").check()
    await anna.page.get_by_label("Select #1002").click(modifiers=["Shift"])
    await expect(anna.page.locator("mayfly-bulk > b")).to_have_text("3 selected")
    with sqlite3.connect(mayfly.folder / "data" / "mayfly.db", timeout=20) as database:
        database.execute("DELETE FROM tickets WHERE number = 1003")
    await anna.page.locator("mayfly-bulk").get_by_role("button", name="Assign").click()
    await anna.page.get_by_label("Find a colleague").fill("be")
    await anna.page.keyboard.press("Enter")
    await expect(anna.page.get_by_text("2 tickets changed")).to_be_visible()
    await expect(anna.page.get_by_text("1 ticket was not changed: #1003")).to_be_visible()
    for subject, assignee in (("First", "Nobody"), ("Second", "Ben"), ("Fourth", "Ben")):
        await expect(row(anna, subject).locator(".assignee")).to_contain_text(assignee)
    await expect(row(anna, "Third")).to_have_count(0)


async def test_a_search_is_in_the_address_and_the_way_back_leads_to_it(desk: Desk, node: Node) -> None:
    for subject in ("A lost parcel", "A broken lamp"):
        await file(node, subject)
    anna = await desk("Anna", path="/console/tickets")
    await expect(row(anna, "A lost parcel")).to_be_visible()
    await anna.page.keyboard.press("/")
    await anna.page.keyboard.type("LAMP")
    await expect(row(anna, "A lost parcel")).to_have_count(0)
    await expect(anna.page).to_have_url(node.origin + "/console/tickets?q=LAMP")
    await row(anna, "A broken lamp").click()
    await expect(anna.page).to_have_url(node.origin + "/console/tickets/shop/1002")
    await anna.page.go_back()
    await expect(anna.page.get_by_label("Search tickets")).to_have_value("LAMP")
    await anna.page.reload()
    await anna.is_connected()
    await expect(row(anna, "A broken lamp")).to_be_visible()
    await expect(row(anna, "A lost parcel")).to_have_count(0)
    await anna.page.get_by_role("button", name="Save view").click()
    await anna.page.get_by_label("Name of the view").fill("Lamps")
    await anna.page.keyboard.press("Enter")
    await anna.page.get_by_role("link", name="All tickets").click()
    await expect(row(anna, "A lost parcel")).to_be_visible()
    await anna.page.get_by_role("link", name="Lamps").click()
    await expect(anna.page).to_have_url(node.origin + "/console/tickets?q=LAMP")
    await expect(row(anna, "A lost parcel")).to_have_count(0)
    await anna.page.go_back()
    await expect(row(anna, "A lost parcel")).to_be_visible()


async def test_a_long_list_grows_as_one_scrolls_and_what_is_new_moves_nothing(
    mayfly: Installation, desk: Desk, node: Node
) -> None:
    await fill(mayfly, node, 130)
    anna = await desk("Anna", path="/console/tickets")
    rows, scroll = anna.page.locator(".rows > li"), anna.page.locator("mayfly-tickets .scroll")
    await expect(rows.first).to_have_attribute("aria-setsize", "-1")
    await scrolls_to_the_end(anna)
    await expect(rows.last).to_have_attribute("aria-setsize", "130")
    await expect(rows.last).to_contain_text("The first")
    await expect(row(anna, "Copy 19")).to_have_attribute("aria-posinset", "111")
    assert await rows.count() < 60  # however long the list is

    await scroll.evaluate("element => element.scrollTo(0, 2000)")
    held = row(anna, "Copy 70")
    await expect(held).to_have_attribute("aria-posinset", "60")
    place = await held.evaluate("element => element.getBoundingClientRect().top")
    await file(node, "The newest")
    await expect(held).to_have_attribute("aria-posinset", "61")
    await expect(anna.page.get_by_role("button", name="1 new above")).to_be_visible()
    assert abs(await held.evaluate("element => element.getBoundingClientRect().top") - place) < 2
    await anna.page.get_by_role("button", name="1 new above").click()
    await expect(rows.first).to_contain_text("The newest")


async def test_who_takes_a_ticket_from_an_old_list_takes_it_from_nobody(desk: Desk, node: Node) -> None:
    for subject in ("A lost parcel", "A broken lamp"):
        await file(node, subject)
    anna, ben = await desk("Anna", path="/console/tickets"), await desk("Ben", path="/console/tickets")
    news = asyncio.Event()

    async def late(route: Route) -> None:
        """Anna's list is an old one."""
        if route.request.method == "GET":
            await news.wait()
        await route.continue_()

    await expect(row(anna, "A broken lamp")).to_be_visible()
    await anna.page.route(re.compile(r"/api/tickets\?"), late)
    await row(ben, "A lost parcel").get_by_role("link").focus()
    await ben.page.keyboard.press("a")
    await expect(row(ben, "A lost parcel").locator(".assignee")).to_contain_text("Ben")
    await ben.page.get_by_label("Select #1002").check()
    await ben.page.locator("mayfly-bulk").get_by_role("button", name="Priority").click()
    await ben.page.get_by_role("option", name="Urgent").click()
    await expect(row(ben, "A broken lamp")).to_contain_text("Urgent")

    for number in (1001, 1002):
        await anna.page.get_by_label(f"Select #{number}").check()
    await anna.page.keyboard.press("a")
    await expect(anna.page.get_by_text("1 ticket changed")).to_be_visible()  # its priority was not what Anna set
    await expect(anna.page.get_by_text("as somebody else has set it meanwhile: #1001")).to_be_visible()
    news.set()
    await expect(row(anna, "A lost parcel").locator(".assignee")).to_contain_text("Ben")
    await expect(row(anna, "A broken lamp").locator(".assignee")).to_contain_text("Anna")


async def test_after_a_change_of_more_than_a_page_none_is_missing(mayfly: Installation, desk: Desk, node: Node) -> None:
    await fill(mayfly, node, 130)
    anna = await desk("Anna", path="/console/tickets")
    rows = anna.page.locator(".rows > li")
    await scrolls_to_the_end(anna)
    await anna.page.locator("mayfly-tickets .scroll").evaluate("element => element.scrollTo(0, 0)")
    await expect(rows.first).to_have_attribute("aria-posinset", "1")
    await anna.page.get_by_label("Select all that are loaded").check()
    await anna.page.get_by_label("Select #1130").uncheck()
    await anna.page.locator("mayfly-bulk").get_by_role("button", name="Priority").click()
    await anna.page.get_by_role("option", name="Urgent").click()
    await expect(anna.page.get_by_text("129 tickets changed")).to_be_visible()
    await expect(rows.first).to_contain_text("Urgent")
    await expect(rows.first).to_have_attribute("aria-setsize", "130")


async def test_news_is_seen_though_the_next_page_is_asked_for_while_it_comes(
    mayfly: Installation, desk: Desk, node: Node
) -> None:
    await fill(mayfly, node, 260)
    anna = await desk("Anna", path="/console/tickets")
    scroll = anna.page.locator("mayfly-tickets .scroll")
    await expect(row(anna, "Copy 259")).to_be_visible()
    asked = asyncio.Event()

    async def late(route: Route) -> None:
        """The first look at the news takes for ever."""
        if "cursor" in route.request.url or asked.is_set():
            await route.continue_()
        asked.set()

    await anna.page.route(re.compile(r"/api/tickets\?"), late)
    await file(node, "The newest")
    await asked.wait()
    await scrolls_to_the_end(anna)
    await scroll.evaluate("element => element.scrollTo(0, 0)")
    await expect(row(anna, "The newest")).to_be_visible()


async def test_an_older_look_at_the_list_does_not_win_over_a_later_one(desk: Desk, node: Node) -> None:
    await file(node, "A lost parcel")
    anna = await desk("Anna", path="/console/tickets")
    await expect(row(anna, "A lost parcel")).to_be_visible()
    answered, late = asyncio.Event(), asyncio.Event()

    async def looks(route: Route) -> None:
        """The first look is answered after the second."""
        answer = await route.fetch()
        if not answered.is_set():
            answered.set()
            await late.wait()
        with suppress(Error):  # nobody waits for it any more
            await route.fulfill(response=answer)

    await anna.page.route(re.compile(r"/api/tickets\?"), looks)
    await file(node, "A broken lamp")
    await answered.wait()
    async with anna.page.expect_event("requestfailed"):  # it is given up
        await file(node, "A dead letter")
    late.set()
    await expect(row(anna, "A dead letter")).to_be_visible()


async def test_a_call_becomes_a_ticket_that_is_answered_from_a_template_and_merged(desk: Desk, node: Node) -> None:
    await file(node, "A lost parcel", email="vera@example.com")
    clara = await desk("Clara", role="supervisor", path="/console/tickets")
    page = clara.page
    await page.get_by_role("button", name="Templates").click()
    await page.get_by_role("button", name="New template").click()
    await page.get_by_label("Title").fill("On its way")
    await page.get_by_label("Answer", exact=True).fill("Dear {nobody}, it comes.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog").get_by_text("placeholders")).to_be_visible()
    await page.get_by_label("Answer", exact=True).fill("Dear {name}, it comes. {agent}")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Template saved")).to_be_visible()
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="New ticket").click()
    await page.get_by_role("option", name="Filed by telephone").click()
    await page.get_by_label("Name").fill("Vera")
    await page.get_by_label("E-mail").fill("vera@example.com")
    await page.get_by_role("button", name="File ticket").click()
    await expect(page.get_by_label("Subject")).to_be_focused()
    await page.get_by_label("Subject").fill("Where is my parcel?")
    await page.get_by_label("What they ask for").fill("She waits since Monday.")
    await page.get_by_role("button", name="File ticket").click()
    await expect(page).to_have_url(node.origin + "/console/tickets/shop/1002")
    await expect(page.locator(".request")).to_contain_text("by telephone, filed by Clara")

    await answer_box(clara).press_sequentially("/way")
    await page.keyboard.press("Enter")
    await expect(answer_box(clara)).to_have_value("Dear Vera, it comes. Clara")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("option", name="Merge into").click()
    await page.get_by_role("button", name="#1001 A lost parcel").click()
    await expect(page.get_by_text("as notes only agents see")).to_be_visible()  # anybody may have typed her address
    await page.get_by_role("button", name="Merge", exact=True).click()
    await expect(page).to_have_url(node.origin + "/console/tickets/shop/1001")
    await expect(page.locator("mayfly-exchange")).to_contain_text("She waits since Monday.")
    await expect(page.locator("mayfly-exchange")).to_contain_text("merged #1002 into this ticket")
    clara.complaints = [words for words in clara.complaints if "422" not in words]


async def test_an_answer_brings_a_file_and_says_what_is_wrong_with_another(desk: Desk, node: Node) -> None:
    filed = await file(node, "A lost parcel")
    anna = await desk("Anna", path="/console/tickets/shop/1001")
    attach, chip = anna.page.get_by_role("button", name="Attach a file"), anna.page.locator(".upload")
    async with anna.page.expect_file_chooser() as choosing:
        await attach.click()
    await (await choosing.value).set_files({"name": "run.exe", "mimeType": "text/plain", "buffer": b"MZ" + bytes(200)})
    await expect(chip).to_contain_text("Files of this kind are not taken here.")
    async with anna.page.expect_file_chooser() as choosing:
        await attach.click()
    await (await choosing.value).set_files({"name": "label.txt", "mimeType": "text/plain", "buffer": b"To Olga"})
    await expect(chip).to_contain_text("7 byte")
    await answer_box(anna).fill("Print this.")
    await answer_box(anna).press("Control+Enter")
    await expect(chip).to_have_count(0)
    async with anna.page.expect_download() as downloading:
        await anna.page.get_by_role("link", name="label.txt").click()
    assert (await (await downloading.value).path()).read_bytes() == b"To Olga"
    entry = (await read(node, filed))["entries"][0]
    assert (entry["text"], entry["file"]["name"]) == ("Print this.", "label.txt")
    anna.complaints = [words for words in anna.complaints if "422" not in words]


async def test_support_writes_to_a_customer_who_is_told_where_she_is(desk: Desk, node: Node, browser: Browser) -> None:
    identity = signed(sub="vera", name="Vera", email="vera@example.com")
    anna = await desk("Anna", path="/console/tickets")
    page = anna.page
    async with await Guest.of(browser, node, attributes=f'data-identity="{identity}"') as vera:
        await vera.arrives()
        await page.get_by_role("button", name="New ticket").click()
        await page.get_by_role("option", name="Write to a customer").click()
        await page.get_by_label("E-mail").fill("vera@example.com")
        await page.get_by_label("Subject").fill("Your parcel came back")
        await page.get_by_label("Your message").fill("Where shall we send it?")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page).to_have_url(node.origin + "/console/tickets/shop/1001")

        told = vera.page.frame_locator("mayfly-notice iframe")
        await expect(told.get_by_text("Where shall we send it?")).to_be_visible()
        await told.get_by_role("button", name="View in full").click()
        await vera.panel.get_by_role("textbox", name="Your answer").fill("To my office, please.")
        await vera.panel.get_by_role("button", name=re.compile("^Send")).click()
        await expect(page.locator("mayfly-exchange")).to_contain_text("To my office, please.")
        assert vera.complaints == []


async def test_a_supervisor_sees_how_many_promises_were_kept(desk: Desk, node: Node) -> None:
    async with http_client(base_url=node.origin) as customer:
        golden = {"Authorization": f"Bearer {signed(sub='vera', plan='gold')}"}
        words = {"subject": "A lost parcel", "body": "It never came."}
        assert (await customer.post("/api/sites/shop/tickets", json=words, headers=golden)).status_code == 201
    clara = await desk("Clara", role="supervisor", path="/console/tickets/shop/1001")
    await answer_box(clara).fill("It comes tomorrow.")
    await answer_box(clara).press("Control+Enter")
    await expect(clara.page.locator("mayfly-exchange")).to_contain_text("It comes tomorrow.")
    await clara.page.get_by_role("button", name="All tickets").click()
    await clara.page.get_by_role("button", name="Promises kept").click()
    report = clara.page.get_by_role("dialog")
    await expect(report.get_by_role("row", name="Together")).to_contain_text("1 of 1")
    await expect(report.get_by_role("columnheader", name="Support")).to_be_visible()
