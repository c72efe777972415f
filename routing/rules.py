"""Which route a visitor takes: ordered rules on what is known of them, and the stops a route names."""

from re import fullmatch

from msgspec import Struct


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
