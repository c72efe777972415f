"""Which rule matches whom, and which can never match anybody."""

import time

import pytest

from routing.rules import (
    AgentStop,
    Possible,
    Scalar,
    TeamStop,
    Visitor,
    covers,
    first,
    impossible,
    in_words,
    mismatch,
    parse_stop,
)

Table = dict[str, Scalar | list[Scalar]]

VERA = Visitor(
    claims={"plan": "vip", "seats": 5, "trial": False, "roles": ["buyer", "admin"], "company": "Blue Inn GmbH"},
    topic="An order",
    locale="ru-RU",
    page="https://www.example.com/pricing/teams?from=mail#top",
)
STRANGER = Visitor(locale="en", page="https://www.example.com")


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"plan": "vip"},
        {"plan": ["basic", "vip"]},
        {"plan": "v*"},
        {"plan": "*"},
        {"company": "*Inn*"},
        {"seats": 5},
        {"seats": [1, 5.0]},
        {"trial": False},
        {"roles": "admin"},
        {"signed_in": True},
        {"signed_in": [True, False]},
        {"topic": "An order"},
        {"locale": "ru"},
        {"locale": "RU-ru"},
        {"locale": ["en", "ru"]},
        {"page": "https://www.example.com/pricing/*"},
        {"page": "/pricing/teams"},
        {"page": ["/help*", "/pricing*"]},
        {"plan": "vip", "topic": "An*", "signed_in": True, "page": "*"},
    ],
)
def test_a_rule_matches_when_everything_it_asks_for_is_so(when: Table) -> None:
    assert mismatch(when, VERA) is None


@pytest.mark.parametrize(
    ("when", "name"),
    [
        ({"plan": "basic"}, "plan"),
        ({"plan": "VIP"}, "plan"),
        ({"plan": "vi"}, "plan"),
        ({"plan": "vi*ip"}, "plan"),
        ({"plan": []}, "plan"),
        ({"seats": "5"}, "seats"),
        ({"seats": True}, "seats"),
        ({"trial": 0}, "trial"),
        ({"trial": True}, "trial"),
        ({"roles": "owner"}, "roles"),
        ({"stage": "*"}, "stage"),
        ({"signed_in": False}, "signed_in"),
        ({"signed_in": "true"}, "signed_in"),
        ({"topic": "an order"}, "topic"),
        ({"locale": "en"}, "locale"),
        ({"locale": "r"}, "locale"),
        ({"page": "/pricing"}, "page"),
        ({"page": "pricing*"}, "page"),
        ({"plan": "vip", "seats": 6, "topic": "x"}, "seats"),
    ],
)
def test_a_rule_does_not_match_when_one_thing_is_otherwise(when: Table, name: str) -> None:
    assert mismatch(when, VERA) == name


def test_who_is_not_signed_in_has_no_claims_and_no_topic_before_the_form() -> None:
    assert mismatch({"signed_in": False}, STRANGER) is None
    assert mismatch({"plan": "*"}, STRANGER) == "plan"
    assert mismatch({"topic": "*"}, STRANGER) == "topic"


def test_a_claim_called_like_the_context_does_not_stand_in_for_it() -> None:
    forged = Visitor(claims={"signed_in": False, "topic": "An order", "page": "/x"}, page="https://a.example/y")
    assert mismatch({"signed_in": False}, forged) == "signed_in"
    assert mismatch({"topic": "An order"}, forged) == "topic"
    assert mismatch({"page": "/x"}, forged) == "page"


def test_a_page_without_a_path_is_the_root() -> None:
    assert mismatch({"page": "/"}, STRANGER) is None
    assert mismatch({"page": "/*"}, Visitor(page="http://[bad")) is None
    assert mismatch({"page": "/*"}, Visitor()) == "page"


def test_the_first_rule_that_matches_is_taken() -> None:
    rules: list[Table] = [{"plan": "basic"}, {"signed_in": True}, {"plan": "vip"}, {}]
    assert first(rules, VERA) == 1
    assert first(rules, STRANGER) == 3
    assert first(rules[:1], VERA) is None


