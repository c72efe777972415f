"""A folder of files as a site's articles, and everything that can be wrong with it."""

import os
import re
from datetime import date

import pytest

from chat.help.library import ALL, PUBLIC
from routing.rules import Visitor
from tests.help.shelf import PIXEL, Shelf

SECTIONS = """
basics: {title: {en: Basics, ru: Основы}, articles: [zebra, apple]}
money: {title: {en: Money, ru: Деньги}}
"""


def test_an_article_is_a_file_with_front_matter(shelf: Shelf) -> None:
    shelf.write(
        "en/refunds",
        "First *words*.\n\n## Later\n",
        title="Refunds",
        author="Mira",
        published="2026-03-01",
        keywords="[money back, chargeback]",
    )
    article = shelf.article("refunds")
    assert (article.title, article.section, article.locale, article.author) == ("Refunds", "basics", "en", "Mira")
    assert article.published == article.updated == date(2026, 3, 1)
    assert article.keywords == ("money back", "chargeback")
    assert (article.summary, article.headings) == ("First words.", ["Later"])
    assert article.public


def test_a_language_is_a_folder_or_said_in_the_front_matter_or_the_first(shelf: Shelf) -> None:
    shelf.write("en/deep/down/one")
    shelf.write("ru/one")
    shelf.write("two")
    shelf.write("other/three", locale="ru")
    assert set(shelf.read().library.articles) == {("one", "en"), ("one", "ru"), ("two", "en"), ("three", "ru")}


def test_what_begins_with_a_dot_and_a_readme_are_no_articles(shelf: Shelf) -> None:
    shelf.write("en/.draft")
    shelf.write(".git/one")
    shelf.put("README.md", "How we write.")
    assert shelf.read().library.articles == {}
    assert shelf.faults() == []


def test_the_contents_are_in_the_order_of_the_sections_file(shelf: Shelf) -> None:
    shelf.put("sections.yaml", SECTIONS)
    for name, section in (("apple", "basics"), ("mango", "basics"), ("zebra", "basics"), ("bill", "money")):
        shelf.write(f"en/{name}", section=section)
        shelf.write(f"ru/{name}", section=section)
    told = [
        (section.title("ru"), [(article.slug, article.locale) for article in articles])
        for section, articles in shelf.library().contents("ru", PUBLIC)
    ]
    assert told == [("Основы", [("zebra", "ru"), ("apple", "ru"), ("mango", "ru")]), ("Деньги", [("bill", "ru")])]


def test_without_a_sections_file_the_sections_are_what_the_articles_say(shelf: Shelf) -> None:
    shelf.write("en/one", section="Payments")
    shelf.write("en/two", section="Arrival")
    assert [section.title("en") for section, _ in shelf.read().library.contents("en", PUBLIC)] == [
        "Arrival",
        "Payments",
    ]


def test_what_is_not_translated_is_shown_in_the_first_language_it_is_there_in(shelf: Shelf) -> None:
    shelf.write("en/one")
    shelf.write("ru/two")
    library = shelf.read().library
    assert [(one.slug, one.locale) for one in library.shelf("ru", PUBLIC)] == [("one", "en"), ("two", "ru")]
    assert [(one.slug, one.locale) for one in library.shelf("en", PUBLIC)] == [("one", "en"), ("two", "ru")]


def test_an_article_for_some_is_seen_by_whoever_its_claims_fit(shelf: Shelf) -> None:
    shelf.write("en/open")
    shelf.write("en/inside", audience="{signed_in: true}")
    shelf.write("en/paid", audience="[{plan: [pro, max]}, {role: staff}]")
    library = shelf.read().library

    def seen(claims: dict[str, str] | None) -> list[str]:
        return [article.slug for article in library.shelf("en", Visitor(claims))]

    assert seen(None) == ["open"]
    assert seen({}) == ["inside", "open"]
    assert seen({"plan": "free"}) == ["inside", "open"]
    assert seen({"plan": "max"}) == ["inside", "open", "paid"]
    assert seen({"role": "staff"}) == ["inside", "open", "paid"]
    assert [article.slug for article in library.shelf("en", ALL)] == ["inside", "open", "paid"]
    assert library.find("paid", "en", PUBLIC) is None


