"""``chat/web/openapi.json``: the HTTP API as an OpenAPI 3.1 document."""

import json
import re
from typing import Any, get_args, get_type_hints

import msgspec
from starlette.routing import Route

from chat.app import routes
from chat.desk.queues import Filter
from chat.errors import ERRORS
from chat.web.operations import Operation, operation_of
from chat.web.problems import Problem
from chat.web.static import Assets

REF = "#/components/schemas/{name}"
SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "anybody": [],
    "requester": [{"identity": []}],
    "key": [{"identity": []}, {"key": []}],
    "agent": [{"session": []}],
    "supervisor": [{"session": []}],
}
SCHEMES = {
    "identity": {
        "type": "http",
        "scheme": "bearer",
        "description": "The site's identity JWT, or a token of POST access.",
    },
    "key": {"type": "apiKey", "in": "query", "name": "key", "description": "The key of one ticket, from its link."},
    "session": {"type": "apiKey", "in": "cookie", "name": "mayfly_session", "description": "From POST /api/session."},
}
PARAMETERS = {
    "cursor": "`next` of the page before.",
    "from": "Filed at this date or moment (ISO 8601), or later.",
    "to": "Filed before this date or moment.",
    "site": "Key of the site.",
    "into": "The number of the ticket it would go into.",
    "time_zone": "The reader's, an IANA name.",
    "assignee": "An agent's id, or nobody.",
    "done": "true once the reader has typed to the end: such searches are counted where they find nothing.",
    "locale": "A language of the site; without it, what Accept-Language prefers.",
    "q": "What is searched for: of tickets, a number, or words that all stand in it.",
}


def openapi_json() -> str:
    """The document: every operation that says what it takes and gives."""
    told = [
        (route, method, known)
        for route in routes(Assets())
        if (known := operation_of(route.endpoint)) is not None
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]
    schemas = _schemas([known for _, _, known in told])
    paths: dict[str, dict[str, object]] = {}
    for route, method, known in told:
        path = re.sub(r":\w+}", "}", route.path)
        paths.setdefault(path, {})[method.lower()] = _operation(route, method, known)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Mayfly",
            "version": "1",
            "description": "Refusals are problem documents (RFC 9457) with a stable `code`. What an agent changes needs "
            "the header X-CSRF-Token of the console's page.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas, "securitySchemes": SCHEMES},
        "x-error-codes": {code: {"status": one.http, "description": one.text} for code, one in ERRORS.items()},
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    types = [
        kind for one in operations for kind in (one.takes, one.gives) if kind is not None and not isinstance(kind, str)
    ]
    _, found = msgspec.json.schema_components([*types, Problem], ref_template=REF)
    return dict(sorted(msgspec.json.decode(msgspec.json.encode(found).replace(b"``", b"`")).items()))


def _operation(route: Route, method: str, known: Operation) -> dict[str, object]:
    words = " ".join((route.endpoint.__doc__ or "").split()).replace("``", "`")
    told: dict[str, object] = {
        "operationId": f"{route.endpoint.__module__.rpartition('.')[2]}.{route.endpoint.__name__}",
        "summary": words.partition(": ")[2] or words,
        "parameters": [*_in_path(route), *map(_in_query, known.query), *_headers(method, known)],
        "responses": {str(known.status): _answer(known), "default": _problem()},
    }
    if SECURITY[known.who]:
        told["security"] = SECURITY[known.who]
    if known.takes is not None or known.upload:
        told["requestBody"] = {"required": True, "content": _bodies(known)}
    return told


def _in_path(route: Route) -> list[dict[str, object]]:
    found = re.findall(r"{(\w+)(?::(\w+))?}", route.path)
    kinds = {"int": {"type": "integer", "minimum": 1}}
    return [
        {"name": name, "in": "path", "required": True, "schema": kinds.get(kind, {"type": "string"})}
        for name, kind in found
    ]


def _in_query(name: str) -> dict[str, object]:
    hints = get_type_hints(Filter)
    field = {"from": "since", "to": "until"}.get(name, name)
    schema: dict[str, object] = {"type": "string"}
    choices = [one for kind in get_args(hints.get(field)) or () for one in get_args(kind) or () if isinstance(one, str)]
    choices += [one for one in get_args(hints.get(field)) if isinstance(one, str)]
    if choices:
        schema["enum"] = choices
    required = name.endswith("!")
    told = {"name": name.rstrip("!"), "in": "query", "schema": schema, "required": required}
    return told | ({"description": words} if (words := PARAMETERS.get(name.rstrip("!"))) else {})


def _headers(method: str, known: Operation) -> list[dict[str, object]]:
    if known.who not in ("agent", "supervisor") or method == "GET":
        return []
    return [{"name": "X-CSRF-Token", "in": "header", "required": True, "schema": {"type": "string"}}]


def _bodies(known: Operation) -> dict[str, object]:
    schema = _reference(known.takes) if known.takes is not None else None
    bodies: dict[str, object] = {}
    if schema is not None:
        bodies["application/json"] = {"schema": schema}
    if known.form or known.upload:
        file: dict[str, object] = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        form = (
            {"allOf": [schema, file]}
            if schema is not None and known.upload
            else schema or {**file, "required": ["file"]}
        )
        bodies["multipart/form-data"] = {"schema": form}
    return bodies


def _answer(known: Operation) -> dict[str, object]:
    if known.gives is None:
        return {"description": "Done."}
    if isinstance(known.gives, str):
        return {"description": "The bytes.", "content": {known.gives: {}}}
    return {"description": "As asked.", "content": {"application/json": {"schema": _reference(known.gives)}}}


def _problem() -> dict[str, object]:
    return {
        "description": "Refused.",
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
    }


def _reference(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF)
    return schema
