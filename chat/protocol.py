"""The wire protocol ``mayfly.v1``: every frame that crosses a WebSocket, as a struct.

A frame is one JSON text message ``{"type": …}``. *Commands* come from a browser, are imperative and refuse
unknown fields; *events* go to a browser and are past tense, and clients ignore fields they don't know. Times are
RFC 3339 in UTC. ``docs/protocol.md``, ``/api/asyncapi.json`` and ``widget/static/shared/protocol.js`` are
generated from this module by ``scripts/generate.py``: a struct's docstring is its documentation, the comment
behind a field (``Meta(description=…)``) is the field's.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

VERSION = 1
SUBPROTOCOL = "mayfly.v1"

Ref = Annotated[
    str,
    Meta(
        min_length=1, max_length=64, description="The client's own id for this command; sending it again is harmless."
    ),
]
Seq = Annotated[
    int, Meta(ge=0, le=2**31 - 1, description="Position in the chat: 1, 2, 3 … without gaps; 0 is before the first.")
]
ChatId = Annotated[str, Meta(min_length=1, max_length=64, description="The chat's id, as the server gave it.")]
Time = Annotated[str, Meta(description="RFC 3339, UTC.")]
Author = Literal["visitor", "agent", "system"]
VisitorAvailability = Literal["online", "busy", "closed"]
AgentStatus = Literal["available", "away"]
ChatState = Literal["waiting", "active"]
OfferReason = Literal["closed", "no_agents", "queue_full", "waited", "agent", "ended"]
EndedBy = Literal["visitor", "agent", "idle", "service"]
ReplyWithin = Annotated[
    str | None,
    Meta(description="The promised first response to a request in open hours: ``2h-4h``, ``48h`` or ``30m``."),
]
ReplyBy = Annotated[
    Time | None, Meta(description="The latest moment of that response, for a request left now; open hours counted.")
]
Channel = Literal["help", "chat", "form", "phone"]
Plan = Annotated[str | None, Meta(description="The visitor's plan, by the configuration.")]
Priority = Annotated[int, Meta(ge=0, le=99, description="Higher goes first; 0 is everybody's.")]


# ── values inside frames ─────────────────────────────────────────────────────────────────────────────────────────


class Page(Struct, frozen=True, omit_defaults=True):
    """The page of the host site that the visitor looks at."""

    url: str
    title: str = ""


class AgentCard(Struct, frozen=True, omit_defaults=True):
    """What a visitor may know of an agent."""

    name: str
    avatar: str | None = None


class Message(Struct, frozen=True, omit_defaults=True):
    """One line of a chat. ``system`` lines carry a code in ``text`` (see ``SystemLine``) and a name."""

    seq: Seq
    author: Author
    text: str
    at: Time
    name: str | None = None
    ref: str | None = None


class Note(Struct, frozen=True, omit_defaults=True):
    """A line among agents, never shown to the visitor, as ephemeral as the rest."""

    n: Annotated[int, Meta(ge=1, description="Position among the chat's notes: 1, 2, 3 …")]
    name: str
    text: str
    at: Time
    ref: str | None = None


class VisitorCard(Struct, frozen=True, omit_defaults=True):
    """What the agent sees of a visitor: the pre-chat form, the verified identity, and where they are."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    question: str = ""
    topic: str | None = None
    locale: str = "en"
    time_zone: str | None = None
    page: Page | None = None
    claims: Annotated[
        dict[str, Any] | None, Meta(description="Claims of the verified identity, absent for anonymous visitors.")
    ] = None


class Limits(Struct, frozen=True):
    """What a client should hold back before the server has to refuse it."""

    max_text: Annotated[int, Meta(description="Characters in one message.")]
    messages_per_10s: int


class VisitorChat(Struct, frozen=True, omit_defaults=True):
    """The visitor's chat in ``welcome``."""

    id: ChatId
    state: ChatState
    messages: Annotated[list[Message], Meta(description="Those with seq > after; all without after.")]
    position: Annotated[int | None, Meta(description="Place in the line, 1 is next; only while waiting.")] = None
    wait_s: Annotated[
        int | None, Meta(description="Estimated seconds until an agent is free, when there is an honest estimate.")
    ] = None
    agent: AgentCard | None = None
    delivered: Annotated[Seq, Meta(description="The agent's tab has everything up to here.")] = 0
    seen: Annotated[Seq, Meta(description="The agent has read everything up to here.")] = 0
    question: Annotated[
        str, Meta(description="What the visitor asked in ``start``; it is no message and has no seq.")
    ] = ""
    started_at: Time = ""


