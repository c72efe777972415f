"""Search in the articles of one language: word forms, words begun, typos; the title counts most.

SQLite's FTS5 in memory ranks them (BM25 by column); what the words of a query may stand for is worked out here, from
the vocabulary of the index. An index is made once and then only read. Why it is this: docs/decisions/search.md.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from chat.help.document import lines_of
from chat.help.library import Article, Reader
from chat.help.words import WORD, article_terms, is_telling, plain, terms

TABLE = """
CREATE VIRTUAL TABLE articles
USING fts5(title, keywords, headings, body, content='', tokenize='unicode61 remove_diacritics 0')
"""
INSERT = "INSERT INTO articles(rowid, title, keywords, headings, body) VALUES (?, ?, ?, ?, ?)"
RANKED = "SELECT rowid, -bm25(articles, 10.0, 7.0, 4.0, 1.0) FROM articles WHERE articles MATCH ?"
WHOLE = 2.0
"""How much more an article counts in which every word of the query is."""
MAX_QUERY = 200
"""Characters that are looked at."""
MAX_WORDS = 12
MAX_LIKE = 12
"""Terms that a mistyped word may stand for."""
MISTAKES = ((8, 2), (4, 1))
"""How many mistakes a word of so many letters, or more, may hold."""
FRAGMENT = 180
"""Characters, about."""


class Piece(Struct, frozen=True):
    """Some text; ``hit`` where it is what was searched for."""

    text: str
    hit: bool


class Hit(Struct, frozen=True):
    """An article that was found; its title and its most telling words in pieces."""

    article: Article
    title: list[Piece]
    fragment: list[Piece]


class Meaning(Struct, frozen=True):
    """What a word of a query stands for: any of ``terms``, or what begins with ``begun``."""

    terms: tuple[str, ...]
    begun: str | None = None

    def __str__(self) -> str:
        """As FTS5 takes it. Terms are letters and digits only."""
        wanted = [f'"{term}"' for term in self.terms] + ([f'"{self.begun}" *'] if self.begun else [])
        return f"({' OR '.join(wanted)})"


class Index:
    """The articles of one language."""

    def __init__(self, articles: Sequence[Article], locale: str) -> None:
        self._articles = articles
        self._locale = locale
        self._database = sqlite3.connect(":memory:", check_same_thread=False)  # made in a thread, then only read
        self._database.execute(TABLE)
        vocabulary: set[str] = set()
        for number, article in enumerate(articles):
            columns = [_indexed(text, article.locale) for text in _texts(article)]
            vocabulary.update(*columns)
            self._database.execute(INSERT, (number, *map(" ".join, columns)))
        self._vocabulary = sorted(vocabulary)
        self._known = vocabulary

    def search(self, query: str, reader: Reader, most: int) -> list[Hit]:
        """What ``reader`` may see of what is found, the best first."""
        meanings = self._meanings(query[:MAX_QUERY])
        if not meanings:
            return []
        found = self._scored(meanings, "OR")
        for number in self._scored(meanings, "AND") if len(meanings) > 1 else ():
            found[number] *= WHOLE
        ranked = [one for one in sorted(found, key=lambda one: -found[one]) if self._articles[one].is_for(reader)]
        marker = Marker([{*one.terms, *(self._beginning(one.begun) if one.begun else ())} for one in meanings])
        return [_hit(self._articles[number], marker) for number in ranked[:most]]

    def _scored(self, meanings: Sequence[Meaning], how: str) -> dict[int, float]:
        return dict(self._database.execute(RANKED, (f" {how} ".join(map(str, meanings)),)))

    def _meanings(self, query: str) -> list[Meaning]:
        given = list(WORD.finditer(query))
        telling = [one for one in given if is_telling(one[0], self._locale)] or given
        found = (self._meaning(one[0], begun=one.end() == len(query)) for one in telling[:MAX_WORDS])
        return [meaning for meaning in found if meaning is not None]

    def _meaning(self, given: str, *, begun: bool) -> Meaning | None:
        """None if it is like nothing that is there."""
        word = plain(given.replace("-", ""))
        known = tuple(term for term in terms(given, self._locale) if term in self._known)
        starts = begun and self._begins(word)
        if known or starts:
            return Meaning(known, word if starts else None)
        mistakes = next((most for length, most in MISTAKES if len(word) >= length), 0)
        like = _nearest(terms(given, self._locale), self._vocabulary, mistakes)
        if not like and begun:
            cut = {term[: len(word)]: None for term in self._vocabulary if len(term) > len(word)}
            like = [term for start in _nearest([word], list(cut), mistakes) for term in self._beginning(start)]
        stems = (stem for term in like for stem in article_terms(term, self._locale) if stem in self._known)
        meant = tuple(dict.fromkeys([*like, *stems]))
        return Meaning(meant) if meant else None

    def _begins(self, start: str) -> bool:
        return next(self._beginning(start), None) is not None

    def _beginning(self, start: str) -> Iterator[str]:
        for term in self._vocabulary[bisect_left(self._vocabulary, start) :]:
            if not term.startswith(start):
                return
            yield term


def _nearest(words: Iterable[str], choices: Sequence[str], mistakes: int) -> list[str]:
    """The ``choices`` with the fewest mistakes in one of ``words``: a letter wrong, missing, too many, or two exchanged."""
    if not mistakes:
        return []
    scorer = OSA.distance
    like = [
        one
        for word in words
        for one in process.extract(word, choices, scorer=scorer, score_cutoff=mistakes, limit=MAX_LIKE)
    ]
    fewest = min((distance for _, distance, _ in like), default=0)
    return [term for term, distance, _ in like if distance == fewest]


def _texts(article: Article) -> tuple[str, str, str, str]:
    """In the order of the table's columns."""
    return (
        article.title,
        "\n".join(article.keywords),
        "\n".join(article.headings),
        "\n".join(lines_of(article.body, headings=False)),
    )


