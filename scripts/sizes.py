"""Lists the largest modules and functions, so that their growth is a decision and not a drift. Never fails."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = ("chat", "routing", "scripts", "tests", "bench")
MODULE = {".py": 300, ".js": 250}
FUNCTION = 50
SHOWN = 8


def main() -> None:
    """Print both lists; what passes the rule of thumb carries a mark."""
    files = [path for folder in PYTHON for path in (ROOT / folder).rglob("*.py")]
    scripts = list((ROOT / "widget" / "static").rglob("*.js"))
    modules = [(_lines(path), MODULE[path.suffix], str(path.relative_to(ROOT))) for path in files + scripts]
    functions = [(size, FUNCTION, name) for path in files for size, name in _functions(path)]
    _show("largest modules, in lines", modules)
    _show("longest functions, in lines", functions)


def _show(title: str, sizes: list[tuple[int, int, str]]) -> None:
    print(f"{title}:")
    for size, rule, name in sorted(sizes, reverse=True)[:SHOWN]:
        print(f"  {size:5} {'!' if size > rule else ' '} {name}")


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def _functions(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or 0) - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


if __name__ == "__main__":
    main()
