"""What the nodes tell each other through Redis: the feeds of chats and routing, and what concerns every node.

Every node subscribes to everything for good, on one connection of its own. Pub/sub is delivery only: when the
connection breaks, ``on_interrupted`` is called once it is back, and what was missed is read from where it is kept.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Literal

import msgspec
import structlog
from msgspec import Struct
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from chat.live import keys
from chat.live.log import Told, parse_feed
from routing import keys as routing_keys
from routing.types import AnyRoutingEvent, decode_event

logger = structlog.get_logger()

SILENCE_S = 5.0
RETRY_S = 0.2


class SessionClosed(Struct, frozen=True, tag="session_closed"):
    """An agent signed out, or was disabled: the session's sockets are to be closed."""

    session: str


class TicketMoved(Struct, frozen=True, tag="ticket_moved"):
    """A ticket is new or has changed."""

    site: str
    number: int


class CommentsMoved(Struct, frozen=True, tag="comments_moved"):
    """A comment on an article is new, or was judged or removed."""


class AnswerOverdue(Struct, frozen=True, tag="answer_overdue"):
    """An agent, by name, has left a visitor without an answer since ``since``: for the supervisors of the team."""

    chat: str
    team: str
    agent: str
    since: str


class TicketFallsDue(Struct, frozen=True, tag="ticket_falls_due"):
    """The answer promised in a ticket is due soon, or overdue: for the team, and for who has it."""

    site: str
    number: int
    stage: Literal["soon", "overdue"]
    due_at: str
    team: str | None
    assignee: str | None


class Seat(Struct, frozen=True):
    """A console tab that looks at a ticket."""

    tab: str
    agent: str
    name: str


class TicketLookedAt(Struct, frozen=True, tag="ticket_looked_at"):
    """These look at a ticket now. Told by ``lua/look.lua``."""

    site: str
    number: int
    seats: list[Seat]


class CustomerNotified(Struct, frozen=True, tag="customer_notified"):
    """A ticket has a new notification for its requester; what it says is in the database."""

    site: str
    number: int


Notice = (
    SessionClosed | TicketMoved | CommentsMoved | AnswerOverdue | TicketFallsDue | TicketLookedAt | CustomerNotified
)

_decode_notice = msgspec.json.Decoder(Notice).decode


class Bus:
    """This node's ear on Redis, and its voice to all nodes."""

    def __init__(
        self,
        redis: "Redis",
        *,
        buckets: Iterable[int],
        desk: str,
        on_told: Callable[[Iterable[Told]], None],
        on_routed: Callable[[AnyRoutingEvent], None],
        on_notice: Callable[[Notice], None],
        on_interrupted: Callable[[], None],
    ) -> None:
        self._redis = redis
        self._chat_feeds = {keys.feed(n).encode() for n in buckets}
        self._desk_feed = routing_keys.feed(desk).encode()
        self._on_told = on_told
        self._on_routed = on_routed
        self._on_notice = on_notice
        self._on_interrupted = on_interrupted
        self.listening = asyncio.Event()

    async def publish(self, notice: Notice) -> None:
        """Tell every node, this one too. When Redis is away nobody hears; what counts is checked again elsewhere."""
        try:
            await self._redis.publish(keys.NODES, msgspec.json.encode(notice))
        except RedisError:
            logger.warning("notice not published", notice=type(notice).__name__)

    async def listen(self) -> None:
        """Listen for ever; subscribe again after each interruption."""
        first = True
        while True:
            pubsub = self._redis.pubsub()
            try:
                await pubsub.subscribe(*self._chat_feeds, self._desk_feed, keys.NODES)
                await self._hear(pubsub, len(self._chat_feeds) + 2, interrupted=not first)
            except (RedisError, OSError) as error:
                logger.warning("feed interrupted", error=type(error).__name__)
            finally:
                first = False
                self.listening.clear()
                await _drop(pubsub)
            await asyncio.sleep(RETRY_S)

    async def _hear(self, pubsub: PubSub, subscriptions: int, *, interrupted: bool) -> None:
        silent = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE_S)
            if message is None:
                if silent:
                    raise ConnectionError("Redis is silent")
                silent = True
                await pubsub.ping()
                continue
            silent = False
            if message["type"] == "subscribe":
                subscriptions -= 1
                if not subscriptions:
                    self.listening.set()
                    if interrupted:
                        self._on_interrupted()
            elif message["type"] == "message":
                self._dispatch(message["channel"], message["data"])

    def _dispatch(self, channel: bytes, data: bytes) -> None:
        try:
            if channel in self._chat_feeds:
                self._on_told(parse_feed(data))
            elif channel == self._desk_feed:
                self._on_routed(decode_event(data))
            else:
                self._on_notice(_decode_notice(data))
        except msgspec.MsgspecError as error:
            logger.error("feed not understood", channel=channel.decode(), error=type(error).__name__)


async def _drop(pubsub: PubSub) -> None:
    with suppress(RedisError, OSError):
        await pubsub.aclose()  # type: ignore[no-untyped-call]
