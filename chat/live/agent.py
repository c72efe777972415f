"""An agent's console tab: commands in, verbs called, welcome said."""

import secrets
from collections.abc import Coroutine
from typing import Any, assert_never

from redis.exceptions import RedisError

from chat import protocol as wire
from chat.desk.form import NewTicket
from chat.errors import Closed, Refused, Unavailable
from chat.live.hub import Joined
from chat.live.limits import TokenBucket
from chat.live.livechat import LiveChat, rfc3339
from chat.live.log import Side
from chat.live.session import SocketSession
from chat.live.viewers import Place
from chat.live.views import agent_chat, assigned, watched
from chat.people.agents import Agent, as_self

Changing = (
    wire.AgentHello
    | wire.SetAvailability
    | wire.Accept
    | wire.Decline
    | wire.Take
    | wire.Transfer
    | wire.HandOver
    | wire.ListColleagues
    | wire.AgentEnd
    | wire.AgentLeaveTicket
    | wire.LookAt
)
Supervising = wire.Watch | wire.Unwatch | wire.Join | wire.Prioritise | wire.Block | wire.OpenBoard | wire.CloseBoard


class AgentSession(SocketSession[wire.AgentCommand]):
    """One console tab of a signed-in agent, in all chats the agent has, and in those they watch as a supervisor."""

    side: Side = "a"
    agent: Agent

    def __init__(self, *args: Any, cookie: str, origin: str, **kwargs: Any) -> None:
        super().__init__(*args, decode=wire.decode_agent, **kwargs)
        self._cookie = cookie
        self._origin = origin
        self._chats: dict[str, LiveChat] = {}
        self._watched: dict[str, LiveChat] = {}
        self._given: set[str] = set()
        self.session_id = ""
        self.tab = secrets.token_hex(8)

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────

    def handle(self, command: wire.AgentCommand) -> Coroutine[Any, Any, None] | None:
        """Do what the command says."""
        conversations = self.live.conversations
        match command:
            case wire.AgentSay(chat, ref, text):
                self.allow_message(chat, ref)
                conversations.say(self, self._here(chat), ref, text, self.agent.name, self.refuser(chat))
            case wire.AddNote(chat, ref, text):
                self.allow_message(chat, ref)
                conversations.note(self, self._here(chat), ref, text, self.agent.name, self.refuser(chat))
            case wire.AgentTyping(chat):
                if chat in self._chats:
                    conversations.typing(self, self._chats[chat])
            case wire.AgentSee(chat, seq):
                if chat in self._chats:
                    conversations.see(self, self._chats[chat], seq)
            case wire.OfferTicket(chat):
                conversations.offer_ticket(self, self._mine(chat))
            case wire.Ping():
                self.tell(wire.Pong())
            case (
                wire.Watch()
                | wire.Unwatch()
                | wire.Join()
                | wire.Prioritise()
                | wire.Block()
                | wire.OpenBoard()
                | (wire.CloseBoard())
            ):
                return self._supervise(command)
            case _:
                return self._change(command)
        return None

    def _change(self, command: Changing) -> Coroutine[Any, Any, None]:
        hands = self.live.hands
        match command:
            case wire.AgentHello():
                return self.let_in(self._hello(command))
            case wire.SetAvailability(status, other):
                if other is not None and other != self.agent_id:
                    return self.live.supervision.set_status(self.agent, other, status)
                return hands.set_status(self.agent, status)
            case wire.Accept(chat):
                return hands.accept(self.agent, chat)
            case wire.Decline(chat):
                return hands.decline(self.agent, chat)
            case wire.Take(chat):
                return hands.take(self.agent, chat)
            case wire.Transfer(chat):
                return hands.transfer(self, self._mine(chat), self.agent, command)
            case wire.HandOver():
                return hands.hand_over(self.agent)
            case wire.ListColleagues():
                return self._list_colleagues()
            case wire.AgentEnd(chat):
                return self.live.conversations.end(self._mine(chat).id, "agent")
            case wire.AgentLeaveTicket():
                return self._leave_ticket(command)
            case wire.LookAt(site, number):
                place = Place(site, number) if site is not None and number is not None else None
                return self.live.viewers.look(self, place)
            case _:
                assert_never(command)

    def _supervise(self, command: Supervising) -> Coroutine[Any, Any, None] | None:
        supervision = self.live.supervision
        match command:
            case wire.Block(chat, minutes):
                if chat not in self._chats:
                    supervision.check(self.agent)
                return supervision.block(chat, minutes)
            case wire.Watch(chat):
                return self._watch(chat)
            case wire.Unwatch(chat):
                self._unwatch(chat)
            case wire.Join(chat):
                supervision.join(self, self.agent, self._watching(chat))
                return self._watch(chat)
            case wire.Prioritise(chat, priority):
                return supervision.prioritise(self.agent, chat, priority)
            case wire.OpenBoard():
                supervision.check(self.agent)
                return self.live.board.open(self)
            case wire.CloseBoard():
                self.live.board.close(self)
            case _:
                assert_never(command)
        return None

    async def _hello(self, hello: wire.AgentHello) -> None:
        if hello.protocol != wire.VERSION:
            raise Closed("malformed", f"this server speaks protocol {wire.VERSION}")
        session = await self.live.sessions.find(self._cookie)
        if session is None:
            raise Closed("not_signed_in", "sign in first")
        self.agent, self.session_id, self.agent_id = session.agent, session.id, session.agent.id
        live = self.live
        live.consoles.add(self)  # before attaching: from then on a chat may be given at any moment
        attached = await live.hands.attach(self.agent)
        self.connection.trust(self.agent.capacity)
        self._messages = TokenBucket(live.settings.limits.messages_per_10s * self.agent.capacity, 10.0)
        live.consoles.statuses[self.agent_id] = attached.status
        await live.offers.learn(self.agent_id, attached.rings)
        queues = await live.lines.states(self.agent)
        joined = [await self._join(chat, hello.after.get(chat, 0)) for chat in attached.chats]
        # A chat may have ended or changed hands while the next one was joined. From here on nothing is awaited.
        self._welcome([one for one in joined if one is not None and self in one.chat.members], queues)

    def _welcome(self, seated: list[Joined], queues: list[wire.QueueState]) -> None:
        live, chat_settings = self.live, self.live.settings.chat
        self.tell(
            wire.AgentWelcome(
                protocol=wire.VERSION,
                agent=as_self(self.agent),
                availability=live.consoles.statuses[self.agent_id],
                chats=[agent_chat(one, live.settings) for one in seated],
                queues=queues,
                offers=live.offers.of(self.agent_id),
                heartbeat_s=chat_settings.heartbeat_s,
                grace_s=chat_settings.resume_grace_s,
                limits=wire.Limits(chat_settings.max_text, live.settings.limits.messages_per_10s),
            )
        )
        self.greeted = True
        for one in seated:
            self.shown(one)
        for chat_id in sorted(self._given - set(self._chats)):
            self._background.start(self._take_up(chat_id))
        self._given.difference_update(self._chats)

    # ── for the hub ──────────────────────────────────────────────────────────────────────────────────────────

    def close(self, name: str, reason: str) -> None:
        """Close the connection."""
        self.connection.close(name, reason)

    async def check_signed_in(self) -> None:
        """Close the connection if its session has ended."""
        if await self.live.sessions.find(self._cookie) is None:
            self.connection.close("not_signed_in", "signed out")

    def give(self, chat_id: str) -> None:
        """A chat is this agent's now: join it and show it."""
        if chat_id in self._chats or chat_id in self._given:
            return
        self._given.add(chat_id)
        if self.greeted:
            self._background.start(self._take_up(chat_id))

    async def _take_up(self, chat_id: str) -> None:
        watched = self._watched.pop(chat_id, None) is not None
        try:
            joined = await self._join(chat_id, 0)
        except (RedisError, Unavailable):
            self.connection.close("try_later", "a chat cannot be shown now")  # the next welcome will
            raise
        finally:
            self._given.discard(chat_id)
        if joined is None:
            if watched:
                self.tell(wire.Unwatched(chat=chat_id))
            return
        self.tell(assigned(joined, self.live.settings))
        self._shown_late(joined)

    def _shown_late(self, joined: Joined) -> None:
        """A chat that is shown outside the welcome."""
        self.shown(joined)
        if joined.chat.left_ms is not None:
            self.tell(wire.VisitorLeft(chat=joined.chat.id, erase_at=rfc3339(joined.chat.left_ms)))

    async def _join(self, chat_id: str, after: int) -> Joined | None:
        """Take a seat in a chat of this agent; a chat that is no more is taken off the agent."""
        joined = await self.live.conversations.join(self, chat_id, after)
        if joined is None:
            await self.live.conversations.end(chat_id, "service")
            return None
        if joined.chat.agent_id != self.agent_id or self not in joined.chat.members or self.connection.closing:
            self.hub.leave(self, joined.chat)
            return None
        self._chats[chat_id] = joined.chat
        return joined

    # ── watching ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _watch(self, chat_id: str) -> None:
        if chat_id in self._chats or chat_id in self._given:
            raise Refused("not_allowed", "the chat is yours")
        try:
            joined = await self.live.supervision.watch(self, self.agent, chat_id)
        except BaseException:
            self._watched.pop(chat_id, None)  # the seat is given up, should it be one that was taken before
            raise
        chat = joined.chat
        if chat.agent_id == self.agent_id:
            return  # it has become theirs meanwhile: ``_take_up`` shows it
        if self.connection.closing:
            self.hub.leave(self, chat)
            return
        self._watched[chat_id] = chat
        self.tell(watched(joined, self.live.settings, speaks=chat.members[self].joined))
        self._shown_late(joined)

    def _unwatch(self, chat_id: str) -> None:
        chat = self._watched.pop(chat_id, None)
        if chat is not None:
            self.live.supervision.leave(self, self.agent, chat)
            self.hub.leave(self, chat)
            self.tell(wire.Unwatched(chat=chat_id))

    def _watching(self, chat_id: str) -> LiveChat:
        if chat_id not in self._watched:
            raise Refused("no_chat", "watch the chat first")
        return self._watched[chat_id]

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _list_colleagues(self) -> None:
        self.tell(await self.live.board.colleagues())

    async def _leave_ticket(self, left: wire.AgentLeaveTicket) -> None:
        chat = self._mine(left.chat)
        card = chat.card
        new = NewTicket(
            site=chat.site, dedupe=f"{chat.id} {left.ref}", channel="agent", subject=left.subject, body=left.body,
            name=left.name or card.name, email=left.email or card.email, phone=left.phone or card.phone,
            request_type=left.request_type, topic=left.topic, importance=left.importance,
            file=left.file, sub=_sub(card.claims), agent_id=self.agent_id,
        )  # fmt: skip
        kept = await self.live.keeping.leave_ticket(
            new, card, chat=chat, include_chat=left.include_chat, ref=left.ref, origin=self._origin, address=None
        )
        if left.chat not in self._chats:
            self.tell(wire.AgentTicketLeft(chat=left.chat, number=kept.number, ref=left.ref))

    def _mine(self, chat_id: str) -> LiveChat:
        chat = self._chats.get(chat_id)
        if chat is None:
            raise Refused("no_chat", "you have no such chat: it is over and erased, or somebody else's")
        return chat

    def _here(self, chat_id: str) -> LiveChat:
        """A chat of this agent, or one they watch."""
        return self._watched.get(chat_id) or self._mine(chat_id)

    def over(self, chat: LiveChat) -> None:
        """The chat is erased, or somebody else's now."""
        self._chats.pop(chat.id, None)
        self._watched.pop(chat.id, None)

    async def leave(self) -> None:
        """The tab is gone; the last of them begins the grace."""
        for chat in [*self._chats.values(), *self._watched.values()]:
            self.hub.leave(self, chat)
        self._chats.clear()
        self._watched.clear()
        self.live.board.close(self)
        self._background.start(self.live.viewers.look(self, None))
        if self.live.consoles.remove(self):
            self.live.offers.forget(self.agent_id)
            await self.live.hands.detach(self.agent_id)


def _sub(claims: dict[str, Any] | None) -> str | None:
    sub = (claims or {}).get("sub")
    return sub if isinstance(sub, str) else None
