"""The verbs: what people may do in a chat. A verb checks whether they may, and turns it into an accepted fact.

Everyone, the one who did it too, hears of it over the feed and by no other way; ``Refused`` says why not.
"""

import os
from collections.abc import Callable
from typing import assert_never

import msgspec
from msgspec import Struct
from redis.asyncio import Redis

from chat import protocol as wire
from chat.desk.form import NewTicket, TranscriptLine
from chat.desk.links import ticket_link
from chat.desk.tickets import Ticket, Tickets
from chat.errors import MayflyError, Refused, Unavailable
from chat.live import keys
from chat.live.cards import cut_page, filled_in
from chat.live.hub import Hub, Joined
from chat.live.limits import count_from
from chat.live.livechat import (
    AUTHORS,
    Aside,
    Line,
    LiveChat,
    Member,
    OfferAside,
    TicketAside,
    TypingAside,
    encode_sealed,
    rfc3339,
)
from chat.live.log import Answer, ChatLog, Entry, Outcome, Side
from chat.live.seal import SALT_BYTES, Sealer
from chat.metrics import Metrics
from chat.people.agents import Agent
from chat.settings import Settings
from routing.router import Router
from routing.types import Attached, Status


class Started(Struct, frozen=True):
    """A chat that was asked for. ``joined`` is None when the line is full."""

    chat_id: str
    token: str
    joined: Joined | None


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
        sealer: Sealer,
        tickets: Tickets,
        metrics: Metrics,
        desk: str,
    ) -> None:
        self._settings = settings
        self._redis = redis
        self._log = log
        self._router = router
        self._hub = hub
        self._sealer = sealer
        self._tickets = tickets
        self._metrics = metrics
        self._desk = desk

    # ── beginning ────────────────────────────────────────────────────────────────────────────────────────────

    async def availability(self, site: str) -> wire.VisitorAvailability:
        """Whether an agent of the site's team is free now, or somebody would have to wait."""
        (line,) = await self._router.lines(self._desk, [self._settings.sites[site].team])
        return "online" if line.free_places > line.waiting else "busy"

    async def start(
        self, member: Member, site_key: str, start: wire.Start, card: wire.VisitorCard, *, origin_id: str, address: str
    ) -> Started:
        """Begin a chat and put it into its team's line. The same ``origin_id`` and ref find the same chat again.

        ``origin_id`` must be unguessable by others, since whoever knows it gets the chat's token. ``card`` is what
        is known beside the form. Raises Refused ``invalid`` (with fields), ``too_many``.
        """
        site = self._settings.sites[site_key]
        card = filled_in(site, start, card, self._settings.chat.max_text)
        chat_id = self._sealer.chat_id(site_key, f"{origin_id} {start.ref}")
        if not await self._log.exists(chat_id):
            limit = self._settings.limits.chats_per_ip_per_hour
            await count_from(self._redis, keys.chats_from, address, limit, "chats")
        salt = os.urandom(SALT_BYTES)
        sealed = self._sealer.seal(chat_id, salt).close(encode_sealed(card))
        new, _ = await self._log.create(chat_id, site=site_key, team=site.team, salt=salt, card=sealed)
        state = await self._router.enqueue(self._desk, chat_id, site.team, self._settings.teams[site.team].max_waiting)
        token = self._sealer.token(chat_id)
        if state is None:
            await self._log.erase(chat_id, "service")
            return Started(chat_id, token, None)
        if new:
            self._metrics.chats_started.labels(site_key).inc()
        joined = await self.join(member, chat_id, 0)
        return Started(chat_id, token, joined)

    async def join(self, member: Member, chat_id: str, after: int) -> Joined | None:
        """Take a seat in a chat; None if it is over. A visitor's tab is vouched for once it has its seat."""
        joined = await self._hub.join(member, chat_id, after)
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

    async def settle(self, *teams: str) -> None:
        """Pair whoever waits for ``teams`` with whoever is free. Every cause calls this, and a ticker as a net."""
        for team in teams:
            await self._router.assign(self._desk, team)

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
        self._check_text(text)
        epoch = self._epoch(member, chat)
        payload = chat.close(encode_sealed(Line(text, name, ref)))
        entry = Entry("n", "a", chat.id, payload, ref, epoch)
        self._log.add(entry, self._answer(member, chat, entry, refused))

    def announce(self, chat: LiveChat) -> None:
        """Say in the chat who has it now. Every node that has the chat does; the ref makes it one line."""
        if chat.state == "active":
            self._system(chat, wire.SystemLine.JOINED, chat.agent_name, f"joined {chat.epoch}")
        elif chat.epoch > 0:
            self._system(chat, wire.SystemLine.REQUEUED, None, f"requeued {chat.epoch}")

    def _system(self, chat: LiveChat, code: str, name: str | None, ref: str) -> None:
        payload = chat.close(encode_sealed(Line(code, name)))
        self._log.add(Entry("m", "s", chat.id, payload, ref, max(chat.epoch, 0)))

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
    def _epoch(member: Member, chat: LiveChat) -> int | None:
        """The agent's epoch in the chat, if it is theirs; visitors have none. Raises Refused ``not_yours``."""
        if member.side == "v":
            return None
        if chat.agent_id != member.agent_id:
            raise Refused("not_yours", "the chat is not assigned to you")
        return chat.epoch

    def _answer(self, member: Member, chat: LiveChat, entry: Entry, refused: "Refusal") -> Answer:
        ref = entry.ref

        def answer(outcome: Outcome, number: int) -> None:
            match outcome:
                case Outcome.DONE:
                    self._metrics.messages.labels(AUTHORS[member.side]).inc()
                case Outcome.REPEATED:
                    self._hub.repeat(member, chat, entry.kind, number)
                case Outcome.FULL:
                    limit = self._settings.chat.history_max
                    refused(ref, Refused("chat_full", f"a chat holds {limit} messages; end it or file a ticket"))
                case Outcome.STALE:
                    refused(ref, Refused("not_yours", "the chat has another agent now"))
                case Outcome.GONE:
                    self._hub.missing(chat)
                    refused(ref, Unavailable())
                case Outcome.AWAY:
                    refused(ref, Unavailable())
                case _:
                    assert_never(outcome)

        return answer

    # ── coming and going ─────────────────────────────────────────────────────────────────────────────────────

    async def attach(self, agent: Agent) -> Attached:
        """A console tab of the agent is here: their status and the chats that are theirs."""
        return await self._router.attach(
            self._desk, agent.id, name=agent.name, capacity=agent.capacity, teams=agent.teams
        )

    async def console_gone(self, agent_id: str) -> None:
        """No console tab of the agent is here any more."""
        await self._router.detach(self._desk, agent_id)

    async def tab_gone(self, chat_id: str) -> None:
        """No tab of the chat's visitor is here any more, unless one has come meanwhile."""
        await self._log.absent(chat_id)
        here = self._hub.chats.get(chat_id)
        if here is not None and here.tabs:
            await self._log.present([chat_id])

    # ── changing hands ───────────────────────────────────────────────────────────────────────────────────────

    async def take(self, agent: Agent, chat_id: str) -> None:
        """Take a waiting chat by hand. Raises Refused ``not_waiting``, ``at_capacity``, ``not_yours``."""
        outcome = await self._router.take(self._desk, chat_id, agent.id)
        reasons = {
            "not_waiting": "the chat is no longer in the line",
            "at_capacity": f"you already have {agent.capacity} chats",
            "not_yours": "the chat waits for a team you are not in",
        }
        if outcome in reasons:
            raise Refused(outcome, reasons[outcome])

    async def set_status(self, agent: Agent, status: Status) -> None:
        """Take new chats, or not."""
        await self._router.set_status(self._desk, agent.id, status)
        if status == "available":
            await self.settle(*agent.teams)

    # ── ending ───────────────────────────────────────────────────────────────────────────────────────────────

    async def end(self, chat_id: str, by: wire.EndedBy) -> None:
        """Erase a chat at once, everywhere, and free its agent."""
        if await self._log.erase(chat_id, by):
            self._metrics.chats_ended.labels(by).inc()
        was = await self._router.finish(self._desk, chat_id)
        if was is not None and was.state == "active":
            self._metrics.handling.labels(was.team).observe(was.handled_ms / 1000)
            await self.settle(*was.freed)

    def rate(self, score: int) -> None:
        """Count a rating. Raises Refused ``invalid`` unless it is 1 to 5."""
        if not 1 <= score <= 5:
            raise Refused("invalid", "score: 1 to 5", fields={"score": "not_a_choice"})
        self._metrics.ratings.labels(str(score)).inc()

    # ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────

    async def leave_ticket(self, new: NewTicket, *, chat: LiveChat | None, include_chat: bool, ref: str, origin: str,
                           address: str | None) -> tuple[Ticket, str]:  # fmt: skip
        """File a ticket from a chat or from the offer without one; the ticket and its link.

        ``address`` is counted against the limit, None for agents. Raises Refused ``invalid`` (with fields),
        ``no_chat`` when the conversation shall be included and is gone, ``too_many``; Unavailable.
        """
        if address is not None:
            limit = self._settings.limits.tickets_per_ip_per_hour
            await count_from(self._redis, keys.tickets_from, address, limit, "tickets")
        if include_chat:
            new = msgspec.structs.replace(new, transcript=await self._transcript(chat))
        ticket = await self._tickets.file(new)
        link = ticket_link(origin, self._settings.server.secret_keys[0], ticket.site, ticket.number)
        if chat is not None and self._hub.chats.get(chat.id) is chat:
            self._tell(chat, "v" if address else "a", TicketAside(ticket.number, link, ref))
            self._system(chat, wire.SystemLine.TICKET, f"#{ticket.number}", f"ticket {ticket.number}")
        return ticket, link

    async def _transcript(self, chat: LiveChat | None) -> list[TranscriptLine]:
        record = await self._log.read(chat.id) if chat is not None else None
        if chat is None or record is None:
            raise Refused("no_chat", "the conversation is erased; file the ticket without it, or put the words into it")
        lines = [TranscriptLine(m.author, m.text, m.at, m.name) for m in chat.messages(record.messages)]
        if chat.card.question:
            lines.insert(0, TranscriptLine("visitor", chat.card.question, rfc3339(chat.arrived_ms), chat.card.name))
        return lines


Refusal = Callable[[str, MayflyError], None]
"""Called with the ref and why: Refused or Unavailable."""
