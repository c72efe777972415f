"""The configuration: what is accepted, what is refused, and in which words."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest

from chat.bucket import Bucket, parse_bucket
from chat.errors import ConfigError
from chat.settings import Route, SiteLocale, load, read

SECRET = "s" * 32
SHOP = '[sites.shop]\ntitle = "Shop"\norigins = []'


def written(folder: Path, toml: str) -> Path:
    path = folder / "mayfly.toml"
    path.write_text(toml, encoding="utf-8")
    return path


def faults(folder: Path, toml: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        read(written(folder, toml), environ or {})
    return refused.value.faults


def test_nothing_configured_is_a_working_service_with_one_team() -> None:
    settings = read(None, {})
    assert settings.chat.resume_grace_s == 30
    assert [(key, team.title) for key, team in settings.teams.items()] == [("support", "support")]
    assert settings.sites == {}


def test_the_file_overrides_defaults_and_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[chat]\nmax_text = 100\nhistory_max = 50\n[server]\nlog_level = "debug"\n')
    settings = read(
        path,
        {
            "MAYFLY_CHAT_MAX_TEXT": "200",
            "MAYFLY_CHAT_RESUME_GRACE_S": "1.5",
            "MAYFLY_SERVER_TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16",
            "MAYFLY_SERVER_WIPE_MEMORY": "false",
            "HOME": "/nowhere",
        },
    )
    assert (settings.chat.max_text, settings.chat.history_max, settings.chat.resume_grace_s) == (200, 50, 1.5)
    assert settings.server.trusted_proxies == ["10.0.0.1", "10.1.0.0/16"]
    assert (settings.server.wipe_memory, settings.server.log_level) == (False, "debug")


def test_every_fault_is_named_at_once_by_its_full_path(tmp_path: Path) -> None:
    toml = """
        [chat]
        resume_grace = 30
        max_text = "long"
        [sites.shop]
        title = "Shop"
        locales = ["en", "de"]
        pre_chat = { name = "yes" }
        theme = { accent = "blue" }
        [limitz]
    """
    assert sorted(faults(tmp_path, toml)) == [
        "chat.max_text: expected a whole number from 1 to 16000; got 'long'",
        "chat.resume_grace: unknown key; did you mean chat.resume_grace_s?",
        "limitz: unknown key; did you mean limits?",
        f"sites.shop.locales[1]: expected one of {', '.join(get_args(SiteLocale))}; got 'de'",
        "sites.shop.origins: missing; expected a list of texts",
        "sites.shop.pre_chat.name: expected one of required, optional, absent; got 'yes'",
        "sites.shop.theme.accent: expected a colour like #4f46e5; got 'blue'",
    ]


def test_what_is_wrong_with_a_sites_look_and_words_is_told(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(bytes(300 * 1024))
    (tmp_path / "logo.txt").write_text("")
    toml = """
        [sites.a]
        title = "A"
        origins = []
        theme = { logo = "logo.png", icon = "chatt", shape = "star", edge_px = -1, texts = { lead = { fr = "Salut" } } }
        [[sites.a.invitations]]
        name = "one"
        text = { fr = "Salut" }
        pages = ["prices"]
        [[sites.a.invitations]]
        name = "one"
        text = { en = "Hello" }
        after_s = 0
        [sites.b]
        title = "B"
        origins = []
        theme = { logo = "logo.txt", icon = "none.svg" }
        topics = ["Orders"]
        translations = { en = { Order = "An order" }, ru = { Orders = "Заказы" } }
    """
    assert sorted(faults(tmp_path, toml)) == [
        "sites.a.invitations[0].pages[0]: expected a path like /prices or /shop/*; got 'prices'",
        "sites.a.invitations[0].text.en: missing; expected what it says",
        "sites.a.invitations[0].text.fr: expected one of en; got 'fr'",
        "sites.a.invitations[1].after_s: expected a number above 0; got 0",
        "sites.a.invitations[1].name: expected another; 'one' is taken",
        "sites.a.theme.edge_px: expected a whole number from 0 to 400; got -1",
        "sites.a.theme.icon: expected one of chat, question, headset, lifebuoy, smile, mail, or a file that ends in "
        f".jpeg, .jpg, .png, .svg, .webp; got '{tmp_path}/chatt'",
        "sites.a.theme.logo: expected at most 256 KiB; got 300 KiB",
        "sites.a.theme.shape: expected one of circle, rounded, pill; got 'star'",
        "sites.a.theme.texts.lead.fr: expected one of en; got 'fr'",
        f"sites.b.theme.icon: expected a file; got '{tmp_path}/none.svg'",
        f"sites.b.theme.logo: expected a file that ends in .jpeg, .jpg, .png, .svg, .webp; got '{tmp_path}/logo.txt'",
        "sites.b.translations.en: expected one of Orders; got 'Order'",
        "sites.b.translations.ru: expected one of en; got 'ru'",
    ]


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ('chat = "x"', "chat: expected a table; got 'x'"),
        ("sites = 3", "sites: expected tables like [sites.example]; got 3"),
        ("[teams.'A b']", "teams.A b: expected a name of a-z, 0-9, - and _, starting with a letter or digit"),
        ("[chat]\nagent_grace_s = 0", "chat.agent_grace_s: expected a number above 0; got 0"),
        ("[server]\nwipe_memory = 1", "server.wipe_memory: expected true or false; got 1"),
        (
            '[server]\npublic_url = "https://a.example/chat"',
            "server.public_url: expected an origin like https://chat.example.com, without a path; got 'https://a.example/chat'",
        ),
        (
            '[server]\ntrusted_proxies = ["proxy"]',
            "server.trusted_proxies[0]: expected an address or network like 10.0.0.0/8; got 'proxy'",
        ),
        (
            '[redis]\nurl = "http://:hush@redis"',
            "redis.url: expected an address that starts with redis:// or rediss:// or unix://",
        ),
        (
            '[sites.shop]\ntitle = "Shop"\norigins = ["https://Shop.example/"]',
            "sites.shop.origins[0]: expected an origin like https://www.example.com, without a path; got 'https://Shop.example/'",
        ),
        (
            '[teams.sales]\n[sites.shop]\ntitle = "Shop"\norigins = []',
            "sites.shop.team: expected one of sales; got 'support'",
        ),
        (
            '[calendars.office]\nopen = ["always"]\nclosed = ["christmas"]',
            """calendars.office.closed[0]: expected a date like "2027-01-01", or "01-01" for every year; got 'christmas'""",
        ),
        (
            '[calendars.office]\ntime_zone = "Europe/Berlim"\nopen = ["always"]',
            """calendars.office.time_zone: expected a time zone like "Europe/Berlin", or "customer"; got 'Europe/Berlim'; did you mean Europe/Berlin?""",
        ),
        (
            '[calendars.office]\nopen = ["mon-fri 09:00-18:00", "sat 9-17"]',
            """calendars.office.open[1]: expected days and hours like "mon-fri 08:00-20:00", or "always"; got 'sat 9-17'""",
        ),
        ("[calendars.office]", "calendars.office.open: missing; expected a list of texts"),
        ("[plans.vip]\npriority = 100", "plans.vip.priority: expected a whole number from 0 to 99; got 100"),
        (
            '[plans.vip]\nchannels = ["chat", "mail"]',
            "plans.vip.channels[1]: expected one of help, chat, form, phone; got 'mail'",
        ),
        (
            '[plans.vip]\ncalendar = "office"',
            "plans.vip.calendar: expected one of [calendars], and there are none; got 'office'",
        ),
        (
            '[plans.vip]\nfirst_response = "4h-2h"',
            """plans.vip.first_response: expected a time like "48h" or "30m", or a range like "2h-4h", the shorter first; got '4h-2h'""",
        ),
        ('[plans.vip]\nteam = "sales"', "plans.vip.team: expected one of support; got 'sales'"),
        (
            '[calendars.day]\nopen = ["always"]\n[teams.sales]\ncalendar = "night"',
            "teams.sales.calendar: expected one of day; got 'night'",
        ),
        ("[teams.sales]\naccept_within_s = 0", "teams.sales.accept_within_s: expected a number above 0; got 0"),
        ('[teams.sales]\nassignment = "ring"', "teams.sales.assignment: expected one of auto, accept; got 'ring'"),
        ('[teams.sales]\noverflow = "night"', "teams.sales.overflow: expected one of sales; got 'night'"),
        (
            '[teams.sales]\noverflow = "sales"',
            "teams.sales.overflow: expected a chain with an end; got sales → sales",
        ),
        (
            '[teams.a]\noverflow = "b"\n[teams.b]\noverflow = "c"\n[teams.c]\noverflow = "b"',
            "teams.b.overflow: expected a chain with an end; got b → c → b",
        ),
        (
            f'{SHOP}\n[[sites.shop.contacts.phones]]\ncountry.en = "UK"\nnumber = "ring us"',
            "sites.shop.contacts.phones[0].number: expected a telephone number like +44 20 7946 0958; got 'ring us'",
        ),
        (
            f'{SHOP}\n[[sites.shop.contacts.phones]]\ncountry.en = "UK"\nnumber = "112"\ncalendar = "night"',
            "sites.shop.contacts.phones[0].calendar: expected one of [calendars], and there are none; got 'night'",
        ),
        (
            f'{SHOP}\n[[sites.shop.contacts.mails]]\nsubject = {{}}\naddress = "help@example.com"',
            "sites.shop.contacts.mails[0].subject.en: missing; expected what stands over it",
        ),
        (
            f'{SHOP}\n[[sites.shop.contacts.mails]]\nsubject.en = "Help"\naddress = "help"',
            "sites.shop.contacts.mails[0].address: expected an address like help@example.com; got 'help'",
        ),
        (
            f'{SHOP}\n[[sites.shop.contacts.messengers]]\napp = "Telegram"\nlink = "javascript://t.me"',
            "sites.shop.contacts.messengers[0].link: expected an address like https://t.me/example; got 'javascript://t.me'",
        ),
        (
            f'{SHOP}\n[[sites.shop.contacts.people]]\nclaim = "manager"\nrole = {{ en = "Manager", fr = "Chef" }}',
            "sites.shop.contacts.people[0].role.fr: expected one of en; got 'fr'",
        ),
    ],
)
def test_a_fault_says_what_was_expected(tmp_path: Path, toml: str, fault: str) -> None:
    assert faults(tmp_path, toml) == [fault]


EXPECTED_BUCKET = (
    "storage.url: expected an address like s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1"
)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://hush.example.com", [EXPECTED_BUCKET]),
        ("s3://", [EXPECTED_BUCKET]),
        ("s3://me:hush@bucket/x", [EXPECTED_BUCKET]),
        (
            "s3://bucket?hush=hush&region=",
            [
                "storage.url: expected in its query only endpoint, region, access_key_id, secret_access_key, "
                "session_token, virtual_hosted",
                "storage.url: expected each name in its query once, with a value",
            ],
        ),
        (
            "s3://bucket?endpoint=s3.example.com&secret_access_key=hush&virtual_hosted=1",
            [
                "storage.url: expected as endpoint an address like https://s3.example.com; write %26 for an & in a value",
                "storage.url: expected access_key_id and secret_access_key together",
                "storage.url: expected as virtual_hosted true or false",
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_bucket_is_told_without_its_keys(tmp_path: Path, url: str, told: list[str]) -> None:
    assert faults(tmp_path, f'[storage]\nurl = "{url}"') == told


def test_a_bucket_may_have_keys_and_an_endpoint_of_its_own_and_come_from_the_environment() -> None:
    url = "s3://my-files/of/mayfly/?endpoint=http://127.0.0.1:9000&access_key_id=me&secret_access_key=a%2Fb"
    assert read(None, {"MAYFLY_STORAGE_URL": url}).storage.url == url
    assert parse_bucket(url) == Bucket(
        "my-files", "of/mayfly", endpoint="http://127.0.0.1:9000", access_key_id="me", secret_access_key="a/b"
    )


def test_what_a_site_takes_is_a_size_and_some_kinds(tmp_path: Path) -> None:
    toml = SHOP + 'files = { max_mb = 0, kinds = ["image", "movie"] }'
    assert faults(tmp_path, toml) == [
        "sites.shop.files.max_mb: expected a whole number from 1 to 4096; got 0",
        "sites.shop.files.kinds[1]: expected one of image, video, audio, pdf, text, office, archive, calendar, markup, "
        "other; got 'movie'",
    ]


def test_faults_never_repeat_a_secret(tmp_path: Path) -> None:
    toml = '[server]\nsecret_keys = ["hush"]\n[database]\nurl = "mysql://me:hush@db"\n'
    told = faults(tmp_path, toml)
    assert len(told) == 2
    assert "hush" not in "\n".join(told)
    (told_of_a_number,) = faults(tmp_path, "[redis]\nurl = 424242\n")
    assert "424242" not in told_of_a_number


def test_a_mistyped_variable_is_a_fault_and_a_foreign_one_is_not(tmp_path: Path) -> None:
    environ = {"MAYFLY_REDIS_URI": "redis://h", "MAYFLY_CHAT_MAX_TEXT": "many", "MAYFLYER": "1", "MAYFLY_HOME": "1"}
    assert faults(tmp_path, "", environ) == [
        "MAYFLY_REDIS_URI: unknown variable; did you mean MAYFLY_REDIS_URL?",
        "MAYFLY_CHAT_MAX_TEXT: expected a whole number from 1 to 16000; got 'many'",
    ]


def test_a_file_that_is_missing_or_not_toml_is_one_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read: No such file"):
        read(tmp_path / "absent.toml", {})
    (told,) = faults(tmp_path, "[chat")
    assert "not valid TOML" in told


def test_the_secret_key_is_made_once_for_all_who_race_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    environ = {"MAYFLY_SERVER_DATA_DIR": str(tmp_path / "data")}
    with ThreadPoolExecutor(16) as many:
        made = list(many.map(lambda _: load(None, environ).server.secret_keys, range(64)))
    (secret,) = made[0]
    assert len(secret) >= 32
    assert made == [[secret]] * 64
    assert os.listdir(tmp_path / "data") == ["secret.key"]
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600


def test_a_configured_secret_key_leaves_the_disk_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    load(None, {"MAYFLY_SERVER_DATA_DIR": str(folder), "MAYFLY_SERVER_SECRET_KEYS": SECRET})
    assert not folder.exists()


def test_reading_alone_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert read(None, {"MAYFLY_SERVER_DATA_DIR": str(folder)}).server.secret_keys == []
    assert not folder.exists()


SHOP = '[sites.shop]\ntitle = "Shop"\norigins = []\n'


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("routes = 3", "routes: expected tables like [[sites.shop.routes]]; got 3"),
        ('routes = [{ to = ["team:support"] }, 3]', "routes[1]: expected a table; got 3"),
        ("routes = [{}]", 'routes[0].to: missing; expected a list of "team:NAME" and "agent:{claim}"'),
        ("routes = [{ to = [] }]", 'routes[0].to: expected a list of "team:NAME" and "agent:{claim}"; got []'),
        (
            'routes = [{ to = ["support"] }]',
            """routes[0].to[0]: expected "team:NAME" or "agent:{claim}"; got 'support'""",
        ),
        (
            'routes = [{ to = ["team:support", "agent:manager"] }]',
            """routes[0].to[1]: expected "team:NAME" or "agent:{claim}"; got 'agent:manager'""",
        ),
        ('routes = [{ to = ["team:night"] }]', "routes[0].to[0]: expected one of support; got 'night'"),
        (
            'routes = [{ to = ["team:support"], wen = {} }]',
            "routes[0].wen: unknown key; did you mean sites.shop.routes[0].when?",
        ),
        (
            'routes = [{ to = ["team:support"], when = "vip" }]',
            """routes[0].when: expected a table like { plan = "vip" }; got 'vip'""",
        ),
        (
            'routes = [{ to = ["team:support"], when = { plan = { is = "vip" } } }]',
            "routes[0].when.plan: expected text, a number, true or false, or a list of them; got {'is': 'vip'}",
        ),
        (
            'routes = [{ to = ["team:support"], priority = -1 }]',
            "routes[0].priority: expected a whole number from 0 to 99; got -1",
        ),
        ('time_zone = "Mars/Olympus"', "time_zone: expected an IANA name like Europe/Berlin; got 'Mars/Olympus'"),
        (
            'eligible = { when = { role = "staff" } }',
            "eligible.when: expected a list of tables; got {'role': 'staff'}",
        ),
        (
            'eligible = { when = [{ role = "staff" }] }',
            "eligible.otherwise.en: missing; expected what to tell those who are not eligible",
        ),
        (
            'eligible = { otherwise = { en = "Turn to your distributor.", ru = "" } }',
            "eligible.otherwise.ru: expected one of en; got 'ru'",
        ),
    ],
)
def test_a_fault_in_a_route_is_found_where_it_is(tmp_path: Path, toml: str, fault: str) -> None:
    assert faults(tmp_path, SHOP + toml) == [f"sites.shop.{fault}"]


def test_routes_keep_their_order_and_days_may_be_dates_or_texts(tmp_path: Path) -> None:
    toml = """
        [calendars.office]
        open = ["mon-fri 09:00-18:00"]
        closed = [2026-12-31, "2027-01-01", "01-07"]
        [sites.shop]
        title = "Shop"
        origins = []
        [[sites.shop.routes]]
        when = { plan = ["vip", "gold"], signed_in = true, seats = 5 }
        to = ["agent:{manager}", "team:support"]
        priority = 90
        [[sites.shop.routes]]
        to = ["team:support"]
    """
    settings = read(written(tmp_path, toml), {})
    assert settings.calendars["office"].closed == ["2026-12-31", "2027-01-01", "01-07"]
    assert settings.sites["shop"].routes == [
        Route(
            when={"plan": ["vip", "gold"], "signed_in": True, "seats": 5},
            to=["agent:{manager}", "team:support"],
            priority=90,
        ),
        Route(to=["team:support"]),
    ]


MAIL = '[server]\npublic_url = "https://chat.example.com"\n[mail]\n'


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("smtp_url = 'smtp://mx.example.com'", "mail.sender: missing; expected an address like Support"),
        ("sender = 'Support'", "mail.sender: expected an address like Support <support@example.com>; got 'Support'"),
        ("sender = 'a@b.example\\nBcc: c@d.example'", "mail.sender: expected an address like"),
        (
            "smtp_url = 'http://mx'\nsender = 'a@b.example'",
            "mail.smtp_url: expected an address that starts with smtp://",
        ),
        ("smtp_url = 'smtp://:25'\nsender = 'a@b.example'", "mail.smtp_url: expected the server's name behind ://"),
        ("smtp_url = 'smtp://mx:q'\nsender = 'a@b.example'", "mail.smtp_url: expected the server's name behind ://"),
        ("starttls = 'yes'", "mail.starttls: expected one of auto, always, never; got 'yes'"),
    ],
)
def test_faults_of_mail_are_named(tmp_path: Path, toml: str, fault: str) -> None:
    (told,) = faults(tmp_path, MAIL + toml.replace("'", '"'))
    assert told.startswith(fault)


def test_mail_needs_the_address_that_its_links_lead_to(tmp_path: Path) -> None:
    mail = {"MAYFLY_MAIL_SMTP_URL": "smtp://u:very-secret@mx.example.com", "MAYFLY_MAIL_SENDER": "Shop <a@b.example>"}
    (told,) = faults(tmp_path, "", mail)
    assert told.startswith("server.public_url: missing; expected the address browsers use: mail needs it")
    settings = read(None, {**mail, "MAYFLY_SERVER_PUBLIC_URL": "https://chat.example.com"})
    assert (settings.mail.on, settings.mail.sender) == (True, "Shop <a@b.example>")
    assert not read(None, {}).mail.on
    assert not any(
        "very-secret" in fault for fault in faults(tmp_path, "", mail | {"MAYFLY_MAIL_SMTP_URL": "very-secret"})
    )


def test_a_folder_of_articles_lies_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "help").mkdir()
    (tmp_path / "mayfly.toml").write_text('[sites.shop]\ntitle = "S"\norigins = []\narticles = "help"\n', "utf-8")
    assert read(tmp_path / "mayfly.toml", {}).sites["shop"].articles == str(tmp_path / "help")
