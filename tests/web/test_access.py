"""All requests of an e-mail address, for whoever proves to read its mail."""

import re
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx
import jwt
import pytest
from redis.asyncio import Redis

from chat.desk.access import Access, _audience, _signing_key
from chat.engine import Engine
from chat.errors import Refused
from tests.desk.mail.post import MailServer, text_of
from tests.service import until
from tests.web.conftest import IDENTITY_SECRET, SECRET, Running

OLGA = "olga@example.com"
WORDS = {"subject": "A lost parcel", "body": "It never came.", "email": OLGA}
SHOP = "/api/sites/shop"


async def code_for(client: httpx.AsyncClient, server: MailServer, email: str = OLGA, site: str = "shop") -> str:
    """The code that the next letter brings."""
    before = len(server.letters)
    assert (await client.post(f"/api/sites/{site}/codes", json={"email": email})).status_code == 204
    await until(lambda: len(server.letters) > before, "a letter")
    assert server.recipients[-1] == email
    found = re.search(r"^ +(\d{6})$", text_of(server.letters[-1]), re.MULTILINE)
    assert found
    return found[1]


async def redeem(client: httpx.AsyncClient, code: str, email: str = OLGA, site: str = "shop") -> httpx.Response:
    return await client.post(f"/api/sites/{site}/access", json={"email": email, "code": code})


async def test_a_mailed_code_opens_all_requests_of_the_address_for_a_day(
    mailing: Running, mail_server: MailServer
) -> None:
    async with mailing.browser() as client:
        for words in (WORDS, WORDS | {"email": "OLGA@Example.com"}, WORDS | {"email": "other@example.com"}):
            assert (await client.post(f"{SHOP}/tickets", json=words)).status_code == 201
        await until(lambda: len(mail_server.letters) == 3, "confirmations")
        answer = await redeem(client, await code_for(client, mail_server), "Olga@example.com ")
        assert answer.status_code == 200
        expires = datetime.fromisoformat(answer.json()["expires_at"]) - datetime.now(UTC)
        assert timedelta(hours=23, minutes=59) < expires <= timedelta(hours=24)
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        listed = (await client.get(f"{SHOP}/tickets")).json()
        assert sorted(ticket["number"] for ticket in listed["tickets"]) == [1001, 1002]
        assert (await client.get(f"{SHOP}/tickets/1002")).json()["subject"] == "A lost parcel"
        assert (await client.get(f"{SHOP}/tickets/1003")).status_code == 404
        replied = await client.post(f"{SHOP}/tickets/1001/replies", json={"text": "Hello?", "ref": "1"})
        assert replied.status_code == 201
        filed = await client.post(f"{SHOP}/tickets", json={"subject": "One more", "body": "Words"})
        read = (await client.get(f"{SHOP}/tickets/{filed.json()['number']}")).json()
        assert read["requester"]["email"] == OLGA, "who has proven an address need not type it"
        elsewhere = await client.get("/api/sites/demo/tickets")
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (401, "identity_invalid")


async def test_the_letter_is_in_the_readers_language(mailing: Running, mail_server: MailServer) -> None:
    async with mailing.browser(**{"Accept-Language": "ru"}) as client:
        await code_for(client, mail_server)
        assert mail_server.letters[-1]["Subject"] == "Ваш код для «The <Shop> & Co»"
        await client.post(f"{SHOP}/codes", json={"email": OLGA, "locale": "en"})
        await until(lambda: len(mail_server.letters) == 2, "a letter")
        assert mail_server.letters[-1]["Subject"] == "Your code for The <Shop> & Co"


async def test_nobody_learns_who_has_requests(mailing: Running, mail_server: MailServer) -> None:
    async with mailing.browser() as client:
        await client.post(f"{SHOP}/tickets", json=WORDS)
        asked = [await client.post(f"{SHOP}/codes", json={"email": one}) for one in (OLGA, "stranger@example.com")]
        wrong = [await redeem(client, "000000", one) for one in (OLGA, "stranger@example.com", "nobody@example.com")]
    assert len({(one.status_code, one.content) for one in asked}) == 1
    assert len({(one.status_code, one.content) for one in wrong}) == 1
    assert wrong[0].json()["code"] == "bad_code"
    await until(lambda: len(mail_server.letters) == 3, "both get a letter")


async def test_a_code_is_good_once_for_its_own_address_and_site(mailing: Running, mail_server: MailServer) -> None:
    async with mailing.browser() as client:
        code = await code_for(client, mail_server)
        assert (await redeem(client, code, "other@example.com")).status_code == 401
        assert (await redeem(client, code, site="demo")).status_code == 401
        assert (await redeem(client, f" {code} ")).status_code == 200
        assert (await redeem(client, code)).status_code == 401
        first, second = await code_for(client, mail_server), await code_for(client, mail_server)
        if first != second:
            assert (await redeem(client, first)).status_code == 401, "a newer one has taken its place"
        assert (await redeem(client, second)).status_code == 200


