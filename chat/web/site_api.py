"""What a host page may ask about its site: whether somebody is there, and what the bubble looks like."""

from hashlib import sha256

import msgspec
from msgspec import Struct
from starlette.responses import Response
from starlette.routing import Route

from chat.live.cards import first_card
from chat.protocol import VERSION, VisitorAvailability, VisitorHello
from chat.web.colour import text_on
from chat.web.operations import operation
from chat.web.request import Request, json_answer, site_of


class Status(Struct):
    """Whether somebody is there. Times are RFC 3339 in UTC; ``opens_at`` only while it is closed, ``closes_at`` only while it is open."""

    availability: VisitorAvailability
    opens_at: str | None
    reopens_at: str | None
    closes_at: str | None
    reply_within: str | None
    reply_by: str | None


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
    _, site = site_of(request)
    catalogues = request.state["rendering"].catalogues
    described = msgspec.json.encode(
        {
            "title": site.title,
            "position": site.position,
            "accent": site.theme.accent,
            "accent_text": text_on(site.theme.accent),
            "mode": site.theme.mode,
            "locales": site.locales,
            "label": {locale: catalogues.translate(locale)("bubble.label") for locale in site.locales},
        }
    )
    body = f"document.currentScript.dataset.look={_js_string(described.decode())};".encode()
    headers = FOR_ANY_PAGE | {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=300",
        "ETag": f'"{sha256(body).hexdigest()[:16]}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers)


ROUTES = [
    Route("/api/sites/{site}/status", status),
    Route("/api/sites/{site}/look.js", look),
]


def _js_string(text: str) -> str:
    """A single-quoted JavaScript string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("<", "\\x3c")
    return "'" + escaped.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "'"
