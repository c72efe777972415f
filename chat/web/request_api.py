"""The JSON API for people with a request: they file it, follow it, answer, and say when it is done."""

import contextlib
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct, structs
from redis.exceptions import RedisError
from starlette.responses import Response
from starlette.routing import Route

from chat.desk.exchange import Words, by_customer
from chat.desk.form import NewTicket, checked
from chat.desk.links import key_fits, ticket_key, ticket_link
from chat.desk.records import Ticket
from chat.desk.requester import Requester, claimed_email, same_requester
from chat.errors import Refused
from chat.live import keys
from chat.live.cards import first_card
from chat.live.conversations import not_eligible
from chat.live.limits import count_from
from chat.people.emails import normalise
from chat.people.identity import Identity, verify
from chat.protocol import VERSION, VisitorCard, VisitorHello
from chat.web.file_links import file_links
from chat.web.forms import Ref, form_with_file
from chat.web.operations import operation
from chat.web.queries import read_filter, ticket_number
from chat.web.request import Request, client_of, json_answer, json_body, origin_of, site_of
from chat.web.ticket_views import OwnSummary, OwnWhole, own_summary, own_whole


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
    fields: dict[str, str] = {}
    file: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    ref: str | None = None


class Filed(Struct):
    """The answer to a filed request: what the requester needs to come back to it, and what is promised."""

    number: int
    key: str
    link: str
    reply_within: str | None
    reply_by: datetime | None


class OwnListed(Struct):
    """A page of the list; ``next`` is the ``cursor`` of the following one."""

    tickets: list[OwnSummary]
    next: str | None


class Answer(Struct, forbid_unknown_fields=True):
    """A reply as it is sent in."""

    text: str
    ref: Ref
    file: str | None = None


class Settled(Struct, forbid_unknown_fields=True):
    """It is done, or it is not."""

    status: Literal["solved", "open"]


@operation(takes=TicketForm, gives=Filed, status=201, form=True, upload=True)
async def file(request: Request) -> Response:
    """``POST /api/sites/{site}/tickets`` (multipart or JSON) → 201; with ``Authorization: Bearer`` as that requester."""
    key, _ = site_of(request)
    vouched = vouched_for(request)
    async with form_with_file(request, TicketForm, key, counted=True) as given:
        if isinstance(vouched, str) and not given.email:
            given = structs.replace(given, email=vouched)
        return json_answer(await _file(request, given, vouched), 201)


@operation(who="requester", gives=OwnListed, query=("topic", "status", "q", "from", "to", "cursor"))
async def list_own(request: Request) -> Response:
    """``GET /api/sites/{site}/tickets?topic=&status=&q=&from=&to=&cursor=``: one's own, last updated first."""
    requester = requester_of(request)
    if requester is None:
        raise Refused("not_signed_in", "send the identity as Authorization: Bearer")
    wanted = read_filter(request, "topic", "status", "q")
    queues, cursor = request.state["services"].queues, request.query_params.get("cursor")
    page = await queues.list_of(requester, wanted, cursor=cursor)
    return json_answer(OwnListed([own_summary(ticket) for ticket in page.tickets], page.next))


@operation(who="key", gives=OwnWhole)
async def read_own(request: Request) -> Response:
    """``GET /api/sites/{site}/tickets/{number}``: the whole exchange."""
    ticket = await _own_ticket(request)
    if "key" not in request.query_params and (requester := requester_of(request)) is not None:
        await request.state["services"].notifications.ticket_read(requester, ticket)
    merged_into = None
    if ticket.merged_into is not None:
        other = await request.state["services"].tickets.get(ticket.site, ticket.merged_into)
        merged_into = other.number if same_requester(ticket, other) else None
    return json_answer(own_whole(ticket, file_links(request), merged_into))


@operation(who="key", takes=Answer, gives=OwnWhole, status=201, form=True, upload=True)
async def reply(request: Request) -> Response:
    """``POST /api/sites/{site}/tickets/{number}/replies``: an answer, which opens the ticket again if it was over."""
    ticket = await _own_ticket(request)
    async with form_with_file(request, Answer, ticket.site, counted=True) as given:
        await _within_limit(request)
        words = Words(ref=f"customer {given.ref}", text=given.text, file=given.file)
        exchange = request.state["services"].exchange
        replied = await exchange.reply(ticket.site, ticket.number, by_customer(ticket), words)
        return json_answer(own_whole(replied, file_links(request)), 201)


