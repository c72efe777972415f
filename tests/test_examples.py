"""The example desks are good as they stand."""

from pathlib import Path

import pytest

from chat.contradictions import unreachable
from chat.demo import demo_settings
from chat.help.folder import Folder
from chat.settings import Settings, read

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.toml"))


def test_there_is_an_example_for_each_desk() -> None:
    assert [path.stem for path in EXAMPLES] == ["hotel", "platform", "rentals", "travel"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_no_fault_and_no_rule_without_effect(path: Path) -> None:
    assert list(unreachable(read(path, {}))) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_says_how_to_check_and_to_try_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert f"mayfly check --config examples/{path.name}" in text
    assert f"--config examples/{path.name} --site " in text


def test_the_articles_of_the_demo_have_no_fault() -> None:
    site = demo_settings(Settings(), 8000).sites["demo"]
    assert site.articles is not None
    shelved = Folder(Path(site.articles), "demo", ["en", "ru", "uk", "es"]).read()
    assert shelved.faults == []
    assert len(shelved.library.articles) == 4 * 5


def test_the_example_articles_have_no_fault() -> None:
    site = read(EXAMPLES[0], {}).sites["hotel"]
    assert site.articles is not None
    shelved = Folder(Path(site.articles), "hotel", ["en", "ru", "uk", "es"]).read()
    assert shelved.faults == []
    assert len(shelved.library.articles) == 4 * 26
