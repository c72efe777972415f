"""Made-up languages by which one sees what a translation would break, out of the English catalogue.

``en-XA`` has an accent on every letter and is about a third longer, between brackets: a text without accents is written
into the code, one without its closing bracket is cut off. ``ar-XB`` runs from right to left.
"""

import re
from collections.abc import Callable, Mapping

ACCENTED, MIRRORED = "en-XA", "ar-XB"
LONGER = 0.35
NAMES = {ACCENTED: "[Éñĝļîšĥ åççéñţéð]", MIRRORED: "\u202eEnglish\u202c \u202emirrored\u202c"}

_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)
_PADDING = ("öñé", "ţŵö", "ţĥŕéé", "ƒöûŕ", "ƒîṽé")
_PLACEHOLDER = re.compile(r"(\{\w+\})")
_WORD = re.compile(r"[^\W\d_]+")

Text = str | dict[str, str]


def pseudo_catalogue(locale: str, english: Mapping[str, Text]) -> dict[str, Text]:
    """Everything that ``english`` says, in one of the two."""
    say = {ACCENTED: _accented, MIRRORED: _mirrored}[locale]
    return {
        key: say(text) if isinstance(text, str) else {form: say(one) for form, one in text.items()}
        for key, text in english.items()
    }


def _accented(text: str) -> str:
    words = _outside_placeholders(text, lambda part: part.translate(_ACCENTS))
    missing, padding = round(len(text) * LONGER) - 2, ""
    while len(padding) < missing:
        padding += " " + _PADDING[len(padding) % len(_PADDING)]
    return f"[{words}{padding}]"


def _mirrored(text: str) -> str:
    """Each word overridden to run from right to left, as letters of such a script would."""
    return _outside_placeholders(text, lambda part: _WORD.sub(lambda word: f"\u202e{word[0]}\u202c", part))


def _outside_placeholders(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if _PLACEHOLDER.fullmatch(part) else change(part) for part in _PLACEHOLDER.split(text))
