"""What is known of visitors before they fill in anything, and what they then need not fill in."""

import pytest

from chat.errors import Refused
from chat.live.cards import filled_in, first_card
from chat.protocol import VERSION, Start, VisitorHello
from chat.settings import PreChat, Site

ALL = PreChat(name="required", email="required", phone="required", question="required")
SITE = Site(title="Shop", origins=["https://shop.example.com"], pre_chat=ALL)
HELLO = VisitorHello(protocol=VERSION)


@pytest.mark.parametrize(
    ("claim", "browser", "taken"),
    [
        ("Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("Moscow time", "Europe/Berlin", "Europe/Berlin"),
        (["Asia/Tokyo"], "Europe/Berlin", "Europe/Berlin"),
        (None, "Europe/Berlin", "Europe/Berlin"),
        ("Moscow time", "../../etc/passwd", None),
        ("Asia/Tokyo", None, "Asia/Tokyo"),
        (None, None, None),
    ],
)
def test_a_visitors_time_zone_is_the_first_that_exists_of_the_claim_and_the_browsers(
    claim: object, browser: str | None, taken: str | None
) -> None:
    claims = {"time_zone": claim} if claim is not None else None
    assert first_card(VisitorHello(protocol=VERSION, time_zone=browser), claims).time_zone == taken


def test_what_the_identity_tells_need_not_be_typed() -> None:
    card = first_card(HELLO, {"name": "Vera", "email": "vera@example.com"})
    filled = filled_in(SITE, Start(ref="1", question="Hello?", phone="+44 20 1234"), card, 4000)
    assert (filled.name, filled.email, filled.phone) == ("Vera", "vera@example.com", "+44 20 1234")


def test_what_nobody_tells_is_still_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        filled_in(SITE, Start(ref="1", question="Hello?", name=" "), first_card(HELLO, {"email": 7}), 4000)
    assert refused.value.fields == dict.fromkeys(("name", "phone", "email"), "required")


def test_what_is_typed_goes_before_what_the_identity_tells() -> None:
    card = first_card(HELLO, {"name": "Vera", "email": "vera@example.com", "phone": "+44 20 1234"})
    assert filled_in(SITE, Start(ref="1", question="Hello?", name="Vera B."), card, 4000).name == "Vera B."
