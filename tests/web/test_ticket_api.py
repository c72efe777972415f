import time
from typing import Any

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


# ── what agents do ───────────────────────────────────────────────────────────────────────────────────────────────

HERE = "/api/tickets/1001?site=shop"
SITE = {"site": "shop"}


async def file_some(client: httpx.AsyncClient, number: int) -> None:
    for n in range(number):
        assert (await client.post(PATH, json=WORDS | {"subject": f"Number {n}"})).status_code == 201


async def people(agent: httpx.AsyncClient) -> dict[str, str]:
    return {one["name"]: one["id"] for one in (await agent.get("/api/people")).json()}


def changes(ticket: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    return [(one["field"], one["old"], one["new"]) for entry in ticket["entries"] for one in entry["changes"]]


async def test_an_agent_answers_notes_assigns_and_all_of_it_is_in_the_history(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    await file_some(visitor, 1)
    ben = (await people(anna))["Ben"]
    setting = {"assignee": ben, "priority": "high", "team": "sales", "topic": None}
    assert (await anna.patch(HERE, json=setting)).status_code == 200
    noted = await anna.post("/api/tickets/1001/notes", params=SITE, json={"text": "a regular", "ref": "1"})
    replied = await anna.post("/api/tickets/1001/replies", params=SITE, data={"text": "Hello", "ref": "2"})
    assert (noted.status_code, replied.status_code) == (201, 201)
    whole = replied.json()
    assert [(e["kind"], e["author"], e["name"], e["text"]) for e in whole["entries"]] == [
        ("change", "agent", "Anna", None),
        ("note", "agent", "Anna", "a regular"),
        ("reply", "agent", "Anna", "Hello"),
    ]
    assert sorted(changes(whole)) == [
        ("assignee", None, "Ben"),
        ("priority", "normal", "high"),
        ("status", "open", "pending"),
        ("team", "support", "sales"),
        ("topic", "Orders", None),
    ]
    assert (whole["assignee"], whole["version"]) == ({"id": ben, "name": "Ben"}, 4)
    again = await anna.post("/api/tickets/1001/replies", params=SITE, json={"text": "Hello", "ref": "2"})
    assert again.json() == whole


async def test_who_has_not_seen_the_newest_is_refused_and_nothing_is_changed(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    await file_some(visitor, 1)
    seen = (await anna.get(HERE)).json()["version"]
    assert (await ben.patch(HERE, json={"priority": "high", "version": seen})).status_code == 200
    for stale in (
        await anna.patch(HERE, json={"priority": "low", "version": seen}),
        await anna.post("/api/tickets/1001/replies", params=SITE, json={"text": "x", "ref": "1", "version": seen}),
    ):
        assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    now = (await anna.get(HERE)).json()
    assert (now["priority"], len(now["entries"])) == ("high", 1)
    assert (await anna.patch(HERE, json={"priority": "low", "version": now["version"]})).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"topic": "Other", "team": "nobody", "request_type": "x"}, {"topic", "team", "request_type"}),
        ({"assignee": "nobody"}, {"assignee"}),
        ({"assignee": "\0"}, {"assignee"}),
        ({"priority": "extreme"}, set()),
        ({"version": "x"}, set()),
        ({"ref": ""}, set()),
        ({"subject": "x"}, set()),
    ],
)
async def test_what_cannot_be_set_is_refused_by_its_name(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, body: dict[str, str], fields: set[str]
) -> None:
    await file_some(visitor, 1)
    refused = await anna.patch(HERE, json=body)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json().get("errors", [])} == fields
    assert (await anna.get(HERE)).json()["version"] == 1