async def test_after_five_wrong_guesses_even_the_right_code_is_wrong(mailing: Running, mail_server: MailServer) -> None:
    async with mailing.browser() as client:
        code = await code_for(client, mail_server)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for _ in range(5):
            assert (await redeem(client, wrong)).status_code == 401
        assert (await redeem(client, code)).json()["code"] == "bad_code"
        assert (await redeem(client, await code_for(client, mail_server))).status_code == 200


async def test_an_address_is_mailed_five_codes_an_hour(mailing: Running, mail_server: MailServer) -> None:
    async with mailing.browser() as client:
        for _ in range(5):
            await client.post(f"{SHOP}/codes", json={"email": OLGA})
        refused = await client.post(f"{SHOP}/codes", json={"email": "Olga@EXAMPLE.com"})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert (await client.post(f"{SHOP}/codes", json={"email": "other@example.com"})).status_code == 204


async def test_what_is_no_address_gets_no_code(mailing: Running) -> None:
    async with mailing.browser() as client:
        for email in ("nobody", "a@b.example\r\nBcc: c@d.example", ""):
            answer = await client.post(f"{SHOP}/codes", json={"email": email})
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_an_email")


async def test_without_mail_there_are_no_codes_and_nothing_promises_any(
    visitor: httpx.AsyncClient, running: Running
) -> None:
    assert (await visitor.post(f"{SHOP}/codes", json={"email": OLGA})).status_code == 404
    assert '"mail":false' in (await visitor.get("/panel/shop")).text


async def test_with_mail_the_panel_is_told(mailing: Running) -> None:
    async with mailing.browser() as client:
        assert '"mail":true' in (await client.get("/panel/shop")).text


def signed(secret: bytes = SECRET.encode(), site: str = "shop", lasts_s: float = 3600, **claims: object) -> str:
    usual = {"iss": "mayfly", "aud": _audience(site), "email": OLGA, "exp": time.time() + lasts_s}
    return jwt.encode({**usual, **claims}, _signing_key(secret), algorithm="HS256")


FOR_EVER = {"iss": "mayfly", "aud": _audience("shop"), "email": OLGA, "exp": 2**33}
BAD = {
    "expired": (signed(lasts_s=-60), "identity_expired"),
    "another site's": (signed(site="demo"), "identity_invalid"),
    "another issuer's": (signed(iss="someone"), "identity_invalid"),
    "without an end": (jwt.encode(FOR_EVER | {"exp": None}, _signing_key(SECRET.encode())), "identity_invalid"),
    "another secret's": (signed(secret=b"x" * 32), "identity_invalid"),
    "the secret itself": (jwt.encode(FOR_EVER, SECRET), "identity_invalid"),
    "unsigned": (jwt.encode(FOR_EVER, "", "none"), "identity_invalid"),
    "no token": ("nonsense", "identity_invalid"),
}


async def test_a_bad_token_is_refused_with_a_code(visitor: httpx.AsyncClient) -> None:
    for what, (token, code) in BAD.items():
        answer = await visitor.get(f"{SHOP}/tickets", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, code), what


async def test_a_sites_own_identity_cannot_pass_for_a_proven_address(visitor: httpx.AsyncClient) -> None:
    claims = {"iss": "mayfly", "aud": _audience("shop"), "email": OLGA, "exp": time.time() + 60}
    token = jwt.encode(claims, IDENTITY_SECRET)
    answer = await visitor.get(f"{SHOP}/tickets", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "identity_invalid", "it has no sub"


async def test_a_code_is_kept_only_as_a_keyed_digest_and_for_ten_minutes(
    mailing: Running, mail_server: MailServer
) -> None:
    async with mailing.browser() as client, Redis.from_url(mailing.redis_url) as redis:
        code = await code_for(client, mail_server)
        (key,) = [key async for key in redis.scan_iter("mayfly:code:*")]
        kept = await redis.hgetall(key)
        assert set(kept) == {b"digest"}
        assert kept[b"digest"] != sha256(code.encode()).hexdigest().encode()
        assert 590 < await redis.ttl(key) <= 600
        await redis.expire(key, 0)
        assert (await redeem(client, code)).status_code == 401
        assert 590 < await redis.ttl(key) <= 600, "what a guess leaves behind goes too"


async def test_tokens_of_an_earlier_secret_stay_good() -> None:
    async with Engine(wipe_memory=False) as engine, Redis.from_url(engine.url) as redis:
        rotated = Access(redis, None, ["n" * 32, SECRET])
        assert rotated.email_of(signed(), "shop") == OLGA
        assert Access(redis, None, ["n" * 32]).email_of(signed(), "shop") is None
        with pytest.raises(Refused, match="expired"):
            rotated.email_of(signed(lasts_s=-1), "shop")
