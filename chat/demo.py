"""The demo: a made-up travel agency with an agent in Support and a supervisor in Sales, ready to be talked to."""

import secrets
from importlib.resources import files
from pathlib import Path
from typing import get_args

import msgspec
from msgspec import Struct

from chat.people.agents import Agents, NewAgent, Role
from chat.settings import Language, PreChat, Settings, Site, Team
from chat.theme_settings import Theme

SITE = "demo"
SUPPORT, SALES = "support", "sales"
TITLE = "Fernweh"

# fmt: off
_WORDS = (
    "amber", "birch", "cedar", "coral", "dune", "ember", "fjord", "grove", "harbor", "island", "juniper", "lagoon",
    "maple", "meadow", "pebble", "prairie", "quartz", "reef", "river", "saffron", "savanna", "spruce", "summit",
    "sunrise", "terrace", "tundra", "valley", "willow",
)
# fmt: on


class DemoAgent(Struct, frozen=True):
    """Someone to sign in as; the only place where a password is kept as it is, in the demo's temporary folder."""

    name: str
    email: str
    password: str
    role: Role
    team: str


def demo_settings(base: Settings, port: int) -> Settings:
    """``base`` with the demo's site and teams. Support takes its chats; Sales is asked first, and stands in.

    The demo page is also reached by localhost and by its own address.
    """
    teams = {
        SUPPORT: Team(title="Support", overflow=SALES),
        SALES: Team(title="Sales", assignment="accept"),
    }
    site = Site(
        title=TITLE,
        origins=[f"http://127.0.0.1:{port}", f"http://localhost:{port}"],
        locales=[*get_args(Language)],
        theme=Theme(accent="#0f766e"),
        pre_chat=PreChat(name="optional", email="optional", question="required"),
        topics=["A booking", "Payment", "Changes and refunds", "Something else"],
        request_types=["Question", "Problem", "Idea"],
        importance=["When you can", "Soon", "I am on the road"],
        sneak_peek=True,
        articles=str(files("widget") / "demo" / "articles"),
        search_report=True,
        team=SUPPORT,
    )
    return msgspec.structs.replace(base, teams=teams, sites={SITE: site})


async def prepare_demo(agents: Agents, settings: Settings) -> list[DemoAgent]:
    """Create the demo's agents in an empty, migrated database, and leave their passwords for the demo page."""
    people = [
        DemoAgent("Anna", "anna@demo.test", _password(), "agent", SUPPORT),
        DemoAgent("Ben", "ben@demo.test", _password(), "supervisor", SALES),
    ]
    for person in people:
        new = NewAgent(email=person.email, name=person.name, teams=(person.team,), role=person.role)
        agent = await agents.add(new)
        await agents.set_password(agent.id, person.password)
    path = _path(settings)
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(people))
    return people


def demo_agents(settings: Settings) -> list[DemoAgent]:
    """Whom the demo page lets its reader sign in as; nobody where no demo was prepared."""
    try:
        return msgspec.json.decode(_path(settings).read_bytes(), type=list[DemoAgent])
    except FileNotFoundError:
        return []


def _path(settings: Settings) -> Path:
    return Path(settings.server.data_dir) / "demo.json"


def _password() -> str:
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), str(secrets.randbelow(90) + 10)])
