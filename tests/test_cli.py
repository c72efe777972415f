"""The ``mayfly`` command, run as an operator runs it."""

import email
import os
import socket
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.help.shelf import Shelf


@dataclass(frozen=True)
class Operator:
    """Someone in a folder of their own, with only what they set in the environment."""

    folder: Path

    def runs(self, *words: str, says: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run ``mayfly`` to its end; ``says`` is typed on stdin."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
        return subprocess.run(
            [sys.executable, "-c", "from chat.cli import app; app(prog_name='mayfly')", *words],
            cwd=self.folder,
            env={**clean, "PYTHONPATH": str(Path(__file__).parent.parent), **environ},
            input=says,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def writes(self, toml: str) -> None:
        (self.folder / "mayfly.toml").write_text(toml, "utf-8")


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_check_names_every_fault_on_its_own_line_and_fails(operator: Operator) -> None:
    operator.writes("[chat]\nresume_grace = 3\nmax_text = 0\n")
    checked = operator.runs("check", MAYFLY_REDIS_URI="redis://x")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "MAYFLY_REDIS_URI: unknown variable; did you mean MAYFLY_REDIS_URL?",
        "chat.resume_grace: unknown key; did you mean chat.resume_grace_s?",
        "chat.max_text: expected a whole number from 1 to 16000; got 0",
    ]


def test_check_of_a_good_file_succeeds_and_leaves_nothing_behind(operator: Operator) -> None:
    operator.writes("[chat]\nmax_text = 100\n")
    checked = operator.runs("check")
    assert (checked.returncode, checked.stdout) == (0, "mayfly.toml: no faults\n")
    assert os.listdir(operator.folder) == ["mayfly.toml"]
    assert (
        operator.runs("check", "--config", "other.toml").stdout
        == "other.toml: cannot be read: No such file or directory\n"
    )


def test_serve_refuses_a_faulty_configuration(operator: Operator) -> None:
    operator.writes('[sites.shop]\ntitle = "Shop"\norigins = ["shop"]\n')
    served = operator.runs("serve")
    assert (served.returncode, served.stdout) == (1, "")
    (line,) = served.stderr.splitlines()
    assert line.startswith("mayfly: sites.shop.origins[0]: expected an origin")


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"MAYFLY_REDIS_URL": "redis://:hush@127.0.0.1:1/0"}, "cannot reach Redis at redis://127.0.0.1:1/0"),
        ({"MAYFLY_DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/x"}, "cannot reach the database"),
        ({"MAYFLY_SERVER_DATA_DIR": "/proc/none"}, "server.data_dir: /proc/none"),
    ],
)
def test_serve_says_in_one_line_what_it_cannot_reach(operator: Operator, environ: dict[str, str], why: str) -> None:
    served = operator.runs("serve", "--port", "0", **environ)
    assert served.returncode == 1
    (line,) = served.stderr.splitlines()
    assert line.startswith(f"mayfly: {why}")
    assert "hush" not in line