@operation(who="key", takes=Settled, gives=OwnWhole)
async def settle(request: Request) -> Response:
    """``PATCH /api/sites/{site}/tickets/{number}`` with ``status``: solved, thank you; or open, it is not."""
    ticket = await _own_ticket(request)
    given = await json_body(request, Settled)
    await _within_limit(request)
    ref = f"customer {secrets.token_hex(8)}"
    settled = await request.state["services"].exchange.settle(
        ticket.site, ticket.number, by_customer(ticket), given.status, ref=ref
    )
    return json_answer(own_whole(settled, file_links(request)))


ROUTES = [
    Route("/api/sites/{site}/tickets", file, methods=["POST"]),
    Route("/api/sites/{site}/tickets", list_own, methods=["GET"]),
    Route("/api/sites/{site}/tickets/{number:int}", read_own, methods=["GET"]),
    Route("/api/sites/{site}/tickets/{number:int}", settle, methods=["PATCH"]),
    Route("/api/sites/{site}/tickets/{number:int}/replies", reply, methods=["POST"]),
]


async def _file(request: Request, given: TicketForm, vouched: Identity | str | None) -> Filed:
    key, site = site_of(request)
    identity = vouched if isinstance(vouched, Identity) else None
    proven = claimed_email(identity.claims) if identity is not None else vouched
    services = request.state["services"]
    card = _card(given, identity)
    admission = await services.reception.admit(key, card)
    if admission.refused is not None:
        raise not_eligible(admission.refused)
    if admission.channels is not None and "form" not in admission.channels:
        raise Refused("not_allowed", "the plan does not offer requests")
    fields = structs.asdict(given) | {"time_zone": card.time_zone}
    fields |= {name: fields[name] or getattr(card, name) for name in ("name", "email", "phone")}
    fields.pop("ref")
    new = NewTicket(
        site=key,
        dedupe=_dedupe(given),
        channel="form",
        sub=identity.sub if identity else None,
        email_vouched=proven is not None and proven == normalise(fields["email"] or ""),
        plan=admission.plan,
        team=admission.steps[0].team if admission.steps else None,
        **fields,
    )
    new = checked(new, site)
    await _within_limit(request)
    filed = await services.tickets.file(new)
    secret = services.settings.server.secret_keys[0]
    link = ticket_link(origin_of(request), secret, filed)
    return Filed(filed.number, ticket_key(secret, filed), link, admission.reply_within, filed.due_at)


def requester_of(request: Request) -> Requester | None:
    """Whoever the request vouches for. Raises Refused for an identity that is bad, or that names nobody."""
    key, _ = site_of(request)
    match vouched_for(request):
        case None:
            return None
        case str(email):
            return Requester(key, email=email)
        case identity if isinstance(identity.sub, str) and identity.sub:
            return Requester(key, sub=identity.sub, email=claimed_email(identity.claims))
    raise Refused("identity_invalid", "the identity has no sub, so nothing can be found for it")


def vouched_for(request: Request) -> Identity | str | None:
    """The identity that came with the request, or the e-mail address that a mailed code has proven."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    key, site = site_of(request)
    return request.state["services"].access.email_of(token, key) or verify(token, site)


async def _own_ticket(request: Request) -> Ticket:
    """The ticket in the path, for its requester or whoever has its key. Raises ``Refused("not_found")``."""
    key, _ = site_of(request)
    services = request.state["services"]
    given = request.query_params.get("key")
    requester = requester_of(request) if given is None else None
    if given is not None or requester is not None:
        ticket = await services.tickets.get(key, ticket_number(request))
        fits = given is not None and key_fits(services.settings.server.secret_keys, ticket, given)
        if fits or (requester is not None and requester.is_of(ticket)):
            return ticket
    raise Refused("not_found", "there is no such ticket, or the key is wrong")


def _card(given: TicketForm, identity: Identity | None) -> VisitorCard:
    hello = VisitorHello(protocol=VERSION, locale=given.locale, time_zone=given.time_zone)
    return msgspec.structs.replace(first_card(hello, identity.claims if identity else None), topic=given.topic)


def _dedupe(given: TicketForm) -> str:
    """The same request with the same ref is the same ticket. Somebody else's ref with other words opens nothing.

    A file that is sent again is another upload, but the same request.
    """
    if given.ref is None:
        return f"form:{secrets.token_hex(16)}"
    return f"form:{sha256(msgspec.json.encode(structs.replace(given, file=None))).hexdigest()}"


async def _within_limit(request: Request) -> None:
    """Only so many an hour from one address. Without Redis nobody counts: a request is what is left to leave then."""
    services, address = request.state["services"], client_of(request).address
    most = services.settings.limits.tickets_per_ip_per_hour
    with contextlib.suppress(RedisError):
        await count_from(services.redis, keys.tickets_from, address, most, "tickets")
