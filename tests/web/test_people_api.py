import httpx
import pytest

from chat.people.agents import Agents
from chat.people.passwords import Passwords
from chat.storage.database import Database, database_url
from tests.clients import http_client
from tests.web.conftest import CHEAP, Running


async def test_a_password_becomes_a_cookie_no_script_can_read(visitor: httpx.AsyncClient, running: Running) -> None:
    answer = await visitor.post("/api/session", json=running.anna)
    assert (answer.status_code, answer.content) == (204, b"")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("mayfly_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


async def test_over_https_the_cookie_is_secure_and_the_browser_told_to_stay_there(running: Running) -> None:
    async with running.browser(**{"X-Forwarded-Proto": "https"}) as direct:
        answer = await direct.post("/api/session", json=running.anna)
        assert "secure" not in answer.headers["set-cookie"].lower(), "127.0.0.1 is not a trusted proxy"
        assert "strict-transport-security" not in answer.headers
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    async with http_client(base_url=running.origin, transport=transport) as proxied:
        proxied.headers.update({"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"})
        answer = await proxied.post("/api/session", json=running.anna)
        assert "secure" in answer.headers["set-cookie"].lower()
        assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_a_wrong_password_and_an_unknown_account_sound_the_same(
    visitor: httpx.AsyncClient, running: Running
) -> None:
    answers = [
        await visitor.post("/api/session", json={"email": email, "password": "wrong"})
        for email in (running.anna["email"], "nobody@demo.test")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert answers[0].json()["code"] == "bad_credentials"


async def test_after_five_wrong_passwords_even_the_right_one_waits(
    visitor: httpx.AsyncClient, running: Running
) -> None:
    for _ in range(5):
        assert (await visitor.post("/api/session", json=running.anna | {"password": "wrong"})).status_code == 401
    answer = await visitor.post("/api/session", json=running.anna)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many"
    assert 800 < int(answer.headers["retry-after"]) <= 900


async def test_agents_can_sign_in_while_redis_is_away(visitor: httpx.AsyncClient, running: Running) -> None:
    running.stop_engine()
    assert (await visitor.post("/api/session", json=running.anna)).status_code == 204


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_sites_page_can_neither_sign_in_nor_out(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, running: Running, headers: dict[str, str]
) -> None:
    answer = await visitor.post("/api/session", json=running.anna, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert (await anna.delete("/api/session", headers=headers)).status_code == 403
    assert (await anna.get("/console")).status_code == 200


async def test_our_own_page_can(visitor: httpx.AsyncClient, running: Running) -> None:
    for headers in ({"Origin": running.origin}, {"Sec-Fetch-Site": "same-origin"}):
        assert (await visitor.post("/api/session", json=running.anna, headers=headers)).status_code == 204


async def test_signing_out_ends_the_session_for_whoever_has_the_cookie(
    anna: httpx.AsyncClient, running: Running
) -> None:
    stolen = dict(anna.cookies)
    assert (await anna.delete("/api/session")).status_code == 204
    assert not anna.cookies
    async with running.browser() as thief:
        thief.cookies.update(stolen)
        assert (await thief.get("/console")).status_code == 303
        assert (await thief.get("/api/tickets")).json()["code"] == "not_signed_in"


async def test_a_set_up_link_shows_whose_it_is_sets_a_password_and_signs_out_who_had_the_old_one(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, running: Running
) -> None:
    database = Database(database_url(running.settings))
    agents = Agents(database, Passwords(CHEAP))
    account = await agents.find_by_email(running.anna["email"])
    assert account is not None
    token = await agents.reset(account.id)
    await database.close()
    assert running.anna["email"] in (await visitor.get("/console/setup", params={"token": token})).text
    short = await visitor.post("/api/setup", json={"token": token, "password": "short"})
    assert short.json()["errors"] == [{"field": "password", "code": "too_short", "message": "This is too short."}]
    chosen = {"token": token, "password": "a new long password"}
    assert (await visitor.post("/api/setup", json=chosen)).status_code == 204
    assert (await visitor.post("/api/setup", json=chosen)).json()["code"] == "not_found"
    assert running.anna["email"] not in (await visitor.get("/console/setup", params={"token": token})).text
    assert (await anna.get("/console")).status_code == 303
    signed_in = await visitor.post("/api/session", json=running.anna | {"password": "a new long password"})
    assert signed_in.status_code == 204


async def test_what_is_no_sign_in_is_refused_with_what_is_wrong(visitor: httpx.AsyncClient) -> None:
    async def answer(body: bytes, media_type: str = "application/json") -> tuple[int, str]:
        refused = await visitor.post("/api/session", content=body, headers={"Content-Type": media_type})
        return refused.status_code, refused.json()["code"]

    assert await answer(b"{") == (400, "invalid")
    assert await answer(b"{}") == (422, "invalid")
    assert await answer(b'{"email": 1, "password": "x"}') == (422, "invalid")
    assert await answer(b'{"email": "x", "password": "x", "role": "admin"}') == (422, "invalid")
    assert await answer(b'{"email": "x", "password": "x"}', "text/plain") == (415, "invalid")
    assert await answer(b'"' + b"x" * 2_000_000 + b'"') == (413, "too_long")
    assert (await visitor.put("/api/session")).status_code == 405
