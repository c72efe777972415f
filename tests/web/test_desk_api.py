import httpx
import pytest

TEMPLATE = {"title": "Thanks", "text": "Dear {name}, thank you for #{number}. {agent}"}


async def test_agents_learn_who_could_be_assigned(anna: httpx.AsyncClient) -> None:
    people = (await anna.get("/api/people")).json()
    assert [(one["name"], one["teams"], one["disabled"]) for one in people] == [
        ("Anna", ["support"], False),
        ("Ben", ["sales"], False),
    ]
    assert all(one.keys() == {"id", "name", "teams", "disabled"} for one in people)


async def test_supervisors_write_templates_and_every_agent_reads_them(
    anna: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    added = await ben.post("/api/templates", json=TEMPLATE)
    assert added.status_code == 201
    template = added.json()
    assert (await anna.get("/api/templates")).json() == [template]
    path = f"/api/templates/{template['id']}"
    changed = (await ben.patch(path, json={"title": " Thank\nyou "})).json()
    assert (changed["title"], changed["text"]) == ("Thank you", TEMPLATE["text"])
    for refused in (
        await anna.post("/api/templates", json=TEMPLATE),
        await anna.patch(path, json={"text": "x"}),
        await anna.delete(path),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (await ben.delete(path)).status_code == 204
    assert (await anna.get("/api/templates")).json() == []
    for missing in (await ben.delete(path), await ben.patch(path, json={"text": "x"})):
        assert missing.status_code == 404


async def test_a_template_is_checked_with_every_fault(ben: httpx.AsyncClient) -> None:
    wrong = await ben.post("/api/templates", json={"title": " ", "text": "Hello {nmae}"})
    assert {one["field"]: one["code"] for one in wrong.json()["errors"]} == {
        "title": "required",
        "text": "unknown_placeholder",
    }
    assert "{name}" in wrong.json()["errors"][1]["message"]
    long = await ben.post("/api/templates", json={"title": "x" * 201, "text": "x" * 20_001})
    assert {one["code"] for one in long.json()["errors"]} == {"too_long"}
    assert (await ben.post("/api/templates", json={"title": "Code", "text": '{"a": {}}'})).status_code == 201
    assert (await ben.post("/api/templates", json=TEMPLATE | {"colour": "red"})).status_code == 422


async def test_everyone_has_views_of_their_own(anna: httpx.AsyncClient, ben: httpx.AsyncClient) -> None:
    saved = await anna.post("/api/views", json={"title": "Late orders", "query": "?queue=overdue&topic=Orders&q=a+b"})
    assert saved.status_code == 201
    view = saved.json()
    assert view["query"] == "queue=overdue&topic=Orders&q=a+b"
    assert (await anna.get("/api/tickets?" + view["query"])).status_code == 200
    assert (await anna.get("/api/views")).json() == [view]
    assert (await ben.get("/api/views")).json() == []
    assert (await ben.delete(f"/api/views/{view['id']}")).status_code == 404
    assert (await anna.delete(f"/api/views/{view['id']}")).status_code == 204
    assert (await anna.get("/api/views")).json() == []


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("colour=red", "unknown"),
        ("status=gone", "not_a_choice"),
        ("from=yesterday", "not_a_date"),
        ("q=" + "x" * 201, "too_long"),
        ("topic=" + "x" * 2000, "too_long"),
    ],
)
async def test_a_view_that_could_not_be_listed_is_refused(anna: httpx.AsyncClient, query: str, fault: str) -> None:
    refused = await anna.post("/api/views", json={"title": "x", "query": query})
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("query", fault)]


async def test_nothing_of_this_is_for_visitors_and_no_change_is_made_without_the_pages_token(
    visitor: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    del ben.headers["X-CSRF-Token"]
    for path in ("/api/people", "/api/templates", "/api/views"):
        assert (await visitor.get(path)).status_code == 401
    for path, body in (("/api/templates", TEMPLATE), ("/api/views", {"title": "x", "query": ""})):
        assert (await visitor.post(path, json=body)).status_code == 401
        assert (await ben.post(path, json=body)).json()["code"] == "csrf"
        assert (await ben.delete(f"{path}/1")).json()["code"] == "csrf"
        assert (await visitor.delete(f"{path}/1")).status_code == 401
