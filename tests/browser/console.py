"""An agent at the console in a real browser: what they do, and what is on their screen."""

from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.left import left_in
from tests.service import Node

ANY_SIZE = {"width": 1440, "height": 900}


class Console:
    """One agent's browser; ``page`` is the tab at hand. Anything the page complains of is in ``complaints``."""

    def __init__(self, node: Node, context: BrowserContext, page: Page) -> None:
        self.node = node
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        self._listen(page)

    @classmethod
    async def of(cls, browser: Browser, node: Node, cookie: str | None, **context_options: Any) -> Self:
        """A browser with this session, or signed out."""
        options = {"viewport": ANY_SIZE, "locale": "en-US", "reduced_motion": "reduce", **context_options}
        context = await browser.new_context(**options)
        context.set_default_timeout(30_000)
        if cookie is not None:
            await context.add_cookies([{"name": "mayfly_session", "value": cookie, "url": node.origin}])
        return cls(node, context, await context.new_page())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.context.close()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    async def opens(self, path: str = "/console") -> Self:
        """Open the console and be connected."""
        await self.page.goto(self.node.origin + path)
        await self.is_connected()
        return self

    async def opens_another_tab(self) -> "Console":
        """A second tab of the same agent."""
        return await Console(self.node, self.context, await self.context.new_page()).opens()

    async def is_connected(self) -> None:
        """The service has welcomed this tab."""
        await expect(self.page.locator(".availability")).to_be_enabled()

    async def is_available(self) -> None:
        """Take new chats."""
        switch = self.page.locator("button.availability")
        await switch.click()
        await expect(switch).to_be_checked()

    async def opens_chat(self, name: str) -> None:
        """Choose a chat from the list."""
        await self.row(name).click()
        await expect(self.page.locator("mayfly-chat h1")).to_have_text(name)

    async def replies(self, text: str) -> None:
        """Write and press Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def sees(self, text: str) -> None:
        """A line of the open chat says this, once."""
        await expect(self.lines(text)).to_have_count(1)

    def lines(self, text: str) -> Any:
        """The lines of the open chat with this text."""
        return self.page.locator("mayfly-thread .line .text").filter(has_text=text)

    def row(self, name: str) -> Any:
        """A chat in the list."""
        return self.page.locator(".chat-row").filter(has_text=name)

    def offer(self, name: str) -> Any:
        """A chat that rings."""
        return self.page.locator(".offer").filter(has_text=name)

    def bar(self, text: str) -> Any:
        """What stands over the open chat and says this."""
        return self.page.locator("mayfly-bars .bar").filter(has_text=text)

    @property
    def dialog(self) -> Any:
        """What interrupts."""
        return self.page.get_by_role("dialog")

    async def writes_a_note(self, text: str) -> None:
        """Write a line that only agents see."""
        await self.page.locator("mayfly-composer").get_by_role("button", name="Note", exact=True).click()
        await self.replies(text)

    async def loses_the_network(self) -> None:
        """The machine is offline; what the page says of it is no complaint."""
        await self.context.set_offline(True)
        await expect(self.page.locator(".connection")).to_be_visible()

    async def has_a_network(self) -> None:
        """The machine is online again, and the console connected."""
        await self.context.set_offline(False)
        await expect(self.page.locator(".connection")).to_be_hidden()
        self.complaints = [words for words in self.complaints if "ERR_INTERNET_DISCONNECTED" not in words]

    @property
    def composer(self) -> Any:
        """Where one writes."""
        return self.page.locator("mayfly-composer textarea")

    async def holds_nowhere(self, *words: str) -> None:
        """None of these words is anywhere in the page, in what its origin stores, or in the tab's history."""
        found = await left_in(self.page.main_frame, *words)
        assert not found, found
