"""The configuration: its shape, its defaults, and how it is read (TOML, then environment on top).

A struct per section; ``docs/settings.md`` and ``mayfly.example.toml`` are generated from the fields'
descriptions. Everything is checked in one go: every fault is reported with the key's full path.
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from chat.configfile import Reader, toml_file
from chat.contact_settings import SiteContacts
from chat.contradictions import SECRET_LENGTH, contradictions
from chat.errors import ConfigError
from chat.protocol import Channel
from chat.theme_settings import Invitation, Theme

Need = Literal["required", "optional", "absent"]
FileKind = Literal[
    "image", "video", "audio", "pdf", "text", "office", "archive", "calendar", "markup", "other"
]  # fmt: skip
Language = Literal["en", "es", "ru", "uk"]
SiteLocale = Literal["en", "es", "ru", "uk", "en-XA", "ar-XB"]
Position = Literal["bottom-right", "bottom-left", "top-right", "none"]
Scalar = bool | int | float | str
Wanted = Annotated[Scalar | list[Scalar], Meta(title="text, a number, true or false, or a list of them")]
When = Annotated[dict[str, Wanted], Meta(title='a table like { plan = "vip" }')]


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
            description="Let the allocator overwrite freed memory, so that erased words are gone from the process too. "
            "A message costs a tenth to a quarter more CPU."
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


class MailSettings(Struct, frozen=True):
    """Letters to customers and agents. Without smtp_url none are written, and nothing promises any; see docs/mail.md."""

    smtp_url: Annotated[
        str | None,
        Meta(description="smtp://user:password@host:587, or smtps://host for TLS from the start; absent: no letters."),
    ] = None
    starttls: Annotated[
        Literal["auto", "always", "never"],
        Meta(
            description="With smtp://. auto: where the server offers it, and always before a password leaves this machine."
        ),
    ] = "auto"
    sender: Annotated[
        str | None,
        Meta(description="Who letters are from: Support <support@example.com>; without a name the site's title is it."),
    ] = None

    @property
    def on(self) -> bool:
        """Whether letters are written."""
        return self.smtp_url is not None


class StorageSettings(Struct, frozen=True):
    """Files that come with requests and answers."""

    url: Annotated[
        str | None,
        Meta(
            description="s3://bucket/prefix?endpoint=…&region=…, for this installation alone; absent: the folder "
            "files in data_dir."
        ),
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
        float,
        Meta(
            gt=0,
            description="Clients ping after this much silence, and come back elsewhere after half as much again; the "
            "service gives up a client that is silent for two of them.",
        ),
    ] = 10
    missed_max: Annotated[
        int, Meta(ge=1, description="An agent who lets this many chats in a row ring in vain is set away.")
    ] = 3


class LimitSettings(Struct, frozen=True):
    """Against floods. Limits by address are generous (offices share one; of IPv6 a /64 counts), by visitor and chat tight."""

    chats_per_visitor_per_hour: Annotated[
        int,
        Meta(ge=1, description="New chats of one visitor whom the site vouches for; the address does not count then."),
    ] = 20
    chats_per_ip_per_hour: Annotated[
        int, Meta(ge=1, description="New chats from one address, of visitors nobody knows.")
    ] = 300
    tickets_per_ip_per_hour: Annotated[int, Meta(ge=1, description="New tickets from one address.")] = 100
    files_per_ip_per_hour: Annotated[int, Meta(ge=1, description="Files sent in from one address, agents' apart.")] = 60
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


class Calendar(Struct, frozen=True, kw_only=True):
    """Opening hours. Without a calendar a team is always open."""

    time_zone: Annotated[
        str, Meta(description="IANA name, or \"customer\": the visitor's own, else the browser's, else the site's.")
    ] = "UTC"
    open: Annotated[
        list[str],
        Meta(min_length=1, description='Ranges of local time, "mon-fri 08:00-20:00", also past midnight; or "always".'),
    ]
    closed: Annotated[
        list[str],
        Meta(
            title="a list of dates like 2027-01-01, or 01-01 for every year",
            description="Days on which it does not open.",
        ),
    ] = []


class Plan(Struct, frozen=True):
    """What a customer pays for. A visitor has the plan that their claim `plan` names."""

    calendar: Annotated[
        str | None, Meta(description="When the plan is served; a team is open for it while both calendars are.")
    ] = None
    first_response: Annotated[
        str | None,
        Meta(
            title="a time like 48h, or a range like 2h-4h",
            description="The promised first response to a request, in open hours (m, h).",
        ),
    ] = None
    next_response: Annotated[
        str | None,
        Meta(
            title="a time like 48h, or a range like 2h-4h",
            description="The same for every later message of the customer; absent: as first_response.",
        ),
    ] = None
    priority: Annotated[int, Meta(ge=0, le=99, description="Higher goes first in the line.")] = 0
    channels: Annotated[
        Annotated[list[Channel], Meta(min_length=1)] | None,
        Meta(description="What the panel offers; absent: everything."),
    ] = None
    team: Annotated[str | None, Meta(description="Takes the chats that no route takes; absent: the site's team.")] = (
        None
    )


class Team(Struct, frozen=True):
    """People who share a line."""

    title: Annotated[str, Meta(description="Shown to agents; default: the team's key.")] = ""
    calendar: Annotated[str | None, Meta(description="When the team works; absent: always.")] = None
    assignment: Annotated[
        Literal["auto", "accept"], Meta(description="auto: a chat is the agent's at once; accept: it rings first.")
    ] = "auto"
    accept_within_s: Annotated[
        float, Meta(gt=0, description="A chat rings this long at one agent, then at the next; it keeps its place.")
    ] = 30
    max_wait_s: Annotated[
        float,
        Meta(
            gt=0,
            description="After this wait a chat goes on to the next step of its route, if somebody is there; the "
            "visitor is offered the request form, keeping the place.",
        ),
    ] = 120
    max_waiting: Annotated[
        int,
        Meta(
            ge=0,
            description="Longest line; beyond it, and with nobody free, the next step of the route, or only the request form.",
        ),
    ] = 100
    overflow: Annotated[str | None, Meta(description="A team that comes after this one at the end of a route.")] = None
    fair_after_s: Annotated[
        float, Meta(gt=0, description="Who has waited this long is overtaken by nobody, whatever their priority.")
    ] = 600
    reply_within_s: Annotated[
        float,
        Meta(
            gt=0, description="A visitor left without an answer this long: the agent is told; after twice, supervisors."
        ),
    ] = 120


class Eligible(Struct, frozen=True):
    """Who may use the desk at all."""

    when: Annotated[
        list[When], Meta(title="a list of tables", description="One of these has to match; none: everybody may.")
    ] = []
    otherwise: Annotated[
        dict[str, str],
        Meta(title="a table of texts by locale", description="What the others are told: where to turn instead."),
    ] = {}


class Route(Struct, frozen=True, kw_only=True):
    """Where whom: the first route whose `when` matches is taken; without one, the plan's team, or else the site's."""

    when: Annotated[
        When,
        Meta(
            description="What has to match: claims of the identity, signed_in, topic, locale, page. A list: any of "
            "them; * stands for anything; empty: everybody."
        ),
    ] = {}
    to: Annotated[
        list[str],
        Meta(
            min_length=1,
            title='a list of "team:NAME" and "agent:{claim}"',
            description="Tried in turn; each is left when closed, away, or after its wait. agent:{claim} is the person "
            "whose e-mail address or id the claim holds.",
        ),
    ]
    priority: Annotated[Annotated[int, Meta(ge=0, le=99)] | None, Meta(description="In place of the plan's.")] = None


class ExtraField(Struct, frozen=True, kw_only=True):
    """A field of the site's own in the request form."""

    name: Annotated[
        str, Meta(pattern="^[a-z][a-z0-9_]{0,31}$", title="a name of a-z, 0-9 and _", description="Its key in the API.")
    ]
    label: Annotated[
        dict[str, str], Meta(title="a table of texts by locale", description="What stands over it, by locale.")
    ]
    options: Annotated[list[str], Meta(description="What can be chosen; absent: free text.")] = []
    required: bool = False