class AgentChat(Struct, frozen=True, omit_defaults=True):
    """A chat in the agent's ``welcome``."""

    chat: ChatId
    site: str
    team: str
    state: ChatState
    visitor: VisitorCard
    messages: list[Message]
    notes: list[Note] = []
    started_at: Time = ""
    delivered: Annotated[Seq, Meta(description="The visitor's tab has everything up to here.")] = 0
    seen: Annotated[Seq, Meta(description="The visitor has read everything up to here.")] = 0
    read: Annotated[Seq, Meta(description="This agent has read everything up to here, in any tab.")] = 0
    erase_at: Annotated[
        Time | None, Meta(description="The visitor is gone; the chat is erased then unless they come back.")
    ] = None
    plan: Plan = None
    transfer_to: Annotated[
        str | None, Meta(description="Being transferred to this team's title or agent's name; still yours until taken.")
    ] = None
    transfer_until: Annotated[Time | None, Meta(description="Until when it is offered there.")] = None
    agent: Annotated[str, Meta(description="Who has it, by name; empty while it waits.")] = ""


class Offer(Struct, frozen=True, omit_defaults=True):
    """A chat that rings at an agent, who may accept or decline it."""

    chat: ChatId
    site: str
    team: str
    visitor: VisitorCard
    question: str
    expires_at: Time
    transferred_by: Annotated[str | None, Meta(description="The colleague who would like to hand it over.")] = None
    to_you: Annotated[bool, Meta(description="They would like to hand it over to this agent in person.")] = False
    plan: Plan = None


class TeamState(Struct, frozen=True):
    """A team as colleagues and supervisors see it."""

    team: str
    title: str
    waiting: int
    longest_wait_s: int
    available: Annotated[int, Meta(description="Agents there and available.")]
    free_places: Annotated[int, Meta(description="Chats they could take now.")]


class AgentState(Struct, frozen=True, omit_defaults=True):
    """An agent as colleagues and supervisors see them."""

    id: str
    name: str
    status: AgentStatus
    teams: list[str]
    chats: int
    capacity: int
    gone: Annotated[bool, Meta(description="The connection is lost and the grace runs.")] = False


class ChatEntry(Struct, frozen=True, omit_defaults=True):
    """A chat on the supervisors' board: no word of it, and no name."""

    chat: ChatId
    team: str
    state: ChatState
    since: Annotated[Time, Meta(description="Waiting: when it arrived. Active: when the agent took it.")]
    priority: Priority = 0
    position: Annotated[int | None, Meta(description="Place in the line, 1 is next; only while waiting.")] = None
    agent: Annotated[str | None, Meta(description="Id of who has it, or at whom it rings.")] = None
    ringing: bool = False
    site: str | None = None
    plan: str | None = None
    topic: Annotated[str | None, Meta(description="What the visitor chose of the site's topics.")] = None
    owed_since: Annotated[Time | None, Meta(description="Since when the visitor waits for an answer.")] = None


class QueueState(Struct, frozen=True):
    """A team's line."""

    team: str
    title: str
    waiting: int
    longest_wait_s: int
    head: Annotated[
        ChatId | None, Meta(description="The chat that is next, for ``take``; absent when nobody waits.")
    ] = None


class TicketViewer(Struct, frozen=True):
    """An agent who looks at a ticket."""

    id: str
    name: str


