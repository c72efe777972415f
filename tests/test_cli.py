"""The ``mayfly`` command, run as an operator runs it."""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


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
