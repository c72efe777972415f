"""What is sent in to be kept: as JSON or as a form, read into the same struct."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from chat.errors import Refused
from chat.web.request import Request, json_body

Form = TypeVar("Form", bound=Struct)

Ref = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
"""The client's own id for what it does; sending it again is harmless."""


async def read_form(request: Request, kind: type[Form]) -> Form:
    """The body as ``kind``. In a form, a table like ``fields`` is written ``fields.name``.

    Raises ``Refused("invalid")`` with the fields that are unknown.
    """
    if request.headers.get("content-type", "").startswith("application/json"):
        return await json_body(request, kind)
    async with request.form(max_files=0, max_fields=100) as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
    values: dict[str, object] = {}
    for name, text in given.items():
        table, dot, key = name.partition(".")
        if dot:
            within = values.setdefault(table, {})
            assert isinstance(within, dict)
            within[key] = text
        else:
            values[name] = text
    if unknown := sorted(values.keys() - set(kind.__struct_fields__)):
        raise Refused("invalid", "unknown fields", fields=dict.fromkeys(unknown, "unknown"))
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as fault:
        raise Refused("invalid", str(fault)) from None
