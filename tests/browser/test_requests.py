"""A customer's requests in a real browser: filed with a file, followed, answered, closed, and never seen by others."""

import asyncio
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser.guest import Guest
from tests.clients import http_client
from tests.desk.mail.post import MailServer, text_of
from tests.service import Installation, Node, desk_of, free_port, signed, until

PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PASTE = """(element, [bytes, type]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], 'image.png', { type }));
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
async def vera(node: Node, browser: Browser) -> AsyncIterator[Guest]:
    async with await Guest.of(browser, node) as vera:
        yield await vera.arrives()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab of who comes by a link."""
    async with await browser.new_page(locale="en-US") as page:
        yield page


async def customer(browser: Browser, node: Node, sub: str, **claims: Any) -> Guest:
    """Somebody whom the shop vouches for."""
    token = signed(sub=sub, name=sub.capitalize(), **claims)
    return await (await Guest.of(browser, node, attributes=f'data-identity="{token}"')).arrives()


async def pastes(field: Locator, content: bytes = PIXEL, media_type: str = "image/png") -> None:
    await field.evaluate(PASTE, [list(content), media_type])


async def writes(vera: Guest, subject: str, body: str) -> None:
    await vera.panel.get_by_label("Subject").fill(subject)
    await vera.panel.get_by_label("Details").fill(body)


async def sends(vera: Guest) -> None:
    await vera.panel.get_by_role("button", name="Send request").click()


async def answers(node: Node, cookie: str, number: int, text: str) -> None:
    """An agent answers."""
    async with desk_of(node, cookie) as agent:
        given = {"text": text, "ref": "1"}
        assert (await agent.post(f"/api/tickets/{number}/replies?site=shop", json=given)).status_code == 201


async def link_to_a_request(node: Node, **more: Any) -> str:
    """What its requester was mailed."""
    given = {"subject": "A lost parcel", "body": "It never came.", **more}
    async with http_client(base_url=node.origin) as client:
        return str((await client.post("/api/sites/shop/tickets", json=given)).json()["link"])


async def test_a_request_with_a_pasted_screenshot_is_filed_and_tells_its_number_and_the_promise(
    node: Node, browser: Browser
) -> None:
    async with await customer(browser, node, "vera", plan="gold", email="vera@example.com") as vera:
        await vera.opens("request")
        await expect(vera.panel.get_by_label("Name")).to_have_value("Vera")
        await writes(vera, "The app signs me out", "")
        for prompt, text in (("I do", "open the page"), ("I expect", "my orders"), ("I get instead", "the sign-in")):
            await vera.panel.get_by_role("button", name=prompt).click()
            await vera.page.keyboard.type(text)
        details = vera.panel.get_by_label("Details")
        await expect(details).to_have_value("I do: open the page\n\nI expect: my orders\n\nI get instead: the sign-in")
        await pastes(details)
        await expect(vera.panel.get_by_role("button", name="Remove the file")).to_be_visible()
        await vera.panel.get_by_text("Sent with it: ").click()
        await expect(vera.panel.get_by_label("Browser")).to_have_value(re.compile(r"^Chrome \d+$"))
        await vera.panel.get_by_label("System").fill("A tablet")
        await sends(vera)

        await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_focused()
        await expect(
            vera.panel.get_by_text(re.compile(r"^We reply within 2–4 .*hours, .* your time\.$"))
        ).to_be_visible()
        await vera.panel.get_by_role("button", name="Open the request").click()
        await expect(vera.panel.get_by_role("heading", name="The app signs me out")).to_be_focused()
        await expect(vera.panel.get_by_text("A tablet")).to_be_visible()
        async with vera.page.expect_download() as download:
            await vera.panel.get_by_role("link", name=re.compile("^Screenshot ")).click()
        assert (await (await download.value).path()).read_bytes() == PIXEL
        assert vera.complaints == []


