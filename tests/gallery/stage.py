"""Where the gallery's stories play: one language, and the people who take part."""

import asyncio
import re
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, cast

import msgspec
from playwright.async_api import Browser, Frame, Page, ViewportSize, WebSocketRoute

from chat.people.agents import Agents, Role
from chat.people.passwords import Passwords
from chat.settings import Settings
from chat.storage.database import Database
from tests.actors import Agent
from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.clients import http_client
from tests.gallery.speech import SPEECH
from tests.service import Installation, Node, desk_of, signed
from tests.web.conftest import Service

Theme = Literal["light", "dark"]
DESKTOP = ViewportSize(width=1280, height=860)
PHONE = ViewportSize(width=390, height=844)
PHONE_UP_TO = 480
PANEL, NOTICE = "mayfly-widget iframe", "mayfly-notice iframe"
DEMO = Path(__file__).parents[2] / "widget" / "static" / "demo"
HOST_STYLE = '<meta name="color-scheme" content="light dark">'


class State(NamedTuple):
    """Something that somebody can have before them: ``page`` shows it, in its iframe at ``place`` if that is given."""

    name: str
    page: Page
    place: str = ""
    ours: str = "body"
    """What of it is not the host page's."""
    phone: bool | None = None
    """It is there only on telephones, or only on anything larger."""

    def is_for(self, size: ViewportSize) -> bool:
        """Whether it is there in a window of this size."""
        return self.phone is None or self.phone == (size["width"] <= PHONE_UP_TO)

    async def frame(self) -> Frame:
        """Its document."""
        if not self.place:
            return self.page.main_frame
        element = await self.page.wait_for_selector(self.place, state="attached")
        frame = await element.content_frame() if element else None
        assert frame is not None
        return frame

    async def looks(self, theme: str, size: ViewportSize | None = None) -> None:
        """Bring it into this theme and size, and wait until that is drawn."""
        await self.page.set_viewport_size(size or (PHONE if self.phone else DESKTOP))
        await self.page.emulate_media(color_scheme=cast(Theme, theme))
        for frame in (*self.page.frames, self.page.main_frame):  # which draws its iframes' new size
            await frame.evaluate(DRAWN, theme)


DRAWN = """async (theme) => {
    if (!document.still) {
        document.adoptedStyleSheets.push((document.still = new CSSStyleSheet()));
        document.still.replaceSync('* { transition: none !important }');
    }
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    while (!matchMedia(`(prefers-color-scheme: ${theme})`).matches) await later(10);
    await Promise.race([drawn(), later(400)]);  // nothing is drawn for an unseen iframe
    await document.fonts.ready;
}"""


