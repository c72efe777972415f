"""The configuration: its shape, its defaults, and how it is read (TOML, then environment on top).

A struct per section; ``docs/settings.md`` and ``mayfly.example.toml`` are generated from the fields'
descriptions. Everything is checked in one go: every fault is reported with the key's full path.
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from re import fullmatch
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct, field

from chat.configfile import Reader, toml_file
from chat.errors import ConfigError

Need = Literal["required", "optional", "absent"]
Position = Literal["bottom-right", "bottom-left", "top-right", "none"]


class Server(Struct, frozen=True):
    """Where the service lives."""

    public_url: Annotated[
        str | None,
        Meta(
            description="Address browsers use, e.g. https://chat.example.com; absent: the request's own Host, for trying it out."
        ),
    ] = None
    data_dir: Annotated[str, Meta(description="Folder for SQLite and the generated secret key.")] = "data"
    secret_keys: Annotated[
        list[str],
        Meta(
            description="At least 32 characters each; the first signs and seals, all verify. Empty: one is made in data_dir."
        ),
    ] = []
    trusted_proxies: Annotated[
        list[str], Meta(description="Addresses whose X-Forwarded-For and -Proto are believed.")
    ] = []
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="Logs never hold words or personal data, at any level."),
    ] = "info"
    wipe_memory: Annotated[
        bool,
        Meta(
            description="Let the allocator overwrite freed memory, so that erased words are gone from the process too."
        ),
    ] = True


class RedisSettings(Struct, frozen=True):
    """The live state: queue, chats (sealed), presence."""

    url: Annotated[str | None, Meta(description="redis:// or rediss:// or unix://; absent: the embedded engine.")] = (
        None
    )
    buckets: Annotated[
        int,
        Meta(ge=1, le=1024, description="Hash slots the chats are spread over; more than 1 only for Redis Cluster."),
    ] = 1


class DatabaseSettings(Struct, frozen=True):
    """People and tickets."""

    url: Annotated[
        str | None,
        Meta(description="postgresql://user:password@host/name or sqlite:///file; absent: SQLite in data_dir."),
    ] = None


class ChatSettings(Struct, frozen=True):
    """How a chat behaves."""

    resume_grace_s: Annotated[
        float,
        Meta(gt=0, description="A chat outlives its last tab by this long, so that following a link does not end it."),
    ] = 30
    agent_grace_s: Annotated[
        float, Meta(gt=0, description="An agent who is gone longer gives their chats back to the head of the line.")
    ] = 15
    max_text: Annotated[int, Meta(ge=1, le=16000, description="Characters in one message.")] = 4000
    history_max: Annotated[int, Meta(ge=10, le=10000, description="Messages in one chat.")] = 500
    idle_end_s: Annotated[
        float, Meta(gt=0, description="A chat in which nobody has said anything for this long is ended.")
    ] = 3600
    heartbeat_s: Annotated[
        float, Meta(gt=0, description="Clients ping after this much silence; after two of them a connection is dead.")
    ] = 20


class LimitSettings(Struct, frozen=True):
    """Against floods. Limits by address are generous (offices share one), by visitor and chat tight."""

    chats_per_ip_per_hour: Annotated[int, Meta(ge=1, description="New chats from one address.")] = 60
    tickets_per_ip_per_hour: Annotated[int, Meta(ge=1, description="New tickets from one address.")] = 30
    messages_per_10s: Annotated[int, Meta(ge=1, description="Messages from one connection.")] = 20
    frames_per_10s: Annotated[
        int, Meta(ge=10, description="Frames of any kind from one connection, before it is closed.")
    ] = 300
    connections_per_ip: Annotated[int, Meta(ge=1, description="Open WebSockets from one address, per process.")] = 1000
    login_attempts: Annotated[
        int,
        Meta(
            ge=1, description="Wrong passwords for one account, or ten times as many from one address, in 15 minutes."
        ),
    ] = 5


class PreChat(Struct, frozen=True):
    """The fields of the form before a chat; each required, optional or absent."""

    name: Need = "optional"
    phone: Need = "absent"
    email: Need = "optional"
    question: Need = "required"
    topic: Need = "absent"


class Theme(Struct, frozen=True):
    """How the widget looks on this site."""

    accent: Annotated[
        str,
        Meta(
            pattern="^#[0-9a-fA-F]{6}$",
            description="Colour of bubble, buttons and own messages; text on it is black or white, whichever reads better.",
        ),
    ] = "#4f46e5"
    mode: Annotated[Literal["auto", "light", "dark"], Meta(description="auto follows the visitor's system.")] = "auto"


class Team(Struct, frozen=True):
    """People who share a line."""

    title: Annotated[str, Meta(description="Shown to agents; default: the team's key.")] = ""
    max_wait_s: Annotated[
        float, Meta(gt=0, description="After this wait the visitor is offered the request form, keeping the place.")
    ] = 120
    max_waiting: Annotated[int, Meta(ge=0, description="Longest line; beyond it only the request form is offered.")] = (
        100
    )


class Site(Struct, frozen=True, kw_only=True):
    """A web site, or several that look alike, with the bubble on it. The key names it in the snippet and in addresses."""

    title: Annotated[str, Meta(description="Shown at the top of the panel.")]
    origins: Annotated[
        list[str],
        Meta(description="Origins of the host pages, e.g. https://www.example.com; they may frame the panel."),
    ]
    locales: Annotated[
        list[Literal["en", "ru"]], Meta(min_length=1, description="Languages of the panel; the first is the fallback.")
    ] = field(default_factory=lambda: ["en"])
    identity_secrets: Annotated[
        list[str], Meta(description="HS256 secrets of the site's identity tokens, 32 characters or more; all verify.")
    ] = []
    position: Annotated[
        Position, Meta(description="Corner of the bubble; none: only the page's own buttons open the panel.")
    ] = "bottom-right"
    theme: Theme = field(default_factory=Theme)
    pre_chat: PreChat = field(default_factory=PreChat)
    topics: Annotated[list[str], Meta(description="Choices of the pre-chat and ticket form.")] = []
    request_types: Annotated[list[str], Meta(description="Types of a ticket.")] = []
    importance: Annotated[list[str], Meta(description="The customer's levels of importance, lowest first.")] = []
    sneak_peek: Annotated[
        bool, Meta(description="Agents see what the visitor is typing before it is sent; the panel says so.")
    ] = False
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


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

DEFAULT_FILE = Path("mayfly.toml")
DEFAULT_TEAM = "support"
FROM_ENVIRONMENT = ("server", "redis", "database", "chat", "limits")
CONFIDENTIAL = frozenset({"secret_keys", "identity_secrets", "url"})
SECRET_LENGTH = 32


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the configuration, and make the secret key in ``data_dir`` if none is configured.

    ``path`` is a TOML file, None for defaults; ``environ`` overrides it with ``MAYFLY_<SECTION>_<KEY>``.
    Raises ``ConfigError`` with every fault.
    """
    settings = read(path, environ)
    if settings.server.secret_keys:
        return settings
    server = msgspec.structs.replace(settings.server, secret_keys=[_kept_secret(Path(settings.server.data_dir))])
    return msgspec.structs.replace(settings, server=server)


