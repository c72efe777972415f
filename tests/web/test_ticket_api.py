import time

import httpx
import jwt
import pytest

from tests.web.conftest import IDENTITY_SECRET, Running

WORDS = {"subject": "A lost parcel", "body": "It never came.", "email": "olga@example.com", "topic": "Orders"}
PATH = "/api/sites/shop/tickets"


async def test_a_request_may_come_as_json_or_as_a_form(visitor: httpx.AsyncClient, running: Running) -> None:
    answers = [
        await visitor.post(PATH, json=WORDS),
        await visitor.post(PATH, data=WORDS),
        await visitor.post(PATH, files={name: (None, value) for name, value in WORDS.items()}),
    ]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert [answer.json()["number"] for answer in answers] == [1001, 1002, 1003]
    filed = answers[2].json()
    assert len(filed["key"]) >= 22
    assert filed["link"] == f"{running.origin}/tickets/shop/1003?key={filed['key']}"
    read = (await visitor.get(f"{PATH}/1003", params={"key": filed["key"]})).json()
    assert {name: read.get(name) for name in ("subject", "body", "topic")} == {
        n: WORDS[n] for n in ("subject", "body", "topic")
    }
    assert read["requester"]["email"] == "olga@example.com"
    assert (await visitor.get(f"{PATH}/1003", params={"key": "x"})).status_code == 404


async def test_every_fault_of_a_form_is_named_in_the_readers_language(visitor: httpx.AsyncClient) -> None:
    wrong = {"subject": " ", "body": "x", "email": "nobody", "topic": "Other"}
    answer = await visitor.post(PATH, json=wrong, headers={"Accept-Language": "ru"})
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["status"], problem["title"]) == ("invalid", 422, "Unprocessable Entity")
    assert {fault["field"]: fault["code"] for fault in problem["errors"]} == {
        "subject": "required",
        "email": "not_an_email",
        "topic": "not_a_choice",
    }
    assert "Это поле нужно заполнить." in [fault["message"] for fault in problem["errors"]]


async def test_unknown_fields_and_unknown_sites_are_refused(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post(PATH, json=WORDS | {"priority": "high"})).status_code == 422
    assert (await visitor.post(PATH, data=WORDS | {"priority": "high"})).json()["errors"][0]["field"] == "priority"
    assert (await visitor.post("/api/sites/nowhere/tickets", json=WORDS)).json()["code"] == "unknown_site"


async def test_sending_the_same_again_files_it_once_and_a_guessed_ref_opens_nothing(visitor: httpx.AsyncClient) -> None:
    first = (await visitor.post(PATH, json=WORDS | {"ref": "1"})).json()
    assert (await visitor.post(PATH, json=WORDS | {"ref": "1"})).json() == first
    other = (await visitor.post(PATH, json=WORDS | {"ref": "1", "body": "x"})).json()
    assert other["number"] == first["number"] + 1


async def test_a_bad_identity_is_refused_and_never_taken_as_anonymous(visitor: httpx.AsyncClient) -> None:
    async def code(exp: float, secret: str) -> int:
        token = jwt.encode({"sub": "42", "exp": int(exp)}, secret, "HS256")
        return (await visitor.post(PATH, json=WORDS, headers={"Authorization": f"Bearer {token}"})).status_code

    now = time.time()
    assert await code(now + 60, IDENTITY_SECRET) == 201
    assert await code(now - 60, IDENTITY_SECRET) == 401
    assert await code(now + 60, "x" * 32) == 401


async def test_an_address_may_file_only_so_many_an_hour(visitor: httpx.AsyncClient, running: Running) -> None:
    most = running.settings.limits.tickets_per_ip_per_hour
    codes = [(await visitor.post(PATH, json=WORDS)).status_code for _ in range(most + 1)]
    assert codes == [201] * most + [429]


async def test_what_is_refused_for_its_faults_does_not_count(visitor: httpx.AsyncClient, running: Running) -> None:
    for _ in range(running.settings.limits.tickets_per_ip_per_hour + 1):
        assert (await visitor.post(PATH, json=WORDS | {"subject": ""})).status_code == 422
    assert (await visitor.post(PATH, json=WORDS)).status_code == 201


async def test_a_request_can_be_left_while_redis_is_away(visitor: httpx.AsyncClient, running: Running) -> None:
    running.stop_engine()
    filed = await visitor.post(PATH, json=WORDS)
    assert filed.status_code == 201
    assert (await visitor.get(filed.json()["link"])).status_code == 200


async def test_agents_list_read_and_change_tickets(visitor: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    for subject in ("First", "Second"):
        await visitor.post(PATH, json=WORDS | {"subject": subject})
    listed = (await anna.get("/api/tickets")).json()
    assert [ticket["subject"] for ticket in listed["tickets"]] == ["Second", "First"]
    assert listed["next"] is None
    assert "body" not in listed["tickets"][0]
    whole = (await anna.get("/api/tickets/1001?site=shop")).json()
    assert (whole["body"], whole["transcript"], whole["status"]) == ("It never came.", None, "open")
    changed = await anna.patch("/api/tickets/1001?site=shop", json={"status": "solved"})
    assert changed.json()["status"] == "solved"
    solved = (await anna.get("/api/tickets?status=solved&site=shop&q=first")).json()
    assert [ticket["number"] for ticket in solved["tickets"]] == [1001]
    assert (await anna.get("/api/tickets?status=nonsense")).status_code == 422
    assert (await anna.get("/api/tickets?cursor=nonsense")).status_code == 422
    assert (await anna.get("/api/tickets/1001")).status_code == 422
    assert (await anna.patch("/api/tickets/1001?site=shop", json={"status": "gone"})).status_code == 422


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_change_needs_the_token_of_the_console_page(anna: httpx.AsyncClient, token: str) -> None:
    refused = await anna.patch("/api/tickets/1?site=shop", json={"status": "solved"}, headers={"X-CSRF-Token": token})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")


async def test_visitors_see_no_list(visitor: httpx.AsyncClient) -> None:
    for answer in (
        await visitor.get("/api/tickets"),
        await visitor.get("/api/tickets/1001?site=shop"),
        await visitor.patch("/api/tickets/1001?site=shop", json={}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_a_number_larger_than_any_ticket_has_is_not_found(anna: httpx.AsyncClient) -> None:
    for number in (2**31, 10**30):
        assert (await anna.get(f"/api/tickets/{number}", params={"site": "shop"})).status_code == 404
