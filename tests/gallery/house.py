"""The installation that the gallery's states stand on: a travel agency with every kind of desk, in every language."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.service import IDENTITY_SECRET, Installation, Node, free_port, installation

DEMO_ARTICLES = Path(__file__).parents[2] / "widget" / "demo" / "articles"
LOCALES = ("en", "es", "ru", "uk", "en-XA", "ar-XB")
TITLE = "Fernweh"
TOPICS = ["A booking", "Payment", "Changes and refunds"]
KINDS = ["Question", "Problem", "Idea"]
IMPORTANCE = ["When you can", "Soon", "I am on the road"]
TEAMS = ["Support", "Bookings", "Night desk", "Waiting room", "Full house"]
CONTACTS = ["Your travel planner", "Germany", "Spain", "Invoices", "Telegram"]
MEMBERS_ONLY = "For travellers with a booking. All others please call +49 30 901820."
OF_THE_SITE = [
    TITLE,
    *TOPICS,
    *KINDS,
    *IMPORTANCE,
    *TEAMS,
    *CONTACTS,
    "Booking number",
    MEMBERS_ONLY,
    "Booking and payment",
    "On the road",
]
"""What the operator has written into the settings: it is in no catalogue."""

# The parts of the template that ``tests.service.CONFIG`` has under the same names mean the same.
CONFIG = f"""
[server]
data_dir = "{{data_dir}}"
secret_keys = ["{{secret}}"]
public_url = "http://127.0.0.1:{{port}}"

[redis]
url = "{{redis}}"

[mail]
smtp_url = "smtp://127.0.0.1:9"
sender = "help@example.com"

[chat]
resume_grace_s = 20
agent_grace_s = 20

[limits]
chats_per_ip_per_hour = 100000
tickets_per_ip_per_hour = 100000
files_per_ip_per_hour = 100000
login_attempts = 1000

[calendars.another_day]
open = ["{{another_day}} 09:00-17:00"]

[calendars.always]
open = ["always"]

[plans.gold]
first_response = "2h-4h"

[teams.support]
title = "Support"

[teams.bookings]
title = "Bookings"
assignment = "accept"
accept_within_s = 600

[teams.night]
title = "Night desk"
calendar = "another_day"

[teams.waiting]
title = "Waiting room"

[teams.full]
title = "Full house"
max_waiting = 0

[sites.fernweh]
title = "{TITLE}"
origins = ["https://fernweh.example.com"]
locales = {[*LOCALES]}
identity_secrets = ["{IDENTITY_SECRET}"]
theme = {{{{ accent = "#0f766e" }}}}
pre_chat = {{{{ name = "optional", email = "optional", topic = "optional", question = "required" }}}}
topics = {TOPICS}
request_types = {KINDS}
importance = {IMPORTANCE}
sneak_peek = true
articles = "{{articles}}"
team = "support"

[[sites.fernweh.fields]]
name = "booking"
label = {{{{ en = "Booking number" }}}}

[[sites.fernweh.contacts.people]]
claim = "planner"
role = {{{{ en = "Your travel planner" }}}}
calendar = "always"

[[sites.fernweh.contacts.phones]]
country = {{{{ en = "Germany" }}}}
number = "+49 30 901820"
calendar = "always"

[[sites.fernweh.contacts.phones]]
country = {{{{ en = "Spain" }}}}
number = "+34 91 0123456"
calendar = "another_day"

[[sites.fernweh.contacts.mails]]
subject = {{{{ en = "Invoices" }}}}
address = "invoices@example.com"

[[sites.fernweh.contacts.messengers]]
app = "Telegram"
link = "https://t.me/example"
"""
OTHERS = """
[sites.{key}]
title = "{title}"
origins = ["https://{key}.example.com"]
locales = {locales}
theme = {{{{ accent = "#0f766e" }}}}
request_types = {kinds}
team = "{team}"
{more}
"""
MEMBERS = f"""identity_secrets = ["{IDENTITY_SECRET}"]
eligible = {{{{ when = [{{{{ member = true }}}}], otherwise = {{{{ en = "{MEMBERS_ONLY}" }}}} }}}}"""
SITES = [("night", "night", ""), ("waiting", "waiting", ""), ("full", "full", ""), ("bookings", "bookings", "")]


@asynccontextmanager
async def gallery(folder: Path) -> AsyncIterator[tuple[Installation, Node]]:
    """It runs, with nobody there."""
    sites = [*SITES, ("members", "support", MEMBERS)]
    others = "".join(
        OTHERS.format(key=key, title=TITLE, locales=[*LOCALES], kinds=KINDS, team=team, more=more)
        for key, team, more in sites
    )
    articles = folder / "articles"
    shutil.copytree(DEMO_ARTICLES, articles)
    for made_up in ("en-XA", "ar-XB"):
        shutil.copytree(DEMO_ARTICLES / "ru", articles / made_up)
    port = free_port()
    async with installation(folder, config=CONFIG + others, articles=articles, port=port) as made:
        yield made, await made.node(port=port)
