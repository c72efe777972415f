"""What is worth keeping of a chat becomes a ticket, knowingly."""

import msgspec
from redis.asyncio import Redis

from chat import protocol as wire
from chat.desk.form import NewTicket, TranscriptLine
from chat.desk.links import ticket_link
from chat.desk.records import Ticket
from chat.desk.requester import claimed_email
from chat.desk.tickets import Tickets
from chat.errors import Refused
from chat.live import keys
from chat.live.hub import Hub
from chat.live.limits import count_from
from chat.live.livechat import LiveChat, rfc3339, system_line
from chat.live.log import ChatLog, Entry
from chat.live.reception import Reception, plan_of
from chat.live.sealed import TicketAside, encode_sealed
from chat.people.emails import normalise
from chat.settings import Settings


class Keeping:
    """Files tickets from chats, and from the offer without one."""

    def __init__(
        self, *, settings: Settings, redis: "Redis", log: ChatLog, hub: Hub, tickets: Tickets, reception: Reception
    ) -> None:
        self._settings = settings
        self._redis = redis
        self._log = log
        self._hub = hub
        self._tickets = tickets
        self._reception = reception

    async def leave_ticket(self, new: NewTicket, card: wire.VisitorCard, *, chat: LiveChat | None, include_chat: bool,
                           ref: str, origin: str, address: str | None) -> wire.VisitorTicketLeft:  # fmt: skip
        """File a ticket from a chat or from the offer without one.

        It is for the team that has the chat; without one, for the first that the site's routes name for this ``card``.
        ``address`` is counted against the limit, None for agents. Raises Refused ``invalid`` (with fields),
        ``no_chat`` when the conversation shall be included and is gone, ``not_allowed`` when the visitor's plan has no
        form and no agent has offered it in this chat, ``too_many``; Unavailable.
        """
        if address is not None and not (self._has_form(card) or (chat is not None and chat.offered == "agent")):
            raise Refused("not_allowed", "the visitor's plan does not offer requests")
        if address is not None:
            limit = self._settings.limits.tickets_per_ip_per_hour
            await count_from(self._redis, keys.tickets_from, address, limit, "tickets")
        if include_chat:
            new = msgspec.structs.replace(new, transcript=await self._transcript(chat))
        ticket = await self._tickets.file(await self._for_desk(new, card, chat))
        left = self._left(ticket, ref, origin)
        if chat is not None and self._hub.chats.get(chat.id) is chat:
            told = TicketAside(left.number, left.link, ref, left.reply_within, left.reply_by)
            aside = chat.close(encode_sealed(told))
            self._log.add(Entry("t", "v" if address else "a", chat.id, aside))
            line = system_line(chat, wire.SystemLine.TICKET, f"#{ticket.number}", f"ticket {ticket.number}")
            self._log.add(line)
        return left

    async def _for_desk(self, new: NewTicket, card: wire.VisitorCard, chat: LiveChat | None) -> NewTicket:
        """With who is to answer it, on which terms, and in which language."""
        plan, team = plan_of(self._settings, card), chat.team if chat is not None else None
        if team is None:
            about = msgspec.structs.replace(card, topic=new.topic or card.topic)
            admission = await self._reception.admit(new.site, about)
            team = admission.steps[0].team if admission.steps else None
        vouched = new.email is not None and normalise(new.email) == claimed_email(card.claims)
        return msgspec.structs.replace(
            new, email_vouched=vouched, plan=plan, team=team, locale=card.locale, time_zone=card.time_zone
        )

    def _has_form(self, card: wire.VisitorCard) -> bool:
        plan = self._settings.plans.get(plan_of(self._settings, card) or "")
        return plan is None or plan.channels is None or "form" in plan.channels

    def _left(self, ticket: Ticket, ref: str, origin: str) -> wire.VisitorTicketLeft:
        """What its requester is told."""
        plan = self._settings.plans.get(ticket.plan or "")
        return wire.VisitorTicketLeft(
            number=ticket.number,
            link=ticket_link(origin, self._settings.server.secret_keys[0], ticket),
            ref=ref,
            reply_within=plan.first_response if plan is not None and ticket.due_at is not None else None,
            reply_by=rfc3339(ticket.due_at.timestamp() * 1000) if ticket.due_at is not None else None,
        )

    async def _transcript(self, chat: LiveChat | None) -> list[TranscriptLine]:
        record = await self._log.read(chat.id) if chat is not None else None
        if chat is None or record is None:
            raise Refused("no_chat", "the conversation is erased; file the ticket without it, or put the words into it")
        lines = [TranscriptLine(m.author, m.text, m.at, m.name) for m in chat.messages(record.messages)]
        if chat.card.question:
            lines.insert(0, TranscriptLine("visitor", chat.card.question, rfc3339(chat.arrived_ms), chat.card.name))
        return lines
