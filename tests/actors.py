"""The people of the scenarios, over real WebSockets: what they do, and what they come to know."""

import asyncio
import json
import uuid
from contextlib import suppress
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chat.protocol import SUBPROTOCOL
from tests.service import Node

PATIENCE_S = 30.0

Event = dict[str, Any]


class Actor:
    """Somebody with a socket. Every event that comes is remembered in order."""

    def __init__(self, node: Node, path: str, headers: dict[str, str]) -> None:
        self.node = node
        self._path = path
        self._headers = headers
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self.events: list[Event] = []
        self._got: set[int] = set()
        self.close_code: int | None = None

    async def connect(self, node: Node | None = None) -> None:
        """Open the socket, here or on another node."""
        self.node = node or self.node
        self.close_code = None
        self._socket = await connect(
            self.node.websocket(self._path),
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            additional_headers={"Origin": self.node.origin, **self._headers},
            compression=None,
            ping_interval=None,
            max_queue=None,
        )
        self._reading = asyncio.create_task(self._read(self._socket))

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                async with self._news:
                    self.events.append(json.loads(message))
                    self.hears_of(self.events[-1])
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        async with self._news:
            if socket is self._socket:
                self.close_code = socket.close_code
            self._news.notify_all()

    def hears_of(self, event: Event) -> None:
        """Something came; for people who act on it by themselves."""

    async def sends(self, kind: str, **fields: Any) -> None:
        """Send a command."""
        assert self._socket is not None
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def sends_raw(self, text: str | bytes) -> None:
        """Send whatever."""
        assert self._socket is not None
        await self._socket.send(text)

    async def gets(self, *kinds: str, **fields: Any) -> Event:
        """The first event of these kinds with these fields that was not got yet; waits for it."""

        def find() -> Event | None:
            for position, event in enumerate(self.events):
                fits = event["type"] in kinds and all(event.get(name) == value for name, value in fields.items())
                if fits and position not in self._got:
                    self._got.add(position)
                    return event
            return None

        async with self._news:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    while (event := find()) is None and self.close_code is None:
                        await self._news.wait()
        rest = [event for position, event in enumerate(self.events) if position not in self._got]
        assert event is not None, f"{kinds} {fields} did not come; instead {rest}, closed {self.close_code}"
        return event

    async def is_closed_with(self) -> int | None:
        """Wait until the server has closed the socket; the code."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.is_closed()

    async def is_closed(self) -> int | None:
        """Wait for that as long as it takes."""
        async with self._news:
            while self.close_code is None:
                await self._news.wait()
        return self.close_code

    def forgets(self) -> None:
        """A fresh tab: nothing has come yet."""
        self.events.clear()
        self._got.clear()

    def got(self, kind: str) -> list[Event]:
        """All events of this kind so far."""
        return [event for event in self.events if event["type"] == kind]

    async def synchronises(self) -> None:
        """Everything this node sent before now has come."""
        before = len(self.got("pong"))
        await self.sends("ping")
        async with self._news, asyncio.timeout(PATIENCE_S):
            while len(self.got("pong")) == before:
                await self._news.wait()

    async def leaves(self) -> None:
        """Close the socket in good order."""
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading

    async def vanishes(self) -> None:
        """The connection breaks without a word."""
        assert self._socket is not None
        self._socket.transport.abort()
        if self._reading is not None:
            await self._reading

    def said(self) -> list[tuple[int, str, str]]:
        """What the tab shows by people: (seq, author, text), in the order it came."""
        shown: list[Event] = []
        for event in self.events:
            if event["type"] == "said":
                shown.append(event)
            elif event["type"] == "welcome":
                shown += (event.get("chat") or {}).get("messages", [])
        return [(m["seq"], m["author"], m["text"]) for m in shown if m["author"] != "system"]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leaves()


class Visitor(Actor):
    """A visitor's tab on a site."""

    def __init__(self, node: Node, site: str = "shop") -> None:
        super().__init__(node, f"/ws/visitor?site={site}", {})
        self.token: str | None = None
        self.chat = ""

    async def opens(self, node: Node | None = None, **hello: Any) -> Event:
        """Open the panel: connect and say hello; resumes the chat of ``token`` if there is one."""
        await self.connect(node)
        if self.token is not None:
            hello.setdefault("resume", self.token)
        await self.sends("hello", protocol=1, **hello)
        return await self.gets("welcome")

    async def asks(self, question: str = "Where is my order?", **form: Any) -> Event:
        """Start a chat."""
        await self.sends("start", ref=str(uuid.uuid4()), question=question, **form)
        started = await self.gets("started")
        self.token, self.chat = started["token"], started["chat"]
        return started

    async def says(self, text: str, ref: str | None = None) -> str:
        """Say something; the ref."""
        ref = ref or str(uuid.uuid4())
        await self.sends("say", ref=ref, text=text)
        return ref

    async def hears(self, text: str) -> Event:
        """Somebody says this."""
        return await self.gets("said", text=text)


class Agent(Actor):
    """An agent's console tab."""

    def __init__(self, node: Node, cookie: str) -> None:
        super().__init__(node, "/ws/agent", {"Cookie": f"mayfly_session={cookie}"})

    async def opens(self, node: Node | None = None, **hello: Any) -> Event:
        """Open the console."""
        await self.connect(node)
        await self.sends("hello", protocol=1, **hello)
        return await self.gets("welcome")

    async def is_available(self) -> None:
        """Take chats from now on."""
        await self.sends("set_availability", status="available")
        await self.gets("availability_changed", status="available")

    async def is_asked(self) -> str:
        """The next chat that rings; its id."""
        return str((await self.gets("offered"))["chat"])

    async def is_given(self) -> str:
        """The next chat that is assigned; its id."""
        return str((await self.gets("assigned"))["chat"])

    async def says(self, chat: str, text: str, ref: str | None = None) -> str:
        """Say something; the ref."""
        ref = ref or str(uuid.uuid4())
        await self.sends("say", chat=chat, ref=ref, text=text)
        return ref

    async def hears(self, text: str) -> Event:
        """Somebody says this."""
        return await self.gets("said", text=text)
