"""The JSON API of signing in and out, and of setting a password."""

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import Route

from chat.desk.mail.outbox import Outbox
from chat.errors import Refused
from chat.live.limits import count_from
from chat.people import keys
from chat.people.agents import RESET_LIFETIME, Agents, setup_link
from chat.people.emails import is_email, normalise
from chat.web.auth import COOKIE, clear_cookie, require_same_origin, set_cookie
from chat.web.operations import operation
from chat.web.request import Request, client_of, json_body, locale_of, origin_of

RESETS_PER_EMAIL = 3
RESETS_PER_IP = 20


class Credentials(Struct, forbid_unknown_fields=True):
    """``code`` is reserved for a second factor."""

    email: str
    password: str
    code: str | None = None


class NewPassword(Struct, forbid_unknown_fields=True):
    """The token of a set-up link, and the password chosen."""

    token: str
    password: str


class Forgotten(Struct, forbid_unknown_fields=True):
    """Whose password is not remembered."""

    email: str


@operation(takes=Credentials, status=204)
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


@operation(status=204)
async def sign_out(request: Request) -> Response:
    """``DELETE /api/session`` → 204; closes this session's sockets on every node."""
    require_same_origin(request)
    if token := request.cookies.get(COOKIE):
        await request.state["services"].sessions.close(token)
    response = Response(status_code=204)
    clear_cookie(request, response)
    return response


@operation(takes=NewPassword, status=204)
async def set_up(request: Request) -> Response:
    """``POST /api/setup`` → 204; whoever was signed in with the old password is signed out."""
    require_same_origin(request)
    given = await json_body(request, NewPassword)
    services = request.state["services"]
    agent = await services.agents.set_password_by_token(given.token, given.password)
    await services.sessions.close_all(agent.id)
    return Response(status_code=204)


@operation(takes=Forgotten, status=204)
async def forgot(request: Request) -> Response:
    """``POST /api/forgot`` → 204, whether or not there is such an account: a link to set a new password is mailed."""
    require_same_origin(request)
    email = (await json_body(request, Forgotten)).email.strip()
    services = request.state["services"]
    if services.outbox is None:
        raise Refused("not_found", "this service sends no mail; an administrator makes the link")
    if not is_email(email):
        raise Refused("invalid", "this is not an e-mail address", fields={"email": "not_an_email"})
    await count_from(services.redis, keys.resets_from, client_of(request).address, RESETS_PER_IP, "links")
    await count_from(services.redis, keys.resets_to, normalise(email), RESETS_PER_EMAIL, "links")
    # Behind the answer, which then takes as long for an account as for none.
    mailing = _mail_reset(services.agents, services.outbox, email, origin_of(request), locale_of(request))
    services.live.background.start(mailing)
    return Response(status_code=204)


ROUTES = [
    Route("/api/forgot", forgot, methods=["POST"]),
    Route("/api/session", sign_in, methods=["POST"]),
    Route("/api/session", sign_out, methods=["DELETE"]),
    Route("/api/setup", set_up, methods=["POST"]),
]


async def _mail_reset(agents: Agents, outbox: Outbox, email: str, origin: str, locale: str) -> None:
    agent = await agents.find_by_email(email)
    if agent is not None and not agent.disabled:
        link = setup_link(origin, await agents.another_token(agent.id))
        await outbox.mail_password("reset", agent.email, agent.name, link, RESET_LIFETIME, locale)