async def test_the_list_is_filtered_by_everything_the_console_offers(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    await file_some(visitor, 4)
    me = (await people(anna))["Anna"]
    await anna.patch("/api/tickets/1001?site=shop", json={"assignee": me, "priority": "urgent"})
    await anna.patch("/api/tickets/1002?site=shop", json={"topic": None, "team": "sales"})
    await anna.patch("/api/tickets/1003?site=shop", json={"status": "solved"})
    today = time.strftime("%Y-%m-%d", time.gmtime())
    for query, expected in (
        ({"queue": "mine"}, [1001]),
        ({"queue": "team"}, [1001, 1004]),
        ({"queue": "unassigned"}, [1002, 1004]),
        ({"queue": "overdue"}, []),
        ({"assignee": me}, [1001]),
        ({"assignee": "nobody", "status": "open"}, [1002, 1004]),
        ({"priority": "urgent"}, [1001]),
        ({"topic": "Orders", "status": "open"}, [1001, 1004]),
        ({"team": "sales"}, [1002]),
        ({"status": "solved"}, [1003]),
        ({"q": "number 2"}, [1003]),
        ({"q": "#1004"}, [1004]),
        ({"q": "olga@example.com"}, [1001, 1002, 1003, 1004]),
        ({"site": "demo"}, []),
        ({"site": "shop", "from": today}, [1001, 1002, 1003, 1004]),
        ({"to": today}, []),
        ({"q": "%00"}, []),
        ({"q": "100%"}, []),
    ):
        listed = (await anna.get("/api/tickets", params=query)).json()
        assert sorted(one["number"] for one in listed["tickets"]) == expected, query
    counted = (await anna.get("/api/tickets/counts")).json()["queues"]
    assert counted == {"mine": 1, "unassigned": 2, "team": 2, "due_soon": 0, "overdue": 0}
    for name, wrong in (("queue", "x"), ("priority", "x"), ("from", "x"), ("cursor", "x")):
        refused = await anna.get("/api/tickets", params={name: wrong})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, name)


