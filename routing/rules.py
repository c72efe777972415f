"""Which route a visitor takes: ordered rules on what is known of them, and the stops a route names."""

from collections.abc import Iterable, Mapping, Sequence
from re import fullmatch, match
from typing import Any

from msgspec import Struct

Scalar = bool | int | float | str
When = Mapping[str, Scalar | list[Scalar]]
"""What has to match: context (``CONTEXT``) or a claim of the identity → a value, or a list of which one is enough."""

CONTEXT = ("signed_in", "topic", "locale", "page")


class Visitor(Struct, frozen=True):
    """What is known of a visitor. ``claims`` are None for one who is not signed in; ``page`` is an address."""

    claims: Mapping[str, Any] | None = None
    topic: str | None = None
    locale: str = ""
    page: str = ""

    def __getitem__(self, name: str) -> Any:
        """The value a condition looks at, None if there is none. The names of the context go before claims."""
        if name == "signed_in":
            return self.claims is not None
        return getattr(self, name) if name in CONTEXT else (self.claims or {}).get(name)


class TeamStop(Struct, frozen=True):
    """``team:NAME``."""

    team: str


class AgentStop(Struct, frozen=True):
    """``agent:{claim}``: the person whose e-mail address or id the claim holds."""

    claim: str


def parse_stop(text: str) -> TeamStop | AgentStop:
    """A stop as it stands in ``to``. Raises ``ValueError``."""
    if team := fullmatch(r"team:(\S+)", text):
        return TeamStop(team[1])
    if claim := fullmatch(r"agent:\{([^{}\s]+)\}", text):
        return AgentStop(claim[1])
    raise ValueError('expected "team:NAME" or "agent:{claim}"')


# ── matching ─────────────────────────────────────────────────────────────────────────────────────────────────────


def first(rules: Iterable[When], visitor: Visitor) -> int | None:
    """The index of the first rule that matches."""
    return next((number for number, when in enumerate(rules) if mismatch(when, visitor) is None), None)


def mismatch(when: When, visitor: Visitor) -> str | None:
    """The name of the first condition that ``visitor`` does not meet; None if all are met. An absent claim meets none."""
    for name, wanted in when.items():
        known = visitor[name]
        given = known if isinstance(known, list) else [known]
        if not any(_meets(name, one, value) for one in _listed(wanted) for value in given):
            return name
    return None


def in_words(when: When) -> str:
    """``plan is vip or gold, and signed_in is true``."""
    conditions = (f"{name} is {' or '.join(map(said, _listed(wanted)))}" for name, wanted in when.items())
    return ", and ".join(conditions) or "everybody"


def said(value: object) -> str:
    """A value as it is written in the configuration, without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(wanted: Scalar | list[Scalar]) -> list[Scalar]:
    return wanted if isinstance(wanted, list) else [wanted]


def _meets(name: str, wanted: Scalar, known: object) -> bool:
    if isinstance(wanted, str):
        return isinstance(known, str) and _like(name, wanted, known)
    return isinstance(wanted, bool) == isinstance(known, bool) and wanted == known


def _like(name: str, pattern: str, text: str) -> bool:
    if name == "locale":
        pattern, text = pattern.lower(), text.lower()
        return text.startswith(f"{pattern}-") or _glob(pattern, text)
    if name == "page" and pattern.startswith("/"):
        address = match(r"[a-z]+://[^/?#]*([^?#]*)", text)
        text = (address[1] or "/") if address else ""
    return _glob(pattern, text)


def _glob(pattern: str, text: str) -> bool:
    """Whether ``text`` is ``pattern``, in which each ``*`` stands for anything; in linear time, whoever wrote the text."""
    head, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    at = len(head)
    for part in rest[:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.startswith(head) and text.endswith(rest[-1]) and at + len(rest[-1]) <= len(text)


# ── rules that can never match ───────────────────────────────────────────────────────────────────────────────────


class Possible(Struct, frozen=True):
    """What visitors of a site can bring. ``topics`` is empty where none is asked for, ``plans`` where there are none."""

    identities: bool
    topics: Sequence[str]
    locales: Sequence[str]
    plans: Sequence[str]


def impossible(when: When, possible: Possible) -> str | None:
    """Why no visitor of the site can ever match, in words; None if one can."""
    claims = [name for name in when if name not in CONTEXT]
    if claims and when.get("signed_in") is False:
        return f"who is not signed in has no claim {claims[0]}"
    if not possible.identities and (claims or when.get("signed_in") is True):
        return "nobody can sign in, since the site has no identity_secrets"
    for name, wanted in when.items():
        values = _listed(wanted)
        if not values:
            return f"{name} is an empty list"
        if name == "signed_in" and not any(isinstance(value, bool) for value in values):
            return "signed_in is true or false"
        known = _known(name, possible)
        if known is not None and not any(_meets(name, value, one) for value in values for one in known):
            there = f"there is only {', '.join(known)}" if known else "the site asks for none"
            return f"no {name} is {' or '.join(map(said, values))}: {there}"
    return None


def _known(name: str, possible: Possible) -> Sequence[str] | None:
    """All values a condition can meet, where that is known."""
    match name:
        case "topic":
            return possible.topics
        case "locale":
            return possible.locales
        case "plan":
            return possible.plans or None
    return None


def covers(earlier: When, later: When) -> bool:
    """Whether everyone who matches ``later`` surely matches ``earlier`` too. May be False where it takes two rules."""
    return all(_implied(name, _listed(wanted), later) for name, wanted in earlier.items())


def _implied(name: str, wanted: list[Scalar], later: When) -> bool:
    if name == "signed_in" and True in wanted and any(claim not in CONTEXT for claim in later):
        return True
    return name in later and all(any(_includes(name, one, value) for one in wanted) for value in _listed(later[name]))


def _includes(name: str, wide: Scalar, narrow: Scalar) -> bool:
    """Whether who meets ``narrow`` meets ``wide``: a glob includes what it matches, also where that is a glob."""
    if name == "page" and isinstance(wide, str) and isinstance(narrow, str):
        same_kind = wide.startswith("/") == narrow.startswith("/")
        return wide == "*" or (same_kind and _glob(wide, narrow))
    return _meets(name, wide, narrow)
