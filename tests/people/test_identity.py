import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest

from chat.errors import Refused
from chat.people import auditor
from chat.people.identity import verify
from chat.settings import Site

OLD, NEW, FOREIGN, SERVICE = "old-" * 10, "new-" * 10, "foreign-" * 5, "service-" * 5
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


def test_only_the_services_own_secret_makes_the_token_of_an_audit() -> None:
    token = auditor.sign(SERVICE, "a1", {"sub": "42"})
    assert verify(token, SHOP, of_service=[FOREIGN, SERVICE]).claims[auditor.CLAIM] == "a1"
    for elsewhere in ([], [FOREIGN]):
        with pytest.raises(Refused, match="none of the site's secrets"):
            verify(token, SHOP, of_service=elsewhere)
    for forged in (signed(**{auditor.CLAIM: "a1"}), signed(OLD, **{auditor.CLAIM: "a1"})):
        assert auditor.CLAIM not in verify(forged, SHOP, of_service=[SERVICE]).claims
    with pytest.raises(Refused, match="none of the site's secrets"):
        verify(signed(SERVICE), SHOP, of_service=[SERVICE])


def part(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(text).decode().rstrip("=")


def put_together(header: object, claims: object, secret: str = NEW) -> str:
    """Signed as HS256 whatever the header says."""
    said = f"{part(header)}.{part(claims)}"
    return f"{said}.{part(hmac.digest(secret.encode(), said.encode(), 'sha256'))}"


LATER = 4102444800
HS256 = {"alg": "HS256", "typ": "JWT"}
OLGA = {"sub": "42", "exp": LATER}
GOOD = put_together(HS256, OLGA)
HEAD, BODY, SIGNATURE = GOOD.split(".")
RSA_KEY = "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJB\n-----END PUBLIC KEY-----"

CRAFTED = {
    "nothing": "",
    "a word": "x",
    "three words": "a.b.c",
    "letters of no alphabet": "é.é.é",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.{SIGNATURE}",
    "dots": "..",
    "endless": GOOD + "." * 9000,
    "too long": put_together(HS256, OLGA | {"name": "x" * 9000}),
    "no signature": f"{HEAD}.{BODY}.",
    "no claims": f"{HEAD}..{SIGNATURE}",
    "no header": f".{BODY}.{SIGNATURE}",
    "a signature cut short": GOOD[:-4],
    "a signature that goes on": GOOD + "AAAA",
    "a signature of nothing": f"{HEAD}.{BODY}.{part(bytes(32))}",
    "a signature of other claims": f"{HEAD}.{part(OLGA | {'sub': '1'})}.{SIGNATURE}",
    "a signature of another header": f"{part(HS256 | {'kid': '1'})}.{BODY}.{SIGNATURE}",
    "padding": GOOD + "=",
    "a line break": GOOD + "\n",
    "a space before": " " + GOOD,
    "noise in the signature": f"{GOOD[:-20]}!{GOOD[-20:]}",
    "bits to spare": GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
    "the other alphabet": f"{HEAD}.{BODY}.{SIGNATURE.replace('-', '+').replace('_', '/')}+",
    "alg none": f"{part({'alg': 'none'})}.{BODY}.",
    "alg None": f"{part({'alg': 'None'})}.{BODY}.{SIGNATURE}",
    "alg none, signed": put_together({"alg": "none"}, OLGA),
    "alg empty": put_together({"alg": ""}, OLGA),
    "no alg": put_together({"typ": "JWT"}, OLGA),
    "alg a list": put_together({"alg": ["HS256"]}, OLGA),
    "alg hs256": put_together({"alg": "hs256"}, OLGA),
    "HS384": signed(NEW * 2, "HS384"),
    "HS512": signed(NEW * 2, "HS512"),
    "RS256 with its public key as the secret": put_together({"alg": "RS256"}, OLGA, RSA_KEY),
    "a key of its own": put_together(HS256 | {"jwk": {"kty": "oct", "k": part(FOREIGN.encode())}}, OLGA, FOREIGN),
    "a key to be fetched": put_together(HS256 | {"jku": "https://evil.example/keys"}, OLGA, FOREIGN),
    "a key file": put_together(HS256 | {"kid": "../../../dev/null"}, OLGA, ""),
    "critical extensions": put_together(HS256 | {"crit": ["exp"]}, OLGA),
    "an empty secret": put_together(HS256, OLGA, ""),
    "a header that is no object": put_together([HS256], OLGA),
    "a header that is no JSON": put_together(b"{", OLGA),
    "claims that are no object": put_together(HS256, [OLGA]),
    "claims that are no JSON": put_together(HS256, b"{"),
    "a number that nothing can hold": signed(account=2**64),
    "claims that are no text": put_together(HS256, b"\xff\xfe"),
    "no end": put_together(HS256, {"sub": "42"}),
    "an end in words": put_together(HS256, OLGA | {"exp": "tomorrow"}),
    "an end that is null": put_together(HS256, OLGA | {"exp": None}),
    "not yet": put_together(HS256, OLGA | {"nbf": LATER}),
    "made tomorrow": put_together(HS256, OLGA | {"iat": LATER}),
    "a number for a person": put_together(HS256, OLGA | {"sub": 42}),
}


@pytest.mark.parametrize("token", CRAFTED.values(), ids=CRAFTED)
def test_what_is_no_token_of_ours_is_refused_and_never_breaks(token: str) -> None:
    assert verify(GOOD, SHOP).sub == "42"
    assert refusal(token) == "identity_invalid"


@pytest.mark.parametrize(
    ("crafted", "why"),
    [
        ("no end", "has no exp"),
        ("a number for a person", "sub that is no text"),
        ("not yet", "nbf"),
        ("a number that nothing can hold", "64 bits"),
    ],
)
def test_a_site_is_told_what_is_wrong_with_its_token(crafted: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        verify(CRAFTED[crafted], SHOP)


def test_no_flipped_bit_is_overlooked() -> None:
    token = put_together(HS256, OLGA | {"name": "x" * 900})
    places = [(at, bit) for at in range(len(token)) for bit in range(8)]
    assert len(places) > 10_000
    for at, bit in places:
        flipped = token[:at] + chr(ord(token[at]) ^ 1 << bit) + token[at + 1 :]
        assert refusal(flipped) == "identity_invalid"
