"""Words for people: one flat catalogue per language in ``widget/locales``, the same that the browser's modules use."""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Protocol

import msgspec
from babel import Locale

from chat.web.pseudo import NAMES, pseudo_catalogue

Text = str | dict[str, str]
"""A text, or its plural forms by CLDR category (``one``, ``few``, ``many``, ``other``)."""

FALLBACK = "en"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Translate(Protocol):
    """Key and values in, words out."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of ``key``; ``count`` chooses among plural forms."""


class Catalogues:
    """All languages there are."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, Text]]) -> None:
        self._catalogues = catalogues

    @classmethod
    def load(cls, wanted: Iterable[str] = ()) -> "Catalogues":
        """Read every ``widget/locales/*.json``; with those of the pseudo-locales that are among ``wanted``."""
        catalogues = {
            entry.name.removesuffix(".json"): msgspec.json.decode(entry.read_bytes(), type=dict[str, Text])
            for entry in (files("widget") / "locales").iterdir()
            if entry.name.endswith(".json")
        }
        pseudo = {locale: pseudo_catalogue(locale, catalogues[FALLBACK]) for locale in {*wanted} & {*NAMES}}
        return cls(catalogues | pseudo)

    @property
    def locales(self) -> list[str]:
        """The languages, the fallback first."""
        return sorted(self._catalogues, key=lambda locale: (locale != FALLBACK, locale))

    def strings(self, locale: str, namespaces: Sequence[str]) -> dict[str, Text]:
        """The part of a catalogue whose keys start with one of ``namespaces``, e.g. ``chat.``."""
        return {key: text for key, text in self._catalogues[locale].items() if key.startswith(tuple(namespaces))}

    def translate(self, locale: str) -> Translate:
        """How to say things in ``locale``; what it lacks is said in the fallback's words, or by the key itself."""
        own, fallback = self._catalogues[locale], self._catalogues[FALLBACK]
        plural_form = cldr(locale).plural_form

        def translate(key: str, /, **values: object) -> str:
            text = own.get(key) or fallback.get(key) or key
            if isinstance(text, dict):
                count = values.get("count", 0)
                form = plural_form(count) if isinstance(count, int | float) else "other"
                text = text.get(form) or text["other"]
            return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)

        return translate


def cldr(locale: str) -> Locale:
    """How dates and numbers are written in ``locale``; a pseudo-locale does as its language does."""
    return Locale.parse(locale.partition("-")[0])


def own_name(locale: str) -> str:
    """What its speakers call a language."""
    return NAMES.get(locale) or cldr(locale).get_display_name(locale) or locale


def direction(locale: str) -> str:
    """``ltr`` or ``rtl``, as HTML's ``dir`` has it."""
    return cldr(locale).text_direction


def choose_locale(requested: str | None, accept_language: str, available: Sequence[str]) -> str:
    """The first of ``available`` that is asked for: by name, then by Accept-Language (RFC 9110, 12.5.4), else its first."""
    known = {locale.lower(): locale for locale in available}
    for wanted in [requested or "", *_by_preference(accept_language)]:
        tag = wanted.strip().replace("_", "-").lower()
        for candidate in (tag, tag.split("-")[0]):
            if candidate in known:
                return known[candidate]
    return available[0]


def _by_preference(accept_language: str) -> list[str]:
    weighted = []
    for entry in accept_language.split(",")[:20]:
        tag, _, weight = entry.partition(";q=")
        try:
            weighted.append((float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda one: -one[0]) if weight > 0]
