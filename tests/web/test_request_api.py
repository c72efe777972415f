"""Customers over HTTP: they file, follow, answer, settle; and nobody else may."""

import time
from typing import Any

import httpx
import jwt
import pytest

from tests.web.conftest import IDENTITY_SECRET, Running

WORDS = {"subject": "A lost parcel", "body": "It never came.", "email": "olga@example.com", "topic": "Orders"}
PATH = "/api/sites/shop/tickets"


def signed(sub: str | None, secret: str = IDENTITY_SECRET, **claims: object) -> dict[str, str]:
    """The header of somebody whom the site vouches for."""
    given = {"exp": int(time.time()) + 86_400, **claims} | ({"sub": sub} if sub is not None else {})
    return {"Authorization": f"Bearer {jwt.encode(given, secret, 'HS256')}"}


OLGA, IVAN = signed("olga"), signed("ivan")


async def file(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **fields: object) -> dict[str, Any]:
    answer = await client.post(PATH, json=WORDS | fields, headers=headers or {})
    assert answer.status_code == 201, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def numbers(client: httpx.AsyncClient, headers: dict[str, str], **query: str) -> list[int]:
    answer = await client.get(PATH, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return [ticket["number"] for ticket in answer.json()["tickets"]]


async def test_a_customer_files_reads_answers_settles_and_opens_again(visitor: httpx.AsyncClient) -> None:
    await file(visitor, OLGA, importance=None, fields={"browser": "Links 2"})
    path = f"{PATH}/1001"
    read = (await visitor.get(path, headers=OLGA)).json()
    assert (read["subject"], read["status"], read["fields"]) == ("A lost parcel", "open", {"browser": "Links 2"})
    replied = await visitor.post(f"{path}/replies", json={"text": "It is blue.", "ref": "1"}, headers=OLGA)
    assert replied.status_code == 201
    assert [(e["kind"], e["author"], e["text"]) for e in replied.json()["entries"]] == [
        ("reply", "customer", "It is blue.")
    ]
    again = await visitor.post(f"{path}/replies", data={"text": "It is blue.", "ref": "1"}, headers=OLGA)
    assert len(again.json()["entries"]) == 1
    for status in ("solved", "open"):
        settled = (await visitor.patch(path, json={"status": status}, headers=OLGA)).json()
        assert (settled["status"], settled["entries"][-1]["status"]) == (status, status)
    for wrong in ({"status": "closed"}, {"status": "pending"}, {"priority": "high"}, {}):
        assert (await visitor.patch(path, json=wrong, headers=OLGA)).status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [({"text": "", "ref": "1"}, "text"), ({"text": "x" * 20_001, "ref": "1"}, "text"), ({"text": "x"}, None)]
    + [({"text": "x", "ref": ref}, None) for ref in ("", "x" * 65, "\0")]
    + [({"text": "x", "ref": "1", "file": "no such upload"}, "file")],
)
async def test_an_answer_with_faults_is_refused_and_adds_nothing(
    visitor: httpx.AsyncClient, body: dict[str, str], field: str | None
) -> None:
    key = (await file(visitor))["key"]
    refused = await visitor.post(f"{PATH}/1001/replies", json=body, params={"key": key})
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json().get("errors", [])] == ([field] if field else [])
    assert (await visitor.get(f"{PATH}/1001", params={"key": key})).json()["entries"] == []


async def test_everyone_lists_their_own_last_changed_first(visitor: httpx.AsyncClient) -> None:
    for who in (OLGA, IVAN, OLGA, None, OLGA):
        await file(visitor, who)
    await visitor.post(f"{PATH}/1001/replies", json={"text": "x", "ref": "1"}, headers=OLGA)
    assert await numbers(visitor, OLGA) == [1001, 1005, 1003]
    assert await numbers(visitor, IVAN) == [1002]
    assert await numbers(visitor, signed("nobody")) == []


