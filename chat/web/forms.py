"""What is sent in to be kept: as JSON or as a form, read into the same struct."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from chat.errors import Refused
from chat.web.body_limit import MAX_BODY
from chat.web.multipart import Parts
from chat.web.request import Request, json_body, media_type_of
from chat.web.uploads import WITH_FILES, Intake, TakeFile

Form = TypeVar("Form", bound=Struct)

Ref = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
"""The client's own id for what it does; sending it again is harmless."""

MAX_FIELDS = 100


async def read_form(request: Request, kind: type[Form], take_file: TakeFile | None = None) -> Form:
    """The body as ``kind``. In a form, a table like ``fields`` is written ``fields.name``.

    A part with a file in it, which only the field ``file`` may be and only once, is given to ``take_file`` with the
    fields that came before it; what that returns is the field's value. Raises ``Refused("invalid")`` with the fields
    that are unknown, or what ``take_file`` raises.
    """
    given = media_type_of(request)
    if given == WITH_FILES:
        return _built(await _from_parts(Parts(request), take_file), kind)
    if given == "application/x-www-form-urlencoded":
        async with request.form(max_fields=MAX_FIELDS) as form:
            return _built({name: value for name, value in form.items() if isinstance(value, str)}, kind)
    return await json_body(request, kind)


@asynccontextmanager
async def form_with_file(request: Request, kind: type[Form], site: str | None, *, counted: bool) -> AsyncIterator[Form]:
    """As ``read_form``, for a form that may bring its file itself; if it then is not attached to anything, it goes.

    ``site`` is whose limits hold, None where the form names it. ``counted``: so many an hour from one address.
    """
    intake = Intake(request, site, counted=counted)
    try:
        yield await read_form(request, kind, intake)
    finally:
        await intake.drop()


async def _from_parts(parts: Parts, take_file: TakeFile | None) -> dict[str, str]:
    values: dict[str, str] = {}
    room = MAX_BODY
    while (part := await parts.next_part()) is not None:
        if part.filename is None:
            text = bytearray()
            async for chunk in parts.content():
                text += chunk
                room -= len(chunk)
                if room < 0:
                    raise Refused("invalid", "the fields are too long", fields={part.name: "too_long"})
            _only_one_file(values, part.name)
            values[part.name] = text.decode("utf-8", "replace")
        elif part.name != "file" or take_file is None:
            raise Refused("invalid", "no file is expected here", fields={part.name: "unknown"})
        else:
            _only_one_file(values, part.name)
            if (taken := await take_file(part, parts.content(), values)) is not None:
                values["file"] = taken
        if len(values) > MAX_FIELDS:
            raise Refused("invalid", "there are too many fields")
    return values


def _only_one_file(values: Mapping[str, str], name: str) -> None:
    if name == "file" and "file" in values:
        raise Refused("invalid", "send one file", fields={"file": "one_only"})


def _built(given: Mapping[str, str], kind: type[Form]) -> Form:
    values: dict[str, object] = {}
    for name, text in given.items():
        table, dot, key = name.partition(".")
        if dot:
            within = values.setdefault(table, {})
            if not isinstance(within, dict):
                raise Refused("invalid", "a field and a table have one name", fields={table: "unknown"})
            within[key] = text
        else:
            values[name] = text
    if unknown := sorted(values.keys() - set(kind.__struct_fields__)):
        raise Refused("invalid", "unknown fields", fields=dict.fromkeys(unknown, "unknown"))
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as fault:
        raise Refused("invalid", str(fault)) from None
