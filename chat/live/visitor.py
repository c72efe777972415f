"""A visitor's tab: commands in, verbs called, welcome said."""

import secrets
from collections.abc import Coroutine
from typing import Any, assert_never

import msgspec

from chat import protocol as wire
from chat.desk.form import NewTicket
from chat.desk.requester import Requester, claimed_email
from chat.errors import Closed, Refused
from chat.live.cards import cut_page, first_card
from chat.live.conversations import Caller, Greeting, Started, not_eligible
from chat.live.hub import Joined
from chat.live.livechat import LiveChat
from chat.live.log import Side
from chat.live.session import SocketSession
from chat.live.views import visitor_chat
from chat.people import identity

LONG_REF = 20
"""A ref this long is taken for unguessable (a UUID has 36 characters): it finds its chat from another connection too."""


class VisitorSession(SocketSession[wire.VisitorCommand]):
    """One tab of one visitor, in at most one chat."""

    side: Side = "v"

    def __init__(self, *args: Any, site_key: str, origin: str, address: str, **kwargs: Any) -> None:
        super().__init__(*args, decode=wire.decode_visitor, **kwargs)
        self._site_key = site_key
        self._origin = origin
        self._address = address
        self._conversations = self.live.conversations
        self._nonce = secrets.token_hex(16)
        self._card = wire.VisitorCard()
        self._sub: str | None = None
        self._requester: Requester | None = None
        self._chat: LiveChat | None = None
        self._start_ref: str | None = None
        self._may_rate = False

    def handle(self, command: wire.VisitorCommand) -> Coroutine[Any, Any, None] | None:
        """Do what the command says."""
        match command:
            case wire.VisitorSay(ref, text):
                chat = self._in_chat()
                self.allow_message(chat.id, ref)
                self._conversations.say(self, chat, ref, text, chat.card.name, self.refuser(chat.id))
            case wire.VisitorTyping(draft):
                if self._chat is not None:
                    self._conversations.typing(self, self._chat, draft)
            case wire.VisitorSee(seq):
                if self._chat is not None:
                    self._conversations.see(self, self._chat, seq)
            case wire.Visit(url, title):
                self._visit(wire.Page(url=url, title=title))
            case wire.Ping():
                self.tell(wire.Pong())
            case wire.VisitorHello():
                return self.let_in(self._hello(command))
            case wire.Start():
                return self._start(command)
            case wire.VisitorEnd():
                return self._conversations.end(self._in_chat().id, "visitor")
            case wire.Rate(score):
                self._rate(score)
            case wire.VisitorLeaveTicket():
                return self._leave_ticket(command)
            case _:
                assert_never(command)
        return None

    async def _hello(self, hello: wire.VisitorHello) -> None:
        if hello.protocol != wire.VERSION:
            raise Closed("malformed", f"this server speaks protocol {wire.VERSION}")
        claims = None
        if hello.identity is not None:
            settings = self.live.settings
            verified = identity.verify(
                hello.identity, settings.sites[self._site_key], of_service=settings.server.secret_keys
            )
            claims, self._sub = verified.claims, verified.sub
        self._card = first_card(hello, claims)
        greeting = await self._conversations.greet(self._site_key, self._card)
        joined = None
        if hello.resume is not None:
            joined = await self._conversations.resume(self, self._site_key, hello.resume, hello.after or 0)
        if greeting.refused is not None and joined is None:  # a chat under way goes on
            raise not_eligible(greeting.refused)
        block = await self._block() if joined is None else None
        self._welcome(greeting, joined)  # nothing is awaited between the seat and this, nor after it: Redis may be away
        if self._sub:
            self._requester = Requester(self._site_key, sub=self._sub, email=claimed_email(claims))
            self.live.identified.add(self._requester, self)
        if block is not None:
            self.refuse(None, block)

    def _welcome(self, greeting: Greeting, joined: Joined | None) -> None:
        settings = self.live.settings
        self.tell(
            wire.VisitorWelcome(
                protocol=wire.VERSION,
                availability=greeting.availability,
                heartbeat_s=settings.chat.heartbeat_s,
                grace_s=settings.chat.resume_grace_s,
                limits=wire.Limits(settings.chat.max_text, settings.limits.messages_per_10s),
                reopens_at=greeting.reopens_at,
                closes_at=greeting.closes_at,
                reply_within=greeting.reply_within,
                reply_by=greeting.reply_by,
                channels=None if greeting.channels is None else list(greeting.channels),
                nobody=greeting.nobody,
                free=greeting.free,
                chat=None if joined is None else visitor_chat(joined),
            )
        )
        if joined is not None:
            self._seated(joined)

    def _seated(self, joined: Joined) -> None:
        chat = joined.chat
        self._chat = chat
        self._may_rate = True
        self.shown(joined)
        if self._card.page is not None and self._card.page != chat.card.page:
            self._conversations.visit(chat, self._card.page)
        if chat.state == "waiting" and chat.offered is not None:
            self.tell(wire.TicketOffered(reason=chat.offered))
        if chat.place.agent_gone:
            self.tell(wire.AgentLeft())

    async def _start(self, start: wire.Start) -> None:
        if self._chat is not None:
            if start.ref != self._start_ref:
                raise Refused("chat_exists", "this visitor already has a chat")
            self.tell(wire.Started(ref=start.ref, chat=self._chat.id, token=self._conversations.token(self._chat.id)))
            return
        caller = Caller("" if len(start.ref) >= LONG_REF else self._nonce, self._sub, self._address)
        begun = await self._conversations.start(self, self._site_key, start, self._card, caller)
        match begun:
            case wire.TicketOffered():
                self.tell(begun)
            case Started(token, joined):
                self._started(start.ref, token, joined)
            case _:
                assert_never(begun)

    def _started(self, ref: str, token: str, joined: Joined) -> None:
        chat = joined.chat
        self._start_ref = ref
        self.tell(wire.Started(ref=ref, chat=chat.id, token=token))
        if chat.state == "active":  # paired before there was anybody to tell
            self.tell(wire.VisitorAssigned(agent=wire.AgentCard(name=chat.place.agent_name)))
        for kept in joined.record.messages:
            self.tell(chat.said(kept))
        self._seated(joined)

    def _visit(self, page: wire.Page) -> None:
        self._card = msgspec.structs.replace(self._card, page=cut_page(page))
        if self._chat is not None:
            self._conversations.visit(self._chat, page)

    def _rate(self, score: int) -> None:
        if not self._may_rate:
            raise Refused("no_chat", "there is no chat to rate, or it is rated already")
        self._conversations.rate(score)
        self._may_rate = False

    async def _leave_ticket(self, left: wire.VisitorLeaveTicket) -> None:
        chat = self._chat
        card = chat.card if chat is not None else self._card
        scope = chat.id if chat is not None else "" if len(left.ref) >= LONG_REF else self._nonce
        new = NewTicket(
            site=self._site_key, dedupe=f"{scope} {left.ref}", channel="chat", subject=left.subject, body=left.body,
            name=left.name or card.name, email=left.email or card.email, phone=left.phone or card.phone,
            request_type=left.request_type, topic=left.topic, importance=left.importance, fields=left.fields,
            file=left.file, sub=self._sub,
        )  # fmt: skip
        kept = await self.live.keeping.leave_ticket(
            new,
            card,
            chat=chat,
            include_chat=left.include_chat,
            ref=left.ref,
            origin=self._origin,
            address=self._address,
        )
        if chat is None or self._chat is not chat:
            self.tell(kept)

    def _in_chat(self) -> LiveChat:
        if self._chat is None:
            raise Refused("no_chat", "there is no chat here: it was not started, or it is over and erased")
        return self._chat

    def over(self, chat: LiveChat) -> None:
        """The chat is erased."""
        if self._chat is chat:
            self._chat = self._start_ref = None
            self._background.start(self._tell_block())

    async def _block(self) -> Refused | None:
        """Whose chats are refused learns it before they ask for one."""
        try:
            await self._conversations.check_block(self._site_key, self._sub, self._address)
        except Refused as refused:
            return refused
        return None

    async def _tell_block(self) -> None:
        block = await self._block()
        if block is not None:
            self.refuse(None, block)

    async def leave(self) -> None:
        """The tab is gone; the last of them begins the grace."""
        requester, self._requester = self._requester, None
        if requester is not None:
            self.live.identified.remove(requester, self)
        chat, self._chat = self._chat, None
        if chat is not None:
            self.hub.leave(self, chat)
            if not chat.tabs:
                await self._conversations.tab_gone(chat)
