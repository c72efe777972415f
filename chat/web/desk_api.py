"""The JSON API for what agents work with beside tickets: colleagues, templates, their own views, and reports."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import Route

from chat.desk.reports import WeekOfPromises
from chat.desk.saved_views import SavedView
from chat.desk.templates import Template
from chat.errors import Refused
from chat.web.auth import require_agent, require_change_by_agent
from chat.web.operations import operation
from chat.web.queries import filter_of, read_filter
from chat.web.request import Request, json_answer, json_body
from chat.web.ticket_api import FILTERS

REPORTED = timedelta(weeks=12)


class Colleague(Struct):
    """Somebody who has an account. ``teams`` are keys of the configuration; who is ``disabled`` is assigned nothing."""

    id: str
    name: str
    teams: tuple[str, ...]
    disabled: bool


class NewTemplate(Struct, forbid_unknown_fields=True):
    """A template as it is written."""

    title: str
    text: str


class TemplateChange(Struct, forbid_unknown_fields=True):
    """What is written anew."""

    title: str | None = None
    text: str | None = None


class NewView(Struct, forbid_unknown_fields=True):
    """A list to come back to."""

    title: str
    query: str


@operation(who="agent", gives=list[Colleague])
async def people(request: Request) -> Response:
    """``GET /api/people``: everyone who has or had an account, by name."""
    await require_agent(request)
    agents = sorted(await request.state["services"].agents.list(), key=lambda one: (one.name.casefold(), one.id))
    return json_answer([Colleague(one.id, one.name, one.teams, one.disabled) for one in agents])


@operation(who="agent", gives=list[Template])
async def templates(request: Request) -> Response:
    """``GET /api/templates``."""
    await require_agent(request)
    return json_answer(await request.state["services"].templates.list())


@operation(who="supervisor", takes=NewTemplate, gives=Template, status=201)
async def add_template(request: Request) -> Response:
    """``POST /api/templates`` → 201; by supervisors."""
    await require_change_by_agent(request, "supervisor")
    given = await json_body(request, NewTemplate)
    return json_answer(await request.state["services"].templates.add(given.title, given.text), 201)


@operation(who="supervisor", takes=TemplateChange, gives=Template)
async def change_template(request: Request) -> Response:
    """``PATCH /api/templates/{id}``; by supervisors."""
    await require_change_by_agent(request, "supervisor")
    given = await json_body(request, TemplateChange)
    kept = request.state["services"].templates
    return json_answer(await kept.change(request.path_params["id"], given.title, given.text))


@operation(who="supervisor", status=204)
async def remove_template(request: Request) -> Response:
    """``DELETE /api/templates/{id}`` → 204; by supervisors."""
    await require_change_by_agent(request, "supervisor")
    await request.state["services"].templates.remove(request.path_params["id"])
    return Response(status_code=204)


@operation(who="agent", gives=list[SavedView])
async def views(request: Request) -> Response:
    """``GET /api/views``: one's own."""
    session = await require_agent(request)
    return json_answer(await request.state["services"].saved_views.list(session.agent.id))


@operation(who="agent", takes=NewView, gives=SavedView, status=201)
async def add_view(request: Request) -> Response:
    """``POST /api/views`` → 201. ``query`` is checked: what is saved can be listed."""
    session = await require_change_by_agent(request)
    given = await json_body(request, NewView)
    query = given.query.removeprefix("?")
    _check(query)
    view = await request.state["services"].saved_views.add(session.agent.id, given.title, query)
    return json_answer(view, 201)


@operation(who="agent", status=204)
async def remove_view(request: Request) -> Response:
    """``DELETE /api/views/{id}`` → 204; one's own only."""
    session = await require_change_by_agent(request)
    await request.state["services"].saved_views.remove(session.agent.id, request.path_params["id"])
    return Response(status_code=204)


@operation(who="agent", gives=list[WeekOfPromises], query=("from", "to"))
async def promises(request: Request) -> Response:
    """``GET /api/reports/promises?from=&to=``: kept and broken, per team and week; of the last 12 weeks without dates."""
    await require_agent(request)
    asked = read_filter(request)
    until = asked.until or datetime.now(UTC)
    since = asked.since or until - REPORTED
    return json_answer(await request.state["services"].reports.promises(since, until))


ROUTES = [
    Route("/api/reports/promises", promises),
    Route("/api/people", people),
    Route("/api/templates", templates, methods=["GET"]),
    Route("/api/templates", add_template, methods=["POST"]),
    Route("/api/templates/{id}", change_template, methods=["PATCH"]),
    Route("/api/templates/{id}", remove_template, methods=["DELETE"]),
    Route("/api/views", views, methods=["GET"]),
    Route("/api/views", add_view, methods=["POST"]),
    Route("/api/views/{id}", remove_view, methods=["DELETE"]),
]


def _check(query: str) -> None:
    """That it is a query of the list. Raises ``Refused("invalid")``, about ``query``."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := given.keys() - {*FILTERS, "from", "to"}:
        raise Refused("invalid", f"not a filter: {', '.join(sorted(unknown))}", fields={"query": "unknown"})
    try:
        filter_of(given, *FILTERS)
    except Refused as fault:
        raise Refused("invalid", fault.message, fields={"query": next(iter(fault.fields.values()))}) from None
