"""Everything others rely on is documented: settings, frames, codes, Redis keys."""

import importlib
import re
from pathlib import Path

import pytest
from msgspec import Struct, structs

from chat.errors import CLOSE_CODES, ERRORS
from chat.protocol import SystemLine
from chat.settings import FROM_ENVIRONMENT, Settings
from scripts import redis_docs, settings_docs, wire

DOCS = Path(__file__).parent.parent / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def section(text: str, heading: str) -> str:
    """The part of a page under a heading, up to the next of the same level or above."""
    level = heading.split(" ")[0]
    assert f"\n{heading}\n" in text, f"{heading} is missing"
    rest = text.partition(f"\n{heading}\n")[2]
    ends = [at for depth in range(1, len(level) + 1) if (at := rest.find(f"\n{'#' * depth} ")) >= 0]
    return rest[: min(ends, default=len(rest))]


@pytest.mark.parametrize(("heading", "kind"), list(settings_docs.sections(Settings, "", "NAME")))
def test_every_setting_is_documented(heading: str, kind: type[Struct]) -> None:
    part, path = section(page("settings.md"), f"## `{heading}`"), heading.strip("[]")
    for one in settings_docs.leaves(kind):
        assert f"| `{one.name}` |" in part
        assert (f"`MAYFLY_{path}_{one.name}`".upper() in part.upper()) == (path in FROM_ENVIRONMENT)


@pytest.mark.parametrize(
    ("title", "union"),
    [
        ("Visitor commands", "VisitorCommand"),
        ("Visitor events", "VisitorEvent"),
        ("Agent commands", "AgentCommand"),
        ("Agent events", "AgentEvent"),
    ],
)
def test_every_frame_and_every_member_is_documented(title: str, union: str) -> None:
    part = section(page("protocol.md"), f"## {title}")
    for frame in wire.union(union):
        entry = section(part, f"### `{wire.tag(frame)}`")
        assert (frame.__doc__ or "").split(".")[0].replace("``", "`") in entry
        for one in structs.fields(frame):
            assert f"| `{one.name}`" in entry


def test_every_code_is_documented() -> None:
    text = page("protocol.md")
    closes, errors = section(text, "## Close codes"), section(text, "## Errors")
    for name, close in CLOSE_CODES.items():
        assert f"| {close.code} | `{name}` |" in closes
    for code in ERRORS:
        assert f"| `{code}` |" in errors
    for name, line in vars(SystemLine).items():
        assert not name.isupper() or f"`{line}`" in section(text, "## System lines")


@pytest.mark.parametrize("name", ["routing.keys", "chat.help.keys", "chat.live.keys", "chat.people.keys"])
def test_every_redis_key_is_documented_with_type_and_lifetime(name: str) -> None:
    module = importlib.import_module(name)
    part = section(page("redis-keys.md"), f"## {name}")
    described = dict(redis_docs.described(module))
    public = {key for key, value in vars(module).items() if not key.startswith("_") and _made_here(value, name)}
    assert public <= described.keys()
    for key, words in described.items():
        assert "Type: none" in words or f"`{redis_docs.pattern(getattr(module, key))}`" in part


def _made_here(value: object, module: str) -> bool:
    return isinstance(value, str) or getattr(value, "__module__", None) == module


def test_every_link_between_pages_leads_somewhere() -> None:
    root = DOCS.parent
    for path in [*root.glob("*.md"), *DOCS.rglob("*.md")]:
        words = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"(?<!!)\[[^]]+\]\(([^)#]+)", words):
            assert target.startswith("https://") or (path.parent / target).exists(), f"{path.name}: {target}"
