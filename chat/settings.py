"""The configuration: its shape, its defaults, and how it is read (TOML, then environment on top).

A struct per section; ``docs/settings.md`` and ``mayfly.example.toml`` are generated from the fields'
descriptions. Everything is checked in one go: every fault is reported with the key's full path.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Need = Literal["required", "optional", "absent"]
Position = Literal["bottom-right", "bottom-left", "top-right", "none"]


class Server(Struct, frozen=True):
    """Where the service lives."""

    public_url: Annotated[str | None, Meta(description="Address browsers use, e.g. https://chat.example.com; absent: the request's own Host, for trying it out.")] = None
    data_dir: Annotated[str, Meta(description="Folder for SQLite and the generated secret key.")] = "data"
    secret_keys: Annotated[list[str], Meta(description="At least 32 characters each; the first signs and seals, all verify. Empty: one is made in data_dir.")] = []
    trusted_proxies: Annotated[list[str], Meta(description="Addresses whose X-Forwarded-For and -Proto are believed.")] = []
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="Logs never hold words or personal data, at any level.")] = "info"
    wipe_memory: Annotated[bool, Meta(description="Let the allocator overwrite freed memory, so that erased words are gone from the process too.")] = True


class RedisSettings(Struct, frozen=True):
    """The live state: queue, chats (sealed), presence."""

    url: Annotated[str | None, Meta(description="redis:// or rediss:// or unix://; absent: the embedded engine.")] = None
    buckets: Annotated[int, Meta(ge=1, le=1024, description="Hash slots the chats are spread over; more than 1 only for Redis Cluster.")] = 1


class DatabaseSettings(Struct, frozen=True):
    """People and tickets."""

    url: Annotated[str | None, Meta(description="postgresql://user:password@host/name or sqlite:///file; absent: SQLite in data_dir.")] = None


class ChatSettings(Struct, frozen=True):
    """How a chat behaves."""

    resume_grace_s: Annotated[float, Meta(gt=0, description="A chat outlives its last tab by this long, so that following a link does not end it.")] = 30
    agent_grace_s: Annotated[float, Meta(gt=0, description="An agent who is gone longer gives their chats back to the head of the line.")] = 15
    max_text: Annotated[int, Meta(ge=1, le=16000, description="Characters in one message.")] = 4000
    history_max: Annotated[int, Meta(ge=10, le=10000, description="Messages in one chat.")] = 500
    idle_end_s: Annotated[float, Meta(gt=0, description="A chat in which nobody has said anything for this long is ended.")] = 3600
    heartbeat_s: Annotated[float, Meta(gt=0, description="Clients ping after this much silence; after two of them a connection is dead.")] = 20


class LimitSettings(Struct, frozen=True):
    """Against floods. Limits by address are generous (offices share one), by visitor and chat tight."""

    chats_per_ip_per_hour: Annotated[int, Meta(ge=1, description="New chats from one address.")] = 60
    tickets_per_ip_per_hour: Annotated[int, Meta(ge=1, description="New tickets from one address.")] = 30
    messages_per_10s: Annotated[int, Meta(ge=1, description="Messages from one connection.")] = 20
    frames_per_10s: Annotated[int, Meta(ge=10, description="Frames of any kind from one connection, before it is closed.")] = 300
    connections_per_ip: Annotated[int, Meta(ge=1, description="Open WebSockets from one address, per process.")] = 1000
    login_attempts: Annotated[int, Meta(ge=1, description="Wrong passwords for one account, or ten times as many from one address, in 15 minutes.")] = 5


class PreChat(Struct, frozen=True):
    """The fields of the form before a chat; each required, optional or absent."""

    name: Need = "optional"
    phone: Need = "absent"
    email: Need = "optional"
    question: Need = "required"
    topic: Need = "absent"


class Theme(Struct, frozen=True):
    """How the widget looks on this site."""

    accent: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$", description="Colour of bubble, buttons and own messages; text on it is black or white, whichever reads better.")] = "#4f46e5"
    mode: Annotated[Literal["auto", "light", "dark"], Meta(description="auto follows the visitor's system.")] = "auto"


class Team(Struct, frozen=True):
    """People who share a line."""

    title: Annotated[str, Meta(description="Shown to agents; default: the team's key.")] = ""
    max_wait_s: Annotated[float, Meta(gt=0, description="After this wait the visitor is offered the request form, keeping the place.")] = 120
    max_waiting: Annotated[int, Meta(ge=0, description="Longest line; beyond it only the request form is offered.")] = 100


class Site(Struct, frozen=True, kw_only=True):
    """A web site, or several that look alike, with the bubble on it."""

    title: Annotated[str, Meta(description="Shown at the top of the panel.")]
    origins: Annotated[list[str], Meta(description="Origins of the host pages, e.g. https://www.example.com; they may frame the panel.")]
    locales: Annotated[list[Literal["en", "ru"]], Meta(min_length=1, description="Languages of the panel; the first is the fallback.")] = field(default_factory=lambda: ["en"])
    identity_secrets: Annotated[list[str], Meta(description="HS256 secrets of the site's identity tokens, 32 characters or more; all verify.")] = []
    position: Annotated[Position, Meta(description="Corner of the bubble; none: only the page's own buttons open the panel.")] = "bottom-right"
    theme: Theme = field(default_factory=Theme)
    pre_chat: PreChat = field(default_factory=PreChat)
    topics: Annotated[list[str], Meta(description="Choices of the pre-chat and ticket form.")] = []
    request_types: Annotated[list[str], Meta(description="Types of a ticket.")] = []
    importance: Annotated[list[str], Meta(description="The customer's levels of importance, lowest first.")] = []
    sneak_peek: Annotated[bool, Meta(description="Agents see what the visitor is typing before it is sent; the panel says so.")] = False
    team: Annotated[str, Meta(description="The team that takes this site's chats.")] = "support"


class Settings(Struct, frozen=True):
    """The whole configuration."""

    server: Server = field(default_factory=Server)
    redis: RedisSettings = field(default_factory=RedisSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    teams: dict[str, Team] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
