"""What is generated is fresh, and does not lie."""

import re
import tomllib

from msgspec import structs

from chat.contact_settings import MailAddress, Messenger, OwnPerson, SiteContacts, Telephone
from chat.settings import Calendar, ExtraField, Plan, Route, Site, Team, read
from chat.theme_settings import Invitation
from scripts import generate


def test_every_generated_file_is_fresh() -> None:
    assert [str(path.relative_to(generate.ROOT)) for path in generate.stale()] == [], "run `make generate`"


def test_the_example_file_is_valid_and_holds_the_defaults() -> None:
    path = generate.ROOT / "mayfly.example.toml"
    example, default = read(path, {}), read(None, {})
    assert structs.replace(example, calendars={}, plans={}, sites={}) == default
    assert example.calendars == {"office": Calendar(open=["mon-fri 09:00-18:00"])}
    assert example.plans == {"standard": Plan()}
    routes = [Route(to=["team:support"])]
    fields = [ExtraField(name="order_number", label={"en": "Order number"})]
    contacts = SiteContacts(
        people=[OwnPerson(claim="manager", role={"en": "Your manager"})],
        phones=[Telephone(country={"en": "United Kingdom"}, number="+44 20 7946 0958")],
        mails=[MailAddress(subject={"en": "Invoices"}, address="invoices@example.com")],
        messengers=[Messenger(app="Telegram", link="https://t.me/example")],
    )
    site = Site(
        title="Example",
        origins=["https://www.example.com"],
        routes=routes,
        fields=fields,
        invitations=[Invitation(name="order_number", text={"en": "Can we help you to choose?"})],
        contacts=contacts,
    )
    assert example.sites == {"example": site}


def test_the_example_file_names_every_key() -> None:
    text = (generate.ROOT / "mayfly.example.toml").read_text("utf-8")
    tables = tomllib.loads(re.sub(r'(?m)^# (\w+ = (""|0|\[\]))$', r"\1", text))
    assert tables["teams"]["support"].keys() == {one.name for one in structs.fields(Team)}
    assert tables["sites"]["example"].keys() == {one.name for one in structs.fields(Site)}
    assert "url" in tables["redis"]
