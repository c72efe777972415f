"""What every handler gets: the request with its typed lifespan state, and who is asking."""

from typing import TYPE_CHECKING, TypedDict, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response

from chat.errors import Refused
from chat.live.connections import Connections
from chat.settings import Site
from chat.web.client import Client, joined, own_origin, seen_client
from chat.web.i18n import choose_locale
from chat.web.rendering import Rendering

if TYPE_CHECKING:
    from chat.services import Services

Body = TypeVar("Body")


class State(TypedDict):
    """What lives as long as the application."""

    services: "Services"
    rendering: Rendering
    connections: Connections


Request = StarletteRequest[State]


def client_of(request: Request) -> Client:
    """The browser's own address and scheme."""
    settings = request.state["services"].settings
    peer = request.client.host if request.client else ""
    return seen_client(peer, request.scope["scheme"], joined(request.headers.items()), settings.server.trusted_proxies)


def origin_of(request: Request) -> str:
    """The origin under which this browser knows us."""
    scheme = client_of(request).scheme
    return own_origin(request.state["services"].settings, scheme, request.headers.get("host", ""))


def locale_of(request: Request) -> str:
    """The language of a page that is ours alone: ``?lang=``, or what the browser prefers of all there are."""
    available = request.state["rendering"].catalogues.locales
    return choose_locale(request.query_params.get("lang"), request.headers.get("accept-language", ""), available)


def site_of(request: Request) -> tuple[str, Site]:
    """The site named in the path, with its key. Raises ``Refused("unknown_site")``."""
    key = request.path_params["site"]
    site = request.state["services"].settings.sites.get(key)
    if site is None:
        raise Refused("unknown_site", "there is no such site in the configuration")
    return key, site


def json_answer(value: object, status: int = 200) -> Response:
    """``value`` as JSON, for nobody to keep."""
    return Response(msgspec.json.encode(value), status, {"Cache-Control": "no-store"}, "application/json")


def media_type_of(request: Request) -> str:
    """What the body says it is, in lower case and without parameters."""
    return str(request.headers.get("content-type", "")).split(";")[0].strip().lower()


async def json_body(request: Request, kind: type[Body]) -> Body:
    """The body as ``kind``. Only real JSON is read: what a foreign form can send without a preflight is refused."""
    if media_type_of(request) != "application/json":
        raise HTTPException(415, "send application/json")
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as fault:
        raise Refused("invalid", str(fault)) from None
    except (msgspec.DecodeError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
