"""What a word of a query may stand for: terms of the articles, begun or mistyped ones too."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from chat.help.words import article_terms, plain, terms

MAX_LIKE = 12
"""Terms that a mistyped word may stand for."""
MISTAKES = ((8, 2), (4, 1))
"""How many mistakes a word of so many letters, or more, may hold."""


class Meaning(Struct, frozen=True):
    """What a word of a query stands for: any of ``terms``, or what begins with ``begun``."""

    terms: tuple[str, ...]
    begun: str | None = None

    def __str__(self) -> str:
        """As FTS5 takes it. Terms are letters and digits only."""
        wanted = [f'"{term}"' for term in self.terms] + ([f'"{self.begun}" *'] if self.begun else [])
        return f"({' OR '.join(wanted)})"


class Vocabulary:
    """The terms of some articles: those that one reader may see, for others' words would show in what is found."""

    def __init__(self, articles: Iterable[frozenset[str]], locale: str) -> None:
        self._known = frozenset[str]().union(*articles)
        self._sorted = sorted(self._known)
        self._locale = locale

    def meaning(self, given: str, *, begun: bool) -> Meaning | None:
        """None if ``given`` is like nothing that is there; ``begun`` says that it may not be typed to its end."""
        word = plain(given.replace("-", ""))
        known = tuple(term for term in terms(given, self._locale) if term in self._known)
        starts = begun and self._begins(word)
        if known or starts:
            return Meaning(known, word if starts else None)
        mistakes = next((most for length, most in MISTAKES if len(word) >= length), 0)
        like = _nearest(terms(given, self._locale), self._sorted, mistakes)
        if not like and begun:
            cut = {term[: len(word)]: None for term in self._sorted if len(term) > len(word)}
            like = [term for start in _nearest([word], list(cut), mistakes) for term in self.beginning(start)]
        stems = (stem for term in like for stem in article_terms(term, self._locale) if stem in self._known)
        meant = tuple(dict.fromkeys([*like, *stems]))
        return Meaning(meant) if meant else None

    def beginning(self, start: str) -> Iterator[str]:
        """The terms that begin so."""
        for term in self._sorted[bisect_left(self._sorted, start) :]:
            if not term.startswith(start):
                return
            yield term

    def _begins(self, start: str) -> bool:
        return next(self.beginning(start), None) is not None


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
