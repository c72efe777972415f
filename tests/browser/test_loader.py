"""The bubble on somebody else's page: what it costs, what it may not do, and what the page can call."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import jwt
import pytest
from playwright.async_api import Browser, Route, expect

from tests.actors import Agent
from tests.browser.guest import SHOP, Guest
from tests.clients import http_client
from tests.service import IDENTITY_SECRET, Installation, Node, until

LOADER_BYTES = 4096
PANEL_BYTES = 25 * 1024


@pytest.fixture
async def node(mayfly: Installation) -> Node:
    return await mayfly.node()


@pytest.fixture
async def vera(node: Node, browser: Browser) -> AsyncIterator[Guest]:
    """Vera on the shop's page; a page that complains fails the test."""
    async with await Guest.of(browser, node) as vera:
        yield await vera.arrives()
        assert vera.complaints == []


async def test_before_it_is_opened_the_page_pays_for_two_small_scripts_and_keeps_nothing(vera: Guest) -> None:
    asked = [url.removeprefix(vera.node.origin) for url in vera.requests if url.startswith(vera.node.origin)]
    assert asked == ["/widget.js", "/api/sites/shop/look.js"]
    assert await vera.context.cookies() == []
    assert await vera.api("sessionStorage.length + localStorage.length") == 0
    assert await vera.api("document.querySelector('mayfly-widget').shadowRoot.querySelector('iframe')") is None
    async with http_client() as client:
        answer = await client.get(vera.node.origin + "/widget.js", headers={"Accept-Encoding": "gzip"})
        look, asked_for = [
            await client.get(f"{vera.node.origin}/api/sites/shop/look.js{q}") for q in ("", "?accent=ff0000")
        ]
    assert int(answer.headers["Content-Length"]) <= LOADER_BYTES
    assert asked_for.text == look.text, "only the demo lets a page choose"


async def test_the_bubble_moves_nothing_on_the_page(vera: Guest) -> None:
    shifts = await vera.api(
        "new Promise((done) => { new PerformanceObserver((list) => done(list.getEntries().length))"
        ".observe({ type: 'layout-shift', buffered: true }); requestAnimationFrame(() => setTimeout(() => done(0), 100)); })"
    )
    assert shifts == 0
    assert await vera.api("document.documentElement.scrollWidth <= innerWidth")


async def test_all_that_the_panel_waits_for_before_a_question_can_be_sent_is_light_and_there_in_two_round_trips(
    vera: Guest,
) -> None:
    async with http_client(base_url=vera.node.origin, headers={"Accept-Encoding": "gzip"}) as client:
        page = (await client.get("/panel/shop")).text
        waited_for = ["/panel/shop", *re.findall(r"/static/[^\"]+", page)]
        total = 0
        for path in waited_for:
            async with client.stream("GET", path) as answer:
                total += len(b"".join([chunk async for chunk in answer.aiter_raw()]))
    assert total <= PANEL_BYTES

    await vera.page.route(
        lambda url: "/static/" in url and urlsplit(url).path not in waited_for, lambda route: route.abort()
    )
    panel_is_asked_for = asyncio.Event()
    vera.page.on("request", lambda request: panel_is_asked_for.set() if "/panel/shop" in request.url else None)

    async def hold(route: Route) -> None:
        await panel_is_asked_for.wait()  # so the first round trip brings both, the second all that the page names
        await route.continue_()

    await vera.page.route("**/widget/frame.js", hold)
    await vera.opens_the_panel()
    await vera.panel.get_by_label("Your question").fill("Is this all it takes?")
    await expect(vera.panel.get_by_role("button", name="Start chat")).to_be_enabled()
    vera.complaints.clear()  # of what this test has kept from it


async def test_an_unknown_site_is_explained_to_the_sites_owner_and_breaks_nothing(node: Node, browser: Browser) -> None:
    async with await Guest.of(browser, node, site="shopp") as vera:
        await vera.page.goto(SHOP)
        await until(lambda: any('no site "shopp"' in line for line in vera.complaints), "an explanation in the console")
        assert await vera.api("Mayfly.open()") is None
        assert await vera.page.locator("mayfly-widget").count() == 0


async def test_what_the_page_calls_before_the_loader_has_arrived_happens_then(node: Node, browser: Browser) -> None:
    stub = '<script nonce="n0nce">Mayfly = []; Mayfly.push(["prefill", {name: "Vera"}], ["open", "chat"])</script>'
    async with await Guest.of(browser, node, head=stub) as vera:
        await vera.arrives()
        await expect(vera.panel.get_by_label("Name")).to_have_value("Vera")


