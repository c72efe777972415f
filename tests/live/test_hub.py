"""Several members come into a chat at once, and each is shown all of it."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from chat import protocol as wire
from chat.live.background import Background
from chat.live.bus import Bus
from chat.live.hub import Hub
from chat.live.livechat import LiveChat
from chat.live.log import ChatLog, Entry, Side, Told
from chat.live.seal import SALT_BYTES, Sealer
from chat.live.sealed import Line, encode_sealed
from routing.router import Router
from routing.types import Place, Step

pytestmark = pytest.mark.asyncio(loop_scope="module")

DESK, CHAT = "main", "a-chat"


class Tab:
    """A visitor's tab."""

    side: Side = "v"
    agent_id = ""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def unconfirmed(self, chat: LiveChat, seq: int) -> None:
        pass

    def over(self, chat: LiveChat) -> None:
        pass


class SlowRouter(Router):
    """Its first answer is long on its way: it has come when ``arrived`` is set."""

    def __init__(self, redis: "Redis") -> None:
        super().__init__(redis, node="north")
        self.asked, self.arrived = asyncio.Event(), asyncio.Event()

    async def places(self, desk: str, chats: Sequence[str]) -> dict[str, Place]:
        places = await super().places(desk, chats)
        if not self.asked.is_set():
            self.asked.set()
            await self.arrived.wait()
        return places


class Desk:
    """A node with one chat on it."""

    def __init__(self, redis: "Redis") -> None:
        self.log = ChatLog(redis, node="north", buckets=1, grace_ms=30_000, history_max=500)
        self.router = SlowRouter(redis)
        self.sealer = Sealer(["s" * 40])
        self.salt = os.urandom(SALT_BYTES)
        self.hub = Hub(
            log=self.log, router=self.router, sealer=self.sealer, background=Background(), desk=DESK,
            placed=lambda chat, place: setattr(chat, "place", place),
        )  # fmt: skip
        self.bus = Bus(
            redis, buckets=self.log.buckets, desk=DESK, on_told=self.hub.told, on_routed=lambda _: None,
            on_notice=lambda _: None, on_interrupted=lambda: None,
        )  # fmt: skip

    async def begins(self) -> None:
        card = self.sealed(encode_sealed(wire.VisitorCard()))
        await self.log.create(CHAT, site="shop", team="support", source="", salt=self.salt, card=card)
        await self.router.enqueue(DESK, CHAT, [Step("support", "support")])

    async def told(self, kind: str, text: str) -> None:
        side, payload = "v" if kind == "m" else "a", self.sealed(encode_sealed(Line(text)))
        await self.log.added(Entry(kind, side, CHAT, payload, text))  # type: ignore[arg-type]

    def sealed(self, plain: bytes) -> bytes:
        return self.sealer.seal(CHAT, self.salt).close(plain)


@pytest_asyncio.fixture(loop_scope="module")
async def desk(redis: "Redis") -> AsyncIterator[Desk]:
    desk = Desk(redis)
    listening = asyncio.create_task(desk.bus.listen())
    await desk.bus.listening.wait()
    await desk.begins()
    yield desk
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def test_who_read_a_chat_before_the_one_who_loaded_it_misses_nothing(desk: Desk) -> None:
    early, late = Tab(), Tab()
    first = asyncio.create_task(desk.hub.join(early, CHAT))
    await desk.router.asked.wait()
    await desk.told("m", "meanwhile")
    await desk.told("n", "a note meanwhile")
    assert await desk.hub.join(late, CHAT) is not None
    desk.router.arrived.set()
    joined = await first
    assert joined is not None
    assert [kept.number for kept in joined.record.messages] == [1]
    assert [kept.number for kept in joined.record.note_lines] == [1]
    joined.chat.release(early, joined.record.seq)
    assert not early.frames


async def test_what_cannot_be_opened_is_passed_over_and_the_chat_goes_on(desk: Desk) -> None:
    tab = Tab()
    desk.router.arrived.set()
    joined = await desk.hub.join(tab, CHAT)
    assert joined is not None
    joined.chat.release(tab, 0)
    foreign = Sealer(["x" * 40]).seal(CHAT, desk.salt).close(encode_sealed(Line("hidden")))
    desk.hub.told([Told(kind, "s", CHAT, 1, 0, foreign) for kind in ("m", "n", "p", "t")])
    desk.hub.told([Told("m", "v", CHAT, 1, 0, desk.sealed(encode_sealed(Line("heard"))))])
    assert len(tab.frames) == 1
    assert b"heard" in tab.frames[0]
    assert len(joined.chat.sealed_lines()) == 1
