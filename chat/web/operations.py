"""What a handler of the JSON API takes and gives, said beside it: ``openapi.json`` is written from that."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from msgspec import Struct
from starlette.responses import Response

from chat.web.request import Request

Who = Literal["anybody", "requester", "key", "agent", "supervisor"]
"""``requester``: by identity or access token; ``key``: also by a ticket's key; the last two by the session's cookie."""

Handler = Callable[[Request], Awaitable[Response]]


class Operation(Struct, frozen=True, kw_only=True):
    """``takes`` and ``gives`` are types that msgspec knows, None for no body; ``gives`` may be a media type's name.

    ``query`` names the parameters. With ``form`` a multipart form may take the place of JSON, with ``upload`` one may
    hold a ``file``; without ``takes`` it holds nothing else.
    """

    who: Who = "anybody"
    takes: Any = None
    gives: Any = None
    status: int = 200
    query: Sequence[str] = ()
    form: bool = False
    upload: bool = False


def operation(
    *,
    who: Who = "anybody",
    takes: Any = None,
    gives: Any = None,
    status: int = 200,
    query: Sequence[str] = (),
    form: bool = False,
    upload: bool = False,
) -> Callable[[Handler], Handler]:
    """Say what a handler does; its docstring says the rest. The arguments are those of ``Operation``."""
    told = Operation(who=who, takes=takes, gives=gives, status=status, query=query, form=form, upload=upload)

    def tell(handler: Handler) -> Handler:
        setattr(handler, "operation", told)  # noqa: B010  a function has no such attribute as far as types know
        return handler

    return tell


def operation_of(handler: object) -> Operation | None:
    """What was said of it."""
    return getattr(handler, "operation", None)