async def test_the_page_opens_and_hears_of_it(vera: Guest) -> None:
    await vera.api(
        "window.heard = []; for (const name of ['ready', 'open', 'close', 'status']) "
        "Mayfly.on(name, (detail) => heard.push([name, detail ?? null]))"
    )
    await vera.page.get_by_role("link", name="Talk to us").click()
    await expect(vera.panel.get_by_label("Your question")).to_be_visible()
    await expect(vera.bubble).to_have_attribute("aria-expanded", "true")
    await until(lambda: vera.api("heard.length === 3"), "ready, open and status")
    await vera.panel.get_by_label("Your question").press("Escape")
    await expect(vera.bubble).to_have_attribute("aria-expanded", "false")
    assert await vera.api("heard") == [["ready", None], ["open", None], ["status", "busy"], ["close", None]]
    assert vera.page.url == SHOP + "/"

    await expect(vera.page.get_by_role("link", name="Talk to us")).to_be_focused()
    await vera.api("Mayfly.open()")
    await vera.panel.get_by_label("Your question").focus()
    await vera.api("document.querySelector('a').focus(), Mayfly.close()")
    await expect(vera.page.get_by_role("link", name="Cart")).to_be_focused()


async def test_what_did_not_come_once_is_asked_for_again_when_it_is_wanted_again(vera: Guest) -> None:
    for part in ("frame", "notices"):
        await vera.page.route(f"**/widget/{part}.js", lambda route: route.abort(), times=1)

    def told() -> list[str]:
        return [line for line in vera.complaints if "cannot be loaded" in line]

    await vera.api("Mayfly.open('request')")
    await until(lambda: len(told()) == 1, "an explanation")
    await expect(vera.bubble).to_have_attribute("aria-expanded", "false")
    await vera.opens_the_panel()
    await expect(vera.panel.get_by_label("Your question")).to_be_visible()
    token = jwt.encode({"sub": "42", "exp": time.time() + 600}, IDENTITY_SECRET)
    await vera.api(f"Mayfly.identify('{token}')")
    await until(lambda: len(told()) == 2, "another one")
    await vera.api(f"Mayfly.identify('{token}')")
    await expect(vera.page.locator("mayfly-notice iframe")).to_be_attached()
    vera.complaints.clear()  # of what this test has kept from it


async def test_only_the_panels_own_window_and_origin_are_heard(vera: Guest) -> None:
    await vera.opens_the_panel()
    forged = "{mayfly: 1, type: 'unread', detail: 7}"
    await vera.api(f"postMessage({forged}, '*')")
    await vera.api(
        "new Promise((done) => { const frame = document.createElement('iframe'); document.body.append(frame);"
        f"dispatchEvent(new MessageEvent('message', {{data: {forged}, origin: 'https://evil.example'}})); done() }})"
    )
    await vera.api("new Promise((done) => setTimeout(done, 0))")
    await expect(vera.page.locator("mayfly-widget b")).to_be_empty()


async def test_a_signed_in_customer_is_known_to_the_agent(mayfly: Installation, node: Node, browser: Browser) -> None:
    token = jwt.encode({"sub": "42", "name": "Vera Novak", "plan": "gold", "exp": time.time() + 600}, IDENTITY_SECRET)
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node, attributes=f'data-identity="{token}"') as vera,
    ):
        await anna.opens()
        await anna.is_available()
        await vera.arrives("/cart?item=7#top")
        await vera.asks()
        visitor = (await anna.gets("assigned"))["visitor"]
        assert visitor["name"] == "Vera Novak"
        assert visitor["claims"]["plan"] == "gold"
        assert visitor["page"] == {"url": SHOP + "/cart?item=7", "title": "Cart"}


async def test_an_expired_identity_is_explained_and_a_fresh_one_heals_it(node: Node, browser: Browser) -> None:
    stale = jwt.encode({"sub": "42", "exp": time.time() - 600}, IDENTITY_SECRET)
    fresh = jwt.encode({"sub": "42", "exp": time.time() + 600}, IDENTITY_SECRET)
    async with await Guest.of(browser, node, attributes=f'data-identity="{stale}"') as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_text("Your sign-in has expired.")).to_be_visible()
        await vera.api(f"Mayfly.identify('{fresh}')")
        await expect(vera.panel.get_by_label("Your question")).to_be_visible()


async def test_the_language_is_the_pages_and_can_be_changed_while_open(node: Node, browser: Browser) -> None:
    async with await Guest.of(browser, node, lang="ru") as vera:
        await vera.arrives()
        await vera.opens_the_panel()
        await vera.panel.get_by_label("Ваш вопрос").fill("Где мой заказ?")
        await vera.api("Mayfly.setLocale('en')")
        await expect(vera.panel.get_by_label("Your question")).to_have_value("Где мой заказ?")


async def test_after_destroy_nothing_is_left_of_it(vera: Guest) -> None:
    await vera.opens_the_panel()
    await vera.api("Mayfly.destroy()")
    assert await vera.page.locator("mayfly-widget").count() == 0
    assert await vera.api("sessionStorage.length") == 0
    await vera.api("Mayfly.open()")
    assert await vera.page.locator("mayfly-widget").count() == 0
