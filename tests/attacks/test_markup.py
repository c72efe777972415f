"""Text stays text: whatever one person types runs nothing on another's screen, and no browser reports that it tried."""

import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.actors import Agent, Visitor
from tests.attacks.payloads import packed, payloads
from tests.browser.conftest import chromium
from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.clients import http_client
from tests.conftest import Figures
from tests.service import Installation, Node, desk_of, signed

TRAP = """
window.trap = () => console.error('a script has run: ' + location);
addEventListener('securitypolicyviolation', (event) => console.error('refused: ' + event.violatedDirective + ' ' + event.blockedURI));
"""
"""In every frame; whatever is told there is a complaint of its page. What came of a dialogue is told too."""

LIVE = """() => {
  const found = [];
  const look = (root) => {
    for (const one of root.querySelectorAll('*')) {
      for (const { name, value } of one.attributes)
        if (/^on/i.test(name) || (/^(href|src|action|formaction|data|srcdoc|xlink:href)$/i.test(name) && /^[\\s\\0-\\x1f]*(javascript|vbscript|data:text)/i.test(value)))
          found.push(`${one.localName} ${name}=${value}`);
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(document);
  return found;
}"""
"""What would run if it were touched."""

LIMITS: dict[str, Any] = {"MAYFLY_LIMITS_MESSAGES_PER_10S": "5000", "MAYFLY_LIMITS_FRAMES_PER_10S": "100000"}
LAST = "the last of them"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def is_harmless(*pages: Page) -> None:
    """Nothing on these pages would run if it were touched."""
    for page in pages:
        for frame in page.frames:
            assert await frame.evaluate(LIVE) == [], frame.url


@pytest.mark.timeout(900)
async def test_nothing_that_anybody_types_runs_on_anybody_elses_screen(
    mayfly: Installation, browser: Browser, full: bool, figures: Figures
) -> None:
    texts = payloads(500 if full else 50)
    node = await mayfly.node(**LIMITS)
    cookie = await mayfly.hire("Anna", "support", capacity=200)
    named(mayfly, texts[3])
    async with (
        await Console.of(browser, node, cookie) as anna,
        await Guest.of(browser, node, attributes=f'data-identity="{signed(sub="vera", name=texts[1])}"') as vera,
        Agent(node, cookie) as her_other_tab,
    ):
        for context in (anna.context, vera.context):
            await context.add_init_script(TRAP)
        anna.page.on("dialog", lambda dialog: anna.complaints.append(dialog.message))
        vera.page.on("dialog", lambda dialog: vera.complaints.append(dialog.message))
        await anna.opens()
        await her_other_tab.opens()
        await her_other_tab.is_available()
        await from_agent_to_visitor(vera, her_other_tab, texts)
        await from_visitor_to_agent(node, anna, her_other_tab, texts)
        await in_tickets(node, cookie, anna, vera, texts)
        await in_comments(node, cookie, anna, texts)
        assert anna.complaints == []
        assert [words for words in vera.complaints if "net::ERR" not in words] == []
    figures("Markup", payloads=len(texts), fields=len(FIELDS), run=0, reports=0)


FIELDS = [
    "message of a visitor",
    " message of an agent",
    " note",
    " agent's name",
    " draft",
    " question",
    " name",
    " page's address",
    " page's title",
    " claims of\nan identity",
    " request's subject",
    " body",
    " name",
    " device",
    " file's name",
    " answer",
    " note on it",
    " notification",
    " comment",
    " template",
]


def named(mayfly: Installation, name: str) -> None:
    """An operator has called the only agent so."""
    with closing(sqlite3.connect(mayfly.folder / "data" / "mayfly.db", timeout=20)) as database, database:
        assert database.execute("UPDATE agents SET name = ?", (name[:100],)).rowcount == 1


async def from_agent_to_visitor(vera: Guest, agent: Agent, texts: Sequence[str]) -> None:
    """Everything an agent says, to a visitor's screen."""
    await vera.arrives()
    await vera.asks(texts[0][:300])
    chat = await agent.is_given()
    for text in [*list(packed(texts, 2000)), *texts[::5], LAST]:
        await agent.says(chat, text)
    await vera.sees(LAST)
    await is_harmless(vera.page)
    await agent.sends("end", chat=chat)
    await agent.gets("erased", chat=chat)


