"""Chats full of canaries: one for each way in which a chat can end while the service goes on."""

import asyncio
import json
import secrets
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.error import URLError

from chat.audit.canaries import Canaries
from chat.audit.tab import PATIENCE_S, Tab, opened
from chat.errors import CannotStart
from chat.people.auditor import sign
from chat.settings import Settings, Site


@dataclass(frozen=True)
class Stage:
    """Where the chats are held: a site of the service at ``url``, with an agent who is signed in by ``cookie``."""

    settings: Settings
    url: str
    site_key: str
    agent_id: str
    cookie: str

    @property
    def site(self) -> Site:
        """Its settings."""
        return self.settings.sites[self.site_key]

    @property
    def origin(self) -> str:
        """Of the service's pages, as browsers know it."""
        return self.settings.server.public_url or self.url


class Talk:
    """A visitor and the agent: everything either can fill in is a canary."""

    def __init__(self, stage: Stage, words: Canaries, tabs: AsyncExitStack) -> None:
        self.stage = stage
        self.words = words
        self._tabs = tabs
        self.visitor: Tab
        self.agent: Tab
        self.chat = ""

    async def agent_comes(self, status: str = "available") -> None:
        """A console is opened; it is what the visitor's chat goes to."""
        self.agent = await self._open("/ws/agent", cookie=self.stage.cookie)
        await self.agent.send("hello", protocol=1)
        await self.agent.get("welcome")
        await self.agent.send("set_availability", status=status)
        await self.agent.get("availability_changed")

    async def visitor_asks(self) -> None:
        """A panel is opened and its form filled in."""
        word, site = self.words.word, self.stage.site
        claims = {"sub": word("identity"), "phone": word("phone"), "company": word("claim")}
        identity = sign(self.stage.settings.server.secret_keys[0], self.stage.agent_id, claims)
        page = {"url": f"https://example.com/{word('page_address')}", "title": word("page_title")}
        self.visitor = await self._open(f"/ws/visitor?site={self.stage.site_key}")
        await self.visitor.send("hello", protocol=1, identity=identity, page=page, locale=site.locales[0])
        await self.visitor.get("welcome")
        await self.visitor.send(
            "start",
            ref=f"{word('reference')}-{secrets.token_hex(4)}",  # the same again would mean the same chat, which is over
            question=word("question"),
            name=word("name"),
            phone=word("phone"),
            email=self.words.email("email"),
            topic=site.topics[0] if site.pre_chat.topic == "required" else None,
        )
        self.chat = (await self.visitor.get("started"))["chat"]

    async def they_talk(self) -> None:
        """Both say something, type, note and turn the page."""
        word = self.words.word
        await self._is_given()
        await self.visitor.send("typing", draft=word("draft"))
        await self.visitor.send("visit", url=f"https://example.com/{word('next_page')}", title=word("next_title"))
        await self.visitor.send("say", ref=word("visitors_reference"), text=word("visitors_words"))
        await self.agent.get("said")
        await self.agent.send("note", chat=self.chat, ref=word("notes_reference"), text=word("note"))
        await self.agent.get("noted")
        await self.agent.send("say", chat=self.chat, ref=word("agents_reference"), text=word("agents_words"))
        await self.visitor.get("said")

    async def _is_given(self) -> None:
        if (await self.agent.get("assigned", "offered"))["type"] == "offered":
            await self.agent.send("accept", chat=self.chat)
            await self.agent.get("assigned")
        await self.visitor.get("assigned")

    async def visitor_files(self) -> None:
        """A request with the whole conversation and a file."""
        word = self.words.word
        upload = await asyncio.to_thread(self._upload, word("file_name") + ".txt", word("file").encode())
        await self.visitor.send(
            "leave_ticket", ref=word("tickets_reference"), subject=word("subject"), body=word("body"),
            include_chat=True, file=upload,
        )  # fmt: skip
        await self.visitor.get("ticket_left")

    def _upload(self, name: str, content: bytes) -> str:
        edge = secrets.token_hex(16)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        request = urllib.request.Request(  # noqa: S310 - the operator's own service
            f"{self.stage.url}/api/sites/{self.stage.site_key}/files",
            data=head.encode() + content + f"\r\n--{edge}--\r\n".encode(),
            headers={"Content-Type": f"multipart/form-data; boundary={edge}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
                return str(json.load(answer)["id"])
        except URLError as fault:
            raise CannotStart(f"the service takes no file: {fault}") from None

    async def erased(self) -> None:
        """The agent's console is told to forget every word."""
        await self.agent.get("erased", within_s=PATIENCE_S + self.stage.settings.chat.resume_grace_s)

    async def _open(self, path: str, cookie: str | None = None) -> Tab:
        return await self._tabs.enter_async_context(opened(self.stage.url, self.stage.origin, path, cookie))


async def _by_the_visitor(talk: Talk) -> None:
    await talk.they_talk()
    await talk.visitor.send("end")


async def _by_the_agent(talk: Talk) -> None:
    await talk.they_talk()
    await talk.agent.send("end", chat=talk.chat)
    await talk.visitor.get("erased")
    await talk.visitor.send("rate", score=5)


async def _by_leaving(talk: Talk) -> None:
    await talk.they_talk()
    await talk.visitor.close()


async def _in_silence(talk: Talk) -> None:
    await talk.they_talk()
    await talk.agent.get("ended", within_s=PATIENCE_S + talk.stage.settings.chat.idle_end_s)


async def _in_the_line(talk: Talk) -> None:
    await talk.visitor.get("queued")
    await talk.visitor.send("end")
    await talk.visitor.get("erased")


async def _after_the_agent_was_lost(talk: Talk) -> None:
    await talk.they_talk()
    await talk.agent.close()
    await talk.visitor.get("agent_left")
    await talk.agent_comes()
    await talk.visitor.get("agent_back", "assigned")
    await talk.visitor.send("end")


async def after_a_request_was_filed(talk: Talk) -> None:
    """The request is kept until somebody erases it."""
    await talk.they_talk()
    await talk.visitor_files()
    await talk.agent.send("end", chat=talk.chat)


Ending = Callable[[Talk], Awaitable[None]]

FILED = "a request is filed from it, and erased"
SHORT_S = 60
"""A silence that an audit waits for."""


def endings(settings: Settings) -> dict[str, Ending]:
    """All ways in which a chat can end here, by name, but for a silence that takes long."""
    all_but_silence: dict[str, Ending] = {
        "the visitor ends it": _by_the_visitor,
        "the agent ends it": _by_the_agent,
        "the visitor closes the tab": _by_leaving,
        "the visitor leaves the line": _in_the_line,
        "the agent is lost and comes back": _after_the_agent_was_lost,
    }
    return all_but_silence | ({"nobody says anything": _in_silence} if settings.chat.idle_end_s <= SHORT_S else {})


async def hold(stage: Stage, words: Canaries, ending: Ending) -> None:
    """Hold a chat that ends like that, until it is erased. Raises ``CannotStart`` when the service does not do its part."""
    waits = ending is _in_the_line
    async with AsyncExitStack() as tabs:
        talk = Talk(stage, words, tabs)
        await talk.agent_comes("away" if waits else "available")
        await talk.visitor_asks()
        await ending(talk)
        if not waits:
            await talk.erased()
