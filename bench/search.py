"""How well and how fast the articles are searched: ``python -m bench.search``.

The help centre of ``examples/articles/hotel``, and 50 queries in each language with the article that each should find:
other word forms, typos, words not typed to their end, synonyms and whole questions. ``bench/queries`` holds them.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from rich.console import Console

from bench.report import Measured, Row, show
from chat.help.folder import Folder
from chat.help.library import ALL
from chat.help.search import Index

HERE = Path(__file__).parent
ARTICLES = HERE.parent / "examples" / "articles" / "hotel"
QUERIES = HERE / "queries"
LOCALES = ("en", "ru", "uk", "es")
DEPTH = 10
TIMED = 20
"""Times that each query is made for its time."""


class Query(Struct, frozen=True):
    """What somebody types, what kind of difficulty it holds, and the article they need."""

    kind: str
    text: str
    slug: str


class Searched(Struct, frozen=True):
    """A query with the place of its article among those found, from 1; None if it is not among them."""

    query: Query
    place: int | None


class Quality(Struct, frozen=True):
    """The share of queries whose article is among the first three, and the mean of 1/place."""

    recall_at_3: float
    mrr: float


def index_of(locale: str) -> Index:
    """The help centre in one language."""
    library = Folder(ARTICLES, "hotel", LOCALES).read().library
    return Index(library.shelf(locale, ALL), locale)


def queries(locale: str) -> Iterator[Query]:
    """Those of one language."""
    kind = ""
    for line in (QUERIES / f"{locale}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        elif line:
            text, _, slug = line.partition(" = ")
            yield Query(kind, text, slug)


def searched(index: Index, locale: str) -> list[Searched]:
    """Every query of the language, made once."""
    made = []
    for query in queries(locale):
        found = [hit.article.slug for hit in index.search(query.text, ALL, DEPTH)]
        made.append(Searched(query, found.index(query.slug) + 1 if query.slug in found else None))
    return made


def quality(made: Sequence[Searched]) -> Quality:
    """Of all of them together."""
    first = sum(one.place is not None and one.place <= 3 for one in made)
    return Quality(first / len(made), sum(1 / one.place for one in made if one.place) / len(made))


def measure(locale: str) -> tuple[Row, list[Searched]]:
    """One language's row of the table, and its queries."""
    began = time.process_time()
    index = index_of(locale)
    made_ms = (time.process_time() - began) * 1e3
    made = searched(index, locale)
    began = time.process_time()
    for _ in range(TIMED):
        searched(index, locale)
    query_ms = (time.process_time() - began) * 1e3 / TIMED / len(made)
    got = quality(made)
    kinds = dict.fromkeys(one.query.kind for one in made)
    by_kind: Row = {kind: quality([one for one in made if one.query.kind == kind]).recall_at_3 for kind in kinds}
    return {
        "case": locale,
        "recall": got.recall_at_3,
        "mrr": got.mrr,
        **by_kind,
        "query": query_ms,
        "made": made_ms,
    }, made


def measured() -> Measured:
    """The table, which names each query whose article is not among the first three."""
    rows, missed = [], []
    for locale in LOCALES:
        row, made = measure(locale)
        rows.append(row)
        missed += [f"{locale}: {one.query.text} ({one.place})" for one in made if one.place is None or one.place > 3]
    kinds = {kind: kind for kind in rows[0] if kind not in ("case", "recall", "mrr", "query", "made")}
    columns = {
        "case": "language",
        "recall": "recall@3",
        "mrr": "MRR",
        **kinds,
        "query": "ms a query",
        "made": "ms to make",
    }
    note = f"not among the first three: {'; '.join(missed) or 'none'}"
    return Measured("search", "Articles, 50 queries in each language", note, columns, rows)


if __name__ == "__main__":
    show(measured(), Console(width=160, highlight=False))
