"""Somebody asks to be forgotten, while the service runs."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import Any

from tests.clients import http_client
from tests.scenarios.conftest import Talk
from tests.service import Installation

TICKET: dict[str, Any] = {"subject": "Order 7", "body": "It did not come.", "email": "vera@example.com"}


def erase(mayfly: Installation, *words: str, says: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``mayfly erase`` as the operator does, beside the service."""
    command = [sys.executable, "-m", "chat", "erase", "--config", str(mayfly.config), *words]
    return subprocess.run(command, input=says, capture_output=True, text=True, timeout=60)


async def test_an_operator_erases_a_request_and_its_link_and_open_consoles_know(
    mayfly: Installation, talk: Talk
) -> None:
    await talk.visitor.sends("leave_ticket", ref="t1", include_chat=True, **TICKET)
    link = (await talk.visitor.gets("ticket_left", ref="t1"))["link"]
    await talk.anna.gets("ticket_changed", site="shop", number=1001)
    async with http_client() as browser:
        seen = erase(mayfly, "--email", "Vera@example.com", "--dry-run")
        assert "Would be erased" in seen.stdout
        assert "shop #1001" in seen.stdout
        assert erase(mayfly, "--email", "vera@example.com", says="n\n").returncode == 1
        assert (await browser.get(link)).status_code == 200

        erased = erase(mayfly, "--email", "vera@example.com", "--yes", "--json")
        assert [(one["site"], one["number"]) for one in json.loads(erased.stdout)["tickets"]] == [("shop", 1001)]
        await talk.anna.gets("ticket_changed", site="shop", number=1001)
        assert (await browser.get(link)).status_code == 404
    await talk.visitor.sends("leave_ticket", ref="t2", include_chat=False, **TICKET)
    await talk.visitor.gets("ticket_left", ref="t2")
    with closing(sqlite3.connect(mayfly.folder / "data" / "mayfly.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tickets").fetchone()
        early = erase(mayfly, "--email", "vera@example.com", "--yes")
        assert (early.returncode, "still in the log" in early.stderr) == (1, True)
    again = erase(mayfly, "--email", "vera@example.com", "--yes")
    assert (again.returncode, again.stderr) == (0, "")
    assert "nothing" in again.stdout


async def test_whose_requests_has_to_be_said_once_and_where(mayfly: Installation) -> None:
    for words in ((), ("--email", "a@b.example", "--sub", "7"), ("--sub", "7"), ("--ticket", "1001")):
        refused = erase(mayfly, *words)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("mayfly: say ")
