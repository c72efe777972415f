"""The JSON API of the desk: agents list, read, answer and change tickets, and file them for others."""

import secrets

from msgspec import Struct, structs
from starlette.responses import Response
from starlette.routing import Route

from chat.desk.course import Status
from chat.desk.exchange import Changes, Words, by_agent
from chat.desk.form import NewTicket
from chat.desk.queues import Queue, Viewer
from chat.desk.requester import same_requester
from chat.errors import MayflyError, Refused
from chat.people.agents import Agent
from chat.web.auth import require_agent, require_change_by_agent
from chat.web.file_links import file_links
from chat.web.forms import Ref, form_with_file
from chat.web.operations import operation
from chat.web.queries import Number, read_filter, ticket_number
from chat.web.request import Request, json_answer, json_body
from chat.web.ticket_views import Summary, Whole, summary, whole

FILTERS = ("queue", "site", "status", "topic", "request_type", "team", "assignee", "priority", "q")
MOST_AT_ONCE = 100


class Listed(Struct):
    """A page of the list; ``next`` is the ``cursor`` of the following one."""

    tickets: list[Summary]
    next: str | None


class Counts(Struct):
    """How many tickets wait in each queue."""

    queues: dict[Queue, int]


class Change(Changes, frozen=True, kw_only=True):
    """What an agent sets. With the ``version`` they have seen, it is refused when there is a newer one."""

    version: int | None = None
    ref: Ref | None = None


class Named(Struct, forbid_unknown_fields=True):
    """One of several tickets, with the ``version`` that was seen of it, if that shall count."""

    site: str
    number: Number
    version: int | None = None


class ManyChanges(Changes, frozen=True, kw_only=True):
    """What is set in every one of ``tickets``."""

    tickets: list[Named]
    ref: Ref | None = None


class NotChanged(Struct):
    """One of several that stayed as it was: why, and the fields at fault with their codes."""

    site: str
    number: int
    code: str
    fields: dict[str, str]


class ManyChanged(Struct):
    """What became of several tickets: the numbers of those that are as was asked, and the others."""

    changed: list[int]
    failed: list[NotChanged]


class Merge(Struct, forbid_unknown_fields=True):
    """The ticket, of the same site, that a duplicate goes into."""

    into: Number
    ref: Ref


class Comparison(Struct):
    """What a merge would do: what was said in the ticket of the ``same_requester`` goes over to them, else as notes."""

    same_requester: bool


class Reply(Struct, forbid_unknown_fields=True):
    """An answer, and how it leaves the ticket."""

    text: str
    ref: Ref
    status: Status = "pending"
    file: str | None = None
    version: int | None = None


class Note(Struct, forbid_unknown_fields=True):
    """Words among agents."""

    text: str
    ref: Ref
    file: str | None = None


class DeskTicket(Struct, forbid_unknown_fields=True, kw_only=True):
    """A ticket for somebody else: ``phone`` for a caller who asks, ``desk`` for a customer whom support asks.

    Without a ``plan`` it has that of the requester's latest ticket.
    """

    site: str
    channel: str
    ref: Ref
    subject: str = ""
    body: str = ""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    sub: str | None = None
    request_type: str | None = None
    topic: str | None = None
    importance: str | None = None
    plan: str | None = None
    team: str | None = None
    locale: str | None = None
    fields: dict[str, str] = {}
    file: str | None = None


@operation(who="agent", gives=Listed, query=(*FILTERS, "from", "to", "cursor"))
async def list_for_agent(request: Request) -> Response:
    """``GET /api/tickets?queue=&site=&…&q=&from=&to=&cursor=``."""
    session = await require_agent(request)
    wanted = read_filter(request, *FILTERS)
    page = await request.state["services"].queues.list(
        wanted, _viewer(session.agent), cursor=request.query_params.get("cursor")
    )
    return json_answer(Listed([summary(ticket) for ticket in page.tickets], page.next))


@operation(who="agent", gives=Counts)
async def count(request: Request) -> Response:
    """``GET /api/tickets/counts``: how many wait in each queue."""
    session = await require_agent(request)
    return json_answer(Counts(await request.state["services"].queues.count(_viewer(session.agent))))


@operation(who="agent", gives=Whole, query=("site!",))
async def read_for_agent(request: Request) -> Response:
    """``GET /api/tickets/{number}?site=``: everything that was kept."""
    await require_agent(request)
    return json_answer(whole(await request.state["services"].tickets.get(*_named(request)), file_links(request)))


@operation(who="agent", takes=Change, gives=Whole, query=("site!",))
async def change(request: Request) -> Response:
    """``PATCH /api/tickets/{number}?site=`` with what to set."""
    session = await require_change_by_agent(request)
    given = await json_body(request, Change)
    site, number = _named(request)
    changed = await request.state["services"].exchange.change(
        site,
        number,
        by_agent(session.agent),
        _changes(given),
        ref=_ref(session.agent, given.ref),
        version=given.version,
    )
    return json_answer(whole(changed, file_links(request)))


@operation(who="agent", takes=ManyChanges, gives=ManyChanged)
async def change_many(request: Request) -> Response:
    """``PATCH /api/tickets``: the same for up to 100 tickets, each by itself: what fails in one stops no other."""
    session = await require_change_by_agent(request)
    given = await json_body(request, ManyChanges)
    if not 0 < len(given.tickets) <= MOST_AT_ONCE:
        fault = "too_long" if given.tickets else "required"
        raise Refused("invalid", f"name 1 to {MOST_AT_ONCE} tickets", fields={"tickets": fault})
    exchange, by, changes = request.state["services"].exchange, by_agent(session.agent), _changes(given)
    ref = _ref(session.agent, given.ref)
    done = ManyChanged([], [])
    for one in given.tickets:
        try:
            await exchange.change(one.site, one.number, by, changes, ref=ref, version=one.version)
            done.changed.append(one.number)
        except MayflyError as error:
            done.failed.append(NotChanged(one.site, one.number, error.code, error.fields))
    return json_answer(done)


