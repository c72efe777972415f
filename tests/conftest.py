"""What tests of the whole service share."""

import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from zlib import crc32

import pytest

from tests.service import Installation, installation
from tests.standing import Standing

Row = dict[str, object]
Tables = dict[str, list[Row]]
FIGURES = pytest.StashKey[Tables]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the figures that are published, instead of a quick look")
    parser.addoption("--chats", type=int, default=200, help="with --full: in so many chats a node is killed")


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays: looking for garbage in it, over and over, takes longer than many a test."""
    gc.freeze()
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Overwriting what is freed takes a quarter of a node's start: in the short form only nodes whose memory is read do it."""
    if not config.getoption("full"):
        os.environ["MAYFLY_SERVER_WIPE_MEMORY"] = "false"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    names = Counter(item.nodeid for item in items)
    if twice := [name for name, count in names.items() if count > 1]:
        raise pytest.UsageError(f"only one of these would be run beside others: {', '.join(twice)}")
    if not config.getoption("full"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("full")])
        items[:] = [item for item in items if not item.get_closest_marker("full")]
    if hasattr(config, "workerinput"):  # of xdist: side by side, files that mostly wait stand among those that compute
        items.sort(key=lambda item: crc32(str(item.path.relative_to(config.rootpath)).encode()))


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether this is ``make faults``: the whole numbers of people, faults and frames."""
    return bool(pytestconfig.getoption("full"))


@pytest.fixture(scope="session")
def chats(pytestconfig: pytest.Config, full: bool) -> int:
    """How many chats meet a fault."""
    return int(pytestconfig.getoption("chats")) if full else 20


Figures = Callable[..., None]


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> Figures:
    """Notes a row of a table for the end of the run: ``figures("A table's name", done="...", lost=0)``."""
    tables = pytestconfig.stash.setdefault(FIGURES, {})

    def note(table: str, **row: object) -> None:
        tables.setdefault(table, []).append(row)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tables: Tables = config.stash.get(FIGURES, {})
    for name, rows in tables.items():
        head = [*rows[0]]
        lines = [head, ["---"] * len(head), *([str(row[key]) for key in head] for row in rows)]
        terminalreporter.write_line(f"\n{name}\n")
        for cells in lines:
            terminalreporter.write_line("| " + " | ".join(cells).replace("_", " ") + " |")


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    standing = Standing(lambda: tmp_path_factory.mktemp("mayfly"))
    yield standing
    standing.end()


@pytest.fixture
async def mayfly(tmp_path: Path, request: pytest.FixtureRequest, standing: Standing) -> AsyncIterator[Installation]:
    """An installation; with ``@pytest.mark.configured(max_waiting=1)`` a new one with these settings."""
    mark = request.node.get_closest_marker("configured")
    async with installation(tmp_path, **mark.kwargs) if mark else standing.lent() as made:
        yield made