async def test_the_own_list_is_filtered_by_date_topic_status_and_words(visitor: httpx.AsyncClient) -> None:
    await file(visitor, OLGA, topic=None, subject="The first")
    await file(visitor, OLGA, subject="The SECOND")
    await visitor.patch(f"{PATH}/1001", json={"status": "solved"}, headers=OLGA)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    for query, expected in (
        ({"topic": "Orders"}, [1002]),
        ({"status": "solved"}, [1001]),
        ({"status": "pending"}, []),
        ({"q": "second the"}, [1002]),
        ({"q": "#1001"}, [1001]),
        ({"q": "\0"}, [1001, 1002]),
        ({"from": day}, [1001, 1002]),
        ({"to": day}, []),
        ({"from": "2099-01-01T00:00:00+03:00"}, []),
        ({"topic": ""}, [1001, 1002]),
    ):
        assert sorted(await numbers(visitor, OLGA, **query)) == expected, query
    for wrong in ({"status": "gone"}, {"from": "soon"}, {"cursor": "x"}, {"q": "x" * 60_000}):
        refused = await visitor.get(PATH, headers=OLGA, params=wrong)
        assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, list(wrong))


async def test_pages_follow_each_other(visitor: httpx.AsyncClient, running: Running) -> None:
    async with running.browser() as client:
        for n in range(running.settings.limits.tickets_per_ip_per_hour):
            await file(client, OLGA, body=str(n))
    assert len(await numbers(visitor, OLGA)) == 30


async def test_opening_and_closing_over_and_over_is_limited(visitor: httpx.AsyncClient, running: Running) -> None:
    await file(visitor, OLGA)
    most = running.settings.limits.tickets_per_ip_per_hour
    turns = [("solved", "open")[n % 2] for n in range(most)]
    answers = [(await visitor.patch(f"{PATH}/1001", json={"status": to}, headers=OLGA)).status_code for to in turns]
    assert answers == [200] * (most - 1) + [429]


@pytest.mark.parametrize("channel", ["phone", "desk"])
async def test_what_an_agent_files_for_an_address_is_of_whom_the_site_knows_by_it(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, channel: str
) -> None:
    asked = {"site": "shop", "channel": channel, "ref": "1", "subject": "x", "body": "y", "email": "Olga@example.com"}
    assert (await anna.post("/api/tickets", json=asked)).status_code == 201
    await file(visitor, body="A stranger has typed her address.")
    known = signed("olga", email="olga@EXAMPLE.com")
    assert await numbers(visitor, known) == [1001]
    read = await visitor.get(f"{PATH}/1001", headers=known)
    assert (read.status_code, read.json()["body"]) == (200, "y")
    assert (await visitor.get(f"{PATH}/1002", headers=known)).status_code == 404
    for other in (OLGA, signed("olga", email="vera@example.com"), signed("olga", email=["olga@example.com"])):
        assert await numbers(visitor, other) == []
        assert (await visitor.get(f"{PATH}/1001", headers=other)).status_code == 404


async def test_what_somebody_filed_as_themselves_is_nobody_elses_who_has_their_address(
    visitor: httpx.AsyncClient,
) -> None:
    await file(visitor, signed("olga", email=WORDS["email"]))
    assert await numbers(visitor, signed("ivan", email=WORDS["email"])) == []


# ── who may not ──────────────────────────────────────────────────────────────────────────────────────────────────


async def attempts(client: httpx.AsyncClient, path: str, **how: Any) -> list[httpx.Response]:
    """All that can be tried with somebody's ticket."""
    return [
        await client.get(path, **how),
        await client.patch(path, json={"status": "solved"}, **how),
        await client.post(f"{path}/replies", json={"text": "x", "ref": "1"}, **how),
    ]


