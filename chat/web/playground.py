"""``/demo``: a made-up company's page with the bubble, and a playground on it that tries every desk and look.

All choices are parameters of the page's address, so that it can be shared and driven. Those that change the look go on to
look and panel by the loader's own query. Only the demo reads them: a real site looks as its settings say.
"""

import re
import secrets
from collections.abc import Collection, Sequence
from typing import get_args
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.routing import Route

from chat.demo import PLANS, SITE, STAGES, demo_identity
from chat.errors import Refused
from chat.settings import Language, Position, Site
from chat.theme_settings import Icon, Mode, Shape, Theme
from chat.web.headers import demo_policy
from chat.web.i18n import choose_locale, own_name
from chat.web.looks import ICONS
from chat.web.request import Request, origin_of, site_of

LOOK = ("mode", "accent", "shape", "icon", "position")
ACCENTS = ("0f766e", "1d4ed8", "7c3aed", "e11d48", "ea580c", "facc15", "0f172a")


class Choices(Struct, frozen=True):
    """What the playground shows: each is a parameter of ``/demo``. ``playground=off`` leaves it out of the page."""

    desk: str
    mode: str
    accent: str
    shape: str
    icon: str
    position: str
    who: str
    plan: str | None
    stage: str | None
    playground: str

    def look(self, asked: Collection[str]) -> str:
        """What the loader passes on to look and panel: ``?`` and what was ``asked`` for, or nothing."""
        query = urlencode({name: getattr(self, name) for name in LOOK if name in asked})
        return query and f"?{query}"


def dressed_site(request: Request) -> tuple[str, Site]:
    """As ``site_of``; in the demo with the look that the request's parameters ask for."""
    key, site = site_of(request)
    if request.state["services"].demo_agents:
        site = _dressed(site, request.query_params)
    return key, site


async def demo(request: Request) -> Response:
    """``/demo``, only where ``mayfly demo`` has prepared one."""
    services = request.state["services"]
    if not services.demo_agents:
        raise Refused("not_found", "there is a demo page only in the demo")
    settings, query = services.settings, request.query_params
    key = _one_of(query.get("desk"), settings.sites, SITE)
    site = _dressed(settings.sites[key], query)
    languages = tuple(dict.fromkeys([*get_args(Language), *site.locales]))  # made-up ones, too
    locale = choose_locale(query.get("lang"), request.headers.get("accept-language", ""), languages)
    chosen = Choices(
        desk=key,
        mode=site.theme.mode,
        accent=site.theme.accent.removeprefix("#"),
        shape=site.theme.shape,
        icon=site.theme.icon,
        position=site.position,
        who=_one_of(query.get("who"), ("nobody", "customer"), "nobody"),
        plan=_first_or(query.get("plan"), PLANS.get(key, ())),
        stage=_first_or(query.get("stage"), STAGES.get(key, ())),
        playground=_one_of(query.get("playground"), ("on", "off"), "on"),
    )
    identity = demo_identity(settings, key, chosen.plan, chosen.stage) if chosen.who == "customer" else None
    nonce, origin = secrets.token_urlsafe(16), origin_of(request)
    values = {
        "site": key,
        "nonce": nonce,
        "origin": origin,
        "console_url": f"{origin}/console",
        "agents": services.demo_agents,
        "languages": [(tag, own_name(tag)) for tag in languages],
        "chosen": chosen,
        "identity": identity,
        "look": chosen.look(query.keys()),
        "open": bool(query.keys() - {"lang", "playground"}),
        "desks": list(settings.sites),
        "accents": ACCENTS if chosen.accent in ACCENTS else (*ACCENTS, chosen.accent),
        "shapes": get_args(Shape),
        "icons": ICONS,
        "modes": get_args(Mode),
        "positions": get_args(Position),
        "plans": PLANS,
        "stages": STAGES,
        "toml": _as_toml(key, site),
    }
    return request.state["rendering"].page("demo.html", locale, demo_policy(nonce), values)


ROUTES = [Route("/demo", demo)]


def _dressed(site: Site, query: QueryParams) -> Site:
    theme = site.theme
    accent = query.get("accent", "").removeprefix("#").lower()
    return msgspec.structs.replace(
        site,
        position=_one_of(query.get("position"), get_args(Position), site.position),
        theme=msgspec.structs.replace(
            theme,
            mode=_one_of(query.get("mode"), get_args(Mode), theme.mode),
            accent=f"#{accent}" if re.fullmatch("[0-9a-f]{6}", accent) else theme.accent,
            shape=_one_of(query.get("shape"), get_args(Shape), theme.shape),
            icon=_one_of(query.get("icon"), get_args(Icon), theme.icon),
        ),
    )


def _one_of(asked: str | None, known: "Sequence[str] | dict[str, Site]", otherwise: str) -> str:
    return asked if asked is not None and asked in known else otherwise


def _first_or(asked: str | None, known: Sequence[str]) -> str | None:
    return _one_of(asked, known, known[0]) if known else None


def _as_toml(key: str, site: Site) -> str:
    """What ``mayfly.toml`` would hold for this look: what is not as it is by default."""
    usual = Theme()
    names = ("accent", "mode", "shape", "icon")
    theme = [
        f'{name} = "{getattr(site.theme, name)}"' for name in names if getattr(site.theme, name) != getattr(usual, name)
    ]
    place = [f'position = "{site.position}"'] if site.position != "bottom-right" else []
    own = [f"[sites.{key}]", *place, ""] if place else []
    return "\n".join([*own, f"[sites.{key}.theme]", *theme])
