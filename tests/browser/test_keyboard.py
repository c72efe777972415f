"""By keyboard alone: from the site's page through a whole chat and back, and a request; the focus is never lost."""

from playwright.async_api import Browser, Locator, expect

from tests.actors import Agent
from tests.browser.guest import Guest
from tests.service import Installation, Node

LOST = "() => { const at = document.activeElement; return !at || at === document.body || at === document.documentElement; }"
RING = """(element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return outlineStyle === 'auto' || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
}"""


async def tabs_to(guest: Guest, target: Locator, *, back: bool = False) -> None:
    """Press Tab until it is there: a ring shows where one is, and nowhere on the way is the focus lost."""
    for _ in range(25):
        if await target.evaluate("(element) => element.getRootNode().activeElement === element"):
            assert await target.evaluate(RING), "no ring"
            return
        await guest.page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not lead to {target}")


async def is_somewhere(guest: Guest) -> None:
    """The focus is in the panel, on something."""
    frame = next(frame for frame in guest.page.frames if "/panel/" in frame.url)
    assert not await frame.evaluate(LOST)


async def test_a_whole_chat_needs_no_mouse(mayfly: Installation, node: Node, browser: Browser) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node) as vera,
    ):
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        keys, panel = vera.page.keyboard, vera.panel
        await tabs_to(vera, vera.bubble)
        await keys.press("Enter")
        await expect(panel.get_by_label("Name")).to_be_focused()
        await tabs_to(vera, panel.get_by_label("Your question"))
        await keys.type("Where is my order?")
        await tabs_to(vera, panel.get_by_role("button", name="Start chat"))
        await keys.press("Enter")
        chat = await anna.is_given()
        await expect(vera.composer).to_be_focused()
        await keys.type("It is number 7")
        await keys.press("Enter")
        await anna.hears("It is number 7")
        await anna.says(chat, "It leaves today")
        await vera.sees("It leaves today")
        await is_somewhere(vera)

        await tabs_to(vera, panel.get_by_role("button", name="End the chat"), back=True)
        await keys.press("Enter")
        await expect(panel.get_by_role("dialog")).to_be_visible()
        await keys.press("Escape")  # only the question goes
        await expect(panel.get_by_role("dialog")).to_be_hidden()
        await expect(panel.get_by_role("button", name="End the chat")).to_be_focused()
        await keys.press("Enter")
        await tabs_to(vera, panel.get_by_role("button", name="End and erase"))
        await keys.press("Enter")
        await expect(panel.get_by_text("You ended the chat")).to_be_visible()
        await is_somewhere(vera)
        await tabs_to(vera, panel.get_by_role("button", name="Excellent"))
        await keys.press("Enter")
        await expect(panel.get_by_text("Thank you!")).to_be_visible()
        await is_somewhere(vera)
        await keys.press("Escape")
        await expect(vera.bubble).to_have_attribute("aria-expanded", "false")
        await expect(vera.bubble).to_be_focused()
        assert vera.complaints == []


async def test_a_request_and_the_way_back_need_no_mouse(node: Node, browser: Browser) -> None:
    async with await Guest.of(browser, node) as vera:
        await vera.arrives()
        keys, panel = vera.page.keyboard, vera.panel
        link = vera.page.get_by_role("link", name="Talk to us")
        await tabs_to(vera, link)
        await keys.press("Enter")
        await expect(panel.get_by_label("Name")).to_be_focused()
        await tabs_to(vera, panel.get_by_role("button", name="New request"), back=True)
        await keys.press("Enter")
        await expect(panel.get_by_label("Subject")).to_be_focused()
        await tabs_to(vera, panel.get_by_role("button", name="Back", exact=True), back=True)
        await keys.press("Enter")
        await expect(panel.get_by_role("button", name="New request")).to_be_focused()
        await keys.press("Enter")
        await expect(panel.get_by_label("Subject")).to_be_focused()
        await keys.type("A lost parcel")
        await tabs_to(vera, panel.get_by_role("button", name="Send request"))
        await keys.press("Enter")
        await expect(panel.get_by_label("Details")).to_be_focused()  # it is missing
        await keys.type("It is blue.")
        await tabs_to(vera, panel.get_by_role("button", name="Send request"))
        await keys.press("Enter")
        await expect(panel.get_by_role("heading", name="is filed")).to_be_focused()
        await keys.press("Escape")
        await expect(link).to_be_focused()
        assert vera.complaints == []
