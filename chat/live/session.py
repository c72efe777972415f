"""What visitors' and agents' sessions share: frames in order, refusals answered, deadlines kept.

A command that needs no waiting is done at once, in the turn its frame came in. One that does runs as a task, and
what comes after it on the same connection waits for it, so that a client's commands happen in its order.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

import msgspec
from prometheus_client import Gauge
from redis.exceptions import RedisError

from chat import protocol as wire
from chat.errors import Closed, MayflyError, Refused, Unavailable
from chat.live.frames import frame
from chat.live.hub import Joined
from chat.live.limits import TokenBucket
from chat.live.livechat import LiveChat
from chat.live.log import Side
from chat.live.service import LiveService
from chat.live.sockets import Connection
from chat.live.turns import Turns

HELLO_DEADLINE_S = 10.0
HELLO_REFUSED = {"unavailable": "try_later", "not_eligible": "refused"}
"""Error codes → how the connection is closed; otherwise with ``not_signed_in``."""
WAITING_MAX = 64

C = TypeVar("C", bound=wire.Command)


class SocketSession(Generic[C]):
    """One connection's session: decodes commands of type ``C`` and hands them to ``handle``."""

    side: Side
    agent_id = ""

    def __init__(
        self,
        connection: Connection,
        *,
        live: LiveService,
        decode: Callable[[bytes], C],
        open_connections: Gauge,
    ) -> None:
        self.connection = connection
        self.live = live
        self.hub = live.hub
        self.greeted = False
        self._decode = decode
        self._background = live.background
        self._now = asyncio.get_running_loop().time
        self._opened_at = self._heard_at = self._now()
        self._said_hello = False
        self._lost = False
        self._waiting: deque[C] | None = None
        self._unconfirmed: dict[LiveChat, int] = {}
        self._open_connections = open_connections
        open_connections.inc()
        self._messages = TokenBucket(live.settings.limits.messages_per_10s, 10.0)
        self._turns = Turns(self._now)

    # ── for the socket layer ─────────────────────────────────────────────────────────────────────────────────

    def received(self, message: bytes) -> None:
        """A frame has come in."""
        self._heard_at = self._now()
        try:
            command = self._decode(message)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self.connection.close("malformed", str(error))
            return
        is_hello = isinstance(command, wire.VisitorHello | wire.AgentHello)
        if is_hello == self._said_hello:
            self.connection.close("malformed", "hello comes first, and once")
            return
        self._said_hello = True
        if self._waiting is None:
            self._run(command)
        elif len(self._waiting) < WAITING_MAX:
            self._waiting.append(command)
        else:
            self.connection.close("too_many", "too many commands at once")

    def written(self) -> None:
        """Everything sent so far has left this process: the other side may know."""
        if self._unconfirmed:
            unconfirmed, self._unconfirmed = self._unconfirmed, {}
            for chat, seq in unconfirmed.items():
                self.hub.delivered(self, chat, seq)

    def swept(self, now: float) -> None:
        """Close when there was no hello, or nothing was heard for two heartbeats."""
        if not self._said_hello:
            if now - self._opened_at > HELLO_DEADLINE_S:
                self.connection.close("silent", f"no hello within {HELLO_DEADLINE_S:g} s")
        elif now - self._heard_at > 2 * self.live.settings.chat.heartbeat_s + 1:
            self.connection.close("silent", "heartbeat missed")

    def lost(self) -> None:
        """The connection is gone. A command under way may still take a seat: then it is left after that."""
        self._open_connections.dec()
        self._lost = True
        if self._waiting is None:
            self._background.start(self.leave())

    # ── for the hub ──────────────────────────────────────────────────────────────────────────────────────────

    def send(self, data: bytes) -> None:
        """Put a frame into the outbox."""
        self.connection.send(data)

    def tell(self, event: wire.Event) -> None:
        """Send an event."""
        self.connection.send(frame(event))

    def unconfirmed(self, chat: LiveChat, seq: int) -> None:
        """A message of the other side is in the outbox."""
        self._unconfirmed[chat] = max(seq, self._unconfirmed.get(chat, 0))

    def shown(self, joined: Joined) -> None:
        """What was read for this member is in the outbox: let through what was said meanwhile."""
        chat, record = joined.chat, joined.record
        chat.release(self, record.seq)
        theirs = [kept.number for kept in record.messages if kept.side not in (self.side, "s")]
        if theirs and theirs[-1] > chat.delivered[self.side] and not chat.members[self].watching:
            self.unconfirmed(chat, theirs[-1])

    # ── for the two kinds of sessions ────────────────────────────────────────────────────────────────────────

    def handle(self, command: C) -> Coroutine[Any, Any, None] | None:
        """Do what the command says: at once (None), or return what is to be awaited. May raise Refused, Closed."""
        raise NotImplementedError

    async def leave(self) -> None:
        """The connection is gone: give up the seats."""
        raise NotImplementedError

    def over(self, chat: LiveChat) -> None:
        """The chat is over, or no longer this member's: forget it."""
        raise NotImplementedError

    async def let_in(self, hello: Coroutine[Any, Any, None]) -> None:
        """Do what a hello asks for, in its turn. Raises Closed ``try_later`` when too many wait."""
        if self.live.door.crowded:
            self.tell(wire.Pong())  # it is heard, and need not come again
        try:
            async with self.live.door.passed():
                if not self._lost:
                    await hello
        finally:
            hello.close()

    def allow_message(self, chat_id: str, ref: str) -> None:
        """Count a message. Raises Refused ``too_fast``, or what an earlier one was refused with that has to be said again."""
        self._turns.check(chat_id, ref)
        if not self._messages.take(self._now()):
            wait = round(self._messages.wait_s, 1)
            refused = Refused("too_fast", f"too many messages at once; wait {wait} s", retry_after_s=wait)
            self._turns.refused(chat_id, ref, refused)
            raise refused

    def refuser(self, chat_id: str) -> Callable[[str, MayflyError], None]:
        """What answers a message of this chat that was not accepted."""

        def refused(ref: str, error: MayflyError) -> None:
            self._turns.refused(chat_id, ref, error)
            self.refuse(ref, error, chat_id if self.side == "a" else None)

        return refused

    def refuse(self, ref: str | None, error: MayflyError, chat: str | None = None) -> None:
        """Answer a command that was not done."""
        errors = [wire.FieldError(name, fault) for name, fault in error.fields.items()] or None
        self.tell(
            wire.Failed(
                code=error.code, message=error.message, ref=ref, chat=chat, retry_after_s=error.retry_after_s,
                errors=errors, told=error.told,
            )
        )  # fmt: skip

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, *commands: C) -> None:
        """Do commands in order, up to one that is to be awaited; the rest waits for it."""
        rest = deque(commands)
        while rest and not self.connection.closing:
            command = rest.popleft()
            try:
                work = self.handle(command)
            except MayflyError as error:
                self._failed(command, error)
                continue
            if work is not None:
                self._waiting = rest
                self._background.start(self._await(command, work))
                return
        self._waiting = None

    async def _await(self, command: C, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except MayflyError as error:
            self._failed(command, error)
        except RedisError:
            self.live.metrics.redis_errors.inc()
            self._failed(command, Unavailable())
        except Exception:
            self._failed(command, Unavailable())
            raise
        finally:
            self._run(*(self._waiting or ()))
            if self._lost:
                self._background.start(self.leave())

    def _failed(self, command: C, error: MayflyError) -> None:
        ref, chat = getattr(command, "ref", None), getattr(command, "chat", None)
        if isinstance(error, Closed):
            self.connection.close(error.code, error.message)
        elif isinstance(command, wire.VisitorHello | wire.AgentHello):
            self.refuse(ref, error, chat)
            self.connection.close(HELLO_REFUSED.get(error.code, "not_signed_in"), error.message)
        else:
            self.refuse(ref, error, chat)
