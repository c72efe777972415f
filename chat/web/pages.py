"""The pages: the panel for visitors, the console and its front door for agents, a ticket for whoever has its link."""

from typing import get_args
from urllib.parse import quote

import msgspec
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from chat.desk.files import MB
from chat.desk.kinds import accepted
from chat.desk.links import key_fits
from chat.errors import Refused
from chat.help.library import PUBLIC, Library
from chat.people.agents import as_self
from chat.protocol import VisitorCard
from chat.settings import FileKind, Settings, Site
from chat.web.auth import find_session
from chat.web.file_links import file_links
from chat.web.headers import app_policy
from chat.web.i18n import Catalogues, choose_locale, own_name
from chat.web.looks import choices_in, own_words, panel_theme
from chat.web.playground import dressed_site
from chat.web.queries import ticket_number
from chat.web.rendering import compressed, script_json
from chat.web.request import Request, locale_of, origin_of, site_of
from chat.web.ticket_views import own_whole

ASKED = ("name", "email", "phone", "topic", "question")
PANEL_WORDS = ("panel.", "form.optional", "form.choose")
REQUEST_WORDS = ("request.", "file.", "error.", "problem.", "page.status", "page.ticket.", "chat.system.")
PANEL_WORDS_LATER = (
    "chat.",
    "ticket.",
    "notice.",
    "requests.",
    "contacts.",
    "help.",
    "standing.",
    "menu",
    "form.",
    *REQUEST_WORDS,
)
TICKET_PAGE_WORDS = ("chat.weekdays", *REQUEST_WORDS)
CONSOLE_WORDS = ("console.", "chat.", "form.", "error.", "ticket.", "file.picture.")


def panel_strings(catalogues: Catalogues) -> dict[str, bytes]:
    """What the panel says and accepts only after its first form, by path: a module for each language, fetched while one types."""
    extensions = msgspec.json.encode({kind: accepted([kind]) for kind in get_args(FileKind)})
    words = {
        locale: msgspec.json.encode(catalogues.strings(locale, PANEL_WORDS_LATER)) for locale in catalogues.locales
    }
    return {
        f"panel/strings/{locale}.js": b"export default " + text + b";export const accepted = " + extensions + b";"
        for locale, text in words.items()
    }


async def panel(request: Request) -> Response:
    """``/panel/{site}``: the page inside the iframe. Only the site's own pages, and ours, may frame it."""
    key, site = dressed_site(request)
    rendering, settings = request.state["rendering"], request.state["services"].settings
    locale = choose_locale(request.query_params.get("locale"), request.headers.get("accept-language", ""), site.locales)
    photos = site.origins if site.contacts.people else ()
    policy = app_policy(origin_of(request), framed_by=site.origins, images_of=photos)
    headers = policy | {"Cross-Origin-Resource-Policy": "cross-origin"}
    admission = await request.state["services"].reception.admit(key, VisitorCard(locale=locale))
    known = _panel_config(key, site, locale, settings, rendering.catalogues)
    readers = _readers(request.state["services"].shelves.library(key))
    config = script_json(known | {"closed": not admission.open, "help": readers})
    page = rendering.page("panel.html", locale, headers, {"site": key, "title": site.title, "config": config})
    return compressed(page, request.headers.get("accept-encoding", ""))


async def notices(request: Request) -> Response:
    """``/panel/{site}/notices``: the page inside the iframe that waits for what support has to tell somebody identified."""
    key, site = dressed_site(request)
    rendering = request.state["rendering"]
    locale = choose_locale(request.query_params.get("locale"), request.headers.get("accept-language", ""), site.locales)
    policy = app_policy(origin_of(request), framed_by=site.origins)
    headers = policy | {"Cross-Origin-Resource-Policy": "cross-origin"}
    strings = rendering.catalogues.strings(locale, ("notification.",))
    config = {"site": key, "title": site.title, "locale": locale, "strings": strings, "theme": panel_theme(key, site)}
    page = rendering.page("notices.html", locale, headers, {"title": site.title, "config": script_json(config)})
    return compressed(page, request.headers.get("accept-encoding", ""))


async def console(request: Request) -> Response:
    """``/console`` and everything below it that the application draws itself; the front door for who is not signed in."""
    session = await find_session(request)
    if session is None:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/console/login?next={quote(wanted)}", 303, {"Cache-Control": "no-store"})
    rendering, locale = request.state["rendering"], locale_of(request)
    settings = request.state["services"].settings
    config = {
        "agent": as_self(session.agent),
        "csrf": session.csrf,
        "locale": locale,
        "origin": origin_of(request),
        "strings": rendering.catalogues.strings(locale, CONSOLE_WORDS),
        "sites": {key: _site_for_agents(site, locale, settings) for key, site in settings.sites.items()},
        "teams": {key: team.title or key for key, team in settings.teams.items()},
    }
    policy = app_policy(origin_of(request))
    return rendering.page("console.html", locale, policy, {"config": script_json(config), "csrf": session.csrf})


async def login(request: Request) -> Response:
    """``/console/login``; ``next`` is a path below ``/console`` to go on to."""
    wanted = request.query_params.get("next", "")
    target = wanted if wanted == "/console" or wanted.startswith("/console/") else "/console"
    if await find_session(request) is not None:
        return RedirectResponse(target, 303, {"Cache-Control": "no-store"})
    return _plain(request, "login.html", {"next": target})


async def forgot(request: Request) -> Response:
    """``/console/forgot``: ask for a new link by mail, or, where there is none, who makes one."""
    return _plain(request, "forgot.html", {"mail": request.state["services"].settings.mail.on})


