"""Each language has its own word forms."""

import pytest

from chat.help.words import is_telling, plain, terms

FORMS = {
    "en": ["cancel", "cancels", "cancelled", "cancelling"],
    "ru": ["бронирование", "бронирования", "бронированию", "бронированием"],
    "uk": ["заїзд", "заїзду", "заїздом", "заїздів"],
    "es": ["cancelar", "cancelado", "cancelando", "canceladas"],
}


@pytest.mark.parametrize("locale", FORMS)
def test_the_forms_of_a_word_share_a_term(locale: str) -> None:
    assert set.intersection(*(set(terms(word, locale)) for word in FORMS[locale]))


def test_a_language_without_forms_of_its_own_is_searched_as_it_is_written() -> None:
    assert terms("Zimmer", "de") == ("zimmer",)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Ёлка", "елка"),
        ("HABITACIÓN", "habitacion"),
        ("año", "ano"),
        ("п'ять", "пять"),
        ("п’ять", "пять"),
        ("it's", "its"),
    ],
)
def test_accents_case_and_apostrophes_need_not_be_typed(written: str, typed: str) -> None:
    assert plain(written) == plain(typed)


@pytest.mark.parametrize(("one", "other"), [("й", "и"), ("ї", "і"), ("мій", "миї")])
def test_letters_that_only_look_accented_stay_apart(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_a_word_with_a_hyphen_is_found_without_it_and_by_its_parts() -> None:
    assert {"checkin", "check"} <= set(terms("Check-in", "en"))
    assert "in" not in terms("Check-in", "en")


@pytest.mark.parametrize(("word", "locale"), [("How", "en"), ("как", "ru"), ("чому", "uk"), ("cómo", "es")])
def test_a_question_word_says_nothing_of_what_is_asked(word: str, locale: str) -> None:
    assert not is_telling(word, locale)
    assert is_telling("Wi-Fi", locale)
