"""An agent's console tab: commands in, verbs called, welcome said."""

from collections.abc import Coroutine
from typing import Any, assert_never

from redis.exceptions import RedisError

from chat import protocol as wire
from chat.desk.form import NewTicket
from chat.errors import Closed, Refused, Unavailable
from chat.live.conversations import Conversations
from chat.live.hub import Joined
from chat.live.limits import TokenBucket
from chat.live.lines import Lines
from chat.live.livechat import LiveChat, rfc3339
from chat.live.log import Side
from chat.live.session import SocketSession
from chat.people.agents import Agent, as_self
from chat.people.sessions import Sessions
from chat.settings import Settings


class AgentSession(SocketSession[wire.AgentCommand]):
    """One console tab of a signed-in agent, in all chats the agent holds."""

    side: Side = "a"
    agent: Agent

    def __init__(
        self, *args: Any, cookie: str, origin: str, settings: Settings, conversations: Conversations, sessions: Sessions,
        lines: Lines, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, decode=wire.decode_agent, **kwargs)
        self._cookie = cookie
        self._origin = origin
        self._settings = settings
        self._conversations = conversations
        self._sessions = sessions
        self._lines = lines
        self._chats: dict[str, LiveChat] = {}
        self._given: set[str] = set()
        self.session_id = ""

    def handle(self, command: wire.AgentCommand) -> Coroutine[Any, Any, None] | None:
        """Do what the command says."""
        match command:
            case wire.AgentSay(chat, ref, text):
                self.allow_message()
                self._conversations.say(self, self._mine(chat), ref, text, self.agent.name, self._refuser(chat))
            case wire.AddNote(chat, ref, text):
                self.allow_message()
                self._conversations.note(self, self._mine(chat), ref, text, self.agent.name, self._refuser(chat))
            case wire.AgentTyping(chat):
                if chat in self._chats:
                    self._conversations.typing(self, self._chats[chat])
            case wire.AgentSee(chat, seq):
                if chat in self._chats:
                    self._conversations.see(self, self._chats[chat], seq)
            case wire.OfferTicket(chat):
                self._conversations.offer_ticket(self, self._mine(chat))
            case wire.Ping():
                self.tell(wire.Pong())
            case wire.AgentHello():
                return self._hello(command)
            case wire.SetAvailability(status):
                return self._conversations.set_status(self.agent, status)
            case wire.Take(chat):
                return self._conversations.take(self.agent, chat)
            case wire.AgentEnd(chat):
                return self._conversations.end(self._mine(chat).id, "agent")
            case wire.AgentLeaveTicket():
                return self._leave_ticket(command)
            case _:
                assert_never(command)
        return None

    async def _hello(self, hello: wire.AgentHello) -> None:
        if hello.protocol != wire.VERSION:
            raise Closed("malformed", f"this server speaks protocol {wire.VERSION}")
        session = await self._sessions.find(self._cookie)
        if session is None:
            raise Closed("not_signed_in", "sign in first")
        self.agent, self.session_id, self.agent_id = session.agent, session.id, session.agent.id
        self.hub.consoles[self.agent_id].add(self)  # before attaching: from then on a chat may be given at any moment
        attached = await self._conversations.attach(self.agent)
        self.connection.trust(self.agent.capacity)
        self._messages = TokenBucket(self._messages_per_10s * self.agent.capacity, 10.0)
        self.hub.statuses[self.agent_id] = attached.status
        queues = await self._lines.states(self.agent.teams)
        joined = [await self._join(chat, hello.after.get(chat, 0)) for chat in attached.chats]
        # A chat may have ended or changed hands while the next one was joined. From here on nothing is awaited.
        seated = [one for one in joined if one is not None and self in one.chat.members]
        chat_settings = self._settings.chat
        self.tell(
            wire.AgentWelcome(
                protocol=wire.VERSION,
                agent=as_self(self.agent),
                availability=self.hub.statuses[self.agent_id],
                chats=[_agent_chat(one) for one in seated],
                queues=queues,
                heartbeat_s=chat_settings.heartbeat_s,
                grace_s=chat_settings.resume_grace_s,
                limits=wire.Limits(chat_settings.max_text, self._settings.limits.messages_per_10s),
            )
        )
        self._greeted = True
        for one in seated:
            self.shown(one)
        for chat_id in sorted(self._given - set(self._chats)):
            self._background.start(self._take_up(chat_id))
        self._given.difference_update(self._chats)
        await self._conversations.settle(*self.agent.teams)

    def close(self, name: str, reason: str) -> None:
        """Close the connection."""
        self.connection.close(name, reason)

    async def check_signed_in(self) -> None:
        """Close the connection if its session has ended."""
        if await self._sessions.find(self._cookie) is None:
            self.connection.close("not_signed_in", "signed out")

    def give(self, chat_id: str) -> None:
        """A chat is this agent's now: join it and show it."""
        if chat_id in self._chats or chat_id in self._given:
            return
        self._given.add(chat_id)
        if self._greeted:
            self._background.start(self._take_up(chat_id))

    async def _take_up(self, chat_id: str) -> None:
        try:
            joined = await self._join(chat_id, 0)
        except (RedisError, Unavailable):
            self.connection.close("try_later", "a chat cannot be shown now")  # the next welcome will
            raise
        finally:
            self._given.discard(chat_id)
        if joined is None:
            return
        chat = _agent_chat(joined)
        self.tell(
            wire.AgentAssigned(
                chat=chat.chat, site=chat.site, team=chat.team, visitor=chat.visitor, messages=chat.messages,
                notes=chat.notes, started_at=chat.started_at, delivered=chat.delivered, seen=chat.seen, read=chat.read,
            )
        )  # fmt: skip
        self.shown(joined)

    async def _join(self, chat_id: str, after: int) -> Joined | None:
        """Take a seat in a chat of this agent; a chat that is no more is taken off the agent."""
        joined = await self._conversations.join(self, chat_id, after)
        if joined is None:
            await self._conversations.end(chat_id, "service")
            return None
        if joined.chat.agent_id != self.agent_id or self not in joined.chat.members or self.connection.closing:
            self.hub.leave(self, joined.chat)
            return None
        self._chats[chat_id] = joined.chat
        return joined

    async def _leave_ticket(self, left: wire.AgentLeaveTicket) -> None:
        chat = self._mine(left.chat)
        card = chat.card
        new = NewTicket(
            site=chat.site, dedupe=f"{chat.id} {left.ref}", channel="agent", subject=left.subject, body=left.body,
            name=left.name or card.name, email=left.email or card.email, phone=left.phone or card.phone,
            request_type=left.request_type, topic=left.topic, importance=left.importance,
            sub=_sub(card.claims), agent_id=self.agent_id,
        )  # fmt: skip
        ticket, _ = await self._conversations.leave_ticket(
            new, chat=chat, include_chat=left.include_chat, ref=left.ref, origin=self._origin, address=None
        )
        if left.chat not in self._chats:
            self.tell(wire.AgentTicketLeft(chat=left.chat, number=ticket.number, ref=left.ref))

    def _mine(self, chat_id: str) -> LiveChat:
        chat = self._chats.get(chat_id)
        if chat is None:
            raise Refused("no_chat", "you have no such chat: it is over and erased, or somebody else's")
        return chat

    def _refuser(self, chat_id: str) -> Any:
        return lambda ref, error: self.refuse(ref, error, chat_id)

    def over(self, chat: LiveChat) -> None:
        """The chat is erased, or somebody else's now."""
        self._chats.pop(chat.id, None)

    async def leave(self) -> None:
        """The tab is gone; the last of them begins the grace."""
        for chat in list(self._chats.values()):
            self.hub.leave(self, chat)
        self._chats.clear()
        tabs = self.hub.consoles.get(self.agent_id)
        if tabs is None:
            return
        tabs.discard(self)
        if not tabs:
            del self.hub.consoles[self.agent_id]
            self.hub.statuses.pop(self.agent_id, None)
            await self._conversations.console_gone(self.agent_id)


def _sub(claims: dict[str, Any] | None) -> str | None:
    sub = (claims or {}).get("sub")
    return sub if isinstance(sub, str) else None


def _agent_chat(joined: Joined) -> wire.AgentChat:
    chat, record = joined.chat, joined.record
    return wire.AgentChat(
        chat=chat.id,
        site=chat.site,
        team=chat.team,
        state=chat.state,
        visitor=chat.card,
        messages=chat.messages(record.messages),
        notes=[chat.note(kept) for kept in record.note_lines],
        started_at=rfc3339(chat.arrived_ms),
        delivered=record.delivered["v"],
        seen=record.read["v"],
        read=record.read["a"],
        erase_at=rfc3339(record.left_ms) if record.left_ms else None,
    )