async def setup(request: Request) -> Response:
    """``/console/setup?token=…``: set a password with a one-time link."""
    token = request.query_params.get("token", "")
    agent = await request.state["services"].agents.find_by_token(token)
    if agent is None:
        return _plain(request, "setup.html", {"valid": False, "mail": request.state["services"].settings.mail.on})
    welcome = {"valid": True, "name": agent.name, "email": agent.email, "token": token}
    return _plain(request, "setup.html", welcome)


async def ticket(request: Request) -> Response:
    """``/tickets/{site}/{number}?key=…``: the requester reads the ticket."""
    key, site = site_of(request)
    number = ticket_number(request)
    services = request.state["services"]
    found = await services.tickets.get(key, number)
    if not key_fits(services.settings.server.secret_keys, found, request.query_params.get("key", "")):
        raise Refused("not_found", "there is no such ticket, or the key is wrong")
    locale = choose_locale(request.query_params.get("lang"), request.headers.get("accept-language", ""), site.locales)
    catalogues = request.state["rendering"].catalogues
    labels = {str(one["name"]): one["label"] for one in _own_fields(site, locale)}
    config = {"site": key, "number": number, "labels": labels, "files": _file_limits(site)}
    values = {
        "ticket": own_whole(found, file_links(request)),
        "key": request.query_params["key"],
        "labels": labels,
        "choices": choices_in(site, locale),
        "site_title": site.title,
        "mode": site.theme.mode,
        "languages": _languages(site),
        "config": script_json(
            config
            | {
                "theme": panel_theme(key, site),
                "strings": catalogues.strings(locale, TICKET_PAGE_WORDS),
                "choices": choices_in(site, locale),
            }
        ),
    }
    headers = app_policy(origin_of(request)) | {"Referrer-Policy": "no-referrer"}
    return request.state["rendering"].page("ticket.html", locale, headers, values)


async def front(request: Request) -> Response:
    """``/``: nothing of its own; on to what there is."""
    target = "/demo" if request.state["services"].demo_agents else "/console"
    return RedirectResponse(target, 303, {"Cache-Control": "no-store"})


ROUTES = [
    Route("/", front),
    Route("/panel/{site}", panel),
    Route("/panel/{site}/notices", notices),
    Route("/console/login", login),
    Route("/console/forgot", forgot),
    Route("/console/setup", setup),
    Route("/console", console),
    Route("/console/board", console),
    Route("/console/help", console),
    Route("/console/help/{tab}", console),
    Route("/console/tickets", console),
    Route("/console/tickets/{site}/{number:int}", console),
    Route("/tickets/{site}/{number:int}", ticket),
]


def _plain(request: Request, template: str, values: dict[str, object]) -> Response:
    policy = app_policy(origin_of(request))
    return request.state["rendering"].page(template, locale_of(request), policy, values)


def _languages(site: Site) -> list[tuple[str, str]]:
    """Its languages, each by its own name."""
    return [(tag, own_name(tag)) for tag in site.locales]


def _choices(site: Site) -> dict[str, object]:
    return {"topics": site.topics, "request_types": site.request_types, "importance": site.importance}


def _file_limits(site: Site) -> dict[str, object]:
    """What a browser should hold back before it is refused; ``accept`` as an ``<input>`` has it. 0 bytes: no files."""
    return {"max_bytes": site.files.max_mb * MB if site.files.kinds else 0, "accept": accepted(site.files.kinds)}


def _own_fields(site: Site, locale: str) -> list[dict[str, object]]:
    """The site's own fields of the request form, in one language."""
    return [
        {
            "name": one.name,
            "label": one.label.get(locale) or next(iter(one.label.values()), one.name),
            "options": one.options,
            "required": one.required,
        }
        for one in site.fields
    ]


def _site_for_agents(site: Site, locale: str, settings: Settings) -> dict[str, object]:
    """What tickets of this site can be, and how its own fields are called."""
    labels = {one["name"]: one["label"] for one in _own_fields(site, locale)}
    return _choices(site) | {
        "title": site.title,
        "fields": labels,
        "files": _file_limits(site),
        "letters": settings.mail.on,
        "help": bool(site.articles),
        "search_report": site.search_report,
    }


def _asked(site: Site) -> list[str]:
    """The words of the fields that the form before a chat has."""
    fields = [one for one in ASKED if getattr(site.pre_chat, one) != "absent"]
    return [f"form.{part}{one}" for one in fields for part in ("", "fault.")]


def _kinds_of_contacts(site: Site) -> list[str]:
    """Which there are, so that nobody is sent to an empty page."""
    return [kind for kind, each in msgspec.structs.asdict(site.contacts).items() if each]


def _readers(library: Library) -> str | None:
    """Whom the site has articles for: everybody, only some whose identity tells, or nobody."""
    return ("all" if library.shelf("", PUBLIC) else "some") if library.articles else None


def _panel_config(key: str, site: Site, locale: str, settings: Settings, catalogues: Catalogues) -> dict[str, object]:
    return _choices(site) | {
        "site": key,
        "title": site.title,
        "locale": locale,
        "locales": site.locales,
        "strings": {locale: catalogues.strings(locale, (*PANEL_WORDS, *_asked(site))) | own_words(site, locale)},
        "choices": choices_in(site, locale),
        "pre_chat": msgspec.to_builtins(site.pre_chat),
        "sneak_peek": site.sneak_peek,
        "theme": panel_theme(key, site),
        "fields": _own_fields(site, locale),
        "files": {"max_bytes": _file_limits(site)["max_bytes"], "kinds": site.files.kinds},
        "max_text": settings.chat.max_text,
        "mail": settings.mail.on,
        "contacts": _kinds_of_contacts(site),
    }
