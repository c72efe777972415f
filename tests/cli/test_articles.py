"""``mayfly articles check``."""

from tests.cli.operator import Operator
from tests.help.shelf import Shelf

ARTICLES = """
[sites.shop]
title = "Shop"
origins = []
locales = ["en", "ru"]
articles = "help"
"""


def test_articles_check_names_every_fault_with_its_file(operator: Operator) -> None:
    operator.writes(ARTICLES)
    shelf = Shelf(operator.folder / "help")
    shelf.write("en/one", "[x](two.md) ![y](y.png)")
    shelf.write("ru/one", keyword="[a]")
    checked = operator.runs("articles", "check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "help/en/one.md: image y.png: there is no such file",
        "help/en/one.md: link two.md: there is no such article",
        "help/en/one.md: there is no translation into ru",
        "help/ru/one.md: keyword: unknown key; did you mean keywords?",
    ]
    shelf.write("en/one")
    shelf.write("ru/one")
    mended = operator.runs("articles", "check")
    assert (mended.returncode, mended.stdout) == (0, "1 folder of articles: no faults\n")


def test_a_folder_of_articles_that_is_not_there_is_a_fault_of_the_configuration(operator: Operator) -> None:
    operator.writes(ARTICLES)
    for words in (["check"], ["articles", "check"]):
        told = operator.runs(*words)
        assert told.returncode == 1
        assert "sites.shop.articles: expected a folder; got 'help'" in told.stdout + told.stderr
