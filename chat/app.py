"""The HTTP application: routes, middleware, and the services that live as long as it does.

WebSockets are not here: uvicorn hands those connections to ``live.sockets`` directly, which finds the same services in
the lifespan state, under ``services``.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from chat.web import (
    access_api,
    contact_api,
    desk_api,
    file_api,
    health,
    help_api,
    help_feedback_api,
    help_pages,
    notification_api,
    pages,
    people_api,
    playground,
    request_api,
    site_api,
    sitemap,
    ticket_api,
)
from chat.web.body_limit import BodyLimit
from chat.web.headers import SecurityHeaders
from chat.web.host import OneHost
from chat.web.i18n import Catalogues
from chat.web.loader_words import loader_words
from chat.web.problems import HANDLERS
from chat.web.rendering import Rendering
from chat.web.request import State
from chat.web.static import LOADERS, Assets
from chat.web.websockets import Endpoints

if TYPE_CHECKING:
    from chat.services import Services


def create_app(
    services_factory: "Callable[[], AbstractAsyncContextManager[Services]]", locales: Iterable[str] = ()
) -> ASGIApp:
    """The application; ``services_factory`` opens everything when the server starts and closes it when it stops.

    ``locales`` are those of the sites: pseudo-locales are there only if one has asked for them.
    """
    catalogues = Catalogues.load(locales)
    assets = Assets(made=pages.panel_strings(catalogues) | loader_words(catalogues))
    rendering = Rendering(catalogues, assets)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[State]:
        async with services_factory() as services:
            endpoints = Endpoints(services)
            services.connections.endpoints |= {"/ws/visitor": endpoints.visitor, "/ws/agent": endpoints.agent}
            yield {"services": services, "rendering": rendering, "connections": services.connections}

    app = Starlette(
        routes=routes(assets),
        middleware=[Middleware(BodyLimit)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # it would answer with the address that the request says is ours
    return SecurityHeaders(OneHost(app))  # headers outermost, so that the answer to a mistake of ours has them too


def routes(assets: Assets) -> list[Route]:
    """Every path there is; ``docs/http.md`` tells of each."""
    return [
        *(Route(path, assets.serve_loader) for path in LOADERS),
        Route("/static/{version}/{path:path}", assets.serve),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", health.metrics),
        Route("/api/asyncapi.json", asyncapi),
        Route("/api/openapi.json", openapi),
        *pages.ROUTES,
        *playground.ROUTES,
        *people_api.ROUTES,
        *site_api.ROUTES,
        *request_api.ROUTES,
        *access_api.ROUTES,
        *contact_api.ROUTES,
        *notification_api.ROUTES,
        *ticket_api.ROUTES,
        *desk_api.ROUTES,
        *file_api.ROUTES,
        *help_api.ROUTES,
        *help_feedback_api.ROUTES,
        *sitemap.ROUTES,
        *help_pages.ROUTES,
        Route("/{path:path}/", without_slash),
    ]


async def without_slash(request: Request) -> Response:
    """``/{path}/``: the same without the slash, on this host whatever the path looks like."""
    path, query = request.path_params["path"].strip("/"), request.url.query
    return RedirectResponse(f"/{quote(path)}" + (f"?{query}" if query else ""))


async def asyncapi(_request: Request) -> Response:
    """The WebSocket protocol as an AsyncAPI document, generated from ``protocol.py``."""
    return _document("asyncapi.json")


async def openapi(_request: Request) -> Response:
    """The HTTP API as an OpenAPI document, generated from what the handlers say they take and give."""
    return _document("openapi.json")


def _document(name: str) -> Response:
    document = (files("chat.web") / name).read_bytes()
    return Response(document, media_type="application/json", headers={"Access-Control-Allow-Origin": "*"})