async def test_a_file_that_is_refused_says_why_and_neither_it_nor_a_page_load_loses_anything(vera: Guest) -> None:
    await vera.opens("request")
    await writes(vera, "A lost parcel", "It is blue.")
    await pastes(vera.panel.get_by_label("Details"))
    await expect(vera.panel.get_by_role("button", name="Remove the file")).to_be_visible()
    await pastes(vera.panel.get_by_label("Details"), b"<html><script>alert(1)</script></html>", "text/html")
    await expect(vera.panel.get_by_role("alert").filter(has_text="A file of this kind")).to_be_visible()
    await expect(vera.panel.get_by_text(re.compile(r"^Screenshot .*\.png$"))).to_be_visible()

    await vera.page.reload()
    await expect(vera.panel.get_by_label("Subject")).to_have_value("A lost parcel")
    await expect(vera.panel.get_by_label("Details")).to_have_value("It is blue.")
    await expect(vera.panel.get_by_text(re.compile(r"^Screenshot .*\.png$"))).to_be_visible()
    await sends(vera)
    await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_visible()
    assert "parcel" not in await vera.stored()


async def test_a_request_is_filed_while_redis_is_away(mayfly: Installation, vera: Guest) -> None:
    await vera.opens("request")
    await writes(vera, "Nobody there?", "The chat does not connect.")
    mayfly.redis.kill()
    await sends(vera)
    await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_visible()
    await vera.panel.get_by_role("button", name="Open the request").click()
    await expect(vera.panel.get_by_text("The chat does not connect.")).to_be_visible()


async def test_what_a_network_that_was_gone_has_not_taken_is_sent_when_it_is_back(vera: Guest) -> None:
    await vera.opens("request")
    await writes(vera, "From the train", "There is a tunnel.")
    await vera.context.set_offline(True)
    await sends(vera)
    await expect(vera.panel.get_by_role("button", name="Sending…")).to_be_disabled()
    await vera.context.set_offline(False)
    for frame in vera.page.frames:  # the emulation tells it only to some
        await frame.evaluate("dispatchEvent(new Event('online'))")
    await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_visible()


