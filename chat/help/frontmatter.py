"""The head of an article's file: what is known of it beside its text, in YAML between two lines of three dashes."""

import re
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from chat.configfile import Reader
from chat.settings import When

Day = Annotated[date, Meta(title="a date like 2027-01-31")]
EVERYBODY = "everybody"


class FrontMatter(Struct, frozen=True, kw_only=True):
    """What may stand there."""

    title: str
    section: str
    locale: str | None = None
    author: str | None = None
    published: Day | None = None
    updated: Day | None = None
    keywords: list[str] = []
    audience: Annotated[
        list[When] | When | str, Meta(title=f"{EVERYBODY}, a table of claims like {{plan: [pro]}}, or a list of tables")
    ] = EVERYBODY

    @property
    def rules(self) -> tuple[When, ...]:
        """Of which one has to match whoever reads it; none for everybody."""
        match self.audience:
            case str():
                return ()
            case dict():
                return (self.audience,)
            case _:
                return tuple(self.audience)


def split(text: str) -> tuple[FrontMatter, str]:
    """A file's front matter and its Markdown. Raises ``ValueError`` with a line for each fault."""
    found = re.match(r"---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|$)", text.removeprefix("\ufeff"), re.DOTALL)
    if found is None:
        raise ValueError("expected front matter: lines like `title: …` between two lines of ---, at the top")
    return _read(found[1] or ""), text.removeprefix("\ufeff")[found.end() :]


def read_yaml(text: str) -> Any:
    """Anything in YAML. Raises ``ValueError`` with one line."""
    try:
        return msgspec.yaml.decode(text)
    except msgspec.DecodeError as fault:
        raise ValueError(f"not valid YAML: {' '.join(str(fault).split())}") from None


def _read(text: str) -> FrontMatter:
    table = read_yaml(text)
    reader = Reader(confidential=frozenset())
    head: FrontMatter = reader.struct("", {} if table is None else table, FrontMatter)
    faults = [fault.removeprefix(": ") for fault in reader.faults]
    if isinstance(head.audience, str) and head.audience != EVERYBODY and not faults:
        faults.append(
            f"audience: expected {EVERYBODY}, or a table of claims like {{plan: [pro]}}; got {head.audience!r}"
        )
    if head.rules == () and not isinstance(head.audience, str):
        faults.append(f"audience: expected {EVERYBODY}, or at least one claim")
    if any(not rule for rule in head.rules):
        faults.append("audience: expected at least one claim in each table")
    for name in ("title", "section"):
        if not faults and not getattr(head, name).strip():
            faults.append(f"{name}: expected text")
    if faults:
        raise ValueError("\n".join(faults))
    return head
