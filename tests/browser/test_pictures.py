"""Pictures that came with a request: small where they were sent, large on a click, for agent and customer."""

import asyncio

from playwright.async_api import Browser, Locator, Route, expect

from tests.browser.conftest import Desk
from tests.browser.guest import Guest
from tests.browser.test_requests import PIXEL
from tests.clients import http_client
from tests.service import Node, signed


async def test_a_picture_is_shown_in_a_place_kept_for_it_and_large_while_other_files_stay_links(
    desk: Desk, node: Node, browser: Browser
) -> None:
    token = signed(sub="vera", name="Vera")
    async with http_client(base_url=node.origin, headers={"Authorization": f"Bearer {token}"}) as client:
        for name, content in (("lamp.png", PIXEL), ("lamp.txt", b"It flickers.")):
            given = {"subject": "A lamp", "body": f"See {name}"}
            answer = await client.post("/api/sites/shop/tickets", data=given, files={"file": (name, content)})
            assert answer.status_code == 201, answer.text

    anna = await desk("Anna")
    arrives = asyncio.Event()

    async def hold(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await anna.page.route("**/files/*", hold)
    await anna.page.goto(node.origin + "/console/tickets/shop/1001")
    request = anna.page.locator(".request")
    small = request.get_by_role("button", name="Show lamp.png large")
    await expect(small).to_be_visible()
    room = await request.bounding_box()
    arrives.set()
    await expect(small.locator("xpath=self::*[contains(@class, 'there')]")).to_be_visible()
    assert await request.bounding_box() == room
    await grows_and_shrinks(small, anna.dialog)
    await anna.page.goto(node.origin + "/console/tickets/shop/1002")
    await expect(request.get_by_role("link", name="lamp.txt")).to_be_visible()
    await expect(request.locator("img")).to_have_count(0)

    async with await Guest.of(browser, node, attributes=f'data-identity="{token}"') as vera:
        await vera.arrives()
        await vera.opens("requests/1001")
        await grows_and_shrinks(
            vera.panel.get_by_role("button", name="Show lamp.png large"), vera.panel.get_by_role("dialog")
        )
        await expect(vera.bubble).to_have_attribute("aria-expanded", "true")
        assert vera.complaints == []


async def grows_and_shrinks(small: Locator, large: Locator) -> None:
    """Opens it, finds it whole with a way to keep it, and goes back to where one was."""
    await small.click()
    await expect(large.get_by_role("button", name="Close")).to_be_focused()
    await expect(large.get_by_role("img")).to_have_js_property("naturalWidth", 1)
    await expect(large.get_by_role("link", name="Download lamp.png")).to_be_visible()
    await large.press("Escape")
    await expect(large).to_have_count(0)
    await expect(small).to_be_focused()
