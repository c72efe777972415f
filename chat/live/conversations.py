"""The verbs: what people may do in a chat. A verb checks whether they may, and turns it into an accepted fact.

Everyone, the one who did it too, hears of it over the feed and by no other way; ``Refused`` says why not.
"""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Literal, assert_never

import msgspec
from msgspec import Struct
from redis.asyncio import Redis

from chat import protocol as wire
from chat.errors import MayflyError, Refused, Unavailable
from chat.live import keys
from chat.live.blocks import Blocks
from chat.live.cards import cut_page, filled_in
from chat.live.hub import Hub, Joined
from chat.live.limits import count_from
from chat.live.lines import Lines
from chat.live.livechat import AUTHORS, LiveChat, Member, rfc3339
from chat.live.log import Answer, ChatLog, Entry, Outcome, Side
from chat.live.reception import Admission, Reception
from chat.live.seal import SALT_BYTES, Sealer
from chat.live.sealed import Aside, Line, OfferAside, TypingAside, encode_sealed
from chat.metrics import Metrics
from chat.settings import Settings
from routing.router import Router


class Greeting(Struct, frozen=True):
    """How the desk stands for a visitor. ``refused`` holds the site's words for one who may not use it."""

    availability: wire.VisitorAvailability
    nobody: bool
    free: int
    reopens_at: str | None
    closes_at: str | None
    reply_within: str | None
    reply_by: str | None
    channels: tuple[wire.Channel, ...] | None
    refused: str | None


class Caller(Struct, frozen=True):
    """Who asks for a chat, beside what is on their card: the site's own id of them if signed in, and their address.

    ``origin_id`` must be unguessable by others, since whoever knows it and the ref gets the chat's token.
    """

    origin_id: str
    sub: str | None
    address: str


class Started(Struct, frozen=True):
    """A chat has begun, and the one who asked for it has a seat in it."""

    token: str
    joined: Joined


