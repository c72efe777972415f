"""The JSON API of tickets: filed and read by their requester, listed and changed by agents."""

import contextlib
import secrets
from datetime import datetime
from hashlib import sha256
from typing import cast, get_args

from msgspec import Struct, structs
from redis.exceptions import RedisError
from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from chat.desk.form import NewTicket, TranscriptLine, checked
from chat.desk.links import key_fits, ticket_key, ticket_link
from chat.desk.tickets import Status, Ticket
from chat.errors import Refused
from chat.live import keys
from chat.live.limits import count_from
from chat.people.identity import verify
from chat.protocol import encode
from chat.web.auth import require_agent, require_change_by_agent
from chat.web.request import Request, client_of, json_body, origin_of, site_of

LARGEST_NUMBER = 2**31 - 1
"""What the databases' integers hold."""


class TicketForm(Struct, forbid_unknown_fields=True):
    """A request as it is sent in. ``ref``, the client's own id for it, makes sending it again harmless."""

    subject: str = ""
    body: str = ""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    request_type: str | None = None
    topic: str | None = None
    importance: str | None = None
    ref: str | None = None


class Filed(Struct):
    """The answer to a filed request: what the requester needs to come back to it."""

    number: int
    key: str
    link: str


class Requester(Struct):
    """Whom the ticket is for."""

    name: str | None
    email: str | None
    phone: str | None


class Summary(Struct):
    """A ticket in the list."""

    site: str
    number: int
    subject: str
    status: Status
    topic: str | None
    request_type: str | None
    importance: str | None
    requester: Requester
    created_at: datetime
    updated_at: datetime
    agent: str | None


class Whole(Summary):
    """A ticket with all that was kept."""

    body: str
    transcript: list[TranscriptLine] | None


class Listed(Struct):
    """A page of the list; ``next`` is the ``cursor`` of the following one."""

    tickets: list[Summary]
    next: str | None


class Changes(Struct, forbid_unknown_fields=True):
    """What an agent may set."""

    status: Status | None = None
    topic: str | None = None


async def file(request: Request) -> Response:
    """``POST /api/sites/{site}/tickets`` (multipart or JSON) → 201; with ``Authorization: Bearer`` as that identity."""
    key, site = site_of(request)
    services = request.state["services"]
    given = await _read_form(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    sub = verify(token, site).sub if scheme.lower() == "bearer" else None
    fields = structs.asdict(given)
    fields.pop("ref")
    new = checked(NewTicket(site=key, dedupe=_dedupe(given), channel="form", sub=sub, **fields), site)
    await _within_limit(request)
    filed = await services.tickets.file(new)
    secret = services.settings.server.secret_keys[0]
    link = ticket_link(origin_of(request), secret, key, filed.number)
    return _json(Filed(filed.number, ticket_key(secret, key, filed.number), link), 201)


async def read_by_key(request: Request) -> Response:
    """``GET /api/sites/{site}/tickets/{number}?key=``: the requester's view."""
    key, _ = site_of(request)
    number = request.path_params["number"]
    services = request.state["services"]
    if not key_fits(services.settings.server.secret_keys, key, number, request.query_params.get("key", "")):
        raise Refused("not_found", "there is no such ticket, or the key is wrong")
    return _json(_whole(await services.tickets.get(key, number)))


async def list_for_agent(request: Request) -> Response:
    """``GET /api/tickets?status=&site=&q=&cursor=``: last changed first."""
    await require_agent(request)
    query = request.query_params
    page = await request.state["services"].tickets.list(
        site=query.get("site"),
        status=_status(query.get("status")),
        q=query.get("q"),
        cursor=query.get("cursor"),
    )
    return _json(Listed([_summary(ticket) for ticket in page.tickets], page.next))


async def read_for_agent(request: Request) -> Response:
    """``GET /api/tickets/{number}?site=``: everything that was kept."""
    await require_agent(request)
    return _json(_whole(await request.state["services"].tickets.get(*_named(request))))


async def change(request: Request) -> Response:
    """``PATCH /api/tickets/{number}?site=`` with ``status`` or ``topic``."""
    await require_change_by_agent(request)
    changes = await json_body(request, Changes)
    site, number = _named(request)
    ticket = await request.state["services"].tickets.change(site, number, status=changes.status, topic=changes.topic)
    return _json(_whole(ticket))


ROUTES = [
    Route("/api/sites/{site}/tickets", file, methods=["POST"]),
    Route("/api/sites/{site}/tickets/{number:int}", read_by_key),
    Route("/api/tickets", list_for_agent),
    Route("/api/tickets/{number:int}", read_for_agent, methods=["GET"]),
    Route("/api/tickets/{number:int}", change, methods=["PATCH"]),
]


async def _read_form(request: Request) -> TicketForm:
    if request.headers.get("content-type", "").startswith("application/json"):
        return await json_body(request, TicketForm)
    async with request.form(max_files=0, max_fields=len(TicketForm.__struct_fields__)) as form:
        return _from_fields(form)


def _from_fields(form: FormData) -> TicketForm:
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if unknown := sorted(set(fields) - set(TicketForm.__struct_fields__)):
        raise Refused("invalid", "unknown fields", fields=dict.fromkeys(unknown, "unknown"))
    return TicketForm(**fields)


def _dedupe(given: TicketForm) -> str:
    """The same request with the same ref is the same ticket. Somebody else's ref with other words opens nothing."""
    if given.ref is None:
        return f"form:{secrets.token_hex(16)}"
    return f"form:{sha256(encode(given)).hexdigest()}"


async def _within_limit(request: Request) -> None:
    """Only so many an hour from one address. Without Redis nobody counts: a request is what is left to leave then."""
    services, address = request.state["services"], client_of(request).address
    most = services.settings.limits.tickets_per_ip_per_hour
    with contextlib.suppress(RedisError):
        await count_from(services.redis, keys.tickets_from, address, most, "tickets")


def _status(text: str | None) -> Status | None:
    if text and text not in get_args(Status):
        raise Refused("invalid", "no such status", fields={"status": "not_a_choice"})
    return cast(Status, text) if text else None


def _named(request: Request) -> tuple[str, int]:
    site = request.query_params.get("site")
    if not site:
        raise Refused("invalid", "name the site: numbers are counted per site", fields={"site": "required"})
    number = request.path_params["number"]
    if number > LARGEST_NUMBER:
        raise Refused("not_found", "there is no such ticket")
    return site, number


def _summary(ticket: Ticket) -> Summary:
    return Summary(
        site=ticket.site,
        number=ticket.number,
        subject=ticket.subject,
        status=ticket.status,
        topic=ticket.topic,
        request_type=ticket.request_type,
        importance=ticket.importance,
        requester=Requester(ticket.name, ticket.email, ticket.phone),
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        agent=ticket.agent,
    )


def _whole(ticket: Ticket) -> Whole:
    summary = structs.asdict(_summary(ticket))
    return Whole(**summary, body=ticket.body, transcript=ticket.transcript)


def _json(value: Struct, status: int = 200) -> Response:
    return Response(encode(value), status, {"Cache-Control": "no-store"}, "application/json")
