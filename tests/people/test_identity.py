import time
from typing import Any

import jwt
import pytest

from chat.errors import Refused
from chat.people.identity import verify
from chat.settings import Site

OLD, NEW, FOREIGN = "old-" * 10, "new-" * 10, "foreign-" * 5
SHOP = Site(title="Shop", origins=[], identity_secrets=[NEW, OLD])


def signed(secret: str = NEW, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode({"sub": "42", "exp": int(time.time()) + 3600, **claims}, secret, algorithm)


def refusal(token: str, site: Site = SHOP) -> str:
    with pytest.raises(Refused) as refused:
        verify(token, site)
    return refused.value.code


def test_a_good_token_tells_who_the_visitor_is() -> None:
    identity = verify(signed(name="Olga", plan="gold"), SHOP)
    assert identity.sub == "42"
    assert (identity.claims["name"], identity.claims["plan"]) == ("Olga", "gold")


def test_every_secret_of_the_site_verifies_so_that_it_can_be_changed_without_a_gap() -> None:
    assert verify(signed(OLD), SHOP).sub == verify(signed(NEW), SHOP).sub == "42"


def test_another_secret_does_not() -> None:
    assert refusal(signed(FOREIGN)) == "identity_invalid"
    assert refusal(signed(), Site(title="Shop", origins=[])) == "identity_invalid"


def test_an_expired_token_is_told_apart_with_half_a_minute_for_slow_clocks() -> None:
    now = int(time.time())
    assert verify(signed(exp=now - 20), SHOP)
    assert refusal(signed(exp=now - 40)) == "identity_expired"
    assert refusal(signed(FOREIGN, exp=now - 40)) == "identity_invalid"


def test_a_token_that_never_expires_is_refused() -> None:
    assert refusal(jwt.encode({"sub": "42"}, NEW, "HS256")) == "identity_invalid"


def test_a_token_of_any_other_algorithm_is_refused() -> None:
    assert refusal(jwt.encode({"sub": "42", "exp": time.time() + 3600}, "", "none")) == "identity_invalid"
    assert refusal(signed(NEW * 2, "HS512")) == "identity_invalid"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", signed()[:-4], signed() + "." * 9000, signed(sub=42)])
def test_what_is_no_token_is_refused_and_never_breaks(token: str) -> None:
    assert refusal(token) == "identity_invalid"