class Conversations:
    """Chats between visitors and agents."""

    def __init__(
        self,
        *,
        settings: Settings,
        redis: "Redis",
        log: ChatLog,
        router: Router,
        hub: Hub,
        lines: Lines,
        reception: Reception,
        blocks: Blocks,
        sealer: Sealer,
        metrics: Metrics,
        desk: str,
    ) -> None:
        self._settings = settings
        self._redis = redis
        self._log = log
        self._router = router
        self._hub = hub
        self._lines = lines
        self._reception = reception
        self._blocks = blocks
        self._sealer = sealer
        self._metrics = metrics
        self._desk = desk

    # ── beginning ────────────────────────────────────────────────────────────────────────────────────────────

    async def greet(self, site_key: str, card: wire.VisitorCard) -> Greeting:
        """How the desk stands for this visitor now."""
        admission = await self._reception.admit(site_key, card)
        standing = await self._lines.standing(admission.steps, is_open=admission.open)
        return Greeting(
            availability=standing.availability,
            nobody=standing.nobody,
            free=standing.free,
            reopens_at=_time(admission.opens_at),
            closes_at=_time(admission.closes_at),
            reply_within=admission.reply_within,
            reply_by=_time(admission.reply_by),
            channels=admission.channels,
            refused=admission.refused,
        )

    async def check_block(self, site_key: str, sub: str | None, address: str) -> None:
        """Raises Refused ``blocked`` if chats of this visitor are refused for now."""
        await self._blocks.check(site_key, sub, address)

    async def start(
        self, member: Member, site_key: str, start: wire.Start, card: wire.VisitorCard, caller: Caller
    ) -> Started | wire.TicketOffered:
        """Begin a chat and put it into a line, or tell what is offered instead. The same caller and ref find the same chat again.

        ``card`` is what is known beside the form. Raises Refused ``invalid`` (with fields), ``blocked``,
        ``not_eligible``, ``not_allowed``, ``too_many``, ``no_chat``: the chat of this ref is over.
        """
        card = filled_in(self._settings.sites[site_key], start, card, self._settings.chat.max_text)
        await self._blocks.check(site_key, caller.sub, caller.address)
        admission = await self._reception.admit(site_key, card)
        if admission.refused is not None:
            raise not_eligible(admission.refused)
        if admission.channels is not None and "chat" not in admission.channels:
            raise Refused("not_allowed", "the visitor's plan does not offer chats")
        chat_id = self._sealer.chat_id(site_key, f"{caller.origin_id} {start.ref}")
        if not admission.steps:
            return _declined("closed", start.ref, admission)
        if not await self._log.exists(chat_id):
            await self._count(site_key, caller)
        new = await self._create(chat_id, site_key, admission, card, caller)
        state = await self._router.enqueue(self._desk, chat_id, admission.steps, admission.priority)
        if state == "closed" or state == "full":
            await self._log.erase(chat_id, "service", again=True)
            return _declined(state, start.ref, admission)
        if new:
            self._metrics.chats_started.labels(site_key).inc()
        joined = await self.join(member, chat_id, 0)
        if joined is None:
            raise _over()
        return Started(self._sealer.token(chat_id), joined)

    async def _count(self, site_key: str, caller: Caller) -> None:
        """One more chat of a visitor, or of an address behind which nobody is known."""
        limits = self._settings.limits
        if caller.sub is not None:
            who, most = f"{site_key} {caller.sub}", limits.chats_per_visitor_per_hour
            await count_from(self._redis, keys.chats_of, who, most, "chats")
        else:
            await count_from(self._redis, keys.chats_from, caller.address, limits.chats_per_ip_per_hour, "chats")

    async def _create(
        self, chat_id: str, site_key: str, admission: Admission, card: wire.VisitorCard, caller: Caller
    ) -> bool:
        salt = os.urandom(SALT_BYTES)
        new, kept = await self._log.create(
            chat_id,
            site=site_key,
            team=admission.steps[0].team,
            source=self._blocks.source(site_key, caller.sub, caller.address),
            salt=salt,
            card=self._sealer.seal(chat_id, salt).close(encode_sealed(card)),
        )
        if kept is None:
            raise _over()
        return new

    async def join(self, member: Member, chat_id: str, after: int, *, watching: bool = False) -> Joined | None:
        """Take a seat in a chat; None if it is over. A visitor's tab is vouched for once it has its seat."""
        joined = await self._hub.join(member, chat_id, after, watching=watching)
        if joined is None or member.side == "a":
            return joined
        try:
            await self._log.present([chat_id])
        except BaseException:
            self._hub.leave(member, joined.chat)
            raise
        return None if joined.chat.over else joined

    async def resume(self, member: Member, site: str, token: str, after: int) -> Joined | None:
        """Take up the chat of a token on any node; None if it is over, or not of this site."""
        chat_id = self._sealer.chat_of(token)
        if chat_id is None:
            return None
        joined = await self.join(member, chat_id, after)
        if joined is not None and joined.chat.site != site:
            self._hub.leave(member, joined.chat)
            return None
        return joined

    def token(self, chat_id: str) -> str:
        """The token that resumes a chat."""
        return self._sealer.token(chat_id)

    # ── talking ──────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, member: Member, chat: LiveChat, ref: str, text: str, name: str | None, refused: "Refusal") -> None:
        """Say something. Raises Refused ``empty``, ``too_long``, ``not_yours``; ``refused`` hears what comes later."""
        self._check_text(text)
        epoch = self._epoch(member, chat)
        payload = chat.close(encode_sealed(Line(text, name, ref)))
        entry = Entry("m", member.side, chat.id, payload, ref, epoch)
        self._log.add(entry, self._answer(member, chat, entry, refused))

    def note(self, member: Member, chat: LiveChat, ref: str, text: str, name: str, refused: "Refusal") -> None:
        """Write a line only agents see."""
        entry = self._note(member, chat, ref, text, name)
        self._log.add(entry, self._answer(member, chat, entry, refused))

    async def note_down(self, member: Member, chat: LiveChat, ref: str, text: str, name: str) -> None:
        """The same, and wait until it is there. Raises what ``refused`` would have heard."""
        fault = self._fault(chat, await self._log.added(self._note(member, chat, ref, text, name)))
        if fault is not None:
            raise fault

    def _note(self, member: Member, chat: LiveChat, ref: str, text: str, name: str) -> Entry:
        self._check_text(text)
        epoch = self._epoch(member, chat, speaking=False)
        return Entry("n", "a", chat.id, chat.close(encode_sealed(Line(text, name, ref))), ref, epoch)

    def typing(self, member: Member, chat: LiveChat, draft: str | None = None) -> None:
        """Let the other side know; the draft only where the site allows it."""
        site = self._settings.sites.get(chat.site)
        shown = (
            draft[: self._settings.chat.max_text]
            if draft is not None and site is not None and site.sneak_peek
            else None
        )
        self._tell(chat, member.side, TypingAside(shown))

    def see(self, member: Member, chat: LiveChat, seq: int) -> None:
        """The member has read everything up to ``seq``."""
        seq = min(seq, chat.seq)
        if seq > chat.read[member.side]:
            if seq > chat.delivered[member.side]:
                self._hub.delivered(member, chat, seq)
            self._log.add(Entry("r", member.side, chat.id, number=seq))

    def visit(self, chat: LiveChat, page: wire.Page) -> None:
        """The visitor is on another page."""
        card = msgspec.structs.replace(chat.card, page=cut_page(page))
        self._log.add(Entry("p", "v", chat.id, chat.close(encode_sealed(card))))

    def offer_ticket(self, member: Member, chat: LiveChat) -> None:
        """Show the visitor the request form."""
        self._epoch(member, chat)
        self._tell(chat, "a", OfferAside())

    def _tell(self, chat: LiveChat, side: Side, aside: Aside) -> None:
        self._log.add(Entry("t", side, chat.id, chat.close(encode_sealed(aside))))

    def _check_text(self, text: str) -> None:
        if not text.strip():
            raise Refused("empty", "there is nothing in it")
        if len(text) > self._settings.chat.max_text:
            raise Refused("too_long", f"at most {self._settings.chat.max_text} characters; this has {len(text)}")

    @staticmethod
    def _epoch(member: Member, chat: LiveChat, *, speaking: bool = True) -> int | None:
        """The agent's epoch in the chat, if it is theirs; visitors and watchers have none. Raises Refused ``not_yours``."""
        seat = chat.members.get(member)
        if member.side == "v" or (seat is not None and seat.watching and (seat.joined or not speaking)):
            return None
        if chat.agent_id != member.agent_id:
            raise Refused("not_yours", "the chat is not assigned to you, and you have not joined it")
        return chat.epoch

    def _answer(self, member: Member, chat: LiveChat, entry: Entry, refused: "Refusal") -> Answer:
        def answer(outcome: Outcome, number: int) -> None:
            fault = self._fault(chat, outcome)
            if fault is not None:
                refused(entry.ref, fault)
            elif outcome == Outcome.REPEATED:
                self._hub.repeat(member, chat, entry.kind, number)
            else:
                self._metrics.messages.labels(AUTHORS[member.side]).inc()

        return answer

    def _fault(self, chat: LiveChat, outcome: Outcome) -> MayflyError | None:
        match outcome:
            case Outcome.DONE | Outcome.REPEATED:
                return None
            case Outcome.FULL:
                limit = self._settings.chat.history_max
                return Refused("chat_full", f"a chat holds {limit} messages; end it or file a ticket")
            case Outcome.STALE:
                return Refused("not_yours", "the chat has another agent now")
            case Outcome.GONE:
                self._hub.missing(chat)
                return Unavailable()
            case Outcome.AWAY:
                return Unavailable()
            case _:
                assert_never(outcome)

    # ── coming and going ─────────────────────────────────────────────────────────────────────────────────────

    async def tab_gone(self, chat: LiveChat) -> None:
        """No tab of the chat's visitor is here any more, unless one has come meanwhile."""
        await self._log.absent(chat.id, chat.queued.estimate_s if chat.queued is not None else None)
        here = self._hub.chats.get(chat.id)
        if here is not None and here.tabs:
            await self._log.present([chat.id])

    # ── ending ───────────────────────────────────────────────────────────────────────────────────────────────

    async def end(self, chat_id: str, by: wire.EndedBy) -> None:
        """Erase a chat at once, everywhere, and free its agent."""
        if await self._log.erase(chat_id, by):
            self._metrics.chats_ended.labels(by).inc()
        was = await self._router.finish(self._desk, chat_id)
        if was is not None and was.state == "active":
            self._metrics.handling.labels(was.team).observe(was.handled_ms / 1000)

    def rate(self, score: int) -> None:
        """Count a rating. Raises Refused ``invalid`` unless it is 1 to 5."""
        if not 1 <= score <= 5:
            raise Refused("invalid", "score: 1 to 5", fields={"score": "not_a_choice"})
        self._metrics.ratings.labels(str(score)).inc()


def not_eligible(told: str) -> Refused:
    """The site does not serve this visitor; ``told`` are its own words."""
    return Refused("not_eligible", "the site does not offer this desk to this visitor", told=told)


def _over() -> Refused:
    return Refused("no_chat", "the chat that this ref began is over")


def _declined(state: Literal["closed", "full"], ref: str, admission: Admission) -> wire.TicketOffered:
    """What is offered when there is no line to join."""
    return wire.TicketOffered(
        reason="closed" if state == "closed" else "queue_full",
        ref=ref,
        reply_within=admission.reply_within,
        reply_by=_time(admission.reply_by),
        reopens_at=_time(admission.opens_at) if state == "closed" else None,
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment.timestamp() * 1000)


Refusal = Callable[[str, MayflyError], None]
"""Called with the ref and why: Refused or Unavailable."""