def test_serve_says_in_one_line_that_the_port_is_taken(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = operator.runs("serve", "--port", str(port))
    assert served.returncode == 1
    assert served.stderr == f"mayfly: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_an_agent_is_added_with_a_password_from_stdin(operator: Operator) -> None:
    added = operator.runs(
        *("agent", "add", "Anna@example.com", "--name", "Anna", "--team", "support", "--role", "admin"),
        *("--capacity", "2", "--password-stdin"),
        says="correct horse battery\n",
    )
    assert (added.returncode, added.stdout) == (0, "added anna@example.com\n")
    (head, row) = operator.runs("agent", "list").stdout.splitlines()
    assert head.split() == ["E-mail", "Name", "Role", "Teams", "Capacity", "State"]
    assert row.split() == ["anna@example.com", "Anna", "admin", "support", "2", "active"]


def test_without_a_password_an_agent_gets_a_one_time_link(operator: Operator) -> None:
    operator.writes('[server]\npublic_url = "https://chat.example.com"\n[teams.sales]\n[teams.help]\n')
    added = operator.runs("agent", "add", "a@b.example", "--name", "Ann", "--team", "sales", "--team", "help")
    assert added.returncode == 0
    assert added.stdout.splitlines()[-1].startswith("https://chat.example.com/console/setup?token=")
    assert operator.runs("agent", "list").stdout.splitlines()[1].endswith("no password yet")


@pytest.mark.parametrize(
    ("words", "says", "why"),
    [
        (("--team", "ghosts"), "correct horse battery", "no team 'ghosts' in the configuration, only support"),
        (("--team", "support"), "short", "a password has 10 to 200 characters"),
    ],
)
def test_what_is_refused_leaves_no_account(operator: Operator, words: tuple[str, ...], says: str, why: str) -> None:
    refused = operator.runs("agent", "add", "a@b.example", "--name", "Ann", *words, "--password-stdin", says=says)
    assert (refused.returncode, refused.stderr) == (1, f"mayfly: {why}\n")
    assert len(operator.runs("agent", "list").stdout.splitlines()) == 1


def test_an_agent_is_disabled_and_let_back_in_by_a_reset(operator: Operator) -> None:
    operator.runs(
        "agent", "add", "a@b.example", "--name", "Ann", "--team", "support", "--password-stdin", says="x" * 12
    )
    assert operator.runs("agent", "disable", "A@B.example").stdout == "disabled a@b.example\n"
    assert operator.runs("agent", "list").stdout.splitlines()[1].endswith("disabled")
    assert "/console/setup?token=" in operator.runs("agent", "reset", "a@b.example").stdout
    assert operator.runs("agent", "list").stdout.splitlines()[1].endswith("active")
    unknown = operator.runs("agent", "disable", "nobody@b.example")
    assert (unknown.returncode, unknown.stderr) == (1, "mayfly: no agent nobody@b.example\n")


SHOP = """
[calendars.office]
time_zone = "Europe/Berlin"
open = ["mon-fri 09:00-18:00"]
[plans.vip]
priority = 80
first_response = "2h-4h"
channels = ["chat", "form"]
[teams.sales]
calendar = "office"
[teams.on-call]
[sites.shop]
title = "Shop"
origins = []
identity_secrets = ["ssssssssssssssssssssssssssssssss"]
team = "sales"
time_zone = "Europe/Berlin"
locales = ["en", "ru"]
topics = ["Money"] # and yet the form does not ask for one
eligible.when = [{ signed_in = false }, { role = "buyer" }]
eligible.otherwise = { en = "Please call us." }
[[sites.shop.routes]]
when = { plan = "vip" }
to = ["agent:{manager}", "team:sales", "team:on-call"]
"""


def test_check_names_rules_that_can_never_match(operator: Operator) -> None:
    operator.writes(
        SHOP
        + """
        [[sites.shop.routes]]
        when = { plan = "vip", locale = "ru" }
        to = ["team:sales"]
        [[sites.shop.routes]]
        when = { signed_in = false }
        to = ["agent:{manager}", "team:sales"]
        [[sites.shop.routes]]
        when = { topic = "Money" }
        to = ["team:sales"]
        [sites.bare]
        title = "Bare"
        origins = []
        team = "sales"
        eligible.when = [{ role = "staff" }]
        eligible.otherwise = { en = "No." }
        """
    )
    checked = operator.runs("check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "sites.shop.routes[1]: can never match: routes[0] comes before it and takes everyone it is for",
        "sites.shop.routes[2].to[0]: can never be found: who is not signed in has no claim manager",
        "sites.shop.routes[3]: can never match: no topic is Money: the site asks for none",
        "sites.bare.eligible.when[0]: can never match: nobody can sign in, since the site has no identity_secrets",
    ]


def test_check_names_faults_of_all_kinds_at_once_and_none_that_only_follow_from_another(operator: Operator) -> None:
    operator.writes(
        """
        [chat]
        max_txt = 3
        [calendars.day]
        time_zone = 7
        open = ["mon-fri 9-5"]
        [calendars.night]
        time_zone = "Europe/Nowhere"
        open = ["always"]
        [teams.sales]
        max_wait_s = "long"
        calendar = "days"
        [sites.shop]
        origins = ["https://shop.example.com/"]
        team = "sales"
        [[sites.shop.routes]]
        when = { topic = "Money" }
        to = ["team:sales", "somebody"]
        """
    )
    checked = operator.runs("check")
    assert checked.returncode == 1
    assert [line.split(": ")[0] for line in checked.stdout.splitlines()] == [
        "chat.max_txt", "calendars.day.time_zone", "teams.sales.max_wait_s", "sites.shop.title", "calendars.day.open[0]",
        "calendars.night.time_zone", "teams.sales.calendar", "sites.shop.origins[0]", "sites.shop.routes[0].to[1]",
        "sites.shop.routes[0]",
    ]  # fmt: skip


def test_check_names_teams_nobody_is_in_once_there_are_accounts(operator: Operator) -> None:
    operator.writes(SHOP)
    assert operator.runs("check").returncode == 0
    add = ("agent", "add", "--name", "Ann", "--team", "sales", "--password-stdin")
    operator.runs(*add, "ann@b.example", says="x" * 12)
    operator.runs(*add, "--team", "on-call", "ben@b.example", says="x" * 12)
    assert operator.runs("check").stdout == "mayfly.toml: no faults\n"
    operator.runs("agent", "disable", "ben@b.example")
    checked = operator.runs("check")
    assert checked.returncode == 1
    assert checked.stdout == (
        "teams.on-call: nobody is in this team; add somebody with mayfly agent add EMAIL --name NAME --team on-call\n"
    )


def test_check_says_nothing_of_accounts_it_cannot_read(operator: Operator) -> None:
    operator.writes(SHOP)
    for url in ("postgresql://me:hush@127.0.0.1:1/x", "sqlite:///empty.db"):
        (operator.folder / "empty.db").touch()
        checked = operator.runs("check", MAYFLY_DATABASE_URL=url)
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, "mayfly.toml: no faults\n", "")


