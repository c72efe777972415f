"""The JSON API for what a customer is told on the site's pages: see it, put it off, drop it."""

from typing import Annotated

from msgspec import Meta, Struct
from starlette.responses import Response
from starlette.routing import Route

from chat.desk.notifications import DueNotifications
from chat.desk.requester import Requester
from chat.errors import Refused
from chat.web.operations import operation
from chat.web.request import Request, json_answer, json_body
from chat.web.request_api import requester_of

MONTH = 30 * 24 * 60


class Snooze(Struct, forbid_unknown_fields=True):
    """For how long."""

    minutes: Annotated[int, Meta(ge=1, le=MONTH)]


@operation(who="requester", gives=DueNotifications)
async def list_due(request: Request) -> Response:
    """``GET /api/sites/{site}/notifications``: those due now, oldest first."""
    return json_answer(await request.state["services"].notifications.list_due(_recipient(request)))


@operation(who="requester", takes=Snooze, status=204)
async def snooze(request: Request) -> Response:
    """``POST /api/sites/{site}/notifications/{id}/snooze``: it comes back later."""
    requester, given = _recipient(request), await json_body(request, Snooze)
    await request.state["services"].notifications.snooze(requester, request.path_params["id"], given.minutes)
    return Response(status_code=204)


@operation(who="requester", status=204)
async def delete(request: Request) -> Response:
    """``DELETE /api/sites/{site}/notifications/{id}``: it is gone, the request stays."""
    await request.state["services"].notifications.delete(_recipient(request), request.path_params["id"])
    return Response(status_code=204)


ROUTES = [
    Route("/api/sites/{site}/notifications", list_due, methods=["GET"]),
    Route("/api/sites/{site}/notifications/{id}/snooze", snooze, methods=["POST"]),
    Route("/api/sites/{site}/notifications/{id}", delete, methods=["DELETE"]),
]


def _recipient(request: Request) -> Requester:
    requester = requester_of(request)
    if requester is None:
        raise Refused("not_signed_in", "send the identity as Authorization: Bearer")
    return requester