async def from_visitor_to_agent(node: Node, anna: Console, agent: Agent, texts: Sequence[str]) -> None:
    """Everything a visitor types or brings along, to an agent's screen."""
    names = packed(texts, 200)
    for number, claims in enumerate(packed(texts, 4000)):
        async with Visitor(node) as visitor:
            identity = signed(sub=f"v{number}", plan=texts[2], company=claims, name=next(names), role={"a": [texts[4]]})
            await visitor.opens(
                identity=identity, page={"url": f"https://shop.example.com/?{texts[5]}", "title": texts[6]}
            )
            await visitor.asks(claims, name=f"Chat {number}", phone=texts[7][:40])
            chat = await agent.is_given()
            await anna.opens_chat(f"Chat {number}")
            for text in [*list(packed(texts, 2000)), *texts[number::9]]:
                await visitor.says(text)
                await agent.sends("note", chat=chat, ref=f"{len(agent.events)}", text=text)
            for text in packed(texts, 300):
                await visitor.sends("visit", url=f"https://shop.example.com/{text}", title=text)
                await visitor.sends("typing", draft=text)
            await visitor.says(LAST)
            await anna.sees(LAST)
            await is_harmless(anna.page)
            await visitor.sends("end")
            await agent.gets("erased", chat=chat)
            agent.forgets()


async def in_tickets(node: Node, cookie: str, anna: Console, vera: Guest, texts: Sequence[str]) -> None:
    """Requests with all their fields, to the desk and back to the requester."""
    identity = {"Authorization": f"Bearer {signed(sub='vera', name=texts[1])}"}
    subjects, names = packed(texts, 200), packed(reversed(texts), 200)
    async with http_client(base_url=node.origin, timeout=30) as customer, desk_of(node, cookie) as desk:
        for body in packed(texts, 3000):
            file = {"file": (re.sub(r"[\r\n\0]", " ", next(names)), b"words", "text/html")}
            sent = await customer.post("/api/sites/shop/files", files=file)
            form = {
                "subject": next(subjects), "body": body, "name": next(names), "fields": {"browser": texts[8][:500]},
                "file": sent.json()["id"],
            }  # fmt: skip
            filed = await customer.post("/api/sites/shop/tickets", json=form, headers=identity)
            assert filed.status_code == 201, filed.text
            number = filed.json()["number"]
            for kind in ("replies", "notes"):
                words = {"text": body, "ref": kind}
                assert (await desk.post(f"/api/tickets/{number}/{kind}?site=shop", json=words)).is_success
            await anna.page.goto(f"{node.origin}/console/tickets/shop/{number}")
            await expect(anna.page.locator("mayfly-exchange .entries .entry")).to_have_count(2)
            await is_harmless(anna.page)
            page = await vera.context.new_page()
            page.on("console", lambda line: vera.complaints.append(line.text) if line.type == "error" else None)
            await page.goto(filed.json()["link"])
            await expect(page.locator(".theirs")).to_have_count(1)
            await is_harmless(page)
            await page.close()
        template = {"title": texts[9][:200], "text": texts[10]}
        await desk.post("/api/templates", json=template)
    await vera.page.reload()
    await expect(vera.page.frame_locator("mayfly-notice iframe").get_by_role("button").first).to_be_visible()
    await is_harmless(vera.page)
    await anna.page.goto(f"{node.origin}/console/tickets")
    await expect(anna.page.locator(".rows > li").first).to_be_visible()
    await is_harmless(anna.page)


async def in_comments(node: Node, cookie: str, anna: Console, texts: Sequence[str]) -> None:
    """Comments on an article, to the agents and to other readers."""
    path, names = "/api/sites/guides/articles/payment/comments?locale=en", packed(texts, 200)
    async with http_client(base_url=node.origin) as reader, desk_of(node, cookie) as desk:
        for text in list(packed(texts, 2000))[:19]:
            assert (await reader.post(path, json={"text": text, "name": next(names)})).status_code == 202
        await anna.page.goto(f"{node.origin}/console/help/comments")
        await expect(anna.page.locator(".comments > li").first).to_be_visible()
        await is_harmless(anna.page)
        for comment in (await desk.get("/api/comments")).json():
            assert (await desk.patch(f"/api/comments/{comment['id']}", json={"approved": True})).is_success
    await anna.page.goto(f"{node.origin}/help/guides/en/payment")
    await expect(anna.page.locator(".comments > li").first).to_be_visible()
    await is_harmless(anna.page)