FAULTY = {
    "no front matter": ("Just words.", "expected front matter"),
    "no end": ("---\ntitle: A\n", "expected front matter"),
    "no yaml": ("---\ntitle: [\n---\n", "not valid YAML"),
    "a list": ("---\n- a\n---\n", "expected a table"),
    "no title": ("---\nsection: basics\n---\n", "title: missing; expected text"),
    "an empty title": ("---\ntitle: ''\nsection: basics\n---\n", "title: expected text"),
    "a title that is a number": ("---\ntitle: 1\nsection: basics\n---\n", "title: expected text; got 1"),
    "an unknown key": (
        "---\ntitle: A\nsection: b\nkeyword: [a]\n---\n",
        "keyword: unknown key; did you mean keywords?",
    ),
    "no date": (
        "---\ntitle: A\nsection: b\nupdated: soon\n---\n",
        "updated: expected a date like 2027-01-31; got 'soon'",
    ),
    "keywords in a line": ("---\ntitle: A\nsection: b\nkeywords: a, b\n---\n", "keywords: expected a list of texts"),
    "an unknown audience": ("---\ntitle: A\nsection: b\naudience: staff\n---\n", "audience: expected everybody"),
    "an empty audience": ("---\ntitle: A\nsection: b\naudience: {}\n---\n", "audience: expected"),
    "an audience of nobody": ("---\ntitle: A\nsection: b\naudience: []\n---\n", "audience: expected"),
    "an audience of anybody": ("---\ntitle: A\nsection: b\naudience: [{plan: a}, {}]\n---\n", "audience: expected"),
    "an unknown language": (
        "---\ntitle: A\nsection: b\nlocale: tlh\n---\n",
        "locale: expected one of the site's, en, ru",
    ),
    "another language": ("---\ntitle: A\nsection: b\nlocale: ru\n---\n", "locale: expected en, as the folder says"),
    "not in UTF-8": (b"---\ntitle: \xff\n---\n", "expected text in UTF-8"),
}


@pytest.mark.parametrize(("content", "fault"), FAULTY.values(), ids=FAULTY)
def test_a_file_that_cannot_be_used_is_told_and_is_no_article(shelf: Shelf, content: str | bytes, fault: str) -> None:
    shelf.put("en/one.md", content)
    (told,) = shelf.faults()
    assert told.startswith(f"en/one.md: {fault}")
    assert shelf.read().library.articles == {}


def test_a_name_that_makes_no_address_is_told(shelf: Shelf) -> None:
    shelf.write("en/late check-out")
    assert shelf.faults() == [
        "en/late check-out.md: expected a file name of letters, digits, - and _ only: it becomes the address"
    ]


def test_every_fault_between_the_files_is_told(shelf: Shelf) -> None:
    shelf.put("sections.yaml", "basics: {title: {en: Basics}, articles: [ghost]}\nmoney: {titel: {en: Money}}\n")
    shelf.put("images/a.png", PIXEL)
    shelf.write("en/one", "[x](two.md) [y](ghost.md) [z](two.md#nowhere) [w](#nowhere)\n\n## Here\n\n[v](#here)")
    shelf.write("en/two", "![a](../images/a.png) ![b](../images/b.png)", section="cellar")
    shelf.write("ru/two")
    shelf.write("ru/deep/two")
    shelf.write("en/secret", audience="{plan: pro}")
    shelf.write("ru/secret")
    assert shelf.faults() == [
        "en/one.md: link #nowhere: there is no such heading in 'one'",
        "en/one.md: link ghost.md: there is no such article",
        "en/one.md: link two.md#nowhere: there is no such heading in 'two'",
        "en/one.md: there is no translation into ru",
        "en/two.md: image ../images/b.png: there is no such file",
        "en/two.md: section: expected one of basics, money; got 'cellar'",
        "ru/secret.md: audience: expected the same as in en/secret.md",
        "ru/two.md: the same article in the same language as ru/deep/two.md",
        "sections.yaml: basics.articles: there is no article 'ghost'",
        "sections.yaml: basics.title.ru: missing",
        "sections.yaml: money.titel: unknown key; did you mean money.title?",
        "sections.yaml: money.title: missing; expected a table of texts by locale",
    ]


def test_a_link_to_an_article_that_its_reader_may_not_see_is_told(shelf: Shelf) -> None:
    shelf.write("en/open", "[x](secret.md)")
    shelf.write("en/secret", "[x](open.md)", audience="{plan: pro}")
    shelf.locales = ["en"]
    assert shelf.faults() == ["en/open.md: link secret.md: leads to an article that not everybody may read"]


