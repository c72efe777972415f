"""The installation that the gallery's states stand on: a travel agency with every kind of desk, in every language."""

import json
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
TRANSLATIONS = {
    "es": ["Una reserva", "Pago", "Cambios y reembolsos", "Pregunta", "Problema", "Idea", "Cuando puedan", "Pronto", "Estoy de viaje"],
    "ru": ["Бронирование", "Оплата", "Изменения и возвраты", "Вопрос", "Проблема", "Идея", "Когда сможете", "Скоро", "Я в дороге"],
    "uk": ["Бронювання", "Оплата", "Зміни та повернення", "Запитання", "Проблема", "Ідея", "Коли зможете", "Скоро", "Я в дорозі"],
}  # fmt: skip
PILL = {"en": "Ask a planner", "es": "Hable con nosotros", "ru": "Спросить совета", "uk": "Запитати поради"}
INVITATION = {
    "en": "Shall we plan the journey together?",
    "es": "¿Planeamos juntos el viaje?",
    "ru": "Спланируем поездку вместе?",
    "uk": "Сплануємо подорож разом?",
}
MEMBERS_ONLY = {
    "en": "For travellers with a booking. All others please call +49 30 901820.",
    "es": "Para viajeros con reserva. Los demás llamen, por favor, al +49 30 901820.",
    "ru": "Для путешественников с бронированием. Остальных просим звонить: +49 30 901820.",
    "uk": "Для мандрівників із бронюванням. Решту просимо телефонувати: +49 30 901820.",
}
PLANNER = {"en": "Your travel planner", "es": "Su asesora de viajes", "ru": "Ваш консультант", "uk": "Ваш консультант"}
GERMANY = {"en": "Germany", "es": "Alemania", "ru": "Германия", "uk": "Німеччина"}
SPAIN = {"en": "Spain", "es": "España", "ru": "Испания", "uk": "Іспанія"}
INVOICES = {"en": "Invoices", "es": "Facturas", "ru": "Счета", "uk": "Рахунки"}
BOOKING = {"en": "Booking number", "es": "Número de reserva", "ru": "Номер бронирования", "uk": "Номер бронювання"}
OF_THE_SITE = [
    TITLE,
    *TOPICS,
    *KINDS,
    *IMPORTANCE,
    *TEAMS,
    *(words["en"] for words in (PLANNER, GERMANY, SPAIN, INVOICES, BOOKING, PILL, INVITATION)),
    MEMBERS_ONLY["en"].removesuffix(" +49 30 901820."),
    "Telegram",
    "Booking and payment",
    "On the road",
]
"""What the operator has written into the settings: it is in no catalogue."""


def _table(words: dict[str, str]) -> str:
    """As TOML has it, in one line of a template."""
    return "{{" + ", ".join(f"{json.dumps(key)} = {json.dumps(word)}" for key, word in words.items()) + "}}"


def _translated(words: list[str]) -> str:
    return "\n".join(
        f"translations.{locale} = {_table(dict(zip(words, theirs, strict=True)))}"
        for locale, theirs in TRANSLATIONS.items()
    )


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
heartbeat_s = 60  # who is without a browser says nothing while a state is looked at

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
search_report = true
team = "support"
{_translated(TOPICS + KINDS + IMPORTANCE)}

[[sites.fernweh.fields]]
name = "booking"
label = {_table(BOOKING)}

[[sites.fernweh.contacts.people]]
claim = "planner"
role = {_table(PLANNER)}
calendar = "always"

[[sites.fernweh.contacts.phones]]
country = {_table(GERMANY)}
number = "+49 30 901820"
calendar = "always"

[[sites.fernweh.contacts.phones]]
country = {_table(SPAIN)}
number = "+34 91 0123456"
calendar = "another_day"

[[sites.fernweh.contacts.mails]]
subject = {_table(INVOICES)}
address = "invoices@example.com"

[[sites.fernweh.contacts.messengers]]
app = "Telegram"
link = "https://t.me/example"
"""
OTHERS = """
[sites.{key}]
title = "{title}"
origins = ["https://{host}.example.com"]
locales = {locales}
theme.accent = "#0f766e"
request_types = {kinds}
team = "{team}"
{more}
"""
MEMBERS = f"""identity_secrets = ["{IDENTITY_SECRET}"]
eligible = {{{{ when = [{{{{ member = true }}}}], otherwise = {_table(MEMBERS_ONLY)} }}}}"""
INVITING = f"""theme.shape = "pill"
theme.texts.launcher = {_table(PILL)}
invitations = [{{{{ name = "plan", text = {_table(INVITATION)}, after_s = 0.1 }}}}]"""
SITES = [
    ("night", "night", ""),
    ("waiting", "waiting", ""),
    ("full", "full", ""),
    ("bookings", "bookings", 'articles = "{articles}"'),
    ("members", "support", MEMBERS),
    ("inviting", "support", INVITING),
    ("elsewhere", "support", ""),
]
"""Each is at a host of its own name, but for one that the page it is on may not open."""


@asynccontextmanager
async def gallery(folder: Path) -> AsyncIterator[tuple[Installation, Node]]:
    """It runs, with nobody there."""
    others = "".join(
        OTHERS.format(
            key=key, title=TITLE, locales=[*LOCALES], kinds=KINDS, team=team, more=more,
            host="www" if key == "elsewhere" else key,
        )
        for key, team, more in SITES
    )  # fmt: skip
    articles = folder / "articles"
    shutil.copytree(DEMO_ARTICLES, articles)
    for made_up in ("en-XA", "ar-XB"):
        shutil.copytree(DEMO_ARTICLES / "ru", articles / made_up)
    port = free_port()
    async with installation(folder, config=CONFIG + others, articles=articles, port=port) as made:
        yield made, await made.node(port=port)
