"""The demo: a made-up travel agency with an agent in Support and a supervisor in Sales, ready to be talked to."""

import secrets
import time
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import jwt
import msgspec
from msgspec import Struct

from chat.people.agents import Agents, NewAgent, Role
from chat.settings import Settings, read

SITE = "demo"
SUPPORT, SALES = "support", "sales"
SIGNED_IN_S = 12 * 3600

CUSTOMER = {"sub": "ada", "name": "Ada Lindqvist", "email": "ada@customer.test", "phone": "+46 8 123 45 67"}
CUSTOMER_AT: dict[str, dict[str, str]] = {
    "platform": {"company": "Aurora", "role": "staff"},
    "travel": {
        "manager": "ben@demo.test",
        "manager_name": "Ben",
        "manager_phone": "+49 30 901820",
        "curator": "anna@demo.test",
        "curator_name": "Anna",
    },
}
PLANS = {"platform": ("standard", "network", "enterprise"), "rentals": ("starter", "professional", "premium")}
STAGES = {"travel": ("sign-up", "customer")}

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
    """``base`` with the demo's desks: ``widget/demo/desks.toml``. Support takes their chats; Sales is asked first, and stands in.

    The demo page is also reached by localhost and by its own address.
    """
    desks = read(Path(str(files("widget") / "demo" / "desks.toml")), {})
    origins = [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    secret = _identity_secret(base)
    sites = {
        key: msgspec.structs.replace(site, origins=origins, identity_secrets=[secret])
        for key, site in desks.sites.items()
    }
    return msgspec.structs.replace(base, calendars=desks.calendars, plans=desks.plans, teams=desks.teams, sites=sites)


def demo_identity(settings: Settings, site: str, plan: str | None, stage: str | None) -> str:
    """What the server of a customer's site would sign of Ada, who is signed in there: a token for ``site``."""
    wider = {name: value for name, value in (("plan", plan), ("stage", stage)) if value}
    claims = CUSTOMER | CUSTOMER_AT.get(site, {}) | wider | {"exp": int(time.time()) + SIGNED_IN_S}
    return jwt.encode(claims, settings.sites[site].identity_secrets[0], "HS256")


def _identity_secret(base: Settings) -> str:
    """The same in every process, and of no use outside of this demo."""
    return sha256(b"mayfly demo identity " + "".join(base.server.secret_keys).encode()).hexdigest()


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
