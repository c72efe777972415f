"""Styles go by where a line begins and ends, so that a page can be turned from right to left."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

STATIC = Path(str(files("widget") / "static"))
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border|scroll-margin|scroll-padding)-(left|right)|left|right)\s*:"
    r"|(?<![\w-])(text-align|float|clear)\s*:\s*(left|right)"
    r"|border-(top|bottom)-(left|right)-radius"
)
FOUR = re.compile(r"(?<![\w-])(margin|padding|inset)\s*:\s*([^\s;{}]+) ([^\s;{}]+) ([^\s;{}]+) ([^\s;{}]+)\s*[;}]")
"""Top, right, bottom, left: where right and left differ, they are sides."""


@pytest.mark.parametrize("sheet", sorted(STATIC.rglob("*.css")), ids=lambda path: str(path.relative_to(STATIC)))
def test_a_style_names_no_left_and_no_right(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"\w+\([^()]*(\([^()]*\)[^()]*)*\)", lambda call: call[0].replace(" ", ""), text)
    sides = [found[0] for found in FOUR.finditer(text) if found[3] != found[5]]
    assert [found[0] for found in PHYSICAL.finditer(text)] + sides == []