class SiteFiles(Struct, frozen=True):
    """What may be attached to a request or an answer."""

    max_mb: Annotated[int, Meta(ge=1, le=4096, description="MiB in one file.")] = 20
    kinds: Annotated[
        list[FileKind],
        Meta(
            min_length=1,
            description="By what is in the file, never by its name. markup is HTML, SVG and XML; other is everything "
            "else, programs and scripts too.",
        ),
    ] = field(default_factory=lambda: ["image", "video", "audio", "pdf", "text", "office", "archive", "calendar"])


class Site(Struct, frozen=True, kw_only=True):
    """A web site, or several that look alike, with the bubble on it. The key names it in the snippet and in addresses."""

    title: Annotated[str, Meta(description="Shown at the top of the panel.")]
    origins: Annotated[
        list[str],
        Meta(description="Origins of the host pages, e.g. https://www.example.com; they may frame the panel."),
    ]
    locales: Annotated[
        list[SiteLocale],
        Meta(
            min_length=1,
            description="Languages of the panel; the first is the fallback. en-XA (longer) and ar-XB (right to left) "
            "are made up, to check pages by.",
        ),
    ] = field(default_factory=lambda: ["en"])
    identity_secrets: Annotated[
        list[str], Meta(description="HS256 secrets of the site's identity tokens, 32 characters or more; all verify.")
    ] = []
    position: Annotated[
        Position, Meta(description="Corner of the bubble; none: only the page's own buttons open the panel.")
    ] = "bottom-right"
    theme: Theme = field(default_factory=Theme)
    invitations: list[Invitation] = []
    pre_chat: PreChat = field(default_factory=PreChat)
    topics: Annotated[list[str], Meta(description="Choices of the pre-chat and ticket form.")] = []
    request_types: Annotated[list[str], Meta(description="Types of a ticket.")] = []
    importance: Annotated[list[str], Meta(description="The customer's levels of importance, lowest first.")] = []
    fields: list[ExtraField] = []
    translations: Annotated[
        dict[Language, dict[str, str]],
        Meta(
            title="a table of words by locale",
            description="What visitors read in a language in place of a word of topics, request_types, importance or a "
            "field's options. Agents and tickets keep the word itself.",
        ),
    ] = field(default_factory=dict)
    files: SiteFiles = field(default_factory=SiteFiles)
    sneak_peek: Annotated[
        bool, Meta(description="Agents see what the visitor is typing before it is sent; the panel says so.")
    ] = False
    team: Annotated[str, Meta(description="The team that takes the chats that no route and no plan takes.")] = "support"
    time_zone: Annotated[str, Meta(description="IANA name; for visitors whose own is not known.")] = "UTC"
    articles: Annotated[
        str | None,
        Meta(description="Folder of help articles, relative to this file; see docs/articles.md. Absent: none."),
    ] = None
    search_report: Annotated[
        bool,
        Meta(
            description="Keep the words of searches that found no article, for agents to read; nobody's name or address."
        ),
    ] = False
    eligible: Eligible = field(default_factory=Eligible)
    contacts: SiteContacts = field(default_factory=SiteContacts)
    routes: list[Route] = []