@operation(who="agent", takes=Reply, gives=Whole, status=201, query=("site!",), form=True, upload=True)
async def reply(request: Request) -> Response:
    """``POST /api/tickets/{number}/replies?site=``: an answer to the customer."""
    session = await require_change_by_agent(request)
    site, number = _named(request)
    async with form_with_file(request, Reply, site, counted=False) as given:
        words = Words(ref=_ref(session.agent, given.ref), text=given.text, file=given.file)
        replied = await request.state["services"].exchange.reply(
            site, number, by_agent(session.agent), words, status=given.status, version=given.version
        )
        return json_answer(whole(replied, file_links(request)), 201)


@operation(who="agent", takes=Note, gives=Whole, status=201, query=("site!",), form=True, upload=True)
async def note(request: Request) -> Response:
    """``POST /api/tickets/{number}/notes?site=``: words among agents."""
    session = await require_change_by_agent(request)
    site, number = _named(request)
    async with form_with_file(request, Note, site, counted=False) as given:
        words = Words(ref=_ref(session.agent, given.ref), text=given.text, file=given.file)
        noted = await request.state["services"].exchange.note(site, number, by_agent(session.agent), words)
        return json_answer(whole(noted, file_links(request)), 201)


@operation(who="agent", takes=Merge, gives=Whole, query=("site!",))
async def merge(request: Request) -> Response:
    """``POST /api/tickets/{number}/merge?site=``: it is a duplicate; the answer is the ticket it went into."""
    session = await require_change_by_agent(request)
    given = await json_body(request, Merge)
    site, number = _named(request)
    by, ref = by_agent(session.agent), _ref(session.agent, given.ref)
    return json_answer(
        whole(await request.state["services"].merging.merge(site, number, given.into, by, ref=ref), file_links(request))
    )


@operation(who="agent", gives=Comparison, query=("site!", "into!"))
async def compare(request: Request) -> Response:
    """``GET /api/tickets/{number}/merge?site=&into=``: what it would do, before it is done."""
    await require_agent(request)
    site, number = _named(request)
    tickets = request.state["services"].tickets
    ticket, into = await tickets.get(site, number), await tickets.get(site, _into(request))
    return json_answer(Comparison(same_requester(ticket, into)))


@operation(who="agent", takes=DeskTicket, gives=Whole, status=201, form=True, upload=True)
async def file(request: Request) -> Response:
    """``POST /api/tickets`` → 201: a ticket for a caller, or one that support opens towards a customer."""
    session = await require_change_by_agent(request)
    site = request.query_params.get("site") or None
    async with form_with_file(request, DeskTicket, site, counted=False) as given:
        filed = await request.state["services"].tickets.file(_desk_ticket(request, session.agent, given))
        return json_answer(whole(filed, file_links(request)), 201)


ROUTES = [
    Route("/api/tickets", list_for_agent, methods=["GET"]),
    Route("/api/tickets", file, methods=["POST"]),
    Route("/api/tickets", change_many, methods=["PATCH"]),
    Route("/api/tickets/counts", count),
    Route("/api/tickets/{number:int}", read_for_agent, methods=["GET"]),
    Route("/api/tickets/{number:int}", change, methods=["PATCH"]),
    Route("/api/tickets/{number:int}/replies", reply, methods=["POST"]),
    Route("/api/tickets/{number:int}/notes", note, methods=["POST"]),
    Route("/api/tickets/{number:int}/merge", compare, methods=["GET"]),
    Route("/api/tickets/{number:int}/merge", merge, methods=["POST"]),
]


def _desk_ticket(request: Request, agent: Agent, given: DeskTicket) -> NewTicket:
    settings = request.state["services"].settings
    faults = {}
    if given.channel not in ("phone", "desk"):
        faults["channel"] = "not_a_choice"
    if given.plan is not None and given.plan not in settings.plans:
        faults["plan"] = "not_a_choice"
    if given.team is not None and given.team not in settings.teams:
        faults["team"] = "not_a_choice"
    if given.channel == "desk" and not (given.email or given.sub):
        faults["email"] = "required"
    if faults:
        raise Refused("invalid", f"these fields need a look: {', '.join(faults)}", fields=faults)
    fields = structs.asdict(given)
    dedupe = f"agent {agent.id} {fields.pop('ref')}"
    return NewTicket(dedupe=dedupe, agent_id=agent.id, assignee_id=agent.id, email_vouched=True, **fields)


def _into(request: Request) -> int:
    given = request.query_params.get("into", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Refused("invalid", "name the other ticket by its number", fields={"into": "required"})
    return int(given)


def _viewer(agent: Agent) -> Viewer:
    return Viewer(agent.id, agent.teams)


def _ref(agent: Agent, given: str | None) -> str:
    """An agent's own id for what they do; without one, it is done each time it is sent."""
    return f"{agent.id} {given or secrets.token_hex(8)}"


def _changes(given: Changes) -> Changes:
    return Changes(**{name: getattr(given, name) for name in Changes.__struct_fields__})


def _named(request: Request) -> tuple[str, int]:
    site = request.query_params.get("site")
    if not site:
        raise Refused("invalid", "name the site: numbers are counted per site", fields={"site": "required"})
    if site not in request.state["services"].settings.sites:
        raise Refused("unknown_site", "there is no such site in the configuration")
    return site.replace("\0", ""), ticket_number(request)
