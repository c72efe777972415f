"""Imports go one way: from the web inwards to the facts, and never back (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("chat", "routing", "widget")

LAYERS = [
    {
        "chat.protocol",
        "chat.errors",
        "chat.settings",
        "chat.contradictions",
        "chat.configfile",
        "chat.bucket",
        "chat.theme_settings",
    }
    | {"chat.contact_settings", "chat.live.keys", "chat.people.keys", "chat.people.emails"},
    {"chat.web.client", "chat.web.i18n", "chat.web.pseudo", "chat.web.colour"},
    {"chat.live", "chat.desk", "chat.help", "chat.people", "chat.storage", "chat.metrics", "chat.logs"},
    {"chat.services", "chat.demo", "chat.explain"},
    {"chat.web", "chat.desk.api", "chat.people.api"},
    {"chat.app"},
    {"chat.worker", "chat.serving", "chat.launcher", "chat.engine", "chat.children"},
    {"chat.audit"},
    {"chat.cli", "chat.commands", "chat.__main__"},
]
"""From the innermost outwards; the longest name that fits a module decides where it stands."""


def modules(package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(path: Path) -> set[str]:
    """Names of our own modules that a file imports; what only the type checker reads does not count."""
    found: set[str] = set()
    for node in _executed(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found |= {f"{module}.{alias.name}" for alias in names}
            case ast.ImportFrom(level=level):
                assert level == 0, f"{path}: relative import"
    return {name for name in found if name.split(".")[0] in OURS}


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _executed(node)


def layer(module: str) -> int | None:
    fits = [
        (len(name), depth)
        for depth, names in enumerate(LAYERS)
        for name in names
        if module == name or module.startswith(name + ".")
    ]
    return max(fits)[1] if fits else None


@pytest.mark.parametrize("package", ["routing", "widget"])
def test_routing_and_widget_import_nothing_of_ours(package: str) -> None:
    for name, path in modules(package):
        outside = {one for one in imported(path) if not one.startswith(package + ".")}
        assert not outside, f"{name} imports {outside}"


def test_in_chat_nothing_imports_outwards() -> None:
    for name, path in modules("chat"):
        own = layer(name)
        if own is None:
            assert name == "chat" or path.name == "__init__.py", f"{name} has no layer in this test"
            continue
        for other in imported(path):
            theirs = layer(other)
            assert theirs is None or theirs <= own, f"{name} imports {other}"


def test_the_test_can_see_an_import_that_runs_back(tmp_path: Path) -> None:
    wrong = tmp_path / "log.py"
    wrong.write_text("def f():\n    from chat.web import pages\n", "utf-8")
    (found,) = imported(wrong)
    outer, inner = layer(found), layer("chat.live.log")
    assert outer is not None
    assert inner is not None
    assert outer > inner
