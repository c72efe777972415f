"""``docs/routing.md`` followed as a new operator would: its first configuration, its commands, and what they print."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chat.contradictions import unreachable
from chat.settings import read

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "routing.md").read_text("utf-8")
FIRST_PART = GUIDE.partition("## From a visitor")[0]


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """A folder with the guide's configuration, where ``mayfly`` is on the PATH."""
    (tmp_path / "mayfly.toml").write_text(blocks(FIRST_PART, "toml")[0], "utf-8")
    command = tmp_path / "bin" / "mayfly"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m chat "$@"\n', "utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def run(folder: Path, command: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
    environ = {**clean, "PYTHONPATH": str(ROOT), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_commands_print_what_the_guide_says(shell: Path) -> None:
    for command in (line for block in blocks(FIRST_PART, "sh") for line in block.splitlines()):
        assert "/console/setup?token=" in run(shell, command)
    shown = blocks(FIRST_PART, "console")
    assert len(shown) == 3
    for block in shown:
        command, _, output = block.removeprefix("$ ").partition("\n")
        assert run(shell, command) == output


def test_every_other_piece_of_configuration_is_good(tmp_path: Path) -> None:
    whole, *pieces = blocks(GUIDE, "toml")
    assert len(pieces) == 3
    whole = whole.replace("[sites.shop]", '[sites.shop]\nlocales = ["en", "ru"]\ntopics = ["An order"]', 1)
    more = "\n".join([*pieces, '[sites.shop.pre_chat]\ntopic = "required"', "[plans.partner]"])
    (tmp_path / "mayfly.toml").write_text(whole + more, "utf-8")
    assert list(unreachable(read(tmp_path / "mayfly.toml", {}))) == []
