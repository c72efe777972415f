"""What agents have before them: the console, and its front door."""

from collections.abc import AsyncIterator

from playwright.async_api import expect

from tests.actors import Visitor
from tests.browser.console import Console
from tests.clients import http_client
from tests.gallery.customer import OLGA
from tests.gallery.stage import Stage, State


async def front_door(stage: Stage) -> AsyncIterator[State]:
    """Signing in."""
    login = await stage.page("/console/login")
    yield State("login", login)
    await login.locator("[name=email]").fill("anna@example.com")
    await login.locator("[name=password]").fill("correct horse")
    await login.locator("[type=submit]").click()
    await expect(login.locator("#fault")).to_be_visible()
    yield State("login refused", login)
    yield State("forgot", await stage.page("/console/forgot"))
    yield State("setup", await stage.page(f"/console/setup?token={await stage.setup_token('Nora')}"))
    yield State("setup link spent", await stage.page("/console/setup?token=none"))
    yield State("not found", await stage.page("/tickets/fernweh/1?key=none"))


async def chats(stage: Stage) -> AsyncIterator[State]:
    """A chat at the console, and what can be done with it."""
    ben, speech = await stage.console("Ben", "bookings"), stage.speech
    yield State("console away", ben.page)
    await ben.is_available()
    yield State("console available", ben.page)
    async with Visitor(stage.node, "bookings") as vera, Visitor(stage.node, "bookings") as walter:
        await vera.opens(locale=stage.locale, page={"url": "https://bookings.example.com/lisbon", "title": "Lisboa"})
        await vera.asks(speech.question, name="Vera", email="vera@example.com")
        await expect(ben.offer("Vera")).to_be_visible()
        yield State("console ringing", ben.page)
        await ben.page.keyboard.press("Alt+Enter")
        await expect(ben.composer).to_be_focused()
        await ben.replies(speech.answer)
        await vera.hears(speech.answer)
        await vera.says(speech.thanks)
        await ben.sees(speech.thanks)
        await ben.composer.press("Escape")
        await ben.page.keyboard.press("n")
        await ben.replies(speech.note)
        await ben.sees(speech.note)
        await vera.sends("typing", draft=speech.body)
        await walter.opens()
        await walter.asks(speech.body, name="Walter")
        yield State("console chat", ben.page)
        await ben.composer.press_sequentially("/")
        await expect(ben.page.get_by_role("option").first).to_be_visible()
        yield State("console slash", ben.page)
        await ben.composer.press("Escape")
        await ben.composer.fill("")
        await ben.page.keyboard.press("Alt+Enter")
        await expect(ben.row("Walter")).to_be_visible()
        async for state in _dialogs(ben):
            yield state
        await ben.page.keyboard.press("a")


async def _dialogs(ben: Console) -> AsyncIterator[State]:
    await ben.composer.press("Escape")
    for key, name in (("t", "file a ticket"), ("h", "transfer"), ("e", "end"), ("?", "keys")):
        await ben.page.keyboard.press(key)
        await expect(ben.page.locator("dialog[open]")).to_be_visible()
        yield State(f"console {name}", ben.page)
        await ben.page.keyboard.press("Escape")
        await expect(ben.page.locator("dialog[open]")).to_have_count(0)


async def tickets(stage: Stage) -> AsyncIterator[State]:
    """The tickets tab."""
    cleo = await stage.console("Cleo", path="/console/tickets?queue=mine")
    await expect(cleo.page.locator("mayfly-tickets .none, mayfly-tickets .empty").first).to_be_visible()
    yield State("tickets empty", cleo.page)
    photo = await stage.photo()
    filed = [await stage.files(photo, **{**OLGA, "sub": f"cleo {stage.locale}"}) for _ in range(4)]
    await stage.is_answered(filed[0]["number"])
    await cleo.opens("/console/tickets?queue=all")
    await expect(cleo.page.locator(".rows > li").nth(3)).to_be_visible()
    yield State("tickets", cleo.page)
    await cleo.opens(f"/console/tickets/fernweh/{filed[0]['number']}")
    await expect(cleo.page.locator("mayfly-exchange .entry").first).to_be_visible()
    await expect(cleo.page.locator(".shown.there")).to_be_visible()
    yield State("ticket", cleo.page)
    await cleo.page.locator(".shown").click()
    await expect(cleo.page.locator(".lightbox img")).to_be_visible()
    yield State("ticket picture", cleo.page)


