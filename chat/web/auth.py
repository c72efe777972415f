"""Who is signed in, and whether a request comes from our own pages."""

import hmac

from starlette.responses import Response

from chat.errors import Refused
from chat.people.agents import Role
from chat.people.sessions import LONGEST, Session
from chat.web.request import Request, client_of, origin_of

COOKIE = "mayfly_session"
_RANK: dict[Role, int] = {"agent": 0, "supervisor": 1, "admin": 2}


async def find_session(request: Request) -> Session | None:
    """The session of the request's cookie, if it is good."""
    token = request.cookies.get(COOKIE)
    return await request.state["services"].sessions.find(token) if token else None


async def require_agent(request: Request, role: Role = "agent") -> Session:
    """The session of someone with at least ``role``. Raises ``Refused("not_signed_in" | "not_allowed")``."""
    session = await find_session(request)
    if session is None:
        raise Refused("not_signed_in", "sign in first")
    if _RANK[session.agent.role] < _RANK[role]:
        raise Refused("not_allowed", f"this needs the role {role}")
    return session


async def require_change_by_agent(request: Request, role: Role = "agent") -> Session:
    """The same for a request that changes something: it carries the token that only our own pages know."""
    session = await require_agent(request, role)
    given = request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Refused("csrf", "the X-CSRF-Token of the console's page is missing or wrong")
    return session


def require_same_origin(request: Request) -> None:
    """For requests that have no session yet, or end it: not from another site's page. Raises ``Refused("csrf")``.

    Browsers say where a request comes from and pages cannot lie about it; a program that says nothing is not a
    browser, and carries nobody's cookies.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site in ("same-origin", "none") or (site is None and origin in (None, origin_of(request))):
        return
    raise Refused("csrf", "this request comes from another site's page")


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Hand the session to the browser."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_secure(request),
    )


def clear_cookie(request: Request, response: Response) -> None:
    """Take it back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_secure(request))


def _secure(request: Request) -> bool:
    return origin_of(request).startswith("https:") or client_of(request).scheme == "https"
