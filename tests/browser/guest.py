"""A visitor in a real browser, on a page of a site that has nothing but the snippet and a strict content policy."""

import re
from functools import partial
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, FrameLocator, Locator, Page, Route, expect

from tests.browser.left import left_in
from tests.service import Node

SHOP = "https://shop.example.com"
PAGE = """<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}
<script async src="{origin}/widget.js" data-site="{site}" nonce="n0nce" {attributes}></script></head>
<body><h1>{title}</h1><a href="/cart">Cart</a> <a href="#talk" data-mayfly-open="chat">Talk to us</a></body></html>"""
STRICT = (
    "default-src 'none'; script-src 'nonce-n0nce'; frame-src {origin}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types mayfly"
)


def _note(heard: list[str], error: object) -> None:
    heard.append(str(error))


class Guest:
    """One browser of a visitor; ``page`` is the tab at hand. Anything the page complains of is in ``complaints``, what it threw in ``broken`` too."""

    def __init__(self, node: Node, context: BrowserContext, page: Page, home: str = SHOP) -> None:
        self.node = node
        self.home = home
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        self.broken: list[str] = []
        self.requests: list[str] = []
        for heard in (self.complaints, self.broken):
            page.on("pageerror", partial(_note, heard))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))

    @classmethod
    async def of(
        cls, browser: Browser, node: Node, *, site: str = "shop", lang: str = "en", head: str = "", attributes: str = "",
        policy: str = STRICT, **context_options: Any,
    ) -> Self:  # fmt: skip
        """A browser for which the pages of the tests' sites exist; ``head`` and ``attributes`` add to their HTML, ``{origin}`` in ``head`` being ours."""
        options = {"locale": "en-US", "reduced_motion": "reduce", **context_options}
        context = await browser.new_context(**options)
        context.set_default_timeout(30_000)

        async def serve(route: Route) -> None:
            title = "Cart" if "/cart" in route.request.url else "Shop"
            more = head.replace("{origin}", node.origin)
            body = PAGE.format(lang=lang, title=title, head=more, origin=node.origin, site=site, attributes=attributes)
            headers = {"Content-Security-Policy": policy.format(origin=node.origin)}
            await route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

        await context.route(re.compile(r"^https://\w+\.example\.com(:\d+)?/"), serve)
        return cls(node, context, await context.new_page(), f"https://{site}.example.com")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.context.close()

    @property
    def bubble(self) -> Locator:
        """The bubble on the host page."""
        return self.page.locator("mayfly-widget .bubble")

    @property
    def panel(self) -> FrameLocator:
        """The inside of the iframe."""
        return self.page.frame_locator("mayfly-widget iframe")

    @property
    def composer(self) -> Locator:
        """Where messages are written."""
        return self.panel.locator("mayfly-composer").get_by_role("textbox")

    async def arrives(self, path: str = "/") -> Self:
        """Go to a page of the site and see the bubble."""
        await self.page.goto(self.home + path)
        await expect(self.bubble).to_be_attached()
        return self

    async def opens_another_tab(self) -> "Guest":
        """The same page in a second tab."""
        return await Guest(self.node, self.context, await self.context.new_page(), self.home).arrives()

    async def opens_the_panel(self) -> None:
        """Click the bubble."""
        await self.bubble.click()
        await expect(self.panel.locator("main > *")).to_be_visible()

    async def opens(self, section: str) -> None:
        """The page opens the panel at a section."""
        await self.page.evaluate("(section) => Mayfly.open(section)", section)
        await expect(self.panel.locator("main > *")).to_be_visible()

    async def asks(self, question: str = "Where is my order?", **fields: str) -> None:
        """Open the panel, fill in the form and start a chat; the tab knows that it is in one."""
        await self.opens_the_panel()
        for label, value in fields.items():
            await self.panel.locator(f"[name={label}]").fill(value)
        await self.panel.locator("[name=question]").fill(question)
        await self.panel.locator("mayfly-form [type=submit]").click()
        await expect(self.panel.locator("mayfly-talk:not([data-phase=starting])")).to_be_visible()

    async def says(self, text: str) -> None:
        """Write a line and press Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def sees(self, text: str) -> None:
        """The line is in the thread, once."""
        await expect(self.line(text)).to_have_count(1)

    def line(self, text: str) -> Locator:
        """The lines of the thread with exactly this text."""
        return self.panel.locator(".line").filter(has=self.page.locator(f'.text:text-is("{text}")'))

    async def api(self, expression: str) -> Any:
        """Evaluate in the host page."""
        return await self.page.evaluate(expression)

    async def stored(self) -> str:
        """All that the panel keeps in the tab."""
        frame = next(frame for frame in self.page.frames if "/panel/" in frame.url)
        return str(await frame.evaluate("JSON.stringify({...sessionStorage, ...localStorage})"))

    async def stores_nowhere(self, *words: str) -> None:
        """None of these words is kept by the host page or the panel, or in the tab's history; the thread may still show them."""
        kept = {frame.url: await left_in(frame, *words) for frame in self.page.frames}
        found = [(url, place) for url, held in kept.items() for place in held if place != "page"]
        assert not found, found