async def test_an_identified_customer_follows_their_requests_and_nobody_elses(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    anna = await mayfly.hire("Anna")
    async with await customer(browser, node, "vera") as vera, await customer(browser, node, "ivan") as ivan:
        for guest, subject in ((vera, "First"), (vera, "Second"), (ivan, "A secret of Ivan's")):
            await guest.opens("request")
            await writes(guest, subject, f"{subject}, in detail.")
            await sends(guest)
            await expect(guest.panel.get_by_role("heading", name="is filed")).to_be_visible()
        await vera.opens("requests")
        rows = vera.panel.locator(".request-row")
        await expect(rows).to_have_text([re.compile("Second"), re.compile("First")])
        await answers(node, anna, 1001, "It is on its way.")
        await expect(rows).to_have_text(
            [re.compile("First.*#1001.*Waiting for you"), re.compile("Second.*#1002.*Open")]
        )
        await vera.panel.get_by_label("Status").select_option(label="Waiting for you")
        await expect(rows).to_have_count(1)
        notice = vera.page.frame_locator("mayfly-notice iframe")
        await notice.get_by_role("button", name="Remind me later").click()
        await rows.first.click()
        await expect(vera.panel.get_by_text("It is on its way.")).to_be_visible()
        await answers_closes_and_reopens(vera.panel.locator("mayfly-request"))

        await vera.panel.get_by_role("button", name="Back").click()
        await expect(rows.first).to_be_focused()
        await expect(rows.first).to_contain_text("Open")
        await vera.opens("requests/1003")
        await expect(vera.panel.get_by_role("alert")).to_contain_text("There is nothing here")

        await vera.opens("requests/1001")
        await expect(vera.panel.get_by_text("It is on its way.")).to_be_visible()
        await vera.api(f"Mayfly.identify('{signed(sub='olga')}')")  # in the same tab
        await expect(vera.panel.get_by_role("alert")).to_contain_text("There is nothing here")
        await vera.panel.get_by_role("button", name="Back").click()
        await expect(vera.panel.get_by_role("heading", name="No requests yet")).to_be_visible()


async def answers_closes_and_reopens(request: Locator) -> None:
    await request.get_by_label("Your answer").fill("Thank you! https://example.com/parcel")
    await request.get_by_role("button", name="Send", exact=True).click()
    await expect(request.get_by_label("Your answer")).to_have_value("")
    await expect(request.get_by_role("link", name="https://example.com/parcel")).to_be_visible()
    await request.get_by_role("button", name="Solved, thank you").click()
    await expect(request.get_by_label("Your answer")).to_be_hidden()
    await expect(request.get_by_role("button", name="It is not solved")).to_be_focused()
    await request.get_by_role("button", name="It is not solved").click()
    await expect(request.get_by_label("Your answer")).to_be_focused()
    await expect(request.locator(".step")).to_have_text(
        [re.compile("You marked it as solved"), re.compile("You opened it again")]
    )


async def test_who_is_not_identified_sees_what_the_tab_has_filed_until_it_is_reset(vera: Guest) -> None:
    await vera.opens("request")
    await writes(vera, "A lost parcel", "It is blue.")
    await sends(vera)
    await expect(vera.panel.get_by_role("heading", name="is filed")).to_be_visible()
    await vera.page.reload()
    await vera.panel.get_by_role("button", name="My requests").first.click()
    await expect(vera.panel.locator(".request-row")).to_contain_text("A lost parcel")
    await vera.api("Mayfly.reset()")
    await expect(vera.page.locator("mayfly-widget iframe")).to_have_count(0)
    await vera.opens("requests")
    await expect(vera.panel.get_by_role("heading", name="No requests yet")).to_be_visible()


async def test_who_proves_an_address_by_a_mailed_code_sees_all_that_was_filed_from_it(
    mayfly: Installation, browser: Browser
) -> None:
    port = free_port()
    async with MailServer() as post:
        node = await mayfly.node(
            port=port, MAYFLY_MAIL_SMTP_URL=post.url, MAYFLY_MAIL_SENDER="help@example.com",
            MAYFLY_SERVER_PUBLIC_URL=f"http://127.0.0.1:{port}",
        )  # fmt: skip
        async with http_client(base_url=node.origin) as elsewhere:
            for subject, email in (("Mine", "vera@example.com"), ("Not mine", "ivan@example.com")):
                given = {"subject": subject, "body": "It rains.", "email": email}
                assert (await elsewhere.post("/api/sites/shop/tickets", json=given)).status_code == 201
        await until(lambda: len(post.letters) == 2, "confirmations")
        async with await Guest.of(browser, node) as vera:
            await vera.arrives()
            await vera.opens("requests")
            await vera.panel.get_by_label("E-mail").fill("vera@example.com")
            await vera.page.keyboard.press("Enter")
            await expect(vera.panel.get_by_label("Code")).to_be_focused()
            await until(lambda: len(post.letters) == 3, "a code")
            code = re.search(r"^ +(\d{6})$", text_of(post.letters[-1]), re.MULTILINE)
            assert code is not None
            await vera.page.keyboard.type("000000")
            await expect(vera.panel.get_by_role("alert")).to_contain_text("This code is not right")
            await vera.page.keyboard.type(code[1])
            await expect(vera.panel.locator(".request-row")).to_have_text([re.compile("Mine")])
            await vera.page.reload()
            await vera.panel.locator(".request-row").click()
            await expect(vera.panel.get_by_text("It rains.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
async def test_the_page_behind_a_link_shows_the_exchange_and_takes_answers_where_scripts_run(
    mayfly: Installation, node: Node, browser: Browser, javascript: bool
) -> None:
    device = {"browser": "Firefox 151", "system": "page.ticket.you"}  # as a text of ours is called, and yet theirs
    given = {"subject": "Where is <it>?", "body": "I waited.", "name": "Vera", "fields": device}
    link = await link_to_a_request(node, **given)
    await answers(node, await mayfly.hire("Anna"), 1001, "In the harbour.")
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "java_script_enabled": javascript}
    context = await browser.new_context(locale="en-US", **phone)
    page = await context.new_page()
    complaints = complaints_of(page)
    await page.goto(link)
    for words in ("Where is <it>?", "I waited.", "In the harbour.", *device.values(), "Waiting for you"):
        await expect(page.get_by_text(words, exact=True)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    if javascript:
        await answers_closes_and_reopens(page.locator("main"))
        await page.get_by_role("link", name="русский").click()
        await expect(page.get_by_label("Ваш ответ")).to_be_visible()
    assert complaints == []
    await context.close()


async def test_what_is_written_while_its_file_is_on_its_way_is_part_of_the_answer(node: Node, page: Page) -> None:
    await page.goto(await link_to_a_request(node))
    uploaded, answered = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        await (uploaded if route.request.url.endswith("/files") else answered).wait()
        await route.continue_()

    await page.route(re.compile("/files$|/replies"), late)
    text = page.get_by_label("Your answer")
    await text.fill("It is blue")
    await pastes(text)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("button", name="Sending…")).to_be_disabled()
    await text.press("End")
    await page.keyboard.type(", and heavy.")
    async with page.expect_request(re.compile("/replies")) as sent:
        uploaded.set()
    assert '"text":"It is blue, and heavy."' in str((await sent.value).post_data)
    await expect(text).not_to_be_editable()
    await pastes(text)  # now it is too late for another
    answered.set()
    await expect(page.locator(".request-exchange")).to_contain_text("It is blue, and heavy.")
    await expect(page.locator(".request-exchange a.file-link")).to_have_count(1)
    await expect(text).to_have_value("")
    await expect(text).to_be_editable()


async def test_a_look_that_began_before_an_answer_does_not_take_it_away(
    mayfly: Installation, node: Node, page: Page
) -> None:
    await page.goto(await link_to_a_request(node))
    await expect(page.get_by_label("Your answer")).to_be_visible()
    looking, late = asyncio.Event(), asyncio.Event()

    async def looks(route: Route) -> None:
        answer = await route.fetch()
        if route.request.method == "GET" and not looking.is_set():
            looking.set()
            await late.wait()
        await route.fulfill(response=answer)

    await page.route(re.compile(r"/tickets/1001\?"), looks)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await looking.wait()
    await page.get_by_label("Your answer").fill("It is blue.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("It is blue.")).to_be_visible()
    await page.evaluate(
        "new MutationObserver(() => (window.gone ||= !document.body.innerText.includes('It is blue.')))"
        ".observe(document.body, { childList: true, subtree: true })"
    )
    async with page.expect_event("requestfinished"):
        late.set()
    await answers(node, await mayfly.hire("Anna"), 1001, "In the harbour.")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_text("In the harbour.")).to_be_visible()
    assert not await page.evaluate("window.gone")


async def test_a_solved_request_that_is_joined_with_another_leads_there_and_cannot_be_taken_apart_by_mistake(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    async with await customer(browser, node, "vera") as vera, desk_of(node, await mayfly.hire("Anna")) as anna:
        for subject in ("A lost parcel", "The same parcel"):
            await vera.opens("request")
            await writes(vera, subject, "It is blue.")
            await sends(vera)
            await expect(vera.panel.get_by_role("heading", name="is filed")).to_be_visible()
        await vera.opens("requests/1002")
        await vera.panel.get_by_role("button", name="Solved, thank you").click()
        await expect(vera.panel.get_by_role("button", name="It is not solved")).to_be_visible()
        merged = await anna.post("/api/tickets/1002/merge?site=shop", json={"into": 1001, "ref": "1"})
        assert merged.status_code == 200, merged.text
        frame = next(frame for frame in vera.page.frames if frame.url.startswith(f"{node.origin}/panel/shop?"))
        await frame.evaluate("dispatchEvent(new Event('online'))")
        await expect(vera.panel.get_by_text("It goes on in request #1001.")).to_be_visible()
        await expect(vera.panel.get_by_role("button", name="It is not solved")).to_have_count(0)


async def test_the_page_behind_a_link_comes_to_life_once_the_service_answers(node: Node, page: Page) -> None:
    refused: list[str] = []

    async def refuses_once(route: Route) -> None:
        if refused:
            return await route.continue_()
        refused.append(route.request.url)
        return await route.fulfill(status=503, json={"code": "unavailable"})

    await page.route(re.compile(r"/tickets/1001\?"), refuses_once)
    await page.goto(await link_to_a_request(node))
    await expect(page.get_by_label("Your answer")).to_be_visible()
    assert refused


def complaints_of(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    return complaints
