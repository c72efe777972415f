"""Files over HTTP: sent in before the form they belong to, and fetched by links that are good for an hour."""

import time
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from chat.desk.files import Opened
from chat.desk.kinds import safe_type
from chat.desk.links import file_link_fits
from chat.desk.records import File
from chat.errors import Refused
from chat.web.auth import require_change_by_agent
from chat.web.forms import read_form
from chat.web.operations import operation
from chat.web.request import Request, json_answer, site_of
from chat.web.uploads import Intake


class Upload(Struct):
    """A form with nothing but a file."""

    file: str = ""


@operation(gives=File, status=201, upload=True)
async def upload(request: Request) -> Response:
    """``POST /api/sites/{site}/files`` (multipart, one part ``file``) → 201: it waits a day to be attached by its id."""
    key, _ = site_of(request)
    return await _kept(request, key, counted=True)


@operation(who="agent", gives=File, status=201, query=("site!",), upload=True)
async def upload_by_agent(request: Request) -> Response:
    """``POST /api/files?site=``: the same for agents."""
    await require_change_by_agent(request)
    key = request.query_params.get("site", "")
    if key not in request.state["services"].settings.sites:
        raise Refused("invalid", "name the site whose limits hold", fields={"site": "required"})
    return await _kept(request, key, counted=False)


@operation(gives="application/octet-stream", query=("expires!", "signature!"))
async def download(request: Request) -> Response:
    """``GET /files/{id}?expires=&signature=``: always a download, and nothing that runs if it is looked at all the same."""
    file_id, query = request.path_params["id"], request.query_params
    expires, signature = query.get("expires", ""), query.get("signature", "")
    services = request.state["services"]
    if not file_link_fits(services.settings.server.secret_keys, file_id, expires, signature):
        raise Refused("not_found", "there is no such file, or the link is wrong")
    if int(expires) < time.time():
        raise Refused("link_expired", "the link was good for an hour; open the ticket again")
    opened = await services.files.open(file_id)
    return _Download(opened)


ROUTES = [
    Route("/api/sites/{site}/files", upload, methods=["POST"]),
    Route("/api/files", upload_by_agent, methods=["POST"]),
    Route("/files/{id}", download),
]


async def _kept(request: Request, site: str, *, counted: bool) -> Response:
    intake = Intake(request, site, counted=counted)
    try:
        if not (await read_form(request, Upload, intake)).file or intake.taken is None:
            raise Refused("invalid", "send a form with one file in its part file", fields={"file": "required"})
    except BaseException:
        await intake.drop()
        raise
    return json_answer(intake.taken, 201)


class _Download(StreamingResponse):
    def __init__(self, opened: Opened) -> None:
        file = opened.file
        headers = {
            "Content-Type": safe_type(file.media_type),
            "Content-Length": str(opened.size),
            "Content-Disposition": disposition(file.name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        }
        super().__init__(opened.pieces, headers=headers)


def disposition(name: str) -> str:
    """A download under this name (RFC 6266): in ASCII for those who read no other, and in full (RFC 8187)."""
    plain = "".join(one if " " <= one <= "~" and one not in '"\\%' else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