class Stage:
    """Everybody whom a story asks for; at its end they leave."""

    def __init__(self, made: Installation, node: Node, browser: Browser, locale: str) -> None:
        self.made = made
        self.node = node
        self.browser = browser
        self.locale = locale
        self.speech = SPEECH[locale]
        self.guests: list[Guest] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def guest(
        self, site: str = "fernweh", *, node: Node | None = None, viewport: ViewportSize = DESKTOP, **claims: Any
    ) -> Guest:
        """A visitor on the site's page; identified by ``claims``, if there are any."""
        identity = f'data-identity="{signed(**claims)}"' if claims else ""
        guest = await self._stack.enter_async_context(
            await Guest.of(
                self.browser, node or self.node, site=site, lang=self.locale, head=HOST_STYLE, attributes=identity,
                viewport=viewport, locale=self.locale, timezone_id="Europe/Madrid",
            )
        )  # fmt: skip
        self.guests.append(guest)
        return await guest.arrives()

    async def console(self, name: str, *teams: str, path: str = "/console", role: Role = "agent") -> Console:
        """Somebody at the console."""
        cookie = await self._cookie(name, *teams, role=role)
        console = await Console.of(
            self.browser, self.node, cookie, viewport=DESKTOP, locale=self.locale, timezone_id="Europe/Madrid"
        )
        return await (await self._stack.enter_async_context(console)).opens(path)

    async def page(self, path: str) -> Page:
        """A page of ours that somebody opens who is nobody."""
        context = await self.browser.new_context(
            viewport=DESKTOP, locale=self.locale, timezone_id="Europe/Madrid", reduced_motion="reduce"
        )
        self._stack.push_async_callback(context.close)
        page = await context.new_page()
        await page.goto(path if "://" in path else self.node.origin + path)
        return page

    async def agent(self, name: str, *teams: str) -> Agent:
        """Somebody who answers and is not looked at."""
        agent = Agent(self.node, await self._cookie(name, *teams))
        await self._stack.enter_async_context(agent)
        await agent.opens()
        await agent.is_available()
        self._stack.push_async_callback(agent.sends, "set_availability", status="away")
        return agent

    async def _cookie(self, name: str, *teams: str, role: Role = "agent") -> str:
        """As hired once, by the first language that plays."""
        return self.made.agents.get(name) or await self.made.hire(name, *teams, role=role)

    async def setup_token(self, name: str) -> str:
        """Of the link by which somebody who was hired chooses a password."""
        await self._cookie(name)
        database = Database(self.made.database)
        try:
            agents = Agents(database, Passwords())
            agent = await agents.find_by_email(f"{name.lower()}@example.com")
            assert agent is not None
            return await agents.another_token(agent.id)
        finally:
            await database.close()

    async def photo(self) -> tuple[str, bytes]:
        """A picture that somebody may send: its file's name, and what is in it."""
        page = await self.page((DEMO / "lisbon.svg").as_uri())
        return "lisboa.jpg", await page.locator("svg").screenshot(type="jpeg")

    async def demo(self) -> str:
        """Where the demo runs, in the made-up languages too."""

        def speak_all(settings: Settings) -> Settings:
            sites = {
                key: msgspec.structs.replace(site, locales=[*site.locales, "en-XA", "ar-XB"])
                for key, site in settings.sites.items()
            }
            return msgspec.structs.replace(settings, sites=sites)

        service = Service(Path(self._stack.enter_context(tempfile.TemporaryDirectory())), speak_all)
        running = await asyncio.to_thread(service.__enter__)
        self._stack.push_async_callback(asyncio.to_thread, service.__exit__)
        return running.origin

    async def files(self, photo: tuple[str, bytes] | None = None, **claims: Any) -> dict[str, Any]:
        """A request by somebody identified, with a picture if there is one."""
        words = {"subject": self.speech.subject, "body": self.speech.body, "topic": "Payment", "importance": "Soon"}
        words["locale"] = self.locale
        headers = {"Authorization": f"Bearer {signed(**claims)}"}
        async with http_client(base_url=self.node.origin, headers=headers, timeout=30) as client:
            sent = {"data": words, "files": {"file": photo}} if photo else {"json": words}
            answer = await client.post("/api/sites/fernweh/tickets", **sent)
            assert answer.status_code == 201, answer.text
            return dict(answer.json())

    async def is_answered(self, number: int) -> None:
        """By Anna."""
        async with desk_of(self.node, await self._cookie("Anna")) as desk:
            reply = {"text": self.speech.answer, "ref": secrets.token_hex(4)}
            answer = await desk.post(f"/api/tickets/{number}/replies?site=fernweh", json=reply)
            assert answer.status_code == 201, answer.text


class Line:
    """A visitor's connection, that can be cut."""

    def __init__(self) -> None:
        self._whole = True
        self._open: list[WebSocketRoute] = []

    @classmethod
    async def of(cls, guest: Guest) -> "Line":
        """Theirs, from the next time that they connect."""
        line = cls()
        await guest.context.route_web_socket(re.compile("/ws/visitor"), line._connects)
        return line

    async def _connects(self, socket: WebSocketRoute) -> None:
        if self._whole:
            socket.connect_to_server()
            self._open.append(socket)
        else:
            await socket.close()

    async def cut(self) -> None:
        """It breaks, and stays broken."""
        self._whole = False
        for socket in self._open:
            await socket.close()

    def mend(self) -> None:
        """It is whole again."""
        self._whole = True


Story = Callable[[Stage], AsyncIterator[State]]
"""Plays, and stops at each state until it was looked at."""
