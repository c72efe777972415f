"""Search in the articles of one language: word forms, words begun, typos; the title counts most.

SQLite's FTS5 in memory ranks them (BM25 by column); what the words of a query may stand for is worked out from the
vocabulary of what its reader may see. An index is made once and then only read. Why it is this: docs/decisions/search.md.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from chat.help.document import lines_of
from chat.help.library import Article, Reader
from chat.help.vocabulary import Meaning, Vocabulary
from chat.help.words import WORD, article_terms, is_telling

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
VOCABULARIES = 16
"""Kept: one for all who may see the same articles."""
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


class Index:
    """The articles of one language."""

    def __init__(self, articles: Sequence[Article], locale: str) -> None:
        self._articles = articles
        self._locale = locale
        self._database = sqlite3.connect(":memory:", check_same_thread=False)  # made in a thread, then only read
        self._database.execute(TABLE)
        words: list[frozenset[str]] = []
        for number, article in enumerate(articles):
            columns = [_indexed(text, article.locale) for text in _texts(article)]
            words.append(frozenset().union(*columns))
            self._database.execute(INSERT, (number, *map(" ".join, columns)))

        def vocabulary(seen: frozenset[int]) -> Vocabulary:
            return Vocabulary((words[number] for number in seen), locale)

        self._vocabulary = lru_cache(VOCABULARIES)(vocabulary)

    def search(self, query: str, reader: Reader, most: int) -> list[Hit]:
        """What ``reader`` may see of what is found, the best first."""
        seen = frozenset(number for number, article in enumerate(self._articles) if article.is_for(reader))
        vocabulary = self._vocabulary(seen)
        meanings = self._meanings(query[:MAX_QUERY], vocabulary)
        if not meanings:
            return []
        found = self._scored(meanings, "OR")
        for number in self._scored(meanings, "AND") if len(meanings) > 1 else ():
            found[number] *= WHOLE
        ranked = sorted(found.keys() & seen, key=lambda one: (-found[one], one))
        marker = Marker([{*one.terms, *(vocabulary.beginning(one.begun) if one.begun else ())} for one in meanings])
        return [_hit(self._articles[number], marker) for number in ranked[:most]]

    def _scored(self, meanings: Sequence[Meaning], how: str) -> dict[int, float]:
        return dict(self._database.execute(RANKED, (f" {how} ".join(map(str, meanings)),)))

    def _meanings(self, query: str, vocabulary: Vocabulary) -> list[Meaning]:
        given = list(WORD.finditer(query))
        telling = [one for one in given if is_telling(one[0], self._locale)] or given
        found = (vocabulary.meaning(one[0], begun=one.end() == len(query)) for one in telling[:MAX_WORDS])
        return [meaning for meaning in found if meaning is not None]


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