def test_a_long_text_of_a_stranger_does_not_hold_up_a_glob() -> None:
    began = time.perf_counter()
    assert mismatch({"page": "*a*a*a*a*a*a*a*b"}, Visitor(page="a" * 2000)) == "page"
    assert time.perf_counter() - began < 0.1  # a backtracking expression takes years


def test_a_stop_is_a_team_or_the_person_of_a_claim() -> None:
    assert parse_stop("team:night") == TeamStop("night")
    assert parse_stop("agent:{manager}") == AgentStop("manager")
    for wrong in ("night", "team:", "agent:manager", "agent:{}", "agent:{a} ", "team:a b"):
        with pytest.raises(ValueError, match="expected"):
            parse_stop(wrong)


def test_a_rule_in_words() -> None:
    assert in_words({"plan": ["vip", "gold"], "signed_in": True}) == "plan is vip or gold, and signed_in is true"
    assert in_words({}) == "everybody"


SITE = Possible(identities=True, topics=["An order", "A bill"], locales=["en", "ru"], plans=["vip", "basic"])


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"topic": "An odrer"}, "no topic is An odrer: there is only An order, A bill"),
        ({"locale": ["de", "fr"]}, "no locale is de or fr: there is only en, ru"),
        ({"plan": "gold"}, "no plan is gold: there is only vip, basic"),
        ({"signed_in": False, "plan": "vip"}, "who is not signed in has no claim plan"),
        ({"signed_in": "yes"}, "signed_in is true or false"),
        ({"stage": []}, "stage is an empty list"),
    ],
)
def test_a_rule_that_can_never_match_is_told_why(when: Table, why: str) -> None:
    assert impossible(when, SITE) == why


def test_without_identities_a_rule_on_claims_can_never_match() -> None:
    anonymous = Possible(identities=False, topics=[], locales=["en"], plans=[])
    why = "nobody can sign in, since the site has no identity_secrets"
    assert impossible({"company": "Blue Inn"}, anonymous) == why
    assert impossible({"signed_in": True}, anonymous) == why
    assert impossible({"signed_in": False}, anonymous) is None
    assert impossible({"topic": "x"}, anonymous) == "no topic is x: the site asks for none"


@pytest.mark.parametrize(
    "when",
    [{}, {"topic": "*bill"}, {"locale": "en"}, {"plan": ["gold", "vip"]}, {"stage": "new"}, {"page": "/x"}],
)
def test_a_rule_that_can_match_is_left_alone(when: Table) -> None:
    assert impossible(when, SITE) is None


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({}, {"plan": "vip"}),
        ({}, {}),
        ({"plan": "vip"}, {"plan": "vip"}),
        ({"plan": ["vip", "gold"]}, {"plan": "gold", "topic": "x"}),
        ({"plan": "v*"}, {"plan": ["vip", "vi*"]}),
        ({"signed_in": True}, {"plan": "vip"}),
        ({"locale": "ru"}, {"locale": "ru-RU"}),
        ({"page": "/pricing*"}, {"page": "/pricing/teams*"}),
        ({"page": "https://a.example/*"}, {"page": "https://a.example/pricing*"}),
        ({"page": "*"}, {"page": "/pricing"}),
    ],
)
def test_a_rule_behind_a_wider_one_is_covered(earlier: Table, later: Table) -> None:
    assert covers(earlier, later)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"plan": "vip"}, {}),
        ({"plan": "vip"}, {"plan": ["vip", "gold"]}),
        ({"plan": "vip"}, {"topic": "vip"}),
        ({"plan": "vip", "topic": "x"}, {"plan": "vip"}),
        ({"plan": "vi*"}, {"plan": "v*"}),
        ({"signed_in": True}, {"topic": "x"}),
        ({"signed_in": False}, {"plan": "vip"}),
        ({"page": "/pricing*"}, {"page": "https://*/pricing"}),
        ({"page": "*"}, {"topic": "x"}),
    ],
)
def test_a_rule_that_is_wider_or_other_is_not_covered(earlier: Table, later: Table) -> None:
    assert not covers(earlier, later)
