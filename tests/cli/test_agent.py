"""``mayfly agent``: accounts and their links."""

import email
import sqlite3
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.cli.operator import Operator


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