def read(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """As ``load``, without writing anything: ``server.secret_keys`` may be empty."""
    reader = Reader(CONFIDENTIAL)
    table = toml_file(path) if path else {}
    reader.overrides(table, environ, Settings, FROM_ENVIRONMENT)
    settings: Settings = reader.struct("", table, Settings)
    teams = settings.teams or {DEFAULT_TEAM: Team()}
    titled = {key: msgspec.structs.replace(team, title=team.title or key) for key, team in teams.items()}
    settings = msgspec.structs.replace(settings, teams=titled)
    faults = reader.faults or list(_contradictions(settings))
    if faults:
        raise ConfigError(faults)
    return settings


# ── what one value alone cannot show ─────────────────────────────────────────────────────────────────────────────


def _contradictions(settings: Settings) -> Iterable[str]:
    server = settings.server
    if server.public_url is not None and not _is_origin(server.public_url):
        yield f"server.public_url: expected an origin like https://chat.example.com, without a path; got {server.public_url!r}"
    yield from _short("server.secret_keys", server.secret_keys)
    for number, address in enumerate(server.trusted_proxies):
        if not _parses(ip_network, address):
            yield f"server.trusted_proxies[{number}]: expected an address or network like 10.0.0.0/8; got {address!r}"
    yield from _scheme("redis.url", settings.redis.url, ("redis", "rediss", "unix"))
    yield from _scheme("database.url", settings.database.url, ("postgresql", "sqlite"))
    for key, site in settings.sites.items():
        for number, origin in enumerate(site.origins):
            if not _is_origin(origin):
                yield f"sites.{key}.origins[{number}]: expected an origin like https://www.example.com, without a path; got {origin!r}"
        yield from _short(f"sites.{key}.identity_secrets", site.identity_secrets)
        if site.team not in settings.teams:
            yield f"sites.{key}.team: expected one of {', '.join(settings.teams)}; got {site.team!r}"


def _short(path: str, keys: list[str]) -> Iterable[str]:
    for number, key in enumerate(keys):
        if len(key) < SECRET_LENGTH:
            yield f"{path}[{number}]: expected {SECRET_LENGTH} characters or more; got {len(key)} characters"


def _scheme(path: str, url: str | None, schemes: tuple[str, ...]) -> Iterable[str]:
    if url is not None and (not _parses(urlsplit, url) or urlsplit(url).scheme not in schemes or "://" not in url):
        yield f"{path}: expected an address that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}"


def _is_origin(text: str) -> bool:
    """Whether a browser would send ``text`` as an Origin (RFC 6454): scheme, host and port in lower case, no more."""
    return fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", text) is not None


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _kept_secret(folder: Path) -> str:
    """The service's own secret key, made once: a linked file appears whole or not at all, for one process of many."""
    kept = folder / "secret.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            handle, draft = tempfile.mkstemp(dir=folder)  # 0600
            try:
                with os.fdopen(handle, "w", encoding="ascii") as file:
                    file.write(secrets.token_urlsafe(48))
                os.link(draft, kept)
            except FileExistsError:
                pass  # another process was first
            finally:
                os.unlink(draft)
        secret = kept.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError([f"server.data_dir: {error.filename}: {error.strerror}"]) from error
    if len(secret) < SECRET_LENGTH:
        raise ConfigError([f"{kept}: expected {SECRET_LENGTH} characters or more; delete it to have another made"])
    return secret
