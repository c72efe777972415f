"""The chats of this process, who is in them, and how what their feed tells reaches them.

There is one way into a chat, for the first load and for coming back: take a seat (what is said waits there), read
from a position, send what was read, let through what came meanwhile. A gap in the numbers, or a feed that was
interrupted, is read again from the stream: the feed is delivery, the stream is the truth.
"""

import asyncio
from collections.abc import Callable, Iterable

import msgspec
import structlog
from msgspec import Struct
from redis.exceptions import RedisError

from chat import protocol as wire
from chat.errors import Unavailable
from chat.live.background import Background
from chat.live.livechat import LiveChat, Member, Owed
from chat.live.log import ChatLog, Entry, Kind, Record, Told
from chat.live.seal import Seal, Sealer, Unsealable
from chat.live.sealed import card_of
from routing.router import HOLD_MS, Router
from routing.types import Place

logger = structlog.get_logger()

NO_MESSAGES = 2**31 - 1
"""A position behind every message."""


class Joined(Struct, frozen=True):
    """A chat a member has taken a seat in, and what was read of it for them."""

    chat: LiveChat
    record: Record


class Sight(Struct, frozen=True):
    """What one sees of a chat without a seat in it; ``owed`` since when the visitor waits for an answer."""

    site: str
    card: wire.VisitorCard
    owed: Owed | None = None


Life = tuple[str, dict[int, str]]
"""The marks of the routing and of each bucket: by them one life of Redis is told from the next."""


