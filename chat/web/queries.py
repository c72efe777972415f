"""Query parameters into values; what is not a choice is refused by its name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from chat.desk.queues import EARLIEST, LARGEST_NUMBER, LATEST, Filter
from chat.desk.search import LONGEST
from chat.errors import Refused
from chat.web.request import Request

Number = Annotated[int, Meta(ge=1, le=LARGEST_NUMBER)]
"""A ticket's number in a body."""


def read_filter(request: Request, *names: str) -> Filter:
    """The named fields of a ``Filter``; ``from`` and ``to`` are its ``since`` and ``until``. Empty is as absent.

    A date alone is the midnight in UTC at which it begins; as ``to``, the one at which it ends would be the next date.
    """
    return filter_of(request.query_params, *names)


def filter_of(given: Mapping[str, str], *names: str) -> Filter:
    """The same from a query that is kept."""
    values: dict[str, Any] = {}
    for name in names:
        text = given.get(name, "").replace("\0", "")  # which PostgreSQL does not take
        if not text:
            continue
        choices = _choices(name)
        if choices and text not in choices:
            raise Refused("invalid", f"{name} is one of {', '.join(choices)}", fields={name: "not_a_choice"})
        if name == "q" and len(text) > LONGEST:
            raise Refused("invalid", f"seek by {LONGEST} characters at most", fields={name: "too_long"})
        values[name] = text
    for name, field in (("from", "since"), ("to", "until")):
        if moment := given.get(name):
            values[field] = _moment(name, moment)
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
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        if not EARLIEST <= moment < LATEST:
            raise ValueError
    except ValueError:
        raise Refused("invalid", f"{name} is a date like 2027-01-31", fields={name: "not_a_date"}) from None
    return moment
