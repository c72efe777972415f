"""What a host page may ask about its site: whether somebody is there, and what the bubble looks like."""

from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from chat.errors import Refused
from chat.live.cards import first_card
from chat.protocol import VERSION, VisitorAvailability, VisitorHello
from chat.theme_settings import IMAGES
from chat.web.looks import bubble_look
from chat.web.operations import operation
from chat.web.playground import dressed_site
from chat.web.rendering import js_string
from chat.web.request import Request, json_answer, origin_of, site_of


class Status(Struct):
    """Whether somebody is there. Times are RFC 3339 in UTC; ``opens_at`` only while it is closed, ``closes_at`` only while it is open."""

    availability: VisitorAvailability
    opens_at: str | None
    reopens_at: str | None
    closes_at: str | None
    reply_within: str | None
    reply_by: str | None


IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG that somebody opens as a page of its own runs nothing."""

FOR_ANY_PAGE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@operation(gives=Status, query=("time_zone",))
async def status(request: Request) -> Response:
    """``GET /api/sites/{site}/status``: availability, opening times and promised reply, for somebody not signed in.

    ``?time_zone=`` is the reader's, for desks that are open by their customers' clocks.
    """
    key, _ = site_of(request)
    card = first_card(VisitorHello(protocol=VERSION, time_zone=request.query_params.get("time_zone")), None)
    greeting = await request.state["services"].live.conversations.greet(key, card)
    told = Status(
        availability=greeting.availability,
        opens_at=greeting.reopens_at,
        reopens_at=greeting.reopens_at,
        closes_at=greeting.closes_at,
        reply_within=greeting.reply_within,
        reply_by=greeting.reply_by,
    )
    answer = json_answer(told)
    answer.headers.update(FOR_ANY_PAGE)
    return answer


@operation(gives="text/javascript")
async def look(request: Request) -> Response:
    """``GET /api/sites/{site}/look.js``: the bubble's look, as a script.

    A classic script that only writes its own ``data-look``: it needs nothing of a strict host page's CSP but the
    nonce that the loader passes on, where a ``fetch`` would need ``connect-src``.
    """
    key, site = dressed_site(request)
    origins = [*site.origins, origin_of(request)] if site.origins else []
    described = msgspec.json.encode(
        bubble_look(key, site, request.state["rendering"].catalogues) | {"origins": origins}
    )
    body = f"document.currentScript.dataset.look={js_string(described.decode())};".encode()
    headers = FOR_ANY_PAGE | {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=300",
        "ETag": f'"{sha256(body).hexdigest()[:16]}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers)


@operation(gives="text/javascript", query=("time_zone",))
async def free(request: Request) -> Response:
    """``GET /api/sites/{site}/free.js``: how many agents are free for somebody not signed in, as a script like ``look.js``."""
    key, _ = site_of(request)
    card = first_card(VisitorHello(protocol=VERSION, time_zone=request.query_params.get("time_zone")), None)
    greeting = await request.state["services"].live.conversations.greet(key, card)
    count = greeting.free if greeting.availability == "online" else 0
    headers = FOR_ANY_PAGE | {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-store"}
    return Response(f"document.currentScript.dataset.free='{count}';", headers=headers)


@operation(gives="image/*")
async def icon(request: Request) -> Response:
    """``GET /api/sites/{site}/icon``: the site's own image on the bubble."""
    _, site = site_of(request)
    return _image(site.theme.own_icon)


@operation(gives="image/*")
async def logo(request: Request) -> Response:
    """``GET /api/sites/{site}/logo``: the site's own image in the panel's head."""
    _, site = site_of(request)
    return _image(None if site.theme.logo is None else Path(site.theme.logo))


def _image(path: Path | None) -> Response:
    if path is None:
        raise Refused("not_found", "the site has no such image")
    headers = FOR_ANY_PAGE | {"Cache-Control": "public, max-age=300", "Content-Security-Policy": IMAGE_POLICY}
    return FileResponse(path, headers=headers, media_type=IMAGES[path.suffix.lower()])


ROUTES = [
    Route("/api/sites/{site}/free.js", free),
    Route("/api/sites/{site}/icon", icon),
    Route("/api/sites/{site}/logo", logo),
    Route("/api/sites/{site}/status", status),
    Route("/api/sites/{site}/look.js", look),
]
