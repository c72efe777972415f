"""What a customer can have before them, on a site's page."""

from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import expect

from tests.browser.guest import Guest
from tests.gallery.stage import NOTICE, PANEL, PHONE, Line, Stage, State

OLGA = {"sub": "olga", "name": "Olga", "email": "olga@example.com", "plan": "gold", "planner_name": "Anna"}


def panel(name: str, guest: Guest) -> State:
    """The panel, and what is in it."""
    return State(name, guest.page, PANEL)


def beside(name: str, guest: Guest, *, phone: bool | None = None) -> State:
    """What of us is on the site's own page."""
    return State(name, guest.page, ours="mayfly-widget", phone=phone)


async def arriving(stage: Stage) -> AsyncIterator[State]:
    """What comes by itself, and a panel that does not come."""
    vera = await stage.guest("inviting")
    card = vera.page.locator("mayfly-widget .card")
    await expect(card).to_be_visible()
    yield beside("invitation", vera, phone=False)
    await card.locator(".no").click()
    await expect(card).to_have_count(0)
    yield beside("bubble pill", vera)
    walter = await stage.guest("inviting", viewport=PHONE)
    await expect(walter.bubble.locator(".dot")).to_be_visible()
    yield beside("invitation dot", walter, phone=True)
    refused = await stage.guest("elsewhere")
    await refused.bubble.click()
    await expect(refused.page.locator("mayfly-widget .failed p")).to_be_visible()
    yield beside("panel refused", refused)
    unlucky = await stage.guest()
    await unlucky.page.clock.install()
    await unlucky.page.route("**/panel/**", lambda route: route.abort())
    await unlucky.arrives()
    await unlucky.bubble.click()
    await expect(unlucky.page.locator("mayfly-widget iframe")).to_be_attached()
    await unlucky.page.clock.fast_forward(20_000)
    await expect(unlucky.page.locator("mayfly-widget .again")).to_be_visible()
    yield beside("panel away", unlucky)