def _indexed(text: str, locale: str) -> list[str]:
    return [term for found in WORD.finditer(text) for term in article_terms(found[0], locale)]


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────


class Marker:
    """Tells which words of a text are meant by a query, of which each word stands for a set of terms."""

    def __init__(self, wanted: Sequence[set[str]]) -> None:
        self.wanted = wanted
        self._any = frozenset(term for one in wanted for term in one)

    def places(self, text: str, locale: str) -> list[tuple[int, int]]:
        """Beginning and end of each word that is meant."""
        found = WORD.finditer(text)
        return [one.span() for one in found if not self._any.isdisjoint(article_terms(one[0], locale))]

    def count(self, words: Iterable[str], locale: str) -> int:
        """How many words of the query mean one of ``words``."""
        found = {term for word in words for term in article_terms(word, locale)}
        return sum(not one.isdisjoint(found) for one in self.wanted)

    def pieces(self, text: str, locale: str) -> list[Piece]:
        """``text`` in pieces: what is meant, and what stands between."""
        found, at = [], 0
        for start, end in self.places(text, locale):
            found += [Piece(text[at:start], False), Piece(text[start:end], True)]
            at = end
        return [one for one in (*found, Piece(text[at:], False)) if one.text]


def _hit(article: Article, marker: Marker) -> Hit:
    fragment = _fragment(article, marker)
    return Hit(article, marker.pieces(article.title, article.locale), marker.pieces(fragment, article.locale))


def _fragment(article: Article, marker: Marker) -> str:
    """The line in which most of the words are, cut around the first of them."""
    best, best_at, most = article.summary, 0, 0
    for line in lines_of(article.body):
        places = marker.places(line, article.locale)
        if (count := marker.count((line[start:end] for start, end in places), article.locale)) > most:
            best, best_at, most = line, places[0][0], count
        if most == len(marker.wanted):
            break
    return _cut(" ".join(best.split()), best_at)


def _cut(line: str, at: int) -> str:
    if len(line) <= FRAGMENT:
        return line
    start = max(0, min(at - FRAGMENT // 3, len(line) - FRAGMENT))
    start = line.find(" ", start) + 1 if start else 0
    end = start + FRAGMENT
    shown = line[start:end] if end >= len(line) else line[start:end].rsplit(" ", 1)[0] + "…"
    return shown if start == 0 else "…" + shown
