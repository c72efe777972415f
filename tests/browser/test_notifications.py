"""What support has said pops up in the middle of the site's page and stays until the customer has dealt with it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FrameLocator, Locator, expect

from chat.storage.database import Database
from chat.storage.tables import notifications
from tests.browser.conftest import chromium
from tests.browser.guest import SHOP, Guest
from tests.clients import http_client
from tests.service import Installation, Node, desk_of, installation, signed, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mayfly(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    async with installation(tmp_path_factory.mktemp("mayfly")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(mayfly: Installation) -> Node:
    return await mayfly.node()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def anna(mayfly: Installation, node: Node) -> AsyncIterator[httpx.AsyncClient]:
    """The desk, as Anna reaches it."""
    async with desk_of(node, await mayfly.hire("Anna")) as anna:
        yield anna


class Customer(Guest):
    """Somebody signed in at the shop, with requests of their own; Anna answers them."""

    sub: str
    anna: httpx.AsyncClient

    @property
    def identity(self) -> str:
        """What the shop's server signs."""
        return signed(sub=self.sub, name="Olga")

    @property
    def window(self) -> Locator:
        """The window in the middle of the page."""
        return self.page.locator("mayfly-notice dialog")

    @property
    def inside(self) -> FrameLocator:
        """What is in it."""
        return self.page.frame_locator("mayfly-notice iframe")

    async def is_told(self, text: str) -> None:
        """The window is up and says this."""
        await expect(self.inside.get_by_text(text)).to_be_visible()
        await expect(self.window).to_have_class("sized")

    async def answers(self, button: str) -> None:
        """Press a button of the window."""
        await self.inside.get_by_role("button", name=button).click()

    async def comes_in_another_tab(self) -> "Customer":
        """The same page once more."""
        tab = Customer(self.node, self.context, await self.context.new_page(), self.home)
        await tab.arrives()
        return tab

    async def asks_the_shop(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        """The site's API, by their identity."""
        headers = {"Authorization": f"Bearer {self.identity}"}
        async with http_client(base_url=self.node.origin, headers=headers) as client:
            answer: dict[str, Any] = (await client.request(method, f"/api/sites/shop/{path}", **what)).json()
            return answer

    async def files(self, subject: str = "A lost parcel") -> int:
        """A request; its number."""
        words = {"subject": subject, "body": "It never came."}
        return int((await self.asks_the_shop("POST", "tickets", json=words))["number"])

    async def is_answered(self, number: int, text: str) -> None:
        """By Anna."""
        reply = {"text": text, "ref": secrets.token_hex(4)}
        assert (await self.anna.post(f"/api/tickets/{number}/replies?site=shop", json=reply)).status_code == 201


@asynccontextmanager
async def customer(
    browser: Browser, node: Node, anna: httpx.AsyncClient, *, known: bool, head: str = ""
) -> AsyncIterator[Customer]:
    """Not on the page yet; ``known``: the page names them. A page that complains fails the test."""
    sub = secrets.token_hex(4)
    attributes = f'data-identity="{signed(sub=sub, name="Olga")}"' if known else ""
    async with await Customer.of(browser, node, head=head, attributes=attributes) as olga:
        olga.sub, olga.anna = sub, anna
        yield olga
        assert olga.complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def olga(browser: Browser, node: Node, anna: httpx.AsyncClient) -> AsyncIterator[Customer]:
    async with customer(browser, node, anna, known=True) as olga:
        yield olga


async def test_an_answer_pops_up_in_the_middle_of_the_open_page(
    browser: Browser, node: Node, anna: httpx.AsyncClient
) -> None:
    async with customer(browser, node, anna, known=False) as olga:
        number = await olga.files()
        await olga.arrives()
        await olga.api("window.heard = []; Mayfly.on('notified', (detail) => heard.push(detail))")
        async with olga.page.expect_websocket() as connected:
            await olga.api(f"Mayfly.identify('{olga.identity}')")
        await (await connected.value).wait_for_event("framereceived")
        await expect(olga.window).to_be_hidden()
        await olga.is_answered(number, "It is on its way.")
        await olga.is_told("It is on its way.")
        name = f"Support has answered your request #{number}"
        await expect(olga.page.get_by_role("dialog", name=name)).to_be_visible()
        assert await olga.api("heard") == [{"number": number, "kind": "answer"}]
        box = await olga.window.bounding_box()
        assert box is not None
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert middle == pytest.approx(tuple(await olga.api("[innerWidth / 2, innerHeight / 2]")), abs=1)
        await olga.is_answered(number, "It has arrived.")
        await olga.is_told("It has arrived.")
        assert await olga.api("sessionStorage.length + localStorage.length") == 0
        assert await olga.context.cookies() == []
        await olga.api("Mayfly.reset()")
        await expect(olga.window).to_be_hidden()
        await expect(olga.page.locator("mayfly-notice iframe")).to_have_count(0)
        await olga.api("Mayfly.destroy()")
        await expect(olga.window).to_have_count(0)


async def test_at_the_next_visit_it_leads_to_the_request_and_is_gone_once_that_was_read(olga: Customer) -> None:
    await olga.is_answered(await olga.files(), "It is on its way.")
    await olga.arrives()
    await olga.is_told("It is on its way.")
    await olga.page.reload()
    await olga.is_told("It is on its way.")
    await olga.answers("View in full")
    await expect(olga.window).to_be_hidden()
    await expect(olga.panel.get_by_text("It never came.")).to_be_visible()
    async with olga.page.expect_response("**/notifications"):
        await olga.api("Mayfly.close()")
    await expect(olga.window).to_be_hidden()
    assert (await olga.asks_the_shop("GET", "notifications"))["notifications"] == []


async def test_what_is_said_in_the_request_that_the_panel_shows_comes_there_and_pops_up_nowhere(
    browser: Browser, node: Node, anna: httpx.AsyncClient
) -> None:
    second = """<script async src="{origin}/widget.js" data-site="offers" nonce="n0nce"></script>"""
    async with customer(browser, node, anna, known=True, head=second) as olga:
        read, other = await olga.files(), await olga.files("A letter")
        await olga.page.goto(SHOP)
        await until(lambda: olga.api("Object.keys(Mayfly.sites).length === 2"), "both sites")
        await olga.api("Mayfly.sites.shop.on('notified', ({ number }) => (window.heard ??= []).push(number))")
        await olga.api(f"Mayfly.sites.shop.open('requests/{read}')")
        await expect(olga.panel.get_by_text("It never came.")).to_be_visible()
        await olga.is_answered(read, "It is on its way.")
        await expect(olga.panel.get_by_text("It is on its way.")).to_be_visible()

        await olga.api("Mayfly.sites.offers.open()")
        offers = olga.page.frame_locator("mayfly-widget iframe[src*='/offers']")
        await expect(offers.get_by_label("Your question")).to_be_visible()
        showing = f"parent.postMessage({{mayfly: 1, type: 'reading', number: {other}}}, '{SHOP}')"
        await offers.locator("body").evaluate(f"() => {showing}")  # a request of theirs by the same number
        await olga.is_answered(other, "A letter, too.")
        await olga.is_told("A letter, too.")
        assert await olga.api("heard") == [other]
        listed = await olga.asks_the_shop("GET", "notifications")
        assert [told["number"] for told in listed["notifications"]] == [other]


async def test_who_signs_in_on_the_same_page_sees_nothing_of_what_was_for_another(olga: Customer) -> None:
    await olga.is_answered(await olga.files(), "It is on its way.")
    await olga.arrives()
    await olga.is_told("It is on its way.")
    await olga.page.route("**/notifications", lambda route: None)  # no list comes
    await olga.api(f"Mayfly.identify('{signed(sub=olga.sub, name='Olga', role='admin')}')")
    await expect(olga.inside.get_by_text("It is on its way.")).to_be_visible()
    await olga.api(f"Mayfly.identify('{signed(sub=secrets.token_hex(4))}')")
    await expect(olga.window).to_be_hidden()


async def test_who_wants_to_be_reminded_later_is(olga: Customer, mayfly: Installation) -> None:
    await olga.is_answered(await olga.files(), "It is on its way.")
    await olga.arrives()
    await olga.is_told("It is on its way.")
    async with olga.page.expect_response("**/notifications"):  # the page reads the list again
        await olga.answers("Remind me later")
    await expect(olga.window).to_be_hidden()
    put_off = await olga.asks_the_shop("GET", "notifications")
    assert (put_off["notifications"], put_off["next_at"] is None) == ([], False)
    await olga.api("Mayfly.open('home')")
    await expect(olga.panel.get_by_role("button", name="My requests")).to_contain_text("1 new answer")
    await olga.api("Mayfly.close()")
    async with olga.page.expect_response("**/notifications"):
        await olga.page.reload()
    await expect(olga.window).to_be_hidden()
    database = Database(f"sqlite+aiosqlite:///{mayfly.folder / 'data' / 'mayfly.db'}")
    async with database.begin() as connection:  # an hour later
        await connection.execute(notifications.update().values(show_at=notifications.c.created_at))
    await database.close()
    await olga.page.reload()
    await olga.is_told("It is on its way.")


async def test_deleted_in_one_tab_it_is_gone_in_the_other_and_the_request_stays(olga: Customer) -> None:
    number = await olga.files()
    await olga.is_answered(number, "It is on its way.")
    await olga.arrives()
    await olga.is_told("It is on its way.")
    other = await olga.comes_in_another_tab()
    await other.is_told("It is on its way.")
    await other.answers("Delete")
    await expect(other.window).to_be_hidden()
    await expect(olga.window).to_be_hidden()
    assert await olga.asks_the_shop("GET", "notifications") == {"notifications": [], "next_at": None, "unread": 0}
    kept = await olga.asks_the_shop("GET", f"tickets/{number}")
    assert [entry["text"] for entry in kept["entries"]] == ["It is on its way."]
    assert other.complaints == []


async def test_several_come_one_after_the_other_and_the_keyboard_is_enough(olga: Customer) -> None:
    numbers = [await olga.files(f"Parcel {n}") for n in (1, 2, 3)]
    for n, number in enumerate(numbers, 1):
        await olga.is_answered(number, f"Answer {n}")
    await olga.arrives()
    await olga.is_told("Answer 1")
    await expect(olga.inside.get_by_text("1 of 3")).to_be_visible()
    await expect(olga.inside.get_by_role("article", name=f"request #{numbers[0]}")).to_be_focused()
    focused = olga.inside.locator("button:focus")
    for name in ("View in full", "Remind me later", "Delete", "View in full"):
        await olga.page.keyboard.press("Tab")
        await expect(focused).to_have_text(name)
    await olga.page.keyboard.press("Shift+Tab")
    await expect(focused).to_have_text("Delete")
    await olga.page.keyboard.press("Enter")
    await olga.is_told("Answer 2")
    await expect(olga.inside.get_by_text("2 of 3")).to_be_visible()
    await expect(olga.inside.get_by_role("article", name=f"request #{numbers[1]}")).to_be_focused()
    async with olga.page.expect_response("**/snooze"):
        await olga.page.keyboard.press("Escape")
    await olga.is_told("Answer 3")
    await olga.api("document.activeElement.blur()")  # the page itself has the focus
    async with olga.page.expect_response("**/snooze"):
        await olga.page.keyboard.press("Escape")
    await expect(olga.window).to_be_hidden()
    assert (await olga.asks_the_shop("GET", "notifications"))["notifications"] == []


async def test_it_waits_for_whoever_types_and_gives_the_focus_back(olga: Customer) -> None:
    number = await olga.files()
    await olga.arrives()
    cart = olga.page.get_by_role("link", name="Cart")
    await cart.focus()
    await olga.api("performance.now = () => 0")  # no time passes
    await olga.page.keyboard.press("a")
    await olga.is_answered(number, "It is on its way.")
    await expect(olga.window).to_have_attribute("aria-label", f"Support has answered your request #{number}")
    assert await olga.window.get_attribute("open") is None
    await olga.api("delete performance.now")
    await olga.is_told("It is on its way.")
    await expect(cart).not_to_be_focused()
    await olga.answers("Remind me later")
    await expect(cart).to_be_focused()
    assert olga.page.url == SHOP + "/"