def test_route_tells_where_a_visitor_would_go_and_why(operator: Operator) -> None:
    operator.writes(SHOP)
    operator.runs(
        *("agent", "add", "vera@b.example", "--name", "Vera", "--team", "sales", "--password-stdin"), says="x" * 12
    )
    claims = '{"plan": "vip", "role": "buyer", "manager": "Vera@b.example", "time_zone": "Asia/Tokyo", "exp": 1}'
    told = operator.runs("route", "--site", "shop", "--claims", "-", "--at", "2026-11-23 16:30", says=claims)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "At Mon 23 Nov 2026 16:30 Asia/Tokyo, the visitor's time:",
        "  plan vip",
        "  routes[0] is taken, for plan is vip",
        "  1. agent:{manager}, Vera <vera@b.example> of team sales: closed until Mon 23 Nov 2026 09:00 Europe/Berlin"
        " (calendar office)",
        "  2. team:sales: closed until Mon 23 Nov 2026 09:00 Europe/Berlin (calendar office)",
        "  3. team:on-call: always open",
        "Open for them. A chat goes to the first step that is open and has somebody available.",
        "Priority 80.",
        "The panel offers chat, form.",
        "A request is answered within 2h-4h of open time: by Mon 23 Nov 2026 20:30 Asia/Tokyo.",
    ]


def test_route_tells_who_finds_it_closed_and_who_is_not_eligible(operator: Operator) -> None:
    operator.writes(SHOP)
    anonymous = operator.runs("route", "--site", "shop", "--at", "2026-11-28T12:00:00Z")
    assert anonymous.stdout.splitlines()[-1] == (
        "Closed for them until Mon 30 Nov 2026 09:00 Europe/Berlin. They are offered the request form."
    )
    (operator.folder / "guest.json").write_text('{"role": "guest"}', "utf-8")
    refused = operator.runs("route", "--site", "shop", "--claims", "guest.json", "--at", "2026-11-23 09:30")
    assert (refused.returncode, refused.stdout.splitlines()[1:]) == (
        0,
        [
            "  not eligible: it asks that signed_in is false, not true",
            "  not eligible: it asks that role is buyer, not guest",
            "Not for them. They are told: Please call us.",
        ],
    )
    assert not (operator.folder / "data").exists()


