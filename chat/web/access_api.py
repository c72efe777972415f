"""The JSON API for who has no identity: a code by letter, and what it is exchanged for."""

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import Route

from chat.desk.access import Pass
from chat.web.i18n import choose_locale
from chat.web.operations import operation
from chat.web.request import Request, client_of, json_answer, json_body, site_of


class CodeWanted(Struct, forbid_unknown_fields=True):
    """Whose requests somebody wants to see."""

    email: str
    locale: str | None = None


class CodeGiven(Struct, forbid_unknown_fields=True):
    """The code that was mailed there."""

    email: str
    code: str


@operation(takes=CodeWanted, status=204)
async def ask_code(request: Request) -> Response:
    """``POST /api/sites/{site}/codes`` {email} → 204, whether or not there are requests: a code is mailed there."""
    key, site = site_of(request)
    given = await json_body(request, CodeWanted)
    locale = choose_locale(given.locale, request.headers.get("accept-language", ""), site.locales)
    await request.state["services"].access.ask(key, given.email, ip=client_of(request).address, locale=locale)
    return Response(status_code=204)


@operation(takes=CodeGiven, gives=Pass)
async def redeem_code(request: Request) -> Response:
    """``POST /api/sites/{site}/access`` {email, code} → the token that opens all requests of the address for a day."""
    key, _ = site_of(request)
    given = await json_body(request, CodeGiven)
    access = request.state["services"].access
    return json_answer(await access.redeem(key, given.email, given.code, ip=client_of(request).address))


ROUTES = [
    Route("/api/sites/{site}/codes", ask_code, methods=["POST"]),
    Route("/api/sites/{site}/access", redeem_code, methods=["POST"]),
]