async def help_desk(stage: Stage) -> AsyncIterator[State]:
    """What readers say of the help articles."""
    anna, speech = await stage.console("Anna", path="/console/help"), stage.speech
    await expect(anna.page.locator("mayfly-comments .empty")).to_be_visible()
    yield State("console comments none", anna.page)
    async with http_client(base_url=f"{stage.node.origin}/api/sites/fernweh", params={"locale": stage.locale}) as olga:
        for text in (speech.thanks, speech.body):
            sent = await olga.post("/articles/payment/comments", json={"text": text, "name": "Olga"})
            assert sent.is_success, sent.text
        for slug, helpful in (("payment", True), ("what-to-pack", False)):
            sent = await olga.post(f"/articles/{slug}/vote", json={"helpful": helpful, "ref": f"{slug} {stage.locale}"})
            assert sent.is_success, sent.text
        await olga.get("/articles", params={"q": speech.missed, "done": "true", "locale": stage.locale})
    await expect(anna.page.locator(".comments > li")).to_have_count(2)
    yield State("console comments", anna.page)
    for tab, at, sign in (
        ("ratings", "ratings?site=fernweh", "tbody tr"),
        ("searches", "searches?site=fernweh", "tbody tr"),
        ("searches off", "searches?site=bookings", "pre"),
    ):
        await anna.opens(f"/console/help/{at}")
        await expect(anna.page.locator(f"mayfly-help-desk {sign}").first).to_be_visible()
        yield State(f"console {tab}", anna.page)
    await anna.opens("/console/help")
    for left in (1, 0):  # the next language begins with none
        await anna.page.locator(".comments .approve").first.click()
        await expect(anna.page.locator(".comments > li")).to_have_count(left)


async def board(stage: Stage) -> AsyncIterator[State]:
    """The supervisor's screen."""
    susan = await stage.console("Susan", "support", path="/console/board", role="supervisor")
    await expect(susan.page.locator("mayfly-board")).to_be_visible()
    yield State("board quiet", susan.page)
    async with Visitor(stage.node, "waiting") as vera, Visitor(stage.node, "fernweh") as walter:
        for visitor, name in ((vera, "Vera"), (walter, "Walter")):
            await visitor.opens(locale=stage.locale)
            await visitor.asks(stage.speech.question, name=name)
        await expect(susan.page.locator("mayfly-board-chats li, mayfly-board-chats tbody tr").nth(1)).to_be_visible()
        yield State("board", susan.page)


async def office(stage: Stage) -> AsyncIterator[State]:
    """What a supervisor keeps in order beside the tickets."""
    susan = await stage.console("Susan", "support", path="/console/tickets?queue=all", role="supervisor")
    page = susan.page
    dialog = page.locator("dialog[open]")
    for at, name in enumerate(("templates", "promises")):
        await page.locator(".tool-row").nth(at).click()
        await expect(dialog.locator("form, table, .nothing, .empty").first).to_be_visible()
        yield State(f"console {name}", page)
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
    await page.locator(".side-nav .new, mayfly-queues .new").click()
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(dialog.locator("[name=subject]")).to_be_visible()
    yield State("console new ticket", page)
    await page.keyboard.press("Escape")
    await page.locator("mayfly-rail .me").click()
    await expect(page.locator("mayfly-menu")).to_be_visible()
    yield State("console menu", page)


STORIES = [front_door, chats, tickets, help_desk, board, office]