async def test_a_call_is_filed_for_the_caller_and_a_request_is_opened_towards_a_customer(
    anna: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    call = {"site": "shop", "ref": "1", "subject": "Rang", "body": "A lost parcel", "name": "Olga"}
    filed = await anna.post("/api/tickets", json=call | {"channel": "phone", "phone": "+44 20 7946 0000"})
    assert filed.status_code == 201
    told = filed.json()
    assert (told["channel"], told["agent"], told["status"], told["team"]) == ("phone", "Anna", "open", "support")
    assert told["assignee"]["name"] == "Anna"
    again = await anna.post("/api/tickets", json=call | {"channel": "phone", "phone": "+44 20 7946 0000"})
    assert again.json()["number"] == told["number"]
    towards = call | {"channel": "desk", "ref": "2", "email": "olga@example.com"}
    assert (await anna.post("/api/tickets", json=towards)).json()["status"] == "pending"
    for wrong, fields in (
        ({"channel": "form"}, ["channel"]),
        ({"channel": "desk"}, ["email"]),
        ({"channel": "phone", "team": "nobody"}, ["team"]),
        ({"channel": "phone", "subject": "", "body": ""}, ["subject", "body"]),
    ):
        refused = await anna.post("/api/tickets", json=call | {"ref": "3"} | wrong)
        assert [one["field"] for one in refused.json()["errors"]] == fields
    unknown = await anna.post("/api/tickets", json=call | {"channel": "phone", "site": "nowhere"})
    assert unknown.json()["code"] == "unknown_site"


async def test_many_are_changed_at_once_and_each_that_fails_says_why(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    await file_some(visitor, 3)
    await anna.patch("/api/tickets/1002?site=shop", json={"priority": "high"})
    asked: list[dict[str, Any]] = [{"site": "shop", "number": n} for n in (1001, 1002, 1003, 1004)]
    asked[1]["version"] = 1
    body = {"tickets": asked, "status": "solved", "team": "sales", "ref": "1"}
    done = (await anna.patch("/api/tickets", json=body)).json()
    assert done == {
        "changed": [1001, 1003],
        "failed": [
            {"site": "shop", "number": 1002, "code": "changed_meanwhile", "fields": {}},
            {"site": "shop", "number": 1004, "code": "not_found", "fields": {}},
        ],
    }
    for number, version in ((1001, 2), (1002, 2), (1003, 2)):
        assert (await anna.get(f"/api/tickets/{number}", params=SITE)).json()["version"] == version
    assert (await anna.patch("/api/tickets", json=body)).json()["changed"] == [1001, 1003]
    assert (await anna.get(HERE)).json()["version"] == 2, "the same again changes nothing"
    wrong = (await anna.patch("/api/tickets", json={"tickets": asked[:1], "topic": "Other"})).json()
    assert wrong["failed"] == [{"site": "shop", "number": 1001, "code": "invalid", "fields": {"topic": "not_a_choice"}}]


@pytest.mark.parametrize(("number", "fault"), [(0, "required"), (101, "too_long")])
async def test_at_once_is_between_one_and_a_hundred(anna: httpx.AsyncClient, number: int, fault: str) -> None:
    asked = [{"site": "shop", "number": n + 1} for n in range(number)]
    refused = await anna.patch("/api/tickets", json={"tickets": asked, "status": "solved"})
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("tickets", fault)]


async def test_a_merge_that_cannot_be_is_refused_in_words(visitor: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    await file_some(visitor, 2)
    merged = await anna.post("/api/tickets/1002/merge", params=SITE, json={"into": 1001, "ref": "1"})
    assert merged.json()["number"] == 1001
    for number, into, field in ((1001, 1001, "into"), (1001, 1002, "into"), (1002, 1001, "number")):
        refused = await anna.post(f"/api/tickets/{number}/merge", params=SITE, json={"into": into, "ref": "2"})
        assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, [field])
        assert not refused.json()["errors"][0]["message"].startswith("problem.")
    missing = await anna.post("/api/tickets/1001/merge", params=SITE, json={"into": 1009, "ref": "2"})
    assert missing.status_code == 404
    elsewhere = await anna.post("/api/tickets/1001/merge", params={"site": "demo"}, json={"into": 1002, "ref": "2"})
    assert elsewhere.status_code == 404


async def test_a_caller_is_promised_what_their_plan_promises(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    claims = {"sub": "42", "email": WORDS["email"], "plan": "gold", "exp": int(time.time()) + 60}
    known = {"Authorization": f"Bearer {jwt.encode(claims, IDENTITY_SECRET, 'HS256')}"}
    stranger = {"email": "vera@example.com"}
    for fields in ({}, stranger):  # in the second one she has typed somebody else's address
        assert (await visitor.post(PATH, json=WORDS | fields, headers=known)).status_code == 201
    for n, (asked, plan) in enumerate(
        (({"email": "OLGA@example.com"}, "gold"), ({"sub": "42"}, "gold"), (stranger, None), ({"plan": "gold"}, "gold"))
    ):
        call = {"site": "shop", "channel": "phone", "ref": str(n), "subject": "x", "body": "x"}
        filed = (await anna.post("/api/tickets", json=call | asked)).json()
        assert (filed["plan"], filed["due"] is not None) == (plan, plan is not None)
    refused = await anna.post("/api/tickets", json=call | {"plan": "none such", "ref": "x"})
    assert [one["field"] for one in refused.json()["errors"]] == ["plan"]


async def test_an_agent_sets_the_plan_by_which_the_next_answer_is_promised(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    key = (await visitor.post(PATH, json=WORDS)).json()["key"]
    here = "/api/tickets/1001"
    assert (await anna.patch(here, params=SITE, json={"plan": "none such"})).json()["errors"][0]["field"] == "plan"
    changed = (await anna.patch(here, params=SITE, json={"plan": "gold"})).json()
    assert (changed["plan"], changed["due"]) == ("gold", None)
    assert changed["entries"][-1]["changes"] == [{"field": "plan", "old": None, "new": "gold"}]
    await visitor.post(f"{PATH}/1001/replies", params={"key": key}, json={"text": "And?", "ref": "1"})
    assert (await anna.get(here, params=SITE)).json()["due"]["kind"] == "next"


async def test_before_a_merge_one_learns_whether_the_customer_will_see_it(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    claims = {"sub": "42", "email": "Olga@Example.com", "exp": int(time.time()) + 60}
    known = {"Authorization": f"Bearer {jwt.encode(claims, IDENTITY_SECRET, 'HS256')}"}
    for headers in (known, known, {}):
        assert (await visitor.post(PATH, json=WORDS, headers=headers)).status_code == 201
    call = {"site": "shop", "channel": "phone", "ref": "1", "subject": "x", "body": "x", "email": WORDS["email"]}
    assert (await anna.post("/api/tickets", json=call)).status_code == 201
    for number, into, same in ((1001, 1002, True), (1002, 1001, True), (1003, 1001, False), (1004, 1001, True)):
        told = await anna.get(f"/api/tickets/{number}/merge", params=SITE | {"into": str(into)})
        assert told.json() == {"same_requester": same}
    for wrong, status in (("1009", 404), ("", 422), ("x", 422), ("9" * 20, 422)):
        assert (await anna.get("/api/tickets/1001/merge", params=SITE | {"into": wrong})).status_code == status


WAYS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/api/tickets", None),
    ("GET", "/api/tickets/counts", None),
    ("GET", "/api/tickets/1001?site=shop", None),
    ("GET", "/api/people", None),
    ("GET", "/api/reports/promises", None),
    ("GET", "/api/tickets/1001/merge?site=shop&into=1002", None),
    ("POST", "/api/tickets", {"site": "shop", "channel": "phone", "ref": "1", "subject": "x", "body": "x"}),
    ("PATCH", "/api/tickets", {"tickets": [{"site": "shop", "number": 1001}], "status": "solved"}),
    ("PATCH", "/api/tickets/1001?site=shop", {"status": "solved"}),
    ("POST", "/api/tickets/1001/replies?site=shop", {"text": "x", "ref": "1"}),
    ("POST", "/api/tickets/1001/notes?site=shop", {"text": "x", "ref": "1"}),
    ("POST", "/api/tickets/1001/merge?site=shop", {"into": 1002, "ref": "1"}),
]


async def test_no_route_of_agents_is_for_anybody_else_and_none_changes_without_the_pages_token(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    await file_some(visitor, 2)
    token = jwt.encode({"sub": "42", "exp": int(time.time()) + 60}, IDENTITY_SECRET, "HS256")
    strangers = [
        {},
        {"Authorization": f"Bearer {token}"},
        {"Cookie": "mayfly_session=x", "X-CSRF-Token": anna.headers["X-CSRF-Token"]},
    ]
    for method, path, body in WAYS:
        for headers in strangers:
            refused = await visitor.request(method, path, json=body, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
        for csrf in ("", "x", "ü") if body is not None else ():
            forged = await anna.request(method, path, json=body, headers=[(b"X-CSRF-Token", csrf.encode())])
            assert (forged.status_code, forged.json()["code"]) == (403, "csrf")
    assert [one["version"] for one in (await anna.get("/api/tickets")).json()["tickets"]] == [1, 1]
    for method, path, body in WAYS:
        assert (await anna.request(method, path, json=body)).status_code in (200, 201), path


async def test_the_report_counts_an_answer_in_time(visitor: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    token = jwt.encode({"sub": "42", "plan": "gold", "exp": int(time.time()) + 60}, IDENTITY_SECRET, "HS256")
    await visitor.post(PATH, json=WORDS, headers={"Authorization": f"Bearer {token}"})
    assert (await anna.get("/api/reports/promises")).json() == []
    await anna.post("/api/tickets/1001/replies", params=SITE, json={"text": "Hello", "ref": "1"})
    then = {"from": "2098-01-01", "to": "2099-01-01"}
    assert (await anna.get("/api/reports/promises", params=then)).json() == []
    tomorrow = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86_400))
    (row,) = (await anna.get("/api/reports/promises", params={"to": tomorrow})).json()
    assert (row["team"], row["kept"], row["broken"]) == ("support", 1, 0)
    assert (await anna.get("/api/reports/promises", params={"from": "1990-01-01"})).status_code == 422
    assert (await anna.get("/api/reports/promises", params={"from": "x"})).status_code == 422


@pytest.mark.parametrize(
    "moment", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "1969-12-31", "2200-01-01"]
)
async def test_a_date_outside_of_what_can_be_is_none(anna: httpx.AsyncClient, moment: str) -> None:
    for path in ("/api/tickets", "/api/reports/promises"):
        for name in ("from", "to"):
            refused = await anna.get(path, params={name: moment})
            assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_a_date")


@pytest.mark.parametrize("moment", ["1970-01-01", "2199-12-31T23:59:59"])
async def test_the_first_and_the_last_date_can_be_asked_for(anna: httpx.AsyncClient, moment: str) -> None:
    for path in ("/api/tickets", "/api/reports/promises"):
        assert (await anna.get(path, params={"to": moment})).status_code == 200


async def test_a_ticket_is_filed_at_no_unknown_site(anna: httpx.AsyncClient) -> None:
    call = WORDS | {"channel": "phone", "ref": "1", "site": "shop"}
    for sent in ({"json": call}, {"data": call}, {"files": {name: (None, text) for name, text in call.items()}}):
        refused = await anna.post("/api/tickets", params={"site": "nope"}, **sent)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_site")
        assert (await anna.post("/api/tickets", params={"site": ""}, **sent)).status_code == 201
