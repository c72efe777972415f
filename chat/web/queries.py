"""Query parameters into values; what is not a choice is refused by its name."""

from datetime import UTC, datetime
from typing import Any, Literal, get_args

from chat.desk.queues import Filter
from chat.errors import Refused
from chat.web.request import Request

LARGEST_NUMBER = 2**31 - 1
"""What the databases' integers hold."""


def read_filter(request: Request, *names: str) -> Filter:
    """The named fields of a ``Filter``; ``from`` and ``to`` are its ``since`` and ``until``. Empty is as absent.

    A date alone is the midnight in UTC at which it begins; as ``to``, the one at which it ends would be the next date.
    """
    values: dict[str, Any] = {}
    for name in names:
        text = request.query_params.get(name)
        if not text:
            continue
        choices = _choices(name)
        if choices and text not in choices:
            raise Refused("invalid", f"{name} is one of {', '.join(choices)}", fields={name: "not_a_choice"})
        values[name] = text
    for name, field in (("from", "since"), ("to", "until")):
        if text := request.query_params.get(name):
            values[field] = _moment(name, text)
    return Filter(**values)


def ticket_number(request: Request) -> int:
    """The number in the path. Raises ``Refused("not_found")`` for one that no ticket can have."""
    number: int = request.path_params["number"]
    if number > LARGEST_NUMBER:
        raise Refused("not_found", "there is no such ticket")
    return number


def _choices(name: str) -> tuple[str, ...]:
    annotation = Filter.__annotations__[name]
    return next((get_args(one) for one in (annotation, *get_args(annotation)) if get_args(one) and _literal(one)), ())


def _literal(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is Literal


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("invalid", f"{name} is a date like 2027-01-31", fields={name: "not_a_date"}) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
