import msgspec
import pytest

from chat.desk.form import NewTicket, checked
from chat.errors import Refused
from chat.settings import Site

SHOP = Site(title="Shop", origins=[], topics=["Orders"], request_types=["Question"], importance=["low", "high"])
GOOD = NewTicket(site="shop", dedupe="1", channel="form", subject="A lost parcel", body="It never came.")


def faults(**fields: str | None) -> dict[str, str]:
    try:
        checked(msgspec.structs.replace(GOOD, **fields), SHOP)
    except Refused as refusal:
        return refusal.fields
    return {}


def test_a_subject_and_a_body_are_enough() -> None:
    assert faults() == {}


def test_what_is_typed_is_trimmed_and_a_subject_has_one_line() -> None:
    typed = msgspec.structs.replace(GOOD, subject=" A lost\r\nparcel ", body="\n a\n  b \n", name="  ", topic="Orders ")
    clean = checked(typed, SHOP)
    assert (clean.subject, clean.body, clean.name, clean.topic) == ("A lost parcel", "a\n  b", None, "Orders")


@pytest.mark.parametrize(("field", "most"), [("subject", 200), ("body", 20_000), ("name", 200), ("phone", 40)])
def test_a_field_has_a_longest_length(field: str, most: int) -> None:
    assert faults(**{field: "x" * most}) == {}
    assert faults(**{field: "x" * (most + 1)}) == {field: "too_long"}


def test_choices_are_the_sites_own() -> None:
    assert faults(topic="Orders", request_type="Question", importance="high") == {}
    wrong = {"topic": "Other", "request_type": "Other", "importance": "Other"}
    assert faults(**wrong) == dict.fromkeys(wrong, "not_a_choice")


def test_every_fault_is_named_at_once() -> None:
    assert faults(subject="", body="  ", email="nobody", topic="x") == {
        "subject": "required",
        "body": "required",
        "email": "not_an_email",
        "topic": "not_a_choice",
    }