class AgentSelf(Struct, frozen=True, omit_defaults=True):
    """Who is signed in here."""

    id: str
    name: str
    email: str
    role: Literal["agent", "supervisor", "admin"]
    teams: list[str]
    capacity: int


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Command(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """Base of all commands."""


class VisitorHello(Command, frozen=True, tag="hello"):
    """The first frame of a visitor, within 10 s: who they are and what they already have."""

    protocol: int
    resume: Annotated[str | None, Meta(description="The token of ``started``: take up that chat again.")] = None
    after: Annotated[Seq | None, Meta(description="The last seq this tab shows; only later messages are sent.")] = None
    identity: Annotated[str | None, Meta(description="A JWT signed by the site (RFC 7519, HS256).")] = None
    locale: Annotated[str, Meta(max_length=35, description="BCP 47 language tag.")] | None = None
    time_zone: Annotated[str, Meta(max_length=64, description="IANA name.")] | None = None
    page: Page | None = None


class Start(Command, frozen=True, tag="start"):
    """Ask for an agent; answered by ``started`` and ``queued`` or ``assigned``."""

    ref: Ref
    question: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    topic: str | None = None


class VisitorSay(Command, frozen=True, tag="say"):
    """Say something; the ``said`` with the same ``ref`` is the acknowledgement."""

    ref: Ref
    text: str


class VisitorTyping(Command, frozen=True, tag="typing"):
    """The visitor is typing; ``draft`` is shown to the agent only where the site allows it (``sneak_peek``)."""

    draft: str | None = None


class VisitorSee(Command, frozen=True, tag="see"):
    """The visitor has read everything up to ``seq``."""

    seq: Seq


class Visit(Command, frozen=True, tag="visit"):
    """The visitor moved to another page of the host site."""

    url: str
    title: str


class VisitorEnd(Command, frozen=True, tag="end"):
    """End the chat and erase it at once."""


class Rate(Command, frozen=True, tag="rate"):
    """Rate the chat that is running or has just ended: a count only, no words."""

    score: Annotated[int, Meta(description="1 to 5.")]


class VisitorLeaveTicket(Command, frozen=True, tag="leave_ticket"):
    """File a ticket, with or without the conversation; answered by ``ticket_left``."""

    ref: Ref
    subject: str
    body: str
    include_chat: bool
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    request_type: Annotated[
        str | None, Meta(description="One of the site's request_types. Not ``type``: that names the frame.")
    ] = None
    topic: str | None = None
    importance: str | None = None
    fields: Annotated[
        dict[str, str], Meta(description="The site's own fields by name, and ``browser`` and ``system``.")
    ] = {}
    file: Annotated[str | None, Meta(description="The id of an upload (POST /api/sites/{site}/files).")] = None


class Ping(Command, frozen=True, tag="ping"):
    """Heartbeat, answered by ``pong``. A client that hears nothing for one and a half comes back; the service closes after two."""


VisitorCommand = (
    VisitorHello
    | Start
    | VisitorSay
    | VisitorTyping
    | VisitorSee
    | Visit
    | VisitorEnd
    | Rate
    | VisitorLeaveTicket
    | Ping
)


class AgentHello(Command, frozen=True, tag="hello"):
    """The first frame of a console tab, within 10 s: the last seq it shows of each chat."""

    protocol: int
    after: dict[str, Seq] = {}


class SetAvailability(Command, frozen=True, tag="set_availability"):
    """Take new chats, or not; chats at hand go on. Kept through reconnects; without a choice an agent is away."""

    status: AgentStatus
    agent: Annotated[str | None, Meta(description="Somebody else's id: for supervisors.")] = None


class Accept(Command, frozen=True, tag="accept"):
    """Take the chat that rings; answered by ``assigned``."""

    chat: ChatId


class Decline(Command, frozen=True, tag="decline"):
    """Let the chat that rings go to the next agent; it keeps the head of the line."""

    chat: ChatId


class Take(Command, frozen=True, tag="take"):
    """Take a waiting chat out of the line by hand; a supervisor takes over one that somebody has, too."""

    chat: ChatId


class Transfer(Command, frozen=True, tag="transfer"):
    """Hand a chat over to a team or an agent; without either, think better of it.

    It stays yours until somebody takes it (``transferred``), and altogether when nobody does (``transfer_returned``).
    """

    chat: ChatId
    team: str | None = None
    agent: Annotated[str | None, Meta(description="The colleague's id.")] = None
    note: Annotated[str | None, Meta(description="For the next agent; kept as a note in the chat.")] = None


class HandOver(Command, frozen=True, tag="hand_over"):
    """The end of a shift: away at once, and every chat goes back to the head of its line. Sign out afterwards."""


class Watch(Command, frozen=True, tag="watch"):
    """See a chat silently, for supervisors; answered by ``watched``, again too. Notes may be written in it."""

    chat: ChatId


class Unwatch(Command, frozen=True, tag="unwatch"):
    """Look away."""

    chat: ChatId


class Join(Command, frozen=True, tag="join"):
    """Speak in a chat that is watched, beside its agent; the visitor is told who joined. Answered by ``watched``."""

    chat: ChatId


class Prioritise(Command, frozen=True, tag="prioritise"):
    """Let a waiting chat go before or after others, for supervisors."""

    chat: ChatId
    priority: Priority


class Block(Command, frozen=True, tag="block"):
    """End the chat and refuse new ones of this visitor for a time."""

    chat: ChatId
    minutes: Annotated[int, Meta(ge=1, le=10080, description="Up to a week.")]


class ListColleagues(Command, frozen=True, tag="list_colleagues"):
    """Ask who a chat could be handed to; answered by ``colleagues``."""


class OpenBoard(Command, frozen=True, tag="open_board"):
    """Begin to send ``board`` at each change, at most once a second, for supervisors."""


class CloseBoard(Command, frozen=True, tag="close_board"):
    """Stop sending ``board``."""


class AgentSay(Command, frozen=True, tag="say"):
    """Say something; the ``said`` with the same ``ref`` is the acknowledgement."""

    chat: ChatId
    ref: Ref
    text: str


class AddNote(Command, frozen=True, tag="note"):
    """Write a line only agents see; answered by ``noted``."""

    chat: ChatId
    ref: Ref
    text: str


class AgentTyping(Command, frozen=True, tag="typing"):
    """The agent is typing."""

    chat: ChatId


class AgentSee(Command, frozen=True, tag="see"):
    """The agent has read everything up to ``seq``."""

    chat: ChatId
    seq: Seq


class OfferTicket(Command, frozen=True, tag="offer_ticket"):
    """Show the visitor the request form."""

    chat: ChatId


class AgentLeaveTicket(Command, frozen=True, tag="leave_ticket"):
    """File a ticket for the visitor, with or without the conversation; answered by ``ticket_left``."""

    chat: ChatId
    ref: Ref
    subject: str
    body: str
    include_chat: bool
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    request_type: Annotated[
        str | None, Meta(description="One of the site's request_types. Not ``type``: that names the frame.")
    ] = None
    topic: str | None = None
    importance: str | None = None
    file: Annotated[str | None, Meta(description="The id of an upload (POST /api/files?site=).")] = None


class LookAt(Command, frozen=True, tag="look_at"):
    """This tab shows a ticket; answered by ``ticket_viewers``, again at each change. Without a ticket: look away."""

    site: Annotated[str, Meta(max_length=64)] | None = None
    number: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class AgentEnd(Command, frozen=True, tag="end"):
    """End the chat and erase it at once."""

    chat: ChatId


AgentCommand = (
    AgentHello
    | SetAvailability
    | Accept
    | Decline
    | Take
    | Transfer
    | HandOver
    | Watch
    | Unwatch
    | Join
    | Prioritise
    | Block
    | ListColleagues
    | OpenBoard
    | CloseBoard
    | AgentSay
    | AddNote
    | AgentTyping
    | AgentSee
    | OfferTicket
    | AgentLeaveTicket
    | LookAt
    | AgentEnd
    | Ping
)


# ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Event(Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """Base of all events."""


class VisitorWelcome(Event, frozen=True, tag="welcome"):
    """The answer to ``hello``: how the desk stands, and the visitor's chat if there is one."""

    protocol: int
    availability: VisitorAvailability
    heartbeat_s: Annotated[
        float, Meta(description="Send a ping when nothing was sent, or nothing heard, for this many seconds.")
    ]
    grace_s: Annotated[float, Meta(description="A chat outlives its last tab by this many seconds.")]
    limits: Limits
    reopens_at: Annotated[Time | None, Meta(description="When the desk opens; only while it is closed.")] = None
    closes_at: Annotated[Time | None, Meta(description="When the desk closes; absent if it never does.")] = None
    reply_within: ReplyWithin = None
    reply_by: ReplyBy = None
    channels: Annotated[
        list[Channel] | None, Meta(description="What the visitor's plan offers; absent: everything.")
    ] = None
    nobody: Annotated[bool, Meta(description="With ``busy``: nobody is at the desk now, who could take a chat.")] = (
        False
    )
    free: Annotated[
        int, Meta(description="With ``online``: so many agents, at least, are free for this visitor now.")
    ] = 0
    chat: VisitorChat | None = None


class Started(Event, frozen=True, tag="started"):
    """The chat exists. ``token`` resumes it from any tab: keep it as long as the tab, no longer."""

    ref: Ref
    chat: ChatId
    token: str


class Queued(Event, frozen=True, tag="queued"):
    """The place in the line, sent again at each change."""

    position: Annotated[int, Meta(description="1 is next.")]
    wait_s: Annotated[
        int | None, Meta(description="Estimated seconds until an agent is free, when there is an honest estimate.")
    ] = None


class VisitorAssigned(Event, frozen=True, tag="assigned"):
    """An agent has taken the chat."""

    agent: AgentCard


class Said(Event, frozen=True, tag="said"):
    """A message was accepted. Everyone in the chat gets the same event, the sender too: that is the acknowledgement."""

    chat: ChatId
    seq: Seq
    author: Author
    text: str
    at: Time
    name: str | None = None
    ref: str | None = None


class Typing(Event, frozen=True, tag="typing"):
    """The other side is typing; for an agent with ``chat``, and with the ``draft`` where the site allows it."""

    chat: ChatId
    draft: str | None = None


class Delivered(Event, frozen=True, tag="delivered"):
    """A tab of the other side has everything up to ``seq``."""

    chat: ChatId
    seq: Seq


class Seen(Event, frozen=True, tag="seen"):
    """The other side has read everything up to ``seq``."""

    chat: ChatId
    seq: Seq


class AgentLeft(Event, frozen=True, tag="agent_left"):
    """The agent's connection is lost. They may come back; else the chat returns to the head of the line."""


class AgentBack(Event, frozen=True, tag="agent_back"):
    """The agent is back."""


class TicketOffered(Event, frozen=True, tag="ticket_offered"):
    """An offer to leave a request. Who waits keeps their place; where a ``ref`` answers a ``start``, there is no line."""

    reason: OfferReason
    ref: Annotated[str | None, Meta(description="The ``start`` that found the line full or the desk closed.")] = None
    reply_within: ReplyWithin = None
    reply_by: ReplyBy = None
    reopens_at: Annotated[Time | None, Meta(description="When the desk opens; only with ``closed``.")] = None


class OfferWithdrawn(Event, frozen=True, tag="offer_withdrawn"):
    """Why a request was offered is over: somebody is at the desk again, or it has opened. The visitor waits on."""


class VisitorTicketLeft(Event, frozen=True, tag="ticket_left"):
    """The ticket is filed."""

    number: int
    link: Annotated[str, Meta(description="Where the visitor reads it; holds the key.")]
    ref: str | None = None
    reply_within: ReplyWithin = None
    reply_by: ReplyBy = None


class Notified(Event, frozen=True, tag="notified"):
    """Support has answered a request of this visitor, known by their identity, or opened one towards them.

    It replaces an earlier one about the same ``number``. Those that came while nobody was here are in
    ``GET /api/sites/{site}/notifications``.
    """

    id: Annotated[str, Meta(description="The notification's, to put it off or delete it over HTTP.")]
    number: Annotated[int, Meta(description="The request's.")]
    kind: Annotated[Literal["answer", "opened"], Meta(description="Support has answered it, or has opened it.")]
    subject: str
    text: Annotated[str, Meta(description="The beginning of what support wrote.")]


class VisitorEnded(Event, frozen=True, tag="ended"):
    """The chat is over."""

    by: EndedBy


class VisitorErased(Event, frozen=True, tag="erased"):
    """Every word of the chat is gone from the service."""


class FieldError(Struct, frozen=True):
    """One field of a form at fault; ``message`` is a code: required, too_long, not_an_email, not_a_choice."""

    field: str
    message: str


class Failed(Event, frozen=True, tag="failed"):
    """A command was refused. Nothing was lost: the client still has what was typed."""

    code: Annotated[str, Meta(description="Stable; see the table of codes.")]
    message: Annotated[str, Meta(description="What to do, in English, for developers.")]
    ref: str | None = None
    chat: str | None = None
    retry_after_s: float | None = None
    errors: Annotated[list[FieldError] | None, Meta(description="The fields at fault, with `invalid`.")] = None
    told: Annotated[
        str | None, Meta(description="The site's own words to show, with `not_eligible`: where to turn instead.")
    ] = None


class Pong(Event, frozen=True, tag="pong"):
    """The answer to ``ping``; also to a ``hello`` whose ``welcome`` has to wait because many come at once."""


VisitorEvent = (
    VisitorWelcome
    | Started
    | Queued
    | VisitorAssigned
    | Said
    | Typing
    | Delivered
    | Seen
    | AgentLeft
    | AgentBack
    | TicketOffered
    | OfferWithdrawn
    | VisitorTicketLeft
    | Notified
    | VisitorEnded
    | VisitorErased
    | Failed
    | Pong
)


class AgentWelcome(Event, frozen=True, tag="welcome"):
    """The answer to ``hello``: who is signed in, the chats they hold, and the lines of their teams."""

    protocol: int
    agent: AgentSelf
    availability: AgentStatus
    chats: list[AgentChat]
    queues: list[QueueState]
    offers: list[Offer]
    heartbeat_s: float
    grace_s: float
    limits: Limits


class AvailabilityChanged(Event, frozen=True, tag="availability_changed"):
    """This agent's status has changed: chosen in any tab, or by others."""

    status: AgentStatus
    reason: Annotated[
        Literal["chosen", "missed", "supervisor"],
        Meta(
            description="``missed``: away, since too many chats in a row rang unanswered; ``supervisor``: set by one."
        ),
    ] = "chosen"


class Offered(Event, frozen=True, tag="offered"):
    """A chat rings: ``accept`` or ``decline`` it before ``expires_at``."""

    chat: ChatId
    site: str
    team: str
    visitor: VisitorCard
    question: str
    expires_at: Time
    transferred_by: Annotated[str | None, Meta(description="The colleague who would like to hand it over.")] = None
    to_you: Annotated[bool, Meta(description="They would like to hand it over to this agent in person.")] = False
    plan: Plan = None


class OfferExpired(Event, frozen=True, tag="offer_expired"):
    """The chat rings here no more."""

    chat: ChatId
    reason: Annotated[
        Literal["accepted", "declined", "missed", "withdrawn"],
        Meta(
            description="``accepted`` and ``declined``: by you, in any tab; ``withdrawn``: taken by another, or over."
        ),
    ] = "missed"


class QueueChanged(Event, frozen=True, tag="queue_changed"):
    """A team's line has changed."""

    team: str
    title: str
    waiting: int
    longest_wait_s: int
    head: Annotated[
        ChatId | None, Meta(description="The chat that is next, for ``take``; absent when nobody waits.")
    ] = None


class AgentAssigned(Event, frozen=True, tag="assigned"):
    """A chat is yours."""

    chat: ChatId
    site: str
    team: str
    visitor: VisitorCard
    messages: list[Message]
    notes: list[Note] = []
    started_at: Time = ""
    delivered: Seq = 0
    seen: Seq = 0
    read: Seq = 0
    plan: Plan = None


class Noted(Event, frozen=True, tag="noted"):
    """A note was added; the acknowledgement of ``note``."""

    chat: ChatId
    n: int
    name: str
    text: str
    at: Time
    ref: str | None = None


class AgentRead(Event, frozen=True, tag="read"):
    """This agent has read everything up to ``seq`` in another tab."""

    chat: ChatId
    seq: Seq


class Visited(Event, frozen=True, tag="visited"):
    """The visitor moved to another page."""

    chat: ChatId
    page: Page


class VisitorLeft(Event, frozen=True, tag="visitor_left"):
    """The visitor's last tab is gone; the chat is erased at ``erase_at`` unless they come back."""

    chat: ChatId
    erase_at: Time


class VisitorBack(Event, frozen=True, tag="visitor_back"):
    """The visitor is back."""

    chat: ChatId


class Transferred(Event, frozen=True, tag="transferred"):
    """The chat is no longer yours: ``to`` is a team's name or an agent's. Drop every word of it."""

    chat: ChatId
    to: str


class Transferring(Event, frozen=True, tag="transferring"):
    """The chat is offered to ``to``, a team's title or an agent's name, until ``expires_at``; it stays yours meanwhile."""

    chat: ChatId
    to: str
    expires_at: Time


class TransferReturned(Event, frozen=True, tag="transfer_returned"):
    """Nobody took the chat: it stays yours."""

    chat: ChatId
    to: str
    reason: Literal["not_taken", "declined", "cancelled"]


class Watched(Event, frozen=True, tag="watched"):
    """The chat as it stands, for the supervisor who watches it; what happens in it follows."""

    chat: ChatId
    site: str
    team: str
    state: ChatState
    visitor: VisitorCard
    messages: list[Message]
    notes: list[Note] = []
    started_at: Time = ""
    delivered: Seq = 0
    seen: Seq = 0
    agent: str = ""
    joined: Annotated[bool, Meta(description="May speak in it.")] = False
    plan: Plan = None


class Unwatched(Event, frozen=True, tag="unwatched"):
    """The chat is no longer watched in this tab. Drop every word of it."""

    chat: ChatId


class ReplyDue(Event, frozen=True, tag="reply_due"):
    """The visitor has waited for a reply since ``since``, longer than the team allows."""

    chat: ChatId
    since: Time


class ReplyOverdue(Event, frozen=True, tag="reply_overdue"):
    """An agent leaves a visitor without a reply; for the supervisors."""

    chat: ChatId
    team: str
    agent: Annotated[str, Meta(description="The agent's name.")]
    since: Time


class Colleagues(Event, frozen=True, tag="colleagues"):
    """Who a chat could be handed to."""

    teams: list[TeamState]
    agents: list[AgentState]


class Board(Event, frozen=True, tag="board"):
    """Everything that goes on, for supervisors: every team, everyone signed in, every chat."""

    teams: list[TeamState]
    agents: list[AgentState]
    chats: Annotated[list[ChatEntry], Meta(description="At most 500: those who wait first, then the longest active.")]


class AgentEnded(Event, frozen=True, tag="ended"):
    """The chat is over."""

    chat: ChatId
    by: EndedBy


class AgentErased(Event, frozen=True, tag="erased"):
    """Every word of the chat is gone from the service; the console drops what it still shows."""

    chat: ChatId


class AgentTicketLeft(Event, frozen=True, tag="ticket_left"):
    """A ticket was filed from this chat, by either side."""

    chat: ChatId
    number: int
    ref: str | None = None


class TicketChanged(Event, frozen=True, tag="ticket_changed"):
    """A ticket is new or has changed."""

    site: str
    number: int


class CommentsChanged(Event, frozen=True, tag="comments_changed"):
    """A comment on a help article is new, or an agent has approved, withdrawn or removed one."""


class TicketDue(Event, frozen=True, tag="ticket_due"):
    """The answer promised in a ticket is due soon, or overdue: told once each, to its team and to who has it."""

    site: str
    number: int
    stage: Literal["soon", "overdue"]
    due_at: Time
    team: str | None = None
    assignee: Annotated[str | None, Meta(description="Id of who has it.")] = None


class TicketViewers(Event, frozen=True, tag="ticket_viewers"):
    """Who looks at the ticket this tab looks at, oneself too; sent again at each change."""

    site: str
    number: int
    agents: list[TicketViewer]


AgentEvent = (
    AgentWelcome
    | AvailabilityChanged
    | QueueChanged
    | AgentAssigned
    | Said
    | Noted
    | AgentRead
    | Typing
    | Delivered
    | Seen
    | Visited
    | VisitorLeft
    | VisitorBack
    | Offered
    | OfferExpired
    | Transferring
    | TransferReturned
    | Transferred
    | Watched
    | Unwatched
    | ReplyDue
    | ReplyOverdue
    | Colleagues
    | Board
    | AgentEnded
    | AgentErased
    | AgentTicketLeft
    | TicketChanged
    | CommentsChanged
    | TicketDue
    | TicketViewers
    | Failed
    | Pong
)


class SystemLine:
    """What ``text`` holds in a message by ``system``; the browser puts it in words (``name`` names the agent)."""

    JOINED = "joined"
    STEPPED_IN = "stepped_in"
    LEFT = "left"
    REQUEUED = "requeued"
    TRANSFERRING = "transferring"
    RETURNED = "returned"
    TICKET = "ticket"


encode = msgspec.json.Encoder().encode
decode_visitor = msgspec.json.Decoder(VisitorCommand).decode
decode_agent = msgspec.json.Decoder(AgentCommand).decode
