"""What is found, in which order, and where in the text."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.search import LOCALES, index_of, quality, searched
from chat.help.document import Block, Heading, Paragraph, Text
from chat.help.library import ALL, PUBLIC, Article
from chat.help.search import FRAGMENT, Index, Piece
from chat.help.shelves import Shelves
from chat.settings import Site, When
from routing.rules import Visitor
from tests.help.shelf import Shelf

FLOOR = 0.94
"""Each language finds 96 % or more of its articles among the first three (``python -m bench.search``)."""


def article(
    slug: str, *, title: str = "Something", keywords: tuple[str, ...] = (), heading: str = "", body: str = "Words.",
    locale: str = "en", audience: tuple[When, ...] = (),
) -> Article:  # fmt: skip
    blocks: list[Block] = [Paragraph([Text(line)]) for line in body.split("\n")]
    if heading:
        blocks.insert(0, Heading(2, "h", [Text(heading)]))
    return Article(
        slug=slug, locale=locale, title=title, section="s", author=None, published=None, updated=None,
        keywords=keywords, audience=audience, body=blocks, html="",
    )  # fmt: skip


def found(articles: list[Article], query: str, locale: str = "en") -> list[str]:
    return [hit.article.slug for hit in Index(articles, locale).search(query, ALL, 10)]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_right_article_is_among_the_first_three(locale: str) -> None:
    assert quality(searched(index_of(locale), locale)).recall_at_3 >= FLOOR


def test_a_title_counts_more_than_a_keyword_a_heading_and_the_text() -> None:
    articles = [
        article("body", body="About a refund."),
        article("heading", heading="Refund"),
        article("keyword", keywords=("refund",)),
        article("title", title="Refund"),
        article("none"),
        article("neither"),
        article("nor"),
    ]
    assert found(articles, "refund") == ["title", "keyword", "heading", "body"]


def test_who_says_all_of_the_words_comes_before_who_says_one_of_them() -> None:
    articles = [article("lamp", body="A broken lamp."), article("bed", body="A broken bed."), article("other")]
    assert found(articles, "broken bed") == ["bed", "lamp"]


def test_only_the_last_word_may_be_unfinished() -> None:
    articles = [article("payment", title="Payments"), article("other")]
    assert found(articles, "pay") == ["payment"]
    assert found(articles, "pay ") == []
    assert found(articles, "pay now") == []


@pytest.mark.parametrize("query", ["reservaton", "reservatoin", "resservation", "rezervation", "rezervatoin"])
def test_a_word_may_be_mistyped(query: str) -> None:
    assert found([article("one", title="Reservation"), article("other")], query) == ["one"]


@pytest.mark.parametrize("query", ["bad", "bird", "be"])
def test_short_words_and_others_are_not_taken_for_mistyped_ones(query: str) -> None:
    assert found([article("bed", title="Bed"), article("birch", title="Birch")], query + " ") == []


def test_a_word_that_is_known_stands_for_itself_alone() -> None:
    assert found([article("form", title="Form"), article("from", title="Foam")], "foam ") == ["from"]


def test_a_beginning_may_be_mistyped() -> None:
    assert found([article("one", title="Housekeeping"), article("other")], "houzek") == ["one"]


def test_questions_are_found_by_what_they_are_about() -> None:
    articles = [article("how", body="This is how it is."), article("key", title="Keys"), article("other")]
    assert found(articles, "how do I get a key") == ["key"]
    assert found(articles, "how") == ["how"]  # nothing else is asked


def test_hits_are_marked_in_title_and_text() -> None:
    one = article("one", title="Late check-out", body="Nothing.\nGuests who check out late pay for the guest room.")
    (hit,) = Index([one, article("other")], "en").search("guest late", ALL, 10)
    assert hit.title == [Piece("Late", True), Piece(" check-out", False)]
    assert hit.fragment == [
        Piece("Guests", True),
        Piece(" who check out ", False),
        Piece("late", True),
        Piece(" pay for the ", False),
        Piece("guest", True),
        Piece(" room.", False),
    ]


def test_a_long_line_is_cut_around_what_was_found() -> None:
    one = article("one", body=f"{'before ' * 100}needle {'after ' * 100}")
    (hit,) = Index([one, article("other")], "en").search("needle", ALL, 10)
    text = "".join(piece.text for piece in hit.fragment)
    assert text.startswith("…before")
    assert text.endswith("after…")
    assert Piece("needle", True) in hit.fragment
    assert len(text) <= FRAGMENT + 2


def test_without_a_hit_in_the_text_its_first_words_are_shown() -> None:
    (hit,) = Index([article("one", title="Refund", body="First.\nThen."), article("other")], "en").search("refund", ALL, 10)  # fmt: skip
    assert hit.fragment == [Piece("First.", False)]


def test_an_article_for_some_is_found_by_nobody_else_and_takes_no_place() -> None:
    articles = [article(f"hidden{n}", title="Refund", audience=({"plan": "pro"},)) for n in range(5)]
    index = Index([*articles, article("open", body="A refund."), article("other")], "en")
    assert [hit.article.slug for hit in index.search("refund", PUBLIC, 2)] == ["open"]
    assert len(index.search("refund", Visitor({"plan": "pro"}), 10)) == 6


@pytest.mark.parametrize("query", ["reservatoin ", "reservat", "acquisition ", "reservation acquisition"])
def test_words_of_articles_for_some_change_nothing_of_what_others_find(query: str) -> None:
    everybodys = [article("open", title="Reservation"), article("other", title="Requisition")]
    hidden = article("hidden", title="Reservatoin, reservatum, acquisition", audience=({"plan": "pro"},))
    alone, beside = Index(everybodys, "en"), Index([*everybodys, hidden], "en")
    assert beside.search(query, PUBLIC, 10) == alone.search(query, PUBLIC, 10) != []


def test_an_article_in_another_language_is_found_by_its_own_words() -> None:
    assert found([article("one", title="Сброс router", locale="ru"), article("other")], "router") == ["one"]


async def test_a_search_keeps_nobody_else_waiting(shelf: Shelf) -> None:
    shelf.write("en/one", "A needle.")
    shelves = Shelves({"shop": Site(title="Shop", origins=[], articles=str(shelf.root))})
    await shelves.look()
    await shelves.search("shop", "en", "needle", PUBLIC, 10)  # the index is there
    searching = asyncio.create_task(shelves.search("shop", "en", "needle", PUBLIC, 10))
    await asyncio.sleep(0)  # its first step, which would be its last if it were made here
    assert not searching.done()
    assert [hit.article.slug for hit in await searching] == ["one"]


SOME = Index([article("one", title='A "quoted" AND near OR title*', body="NOT (x) : ^ + - col_umn")], "en")


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_only_words(query: str) -> None:
    SOME.search(query, ALL, 10)


@pytest.mark.parametrize(
    "query", ['"', "AND", "quoted AND", "NEAR(a b)", "title:quoted", "quoted*", "-", "a' OR 1=1", "\0", "^q"]
)
def test_no_query_is_a_command(query: str) -> None:
    SOME.search(query, ALL, 10)
