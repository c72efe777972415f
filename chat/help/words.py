"""A text's words, and under which terms they are found: each language has its own word forms.

What somebody searches for may be a question they are still writing: only words of articles are remembered.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

import Stemmer

WORD = re.compile(r"[^\W_]+(?:[-'’ʼ][^\W_]+)*")
APOSTROPHES = re.compile(r"['’ʼ]")
SNOWBALL = {"en": "english", "es": "spanish", "ru": "russian"}
AS_IN_RUSSIAN = str.maketrans("ґєії", "геии")
REMEMBERED = 50_000
NOT_REMEMBERED = 0

# fmt: off
UNTELLING = {
    "en": "a an the i you we they it is are am was were be been do does did how what when where why who which can could will "
          "would should may might must my your our their its in on at to of for from by with and or not no if as this that "
          "there please need want help about into me us has have had get",
    "ru": "а и или но не ни как что чтобы где когда почему зачем кто какой какая какие каким можно нужно надо мне мы вы я он она "
          "они это этот эта эти в во на с со к ко по из за о об от до для у под над при же ли бы быть есть если то так мой моя "
          "мои наш ваш его её их хочу пожалуйста",
    "uk": "а і й та або але не ні як що щоб де коли чому навіщо хто який яка які яким можна треба потрібно мені ми ви я він вона "
          "вони це цей ця ці в у во на з із зі до по за о об від для під над при ж чи би бути є якщо то так мій моя мої наш ваш "
          "його її їх хочу будь ласка",
    "es": "un una unos unas el la los las lo yo tu su sus mi mis nos nuestro es son soy ser estar esta este esto como que cual "
          "cuando donde por porque quien puedo puede se me te le les de del en a al con para sin y o no si necesito quiero hay "
          "favor",
}
# fmt: on


def terms(word: str, locale: str) -> tuple[str, ...]:
    """The terms under which a word (``WORD``) is found: itself, and its stems.

    One with a hyphen is found without it and by its parts, too.
    """
    stems = _stemmer(locale)
    parts = word.split("-")
    if len(parts) == 1:
        return stems(word)
    apart = [term for part in parts if is_telling(part, locale) for term in stems(part)]
    return tuple(dict.fromkeys((plain("".join(parts)), *apart)))


@lru_cache(REMEMBERED)
def article_terms(word: str, locale: str) -> tuple[str, ...]:
    """The same for a word of an article, which comes again and again."""
    return terms(word, locale)


def is_telling(word: str, locale: str) -> bool:
    """Whether it says what a question is about; "how", "the" and "please" do not."""
    return plain(word) not in _untelling(locale)


def plain(word: str) -> str:
    """As people type it in a hurry: without case, apostrophes and the accents of Latin letters, е for ё."""
    text = unicodedata.normalize("NFC", APOSTROPHES.sub("", word.casefold())).replace("ё", "е")
    return "".join(map(_bare, text))


def _bare(letter: str) -> str:
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isascii() else letter


@cache
def _untelling(locale: str) -> frozenset[str]:
    return frozenset(plain(word) for word in UNTELLING.get(locale, "").split())


@cache
def _stemmer(locale: str) -> Callable[[str], tuple[str, ...]]:
    """A language's own word forms; made when its first text comes, for some take time and memory."""
    forms = (
        _ukrainian() if locale == "uk" else _snowball(SNOWBALL[locale]) if locale in SNOWBALL else lambda word: (word,)
    )

    def stems(word: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(plain(form) for form in (word, *forms(word.casefold()))))

    return stems


def _snowball(language: str) -> Callable[[str], tuple[str, ...]]:
    stemmer = Stemmer.Stemmer(language, NOT_REMEMBERED)
    return lambda word: (stemmer.stemWord(word),)


def _ukrainian() -> Callable[[str], tuple[str, ...]]:
    """By the Russian stemmer: there is none for Ukrainian, and the endings are alike once these letters are."""
    stemmer = Stemmer.Stemmer("russian", NOT_REMEMBERED)
    return lambda word: (stemmer.stemWord(word.translate(AS_IN_RUSSIAN)),)
