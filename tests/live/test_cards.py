"""What is known of visitors before they fill in anything."""

import pytest

from chat.live.cards import first_card
from chat.protocol import VERSION, VisitorHello


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
