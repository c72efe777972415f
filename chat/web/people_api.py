"""The JSON API of signing in and out, and of setting a password."""

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import Route

from chat.web.auth import COOKIE, clear_cookie, require_same_origin, set_cookie
from chat.web.request import Request, client_of, json_body


class Credentials(Struct, forbid_unknown_fields=True):
    """``code`` is reserved for a second factor."""

    email: str
    password: str
    code: str | None = None


class NewPassword(Struct, forbid_unknown_fields=True):
    """The token of a set-up link, and the password chosen."""

    token: str
    password: str


async def sign_in(request: Request) -> Response:
    """``POST /api/session`` → 204 with the cookie."""
    require_same_origin(request)
    given = await json_body(request, Credentials)
    services, address = request.state["services"], client_of(request).address
    await services.login_limit.attempt(given.email, address)
    agent = await services.agents.authenticate(given.email, given.password)
    await services.login_limit.succeeded(given.email, address)
    response = Response(status_code=204)
    set_cookie(request, response, await services.sessions.open(agent.id))
    return response


async def sign_out(request: Request) -> Response:
    """``DELETE /api/session`` → 204; closes this session's sockets on every node."""
    require_same_origin(request)
    if token := request.cookies.get(COOKIE):
        await request.state["services"].sessions.close(token)
    response = Response(status_code=204)
    clear_cookie(request, response)
    return response


async def set_up(request: Request) -> Response:
    """``POST /api/setup`` → 204; whoever was signed in with the old password is signed out."""
    require_same_origin(request)
    given = await json_body(request, NewPassword)
    services = request.state["services"]
    agent = await services.agents.set_password_by_token(given.token, given.password)
    await services.sessions.close_all(agent.id)
    return Response(status_code=204)


ROUTES = [
    Route("/api/session", sign_in, methods=["POST"]),
    Route("/api/session", sign_out, methods=["DELETE"]),
    Route("/api/setup", set_up, methods=["POST"]),
]