@pytest.mark.parametrize("whose", ["olga", None])
async def test_nobody_else_reads_or_touches_a_ticket(visitor: httpx.AsyncClient, whose: str | None) -> None:
    filed = await file(visitor, signed(whose) if whose else None)
    other = await file(visitor, IVAN)
    path = f"{PATH}/{filed['number']}"
    foreign: list[dict[str, Any]] = [
        {},
        {"headers": IVAN},
        {"headers": signed("olga@example.com")},  # the address is not the identity
        {"params": {"key": other["key"]}},
        {"params": {"key": ""}},
        {"params": {"key": filed["key"][:-1]}},
        {"params": {"key": other["key"]}, "headers": OLGA},  # a wrong key is not made good by an identity
    ]
    for how in foreign:
        for answer in await attempts(visitor, path, **how):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), how
    for headers in (signed("olga", "x" * 32), {"Authorization": "Bearer x"}, signed("olga", exp=1)):
        for answer in await attempts(visitor, path, headers=headers):
            assert answer.status_code == 401
    for answer in await attempts(visitor, path, headers=signed(None)):
        assert answer.json()["code"] == "identity_invalid"
    untouched = (await visitor.get(path, params={"key": filed["key"]})).json()
    assert (untouched["status"], untouched["entries"]) == ("open", [])


async def test_a_key_opens_neither_another_number_nor_another_site(visitor: httpx.AsyncClient) -> None:
    filed = await file(visitor)
    assert (await visitor.post("/api/sites/demo/tickets", json=WORDS | {"topic": "Payment"})).status_code == 201
    for path in ("/api/sites/demo/tickets/1001", f"{PATH}/1002", f"{PATH}/{2**31}", f"{PATH}/{10**30}"):
        for answer in await attempts(visitor, path, params={"key": filed["key"]}):
            assert answer.status_code == 404
    assert (await visitor.get("/api/sites/nowhere/tickets/1001", headers=OLGA)).json()["code"] == "unknown_site"


async def test_a_site_vouches_for_its_own_people_only(visitor: httpx.AsyncClient) -> None:
    await file(visitor, OLGA)
    answer = await visitor.get("/api/sites/demo/tickets", headers=OLGA)
    assert answer.status_code == 401, "the demo's site has no secret that signed this"


async def test_the_list_needs_an_identity_and_a_key_is_none(visitor: httpx.AsyncClient) -> None:
    key = (await file(visitor))["key"]
    for params in ({}, {"key": key}):
        refused = await visitor.get(PATH, params=params)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


async def test_being_an_agent_makes_nobody_a_customer(anna: httpx.AsyncClient) -> None:
    await file(anna)
    for answer in await attempts(anna, f"{PATH}/1001"):
        assert answer.status_code == 404
    assert (await anna.get(PATH)).status_code == 401