async def asking(stage: Stage) -> AsyncIterator[State]:
    """The bubble, and the form before a chat."""
    await stage.agent("Anna")
    vera = await stage.guest()
    yield beside("bubble", vera)
    await vera.opens_the_panel()
    await expect(vera.panel.locator("mayfly-head .status")).to_have_attribute("data-tone", "on")
    await expect(vera.panel.locator(".menu button").first).to_be_visible()
    yield panel("question", vera)
    await vera.panel.locator(".tongues button").last.focus()
    yield panel("languages", vera)
    await vera.panel.locator("[name=email]").fill("vera@")
    await vera.panel.locator("mayfly-form [type=submit]").click()
    await expect(vera.panel.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    yield panel("question faulty", vera)
    for field, value in (("name", "Vera"), ("email", "vera@example.com"), ("question", stage.speech.question)):
        await vera.panel.locator(f"[name={field}]").fill(value)
    yield panel("question filled", vera)


async def talking(stage: Stage) -> AsyncIterator[State]:
    """A chat from its first line to its mark."""
    anna, speech = await stage.agent("Anna"), stage.speech
    vera = await stage.guest()
    line = await Line.of(vera)
    await vera.asks(speech.question, name="Vera")
    chat = await anna.is_given()
    await anna.says(chat, speech.answer)
    await expect(vera.panel.locator(".line .text a")).to_be_visible()
    await vera.says(speech.thanks)
    said = await anna.hears(speech.thanks)
    await anna.sends("see", chat=chat, seq=said["seq"])
    await expect(vera.line(speech.thanks)).to_have_attribute("data-mark", "read")
    yield panel("talk", vera)
    await vera.composer.fill(speech.body)
    await anna.sends("typing", chat=chat)
    await expect(vera.panel.locator(".typing")).to_be_visible()
    yield panel("talk typing", vera)
    await vera.panel.locator("mayfly-composer [aria-haspopup=dialog]").click()
    await expect(vera.panel.locator(".emoji-picker")).to_be_visible()
    yield panel("talk emoji", vera)
    await vera.page.keyboard.press("Escape")
    await vera.composer.fill("")
    await vera.api("Mayfly.close()")
    await anna.says(chat, speech.more)
    await expect(vera.panel.locator(".peek .words")).to_be_visible()
    yield panel("peek", vera)
    await vera.api("Mayfly.open()")
    await anna.sends("offer_ticket", chat=chat)
    await expect(vera.panel.locator(".card-slot .card")).to_be_visible()
    yield panel("request offered", vera)
    await vera.panel.locator(".card-slot .quiet").click()
    await line.cut()
    await vera.says(speech.note)
    await expect(vera.line(speech.note)).to_have_attribute("data-mark", "sending")
    await expect(vera.panel.locator(".link")).to_be_visible()
    yield panel("reconnecting", vera)
    line.mend()
    await expect(vera.line(speech.note)).to_have_attribute("data-mark", "delivered")
    await anna.vanishes()
    await expect(vera.panel.locator(".card-slot .notice")).to_be_visible()
    yield panel("agent away", vera)
    await anna.opens()
    await expect(vera.panel.locator(".card-slot .notice")).to_be_hidden()
    async for state in _ending(vera):
        yield state


async def _ending(vera: Guest) -> AsyncIterator[State]:
    await vera.context.set_offline(True)
    await expect(vera.panel.locator(".link")).to_be_visible()
    yield panel("offline", vera)
    await vera.context.set_offline(False)
    await expect(vera.panel.locator(".link")).to_be_hidden()
    await vera.panel.locator("mayfly-head .icon-end").click()
    yield panel("ending", vera)
    await vera.panel.locator("dialog .danger").click()
    await expect(vera.panel.locator(".stars, .rate").first).to_be_visible()
    yield panel("ended", vera)
    await vera.panel.locator(".icon-star").last.click()
    await expect(vera.panel.locator(".thanks")).to_be_visible()
    yield panel("ended rated", vera)


async def waiting(stage: Stage) -> AsyncIterator[State]:
    """A line that nobody serves."""
    vera = await stage.guest("waiting")
    await vera.opens_the_panel()
    await expect(vera.panel.locator("mayfly-form .notice").first).to_be_visible()
    yield panel("nobody there", vera)
    await vera.panel.locator("[name=question]").fill(stage.speech.question)
    await vera.panel.locator("mayfly-form [type=submit]").click()
    await expect(vera.panel.locator("mayfly-waiting .offer h3")).to_be_visible()
    yield panel("waiting request offered", vera)
    await vera.panel.locator("mayfly-waiting .quiet").click()
    await expect(vera.panel.locator("mayfly-waiting .offer h3")).to_be_hidden()
    yield panel("waiting", vera)
    await vera.panel.locator("mayfly-head .icon-back").click()
    await expect(vera.panel.locator(".menu [data-to=chat]")).to_be_visible()
    yield panel("menu beside a chat", vera)
    await vera.panel.locator(".menu [data-to=ticket]").click()
    await expect(vera.panel.locator("mayfly-ticket .standing")).to_be_visible()
    yield panel("request beside the line", vera)


async def turned_away(stage: Stage) -> AsyncIterator[State]:
    """Desks at which no chat begins."""
    night = await stage.guest("night")
    await night.opens_the_panel()
    await expect(night.panel.locator("mayfly-ticket, .notice").first).to_be_visible()
    yield panel("closed", night)
    full = await stage.guest("full")
    await full.opens_the_panel()
    await full.panel.locator("[name=question]").fill(stage.speech.question)
    await full.panel.locator("mayfly-form [type=submit]").click()
    await expect(full.panel.locator("mayfly-ticket h2")).to_be_visible()
    yield panel("line full", full)
    members = await stage.guest("members")
    await members.opens_the_panel()
    await expect(members.panel.locator("mayfly-notice")).to_be_visible()
    yield panel("not eligible", members)
    spoiled = await stage.guest("fernweh", sub="olga", exp=1)
    await spoiled.opens_the_panel()
    await expect(spoiled.panel.locator("mayfly-notice")).to_be_visible()
    yield panel("error", spoiled)


async def filing(stage: Stage) -> AsyncIterator[State]:
    """A request by somebody whom nobody knows."""
    vera, speech = await stage.guest(), stage.speech
    await vera.opens("request")
    await expect(vera.panel.locator("[name=subject]")).to_be_visible()
    yield panel("request", vera)
    await vera.panel.locator("[name=email]").fill("vera@")
    await vera.panel.locator("mayfly-ticket [type=submit]").click()
    await expect(vera.panel.locator("[name=subject]")).to_have_attribute("aria-invalid", "true")
    yield panel("request faulty", vera)
    words = {"subject": speech.subject, "body": speech.body, "name": "Vera", "email": "vera@example.com"}
    for field, value in words.items():
        await vera.panel.locator(f"[name={field}]").fill(value)
    await vera.panel.locator("mayfly-ticket input[type=file]").set_input_files(
        {"name": "3-14.txt", "mimeType": "text/plain", "buffer": b"3.14"}
    )
    await expect(vera.panel.get_by_text("3-14.txt", exact=True)).to_be_visible()
    yield panel("request filled", vera)
    await vera.panel.locator("mayfly-ticket [type=submit]").click()
    await expect(vera.panel.locator("mayfly-left h2")).to_be_visible()
    yield panel("request filed", vera)


async def following(stage: Stage) -> AsyncIterator[State]:
    """The requests of somebody identified, and the window in the middle of the page."""
    claims: dict[str, Any] = {**OLGA, "sub": f"olga {stage.locale}"}
    olga = await stage.guest(**claims)
    await olga.opens("requests")
    await expect(olga.panel.locator(".requests-empty")).to_be_visible()
    yield panel("requests empty", olga)
    photo = await stage.photo()
    numbers = [(await stage.files(photo, **claims))["number"] for _ in range(3)]
    await stage.is_answered(numbers[0])
    await expect(olga.page.locator("mayfly-notice dialog")).to_have_class("sized")
    yield State("notification", olga.page, NOTICE)
    await olga.page.frame_locator(NOTICE).locator("footer .button.quiet").click()
    await expect(olga.page.locator("mayfly-notice dialog")).to_be_hidden()
    await olga.opens("home")
    await olga.opens("requests")
    await expect(olga.panel.locator(".request-rows li:not(.skeleton)")).to_have_count(3)
    yield panel("requests", olga)
    await olga.panel.locator(".request-rows button, .request-rows a").last.click()
    await expect(olga.panel.locator(".request-one .letter, .request-one .words").first).to_be_visible()
    await expect(olga.panel.locator(".shown.there")).to_be_visible()
    yield panel("request read", olga)
    await olga.panel.locator(".shown").click()
    await expect(olga.panel.locator(".lightbox img")).to_be_visible()
    yield panel("picture", olga)
    await olga.page.keyboard.press("Escape")
    await olga.opens("contacts")
    await expect(olga.panel.locator("mayfly-contacts section").first).to_be_visible()
    yield panel("contacts", olga)


async def unknown(stage: Stage) -> AsyncIterator[State]:
    """Somebody whose requests are behind a code by mail."""
    vera = await stage.guest()
    await vera.opens("requests")
    await expect(vera.panel.locator(".requests-empty")).to_be_visible()
    yield panel("requests of nobody", vera)


async def reading(stage: Stage) -> AsyncIterator[State]:
    """Help articles, and a search that finds one or none."""
    vera = await stage.guest()
    field, article = vera.panel.locator("#help-search"), vera.panel.locator("mayfly-article")
    await vera.opens("help")
    await expect(vera.panel.locator(".chapter").first).to_be_visible()
    yield panel("articles", vera)
    await vera.panel.locator(".help-row").first.click()
    await expect(article.locator(".prose")).to_be_visible()
    await article.locator(".vote button").last.click()
    await expect(article.locator(".thanks button").first).to_be_visible()
    await article.locator("summary").click()
    yield panel("article", vera)
    title = await article.locator("h2").inner_text()
    await vera.panel.locator("mayfly-head .icon-back").click()
    await field.fill(title)
    await expect(vera.panel.locator("[role=option]").first).to_be_visible()
    await field.press("ArrowDown")
    yield panel("articles found", vera)
    await field.fill("0000")
    await expect(vera.panel.locator(".search-apart button").first).to_be_visible()
    yield panel("articles not found", vera)
    await vera.opens("home")
    await vera.panel.locator("[name=question]").fill(title)
    await expect(vera.panel.locator(".offers")).to_be_visible()
    yield panel("articles offered", vera)


STORIES = [arriving, asking, talking, waiting, turned_away, filing, following, unknown, reading]
