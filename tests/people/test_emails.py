import pytest

from chat.people.emails import is_email, normalise


@pytest.mark.parametrize(
    "address", ["a@b.io", "anna.o'neil+chat@mail.example.com", "анна@почта.рф", "x@localhost", "a_b@xn--e1afmkfd.test"]
)
def test_this_is_an_address(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "text",
    ["", "anna", "@b.io", "a@", "a b@c.io", "a@b c.io", "a@@b.io", "a@b.io\n", "a@-b.io", "a@b.", "a..b@c.io", ".a@b.io",
     "a.@b.io", "=?utf-8?q?a?=@b.io", "a@=?utf-8?q?b?=.io", "a\x01@b.io", "a\u200bb@c.io", "a@b\u202ec.io", "Anna <a@b.io>", "a@b.io,c@d.io", "a" * 65 + "@b.io", "a@" + "b" * 260, "ΐ" * 60 + "@" + "ΐ" * 100 + ".org"],
)  # fmt: skip
def test_this_is_not(text: str) -> None:
    assert not is_email(text)


def test_addresses_are_compared_without_blanks_and_capitals() -> None:
    assert normalise(" Straße@Example.COM\n") == "strasse@example.com"
