"""The pseudo-locales: what they show, and that nobody meets them who has not asked."""

from chat.demo import demo_settings
from chat.settings import Settings
from chat.web.i18n import Catalogues, choose_locale, direction, own_name
from chat.web.pseudo import Text, pseudo_catalogue

ENGLISH: dict[str, Text] = {"hello": "Good morning, {name}", "n": {"one": "a chat", "other": "{count} chats"}}


def test_accented_words_are_longer_and_in_brackets_with_every_value_where_it_was() -> None:
    words = pseudo_catalogue("en-XA", ENGLISH)
    hello, forms = words["hello"], words["n"]
    assert isinstance(hello, str)
    assert isinstance(forms, dict)
    assert hello.startswith("[Ĝööð ɱöŕñîñĝ, {name} ")
    assert hello.endswith("]")
    assert len(hello) >= 1.35 * len("Good morning, {name}")
    assert [*forms] == ["one", "other"]
    assert "{count} çĥåţš" in forms["other"]


def test_mirrored_words_run_from_right_to_left_with_every_value_where_it_was() -> None:
    assert pseudo_catalogue("ar-XB", ENGLISH)["hello"] == "\u202eGood\u202c \u202emorning\u202c, {name}"
    assert (direction("ar-XB"), direction("en-XA"), direction("uk")) == ("rtl", "ltr", "ltr")


def test_a_pseudo_locale_is_there_only_for_a_site_that_names_it() -> None:
    assert Catalogues.load(demo_settings(Settings(), 8000).locales).locales == Catalogues.load().locales
    catalogues = Catalogues.load(["en", "en-XA"])
    assert catalogues.locales == ["en", "en-XA", "es", "ru", "uk"]
    assert catalogues.translate("en-XA")("panel.start").startswith("[Šţåŕţ çĥåţ")
    assert choose_locale("EN_xa", "", catalogues.locales) == "en-XA"
    assert choose_locale("en-GB", "", ["en", "en-XA"]) == "en"


def test_every_language_is_called_as_its_speakers_call_it() -> None:
    assert [own_name(tag) for tag in ("en", "es", "ru", "uk")] == ["English", "español", "русский", "українська"]
    assert own_name("en-XA").startswith("[Éñĝļîšĥ")
