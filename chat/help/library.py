"""The articles of a site as they are at one moment: who may read which, in which language, in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property

from msgspec import Struct

from chat.help.document import Block, headings_of, lines_of, words_of
from chat.settings import When
from routing.rules import Visitor, first

SUMMARY = 160
"""Characters, about what search engines show."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article in one language. ``audience`` is empty for everybody, else one of its rules has to match."""

    slug: str
    locale: str
    title: str
    section: str
    author: str | None
    published: date | None
    updated: date | None
    keywords: tuple[str, ...]
    audience: tuple[When, ...]
    body: Sequence[Block]
    html: str

    @cached_property
    def summary(self) -> str:
        """Its first words."""
        text = " ".join(next(lines_of(self.body, headings=False), "").split())
        return text if len(text) <= SUMMARY else text[:SUMMARY].rsplit(" ", 1)[0].rstrip(".,;:") + "…"

    @cached_property
    def headings(self) -> list[str]:
        """The words of its headings."""
        return [words_of(heading.children) for heading in headings_of(self.body)]

    @property
    def public(self) -> bool:
        """Whether it is for everybody."""
        return not self.audience

    def is_for(self, reader: "Reader") -> bool:
        """Whether ``reader`` may see it."""
        if self.public or reader is ALL:
            return True
        return isinstance(reader, Visitor) and first(self.audience, reader) is not None


class Access(Enum):
    """What is read by nobody in particular: only what is for everybody, or, for agents, all there is."""

    PUBLIC = "public"
    ALL = "all"


PUBLIC, ALL = Access.PUBLIC, Access.ALL
Reader = Visitor | Access


class Section(Struct, frozen=True):
    """A chapter of the table of contents. ``titles`` are by locale; ``order`` names the slugs that come first."""

    key: str
    titles: Mapping[str, str] = {}
    order: Sequence[str] = ()

    def title(self, locale: str) -> str:
        """What it is called in ``locale``."""
        return self.titles.get(locale) or next(iter(self.titles.values()), self.key)


@dataclass(frozen=True)
class Library:
    """All articles of a site. ``locales`` are the site's, the fallback first; ``sections`` in the order of the contents."""

    locales: Sequence[str] = ("en",)
    sections: Sequence[Section] = ()
    articles: Mapping[tuple[str, str], Article] = field(default_factory=dict)
    """By slug and locale."""

    def contents(self, locale: str, reader: Reader) -> list[tuple[Section, list[Article]]]:
        """The sections that have something for ``reader``, each with its articles in order."""
        told = self.shelf(locale, reader)
        chapters = []
        for section in self.sections:
            place = {slug: n for n, slug in enumerate(section.order)}
            inside = [article for article in told if article.section == section.key]
            inside.sort(key=lambda one: (place.get(one.slug, len(place)), one.title.casefold(), one.slug))
            if inside:
                chapters.append((section, inside))
        return chapters

    def shelf(self, locale: str, reader: Reader) -> list[Article]:
        """Each article that ``reader`` may see once: in ``locale``, or else in the first language it is there in."""
        slugs = sorted({slug for slug, _ in self.articles})
        found = (self.find(slug, locale, reader) for slug in slugs)
        return [article for article in found if article is not None]

    def find(self, slug: str, locale: str, reader: Reader) -> Article | None:
        """The article in ``locale``, or else in the first language in which ``reader`` may see it."""
        return next((one for one in self.versions(slug, reader, locale)), None)

    def versions(self, slug: str, reader: Reader, preferred: str | None = None) -> Iterator[Article]:
        """The article in every language in which ``reader`` may see it, ``preferred`` first."""
        for locale in sorted(self.locales, key=lambda one: one != preferred):
            article = self.articles.get((slug, locale))
            if article is not None and article.is_for(reader):
                yield article

    def section(self, key: str) -> Section:
        """The section with this key."""
        return next((one for one in self.sections if one.key == key), Section(key))