@pytest.mark.parametrize(
    ("words", "says", "why"),
    [
        (("--site", "shopp"), "", "no site 'shopp' in the configuration, only shop"),
        (("--site", "shop", "--topic", "Honey"), "", "no topic 'Honey' in the configuration, only Money"),
        (("--site", "shop", "--locale", "de"), "", "no locale 'de' in the configuration, only en, ru"),
        (
            ("--site", "shop", "--time-zone", "Berlin"),
            "",
            "no time zone 'Berlin': expected an IANA name like Europe/Berlin",
        ),
        (
            ("--site", "shop", "--at", "noon"),
            "",
            """expected a time like "2026-11-23 09:30" or RFC 3339; got 'noon'""",
        ),
        (("--site", "shop", "--claims", "none.json"), "", "none.json: cannot be read: No such file or directory"),
        (
            ("--site", "shop", "--claims", "-"),
            "[]",
            """-: expected a JSON object like {"plan": "vip"}: Expected `object`, got `array`""",
        ),
    ],
)
def test_route_refuses_what_it_does_not_understand(
    operator: Operator, words: tuple[str, ...], says: str, why: str
) -> None:
    operator.writes(SHOP)
    refused = operator.runs("route", *words, says=says)
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"mayfly: {why}\n")


def test_with_mail_the_link_is_mailed_too_and_the_command_says_so(operator: Operator) -> None:
    mail = '[mail]\nsmtp_url = "smtp://mx.example.com"\nsender = "help@example.com"\n'
    operator.writes(
        f'[server]\npublic_url = "https://chat.example.com"\n{mail}[sites.shop]\ntitle = "S"\norigins = []\nlocales = ["ru"]\n'
    )
    added = operator.runs("agent", "add", "a@b.example", "--name", "Ann", "--team", "support")
    assert added.stdout.splitlines()[0] == "The service mails this to a@b.example, as soon as it runs:"
    link = added.stdout.splitlines()[-1]
    assert operator.runs("agent", "reset", "a@b.example").stdout.startswith("The service mails this to a@b.example")
    with sqlite3.connect(operator.folder / "data" / "mayfly.db") as database:
        (first, letter), _ = database.execute("SELECT recipient, letter FROM outbox ORDER BY id").fetchall()
    read = email.message_from_string(letter, policy=default)
    assert isinstance(read, EmailMessage)
    body = read.get_body(("plain",))
    assert body is not None
    assert (first, read["To"]) == ("a@b.example", "a@b.example")
    assert read["Subject"] == "Ваша учётная запись в службе поддержки"
    assert link in body.get_content()


ARTICLES = """
[sites.shop]
title = "Shop"
origins = []
locales = ["en", "ru"]
articles = "help"
"""


def test_articles_check_names_every_fault_with_its_file(operator: Operator) -> None:
    operator.writes(ARTICLES)
    shelf = Shelf(operator.folder / "help")
    shelf.write("en/one", "[x](two.md) ![y](y.png)")
    shelf.write("ru/one", keyword="[a]")
    checked = operator.runs("articles", "check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "help/en/one.md: image y.png: there is no such file",
        "help/en/one.md: link two.md: there is no such article",
        "help/en/one.md: there is no translation into ru",
        "help/ru/one.md: keyword: unknown key; did you mean keywords?",
    ]
    shelf.write("en/one")
    shelf.write("ru/one")
    mended = operator.runs("articles", "check")
    assert (mended.returncode, mended.stdout) == (0, "1 folder of articles: no faults\n")


def test_a_folder_of_articles_that_is_not_there_is_a_fault_of_the_configuration(operator: Operator) -> None:
    operator.writes(ARTICLES)
    for words in (["check"], ["articles", "check"]):
        told = operator.runs(*words)
        assert told.returncode == 1
        assert "sites.shop.articles: expected a folder; got 'help'" in told.stdout + told.stderr