class Settings(Struct, frozen=True):
    """The whole configuration."""

    server: Server = field(default_factory=Server)
    redis: RedisSettings = field(default_factory=RedisSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)

    @property
    def locales(self) -> set[str]:
        """Those of all sites."""
        return {locale for site in self.sites.values() for locale in site.locales}


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

DEFAULT_FILE = Path("mayfly.toml")
DEFAULT_TEAM = "support"
CONFIDENTIAL = frozenset({"secret_keys", "identity_secrets", "url", "smtp_url"})
FROM_ENVIRONMENT = ("server", "redis", "database", "storage", "mail", "chat", "limits")


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
    settings, faults = examine(path, environ)
    if faults:
        raise ConfigError(faults)
    return settings


def examine(
    path: Path | None, environ: Mapping[str, str], also: Callable[[Settings], Iterable[str]] = lambda _: ()
) -> tuple[Settings, list[str]]:
    """As ``read``, with every fault beside what could be read; ``also`` finds more of them.

    Raises ``ConfigError`` where there is no TOML to read.
    """
    reader = Reader(CONFIDENTIAL)
    table = toml_file(path) if path else {}
    reader.overrides(table, environ, Settings, FROM_ENVIRONMENT)
    settings: Settings = reader.struct("", table, Settings)
    teams = settings.teams or {DEFAULT_TEAM: Team()}
    titled = {key: msgspec.structs.replace(team, title=team.title or key) for key, team in teams.items()}
    sites = {key: _beside(path, site) for key, site in settings.sites.items()}
    settings = msgspec.structs.replace(settings, teams=titled, sites=sites)
    return settings, reader.beside([*contradictions(settings), *also(settings)])


def _beside(path: Path | None, site: Site) -> Site:
    """With the folder of articles and the theme's images as they are seen from here."""
    if path is None:
        return site
    theme, folder = site.theme, path.parent
    logo = theme.logo and str(folder / theme.logo)
    icon = theme.icon if theme.own_icon is None else str(folder / theme.icon)
    articles = site.articles and str(folder / site.articles)
    return msgspec.structs.replace(site, articles=articles, theme=msgspec.structs.replace(theme, logo=logo, icon=icon))


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