OUTSIDE = {
    "above the folder": ("../../outside.png", "expected a file within the folder"),
    "on another host": ("https://example.com/a.png", "expected a file in the folder"),
    "without a scheme": ("//example.com/a.png", "expected a file in the folder"),
    "a program": ("run.exe", "expected one of .avif"),
    "not there": ("a.png", "there is no such file"),
}


@pytest.mark.parametrize(("written", "fault"), OUTSIDE.values(), ids=OUTSIDE)
def test_a_picture_that_cannot_be_shown_is_told(shelf: Shelf, written: str, fault: str) -> None:
    shelf.locales = ["en"]
    shelf.write("en/one", f"![x]({written})")
    shelf.put("../outside.png", PIXEL)
    shelf.put("en/run.exe", b"MZ")
    (told,) = shelf.faults()
    assert told.startswith(f"en/one.md: image {written}: {fault}")


def test_a_picture_behind_a_symbolic_link_out_of_the_folder_is_not_served(shelf: Shelf) -> None:
    shelf.locales = ["en"]
    outside = shelf.put("../outside.png", PIXEL)
    shelf.write("en/one", "![x](in.png)")
    os.symlink(outside, shelf.root / "en" / "in.png")
    assert shelf.faults() == ["en/one.md: image in.png: expected a file within the folder"]


def test_a_file_that_has_become_faulty_keeps_its_last_good_version(shelf: Shelf) -> None:
    shelf.locales = ["en"]
    shelf.write("en/one", "Old.")
    shelf.write("en/two", "[x](one.md)")
    folder = shelf.folder()
    assert folder.read().faults == []
    shelf.put("en/one.md", "---\ntitle: [\n---\nNew.")
    broken = folder.read()
    assert [fault.file for fault in broken.faults] == ["en/one.md"]
    assert broken.library.articles["one", "en"].summary == "Old."
    assert folder.read().faults == broken.faults  # and it is told each time
    shelf.write("en/one", "Mended.")
    mended = folder.read()
    assert mended.faults == []
    assert mended.library.articles["one", "en"].summary == "Mended."


def test_a_sections_file_that_has_become_faulty_is_told(shelf: Shelf) -> None:
    shelf.locales = ["en"]
    shelf.put("sections.yaml", "basics: {title: {en: Basics}}\n")
    shelf.write("en/one")
    folder = shelf.folder()
    assert folder.read().faults == []
    shelf.put("sections.yaml", "basics: [\n")
    broken = folder.read()
    assert [fault.file for fault in broken.faults] == ["sections.yaml"]
    assert broken.library.section("basics").title("en") == "Basics"


def test_an_article_that_is_gone_is_gone(shelf: Shelf) -> None:
    path = shelf.write("en/one")
    folder = shelf.folder()
    assert len(folder.read().library.articles) == 1
    path.unlink()
    assert folder.read().library.articles == {}


def test_the_size_of_a_picture_is_known_where_its_file_tells_it(shelf: Shelf) -> None:
    shelf.put("a.png", PIXEL)
    shelf.put("b.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="736" height="288.4"></svg>')
    shelf.put("c.svg", "no picture at all")
    shelf.write("en/one", "![a](/a.png)![b](/b.svg)![c](/c.svg)")
    html = shelf.article("one").html
    assert re.findall(r'alt="(.)"(?: width="(\d+)" height="(\d+)")?', html) == [
        ("a", "1", "1"), ("b", "736", "288"), ("c", "", ""),
    ]  # fmt: skip


def test_only_what_has_changed_is_read_again(shelf: Shelf) -> None:
    shelf.put("en/a.png", PIXEL)
    shelf.write("en/one", "![x](a.png)")
    shelf.write("en/two")
    folder = shelf.folder()
    before = folder.read().library.articles
    shelf.write("en/two", "Other words.")
    after = folder.read().library.articles
    assert after["one", "en"] is before["one", "en"]
    assert after["two", "en"] is not before["two", "en"]
    shelf.put("en/a.png", PIXEL + b"more")
    shown = folder.read().library.articles["one", "en"].html
    assert shown != after["one", "en"].html  # the address of a picture changes with its bytes
