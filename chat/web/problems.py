"""What goes wrong becomes one of two answers: a problem document (RFC 9457) for programs, a page for people."""

import math
from http import HTTPStatus

import msgspec
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ExceptionHandler

from chat.errors import ERRORS, MayflyError, Unavailable
from chat.web.headers import app_policy
from chat.web.request import Request, locale_of, origin_of

FOR_PROGRAMS = ("/api/", "/static/", "/widget.js", "/widget/", "/healthz", "/readyz", "/metrics")
CODES = {400: "invalid", 404: "not_found", 405: "not_allowed", 413: "too_long", 415: "invalid"}


class FieldFault(msgspec.Struct):
    """What is wrong with one field of a form: a stable ``code``, and words."""

    field: str
    code: str
    message: str


class Problem(msgspec.Struct, omit_defaults=True):
    """The problem document. ``code`` is a key of ``errors.ERRORS``, or ``internal``; ``told`` the site's own words."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[FieldFault] = []
    retry_after_s: float | None = None
    told: str | None = None


async def refused(request: Request, fault: MayflyError) -> Response:
    """Any refusal of ours."""
    status = ERRORS[fault.code].http
    t = request.state["rendering"].catalogues.translate(locale_of(request))
    errors = [FieldFault(field, code, t(f"problem.field.{code}")) for field, code in fault.fields.items()]
    return _answer(request, status, fault.code, fault.message, errors, fault.retry_after_s, fault.told)


async def failed(request: Request, fault: HTTPException) -> Response:
    """A refusal of the framework's: no such path, no such method, a body too large."""
    code = CODES.get(fault.status_code, "invalid")
    response = _answer(request, fault.status_code, code, fault.detail)
    response.headers.update(fault.headers or {})
    if fault.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(_methods_here(request))
    return response


def _methods_here(request: Request) -> list[str]:
    """Of all routes of this path: the framework names only those of the first (RFC 9110, 15.5.6)."""
    here = (one for one in request.app.routes if one.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for one in here for method in one.methods or ()})


async def without_redis(request: Request, _fault: Exception) -> Response:
    """Redis is away, where there is no doing without it."""
    return await refused(request, Unavailable())


async def broken(request: Request, _fault: Exception) -> Response:
    """A mistake of ours: logged by the server, told to nobody."""
    response = _answer(request, 500, "internal", "something broke on our side")
    response.headers["Connection"] = "close"  # as the server does after a mistake: nobody should send more on it
    return response


def problem(
    status: int,
    code: str,
    detail: str,
    errors: list[FieldFault] | None = None,
    retry_after_s: float | None = None,
    told: str | None = None,
) -> Response:
    """A problem document, with Retry-After when waiting helps."""
    body = Problem(
        type=f"urn:mayfly:error:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors=errors or [],
        retry_after_s=retry_after_s,
        told=told,
    )
    headers = {"Cache-Control": "no-store"}
    if retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(retry_after_s))
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


def _answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    errors: list[FieldFault] | None = None,
    retry_after_s: float | None = None,
    told: str | None = None,
) -> Response:
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(FOR_PROGRAMS):
        rendering = request.state["rendering"]
        policy = app_policy(origin_of(request))
        return rendering.page("error.html", locale_of(request), policy, {"status": status}, status)
    return problem(status, code, detail, errors, retry_after_s, told)


HANDLERS: dict[type[Exception], ExceptionHandler] = {
    MayflyError: refused,  # type: ignore[dict-item]
    HTTPException: failed,  # type: ignore[dict-item]
    RedisError: without_redis,  # type: ignore[dict-item]
    Exception: broken,  # type: ignore[dict-item]
}