class Hub:
    """The chats of this process.

    ``placed`` is called when the router's answer tells where a chat here stands. ``lost_memory`` is set when Redis may
    have lost what this node believes.
    """

    def __init__(
        self,
        *,
        log: ChatLog,
        router: Router,
        sealer: Sealer,
        background: Background,
        desk: str,
        placed: Callable[[LiveChat, Place], None],
    ) -> None:
        self.chats: dict[str, LiveChat] = {}
        self.life: Life = ("", {})
        self.lost_memory = asyncio.Event()
        self._log = log
        self._router = router
        self._sealer = sealer
        self._background = background
        self._desk = desk
        self._placed = placed
        self._now = asyncio.get_running_loop().time
        self._unsure_until = 0.0

    # ── in and out ───────────────────────────────────────────────────────────────────────────────────────────

    async def join(self, member: Member, chat_id: str, after: int = 0, *, watching: bool = False) -> Joined | None:
        """Take a seat in a chat, or None if there is no such chat. Then send what was read, and ``LiveChat.release``.

        Raises ``redis.exceptions.RedisError`` when Redis is away; the seat is given up then.
        """
        chat = self.chats.get(chat_id)
        if chat is None:
            chat = self.chats[chat_id] = LiveChat(chat_id)
        chat.seat(member, watching=watching)
        try:
            record = await self._log.read(chat_id, after if chat.backlog is None else 0)
            place = await self._where(chat)
            known = record is not None and self._load(chat, record, place)
            if record is not None and (record.seq < chat.seq or record.notes < chat.notes):
                # Whoever loaded the chat has read it later than this member, who was not told of what lies between.
                record = await self._log.read(chat_id, after)
        except BaseException:
            self.leave(member, chat)
            raise
        if record is None or not known or chat.over:
            self.leave(member, chat)
            await self._surely_unknown(chat_id)
            return None
        unseen = [kept for kept in record.messages if kept.number > after]
        return Joined(chat, msgspec.structs.replace(record, messages=unseen))

    async def _where(self, chat: LiveChat) -> Place | None:
        """Where the router has the chat. An answer that an event has overtaken is asked for again."""
        while True:
            before = chat.place
            place = (await self._router.places(self._desk, [chat.id])).get(chat.id)
            if chat.place is before:
                return place

    async def refresh(self, chat: LiveChat) -> None:
        """Learn from the router what an event about a chat did not tell."""
        place = await self._where(chat)
        if place is not None:
            self._placed(chat, place)

    async def look(self, chat_id: str, *, closely: bool = False) -> Sight | None:
        """See whom a chat is with, without taking a seat in it; None if there is no such chat.

        Only with ``closely`` is it known of a chat that is not on this node what is ``owed`` in it.
        """
        chat = self.chats.get(chat_id)
        if chat is not None and chat.site:
            return Sight(chat.site, chat.card, chat.owed)
        record = await self._log.read(chat_id, 0 if closely else NO_MESSAGES)
        opened = self._open(chat_id, record) if record is not None else None
        if record is None or opened is None:
            return None
        seen = LiveChat(chat_id)
        seen.load(record, *opened, self._now())
        return Sight(seen.site, seen.card, seen.owed)

    async def _surely_unknown(self, chat_id: str) -> None:
        """Raise Unavailable if Redis has just begun a new life: another node may be about to give the chat back to it."""
        if await self._is_another_life(chat_id):
            self.lost_memory.set()
            raise Unavailable
        if self._now() < self._unsure_until:
            raise Unavailable

    async def life_of_redis(self) -> Life:
        """Its marks now, made where there are none."""
        return await self._router.ensure_mark(self._desk), await self._log.ensure_marks()

    async def _is_another_life(self, chat_id: str) -> bool:
        """Of Redis, where this chat is."""
        mark, marks = self.life
        n = self._log.bucket(chat_id)
        return await self._router.ensure_mark(self._desk) != mark or await self._log.ensure_mark(n) != marks.get(n)

    def memory_lost(self, life: Life) -> None:
        """Redis has begun a new life: what it does not know may for a moment be unknown only because no node said so yet."""
        self.life = life
        self._unsure_until = self._now() + HOLD_MS / 1000

    def leave(self, member: Member, chat: LiveChat) -> None:
        """Give up the seat. A chat nobody here is in is dropped from this process."""
        chat.members.pop(member, None)
        if not chat.members and self.chats.get(chat.id) is chat:
            del self.chats[chat.id]

    def _load(self, chat: LiveChat, record: Record, place: Place | None) -> bool:
        fresh = chat.backlog is not None and not chat.site
        if fresh:
            opened = self._open(chat.id, record)
            if opened is None:
                return False
            chat.load(record, *opened, self._now())
        self._placed(chat, place or chat.place)
        if fresh:
            self._work_off(chat)
        return True

    def _open(self, chat_id: str, record: Record) -> tuple[Seal, wire.VisitorCard] | None:
        for seal in self._sealer.seals(chat_id, record.salt):
            try:
                return seal, card_of(seal, record.card)
            except Unsealable:
                continue
        return None

    # ── what the chats' feed tells ───────────────────────────────────────────────────────────────────────────

    def told(self, entries: Iterable[Told]) -> None:
        """Apply what happened in chats of this node."""
        for told in entries:
            chat = self.chats.get(told.chat)
            if chat is not None:
                if chat.backlog is not None:
                    chat.backlog.append(told)
                else:
                    self._apply_if_ours(chat, told)

    def _apply_if_ours(self, chat: LiveChat, told: Told) -> None:
        try:
            self._apply(chat, told)
        except Unsealable:  # one chat is not to end the process that serves all
            logger.error("what was told of a chat cannot be opened", kind=told.kind)

    def _apply(self, chat: LiveChat, told: Told) -> bool:
        """False when messages before this one are missing: it waits until they have been read."""
        if told.kind == "m" and told.number > chat.seq + 1:
            chat.backlog = [told]
            self._background.start(self.catch_up(chat))
            return False
        if not ((told.kind == "m" and told.number <= chat.seq) or (told.kind == "n" and told.number <= chat.notes)):
            chat.apply(told, self._now())
        if told.kind == "e":
            self._over(chat)
        return True

    def _work_off(self, chat: LiveChat) -> None:
        backlog, chat.backlog = chat.backlog or [], None
        for done, told in enumerate(backlog):
            if not self._apply(chat, told):
                chat.backlog = backlog[done:]
                return

    def _over(self, chat: LiveChat) -> None:
        chat.over = True
        if self.chats.get(chat.id) is chat:
            del self.chats[chat.id]
        for member in list(chat.members):
            member.over(chat)
        chat.members.clear()

    async def catch_up(self, chat: LiveChat) -> None:
        """Read what this node has missed of a chat; what is told meanwhile waits."""
        chat.backlog = chat.backlog or []
        try:
            record = await self._log.read(chat.id, chat.seq)
            place = await self._where(chat)
        except RedisError:
            self.lost_memory.set()  # what is told waits until it has been read: try again
            return
        if self.chats.get(chat.id) is not chat:
            return
        if record is None:
            chat.apply(Told("e", "s", chat.id, 0, 0, b"service"), self._now())
            self._over(chat)
            return
        for kept in record.messages:
            if kept.number > chat.seq:
                chat.apply(Told("m", kept.side, chat.id, kept.number, kept.at_ms, kept.payload), self._now())
        for kept in record.note_lines:
            if kept.number > chat.notes:
                chat.apply(Told("n", kept.side, chat.id, kept.number, kept.at_ms, kept.payload), self._now())
        if record.card != chat.sealed_card:
            chat.apply(Told("p", "v", chat.id, 0, 0, record.card), self._now())
        if record.left_ms != chat.left_ms:
            left = Told("g", "v", chat.id, 0, 0, str(record.left_ms).encode())
            chat.apply(left if record.left_ms else Told("b", "v", chat.id, 0, 0, b""), self._now())
        for side in ("v", "a"):
            if record.delivered[side] > chat.delivered[side]:
                chat.apply(Told("d", side, chat.id, record.delivered[side], 0, b""), self._now())
            if record.read[side] > chat.read[side]:
                chat.apply(Told("r", side, chat.id, record.read[side], 0, b""), self._now())
        if place is not None:
            self._placed(chat, place)
        self._work_off(chat)

    def delivered(self, member: Member, chat: LiveChat, seq: int) -> None:
        """A message of the other side has left this process for ``member``."""
        if seq > chat.delivered[member.side]:
            self._log.add(Entry("d", member.side, chat.id, number=seq))

    def repeat(self, member: Member, chat: LiveChat, kind: Kind, number: int) -> None:
        """Send a message or note again to the one who wrote it again."""
        self._background.start(self._repeat(member, chat, kind, number))

    async def _repeat(self, member: Member, chat: LiveChat, kind: Kind, number: int) -> None:
        kept = await self._log.kept(chat.id, kind, number)
        if kept is not None and member in chat.members:
            chat.tell_one(member, chat.said(kept) if kind == "m" else chat.noted(kept))

    def missing(self, chat: LiveChat) -> None:
        """Redis does not know a chat of this node: it is over, or Redis has lost its memory. Find out which."""
        self._background.start(self._ask_after(chat))

    async def _ask_after(self, chat: LiveChat) -> None:
        if await self._is_another_life(chat.id):
            self.lost_memory.set()
        else:
            await self.catch_up(chat)