async def test_what_agents_do_among_themselves_never_reaches_the_customer(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    filed = await file(visitor, OLGA)
    here = "/api/tickets/1001"
    site = {"site": "shop"}
    people = {one["name"]: one["id"] for one in (await anna.get("/api/people")).json()}
    changes = {"priority": "urgent", "assignee": people["Ben"], "team": "sales"}
    assert (await anna.patch(here, params=site, json=changes)).status_code == 200
    noted = {"text": "she is a nuisance", "ref": "1"}
    assert (await anna.post(f"{here}/notes", params=site, json=noted)).status_code == 201
    assert (await anna.post(f"{here}/replies", params=site, json={"text": "hello", "ref": "2"})).status_code == 201
    told = [
        await visitor.get(f"{PATH}/1001", headers=OLGA),
        await visitor.get(f"{PATH}/1001", params={"key": filed["key"]}),
        await visitor.post(f"{PATH}/1001/replies", json={"text": "thanks", "ref": "1"}, headers=OLGA),
        await visitor.patch(f"{PATH}/1001", json={"status": "solved"}, headers=OLGA),
        await visitor.get(PATH, headers=OLGA),
        await visitor.get(filed["link"]),
    ]
    for answer in told:
        assert answer.status_code in (200, 201)
        for secret in ("nuisance", "urgent", "Ben", people["Ben"], "sales", "version", "search"):
            assert secret not in answer.text
    assert await numbers(visitor, OLGA, q="nuisance") == []
    entries = told[3].json()["entries"]
    assert [(e["kind"], e["author"]) for e in entries] == [
        ("reply", "agent"),
        ("reply", "customer"),
        ("change", "customer"),
    ]


async def test_what_agents_do_among_themselves_is_no_update_to_the_customer(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    for _ in range(2):
        await file(visitor, OLGA)
    before = (await visitor.get(PATH, headers=OLGA)).json()["tickets"]
    here, site = "/api/tickets/1001", {"site": "shop"}
    for changes in ({"priority": "high"}, {"team": "sales"}):
        assert (await anna.patch(here, params=site, json=changes)).status_code == 200
    assert (await anna.post(f"{here}/notes", params=site, json={"text": "x", "ref": "1"})).status_code == 201
    assert (await visitor.get(PATH, headers=OLGA)).json()["tickets"] == before
    assert (await visitor.get(f"{PATH}/1001", headers=OLGA)).json()["updated_at"] == before[1]["updated_at"]
    for how, path, body in (
        ("PATCH", here, {"status": "pending"}),
        ("POST", f"{here}/replies", {"text": "x", "ref": "2"}),
    ):
        assert (await anna.request(how, path, params=site, json=body)).is_success
        first, second = (await visitor.get(PATH, headers=OLGA)).json()["tickets"]
        assert (first["number"], first["updated_at"] > second["updated_at"]) == (1001, True)
        await visitor.post(f"{PATH}/1002/replies", json={"text": "And?", "ref": how}, headers=OLGA)
        assert await numbers(visitor, OLGA) == [1002, 1001]


async def test_a_merged_ticket_points_to_the_other_only_where_that_is_theirs(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    for who, body in ((OLGA, "one"), (OLGA, "two"), (IVAN, "my secret")):
        await file(visitor, who, body=body)
    for number in (1002, 1003):
        merging = {"into": 1001, "ref": str(number)}
        merged = await anna.post(f"/api/tickets/{number}/merge", params={"site": "shop"}, json=merging)
        assert merged.status_code == 200
    theirs = (await visitor.get(f"{PATH}/1002", headers=OLGA)).json()
    assert (theirs["status"], theirs["merged_into"], theirs["body"]) == ("closed", 1001, "two")
    foreign = (await visitor.get(f"{PATH}/1003", headers=IVAN)).json()
    assert (foreign["status"], foreign["merged_into"], foreign["body"]) == ("closed", None, "my secret")
    target = await visitor.get(f"{PATH}/1001", headers=OLGA)
    assert "two" in target.text
    assert "my secret" not in target.text
    assert (await visitor.get(f"{PATH}/1001", headers=IVAN)).status_code == 404


async def test_who_is_not_eligible_files_nothing_and_is_told_where_to_turn(visitor: httpx.AsyncClient) -> None:
    path = "/api/sites/members/tickets"
    refused = await visitor.post(path, json={"subject": "x", "body": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_eligible")
    assert refused.json()["told"] == "Members only."
    filed = await visitor.post(path, json={"subject": "x", "body": "x"}, headers=signed("olga", member=True))
    assert filed.status_code == 201


async def test_a_plan_without_the_form_files_nothing(visitor: httpx.AsyncClient) -> None:
    refused = await visitor.post(PATH, json=WORDS, headers=signed("olga", plan="talk"))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert await numbers(visitor, OLGA) == []


async def test_the_promise_is_that_of_the_plan_in_the_identity(visitor: httpx.AsyncClient) -> None:
    filed = await file(visitor, signed("olga", plan="gold"))
    assert filed["reply_within"] == "2h-4h"
    read = (await visitor.get(f"{PATH}/1001", headers=OLGA)).json()
    assert read["reply_by"] == filed["reply_by"]
    assert (await file(visitor, OLGA))["reply_by"] is None
