"""The two ends of a talk: a visitor and an agent of Mayfly, or two sockets of a plain relay."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from bench.client import ClientSocket, connect

AT_ONCE = 50
PATIENCE_S = 30
TEXT = "and then the page said that something went wrong, hm"

T = TypeVar("T")


class Heard(Struct, frozen=True):
    """As much of a frame as an end looks at."""

    type: str
    ref: str = ""
    author: str = ""
    code: str = ""


_heard = msgspec.json.Decoder(Heard).decode
_refs = count()


class End:
    """One socket. While a talk is set up its frames are awaited one by one; then ``on_heard`` gets each ref heard."""

    def __init__(self, own_author: str) -> None:
        self.on_heard: Callable[[str], None] | None = None
        self.socket: ClientSocket
        self.chat = ""
        self._own_author = own_author
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()

    async def open(self, url: str, cookie: str = "") -> None:
        """Connect."""
        self.socket = await connect(url, self._hear, cookie)

    def _hear(self, payload: bytes) -> None:
        if self.on_heard is None:
            self._inbox.put_nowait(payload)
            return
        heard = _heard(payload)
        if heard.type == "failed":
            raise RuntimeError(f"refused: {heard.code}")
        if heard.type in ("say", "said") and heard.author not in (self._own_author, "system"):
            self.on_heard(heard.ref)

    def say(self, times: int = 1) -> str:
        """Say something so many times in one write; the last ref."""
        chat = f'"chat":"{self.chat}",' if self._own_author == "agent" else ""
        refs = [f"{next(_refs):036}" for _ in range(times)]
        self.socket.send([f'{{"type":"say",{chat}"ref":"{ref}","text":"{TEXT}"}}'.encode() for ref in refs])
        return refs[-1]

    def command(self, kind: str, **fields: Any) -> None:
        """Send any command."""
        self.socket.send([msgspec.json.encode({"type": kind, **fields})])

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of this kind; earlier ones are dropped."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                event: dict[str, Any] = msgspec.json.decode(await self._inbox.get())
                if event["type"] == "failed":
                    raise RuntimeError(f"refused: {event}")
                if event["type"] == kind:
                    return event


Pair = tuple[End, End]


async def visitor(origin: str) -> End:
    """A visitor who has said hello."""
    end = End("visitor")
    await end.open(f"{origin}/ws/visitor?site=bench")
    end.command("hello", protocol=1)
    await end.event("welcome")
    return end


async def ask(end: End) -> None:
    """The visitor starts a chat."""
    end.command("start", ref=f"{next(_refs):036}", question="Where is my order?")
    end.chat = (await end.event("started"))["chat"]


async def agent(origin: str, cookie: str) -> End:
    """An agent who takes chats."""
    end = End("agent")
    await end.open(f"{origin}/ws/agent", f"mayfly_session={cookie}")
    end.command("hello", protocol=1)
    await end.event("welcome")
    end.command("set_availability", status="available")
    await end.event("availability_changed")
    return end


async def mayfly_pairs(visitors_at: str, agents_at: str, cookies: Iterable[str]) -> list[Pair]:
    """A visitor for each agent, in a chat with one of them; every agent's capacity must be 1."""

    async def asking() -> End:
        end = await visitor(visitors_at)
        await ask(end)
        return end

    async def given(end: End) -> End:
        end.chat = (await end.event("assigned"))["chat"]
        return end

    agents = await several(lambda cookie: agent(agents_at, cookie), cookies)
    visitors = {end.chat: end for end in await several(lambda _: asking(), agents)}
    return [(visitors[end.chat], end) for end in await several(given, agents)]


async def plain_pairs(one_at: str, other_at: str, number: int) -> list[Pair]:
    """Two sockets of a relay that passes on what comes from one of a pair to the other."""

    async def pair(index: int) -> Pair:
        one, other = End("one"), End("other")
        await one.open(f"{one_at}/?pair={index}&side=0")
        await other.open(f"{other_at}/?pair={index}&side=1")
        return one, other

    return await several(pair, range(number))


async def several(make: Callable[[Any], Awaitable[T]], items: Iterable[Any]) -> list[T]:
    """``make`` of every item, in order, a bounded number at the same time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: Any) -> T:
        async with gate:
            return await make(item)

    return await asyncio.gather(*(one(item) for item in items))
