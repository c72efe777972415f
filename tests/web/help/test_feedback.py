"""What readers say of articles: votes, comments, and searches that found nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from chat.help.misses import telling
from tests.web.conftest import Running
from tests.web.help.conftest import signed

PATH = "/api/sites/shop/articles/checkout"
COMMENTS = f"{PATH}/comments"


async def votes(agent: httpx.AsyncClient) -> dict[tuple[str, str], tuple[int, int]]:
    answer = await agent.get("/api/reports/articles?site=shop")
    assert answer.status_code == 200, answer.text
    return {(one["slug"], one["locale"]): (one["helpful"], one["unhelpful"]) for one in answer.json()}


async def vote(client: httpx.AsyncClient, helpful: bool, ref: str | None, path: str = PATH) -> int:
    return (await client.post(f"{path}/vote", json={"helpful": helpful, "ref": ref})).status_code


async def test_votes_are_counted_and_a_second_thought_takes_the_place_of_the_first(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    assert await vote(visitor, True, "a") == 204
    assert await vote(visitor, True, "a") == 204
    assert await vote(visitor, True, "b") == 204
    assert await votes(anna) == {("checkout", "en"): (2, 0)}
    assert await vote(visitor, False, "a") == 204
    assert await votes(anna) == {("checkout", "en"): (1, 1)}
    assert await vote(visitor, False, None) == 204
    assert await vote(visitor, False, None) == 204  # from the same address
    assert await votes(anna) == {("checkout", "en"): (1, 2)}
    assert (await visitor.post(f"{PATH}/vote?locale=ru", json={"helpful": True})).status_code == 204
    assert (await votes(anna))["checkout", "ru"] == (1, 0)


async def test_a_vote_tells_nobody_who_gave_it(visitor: httpx.AsyncClient, running: Running) -> None:
    assert await vote(visitor, True, "a-very-special-ref") == 204
    kept = "".join(
        path.read_bytes().decode("latin-1") for path in Path(running.settings.server.data_dir).glob("mayfly.db*")
    )
    assert "article_votes" in kept
    assert "a-very-special-ref" not in kept


async def test_only_so_many_votes_and_comments_come_from_one_address(visitor: httpx.AsyncClient) -> None:
    for number in range(120):
        assert await vote(visitor, True, str(number)) == 204
    assert await vote(visitor, True, "more") == 429
    for number in range(20):
        assert (await visitor.post(COMMENTS, json={"text": str(number)})).status_code == 202
    answer = await visitor.post(COMMENTS, json={"text": "more"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert int(answer.headers["retry-after"]) > 0


async def shown(client: httpx.AsyncClient, query: str = "") -> list[tuple[str | None, str]]:
    answer = await client.get(f"{COMMENTS}{query}")
    assert answer.status_code == 200, answer.text
    return [(one["name"], one["text"]) for one in answer.json()["comments"]]


async def waiting(agent: httpx.AsyncClient, state: str = "pending") -> list[dict[str, Any]]:
    answer = await agent.get("/api/comments", params={"state": state})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_a_comment_is_seen_once_an_agent_says_yes(visitor: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    assert (await visitor.post(COMMENTS, json={"text": " Helped <b>me</b>. ", "name": "Olga"})).status_code == 202
    assert await shown(visitor) == []
    (one,) = await waiting(anna)
    assert (one["site"], one["slug"], one["locale"], one["name"]) == ("shop", "checkout", "en", "Olga")
    judged = await anna.patch(f"/api/comments/{one['id']}", json={"approved": True})
    assert (judged.status_code, judged.json()["approved"]) == (200, True)
    assert await shown(visitor) == [("Olga", "Helped <b>me</b>.")]
    assert await shown(visitor, "?locale=ru") == []
    assert await waiting(anna) == []
    assert len(await waiting(anna, "approved")) == 1
    await anna.patch(f"/api/comments/{one['id']}", json={"approved": False})
    assert await shown(visitor) == []
    assert (await anna.delete(f"/api/comments/{one['id']}")).status_code == 204
    assert (await anna.delete(f"/api/comments/{one['id']}")).status_code == 404
    assert await waiting(anna) == []


async def test_of_two_agents_who_judge_a_comment_differently_the_first_prevails(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    for text in ("First.", "Second."):
        await visitor.post(COMMENTS, json={"text": text})
    first, second = await waiting(anna)
    assert (first["title"], first["link"]) == ("Late check-out", "/help/shop/en/checkout")
    assert (await ben.get("/api/reports/comments")).json() == {"waiting": 2}

    assert (await anna.patch(f"/api/comments/{first['id']}", json={"approved": True})).status_code == 200
    answer = await ben.delete(f"/api/comments/{first['id']}", params={"state": "pending"})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")
    assert (await ben.delete(f"/api/comments/{second['id']}", params={"state": "pending"})).status_code == 204
    assert (await anna.patch(f"/api/comments/{second['id']}", json={"approved": True})).status_code == 404
    assert [text for _, text in await shown(visitor)] == ["First."]
    assert (await ben.get("/api/reports/comments")).json() == {"waiting": 0}


async def test_the_report_counts_the_comments_of_articles_nobody_has_voted_on_too(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    for text in ("Seen.", "Waits."):
        await visitor.post(COMMENTS, json={"text": text})
    (one, _) = await waiting(anna)
    await anna.patch(f"/api/comments/{one['id']}", json={"approved": True})
    assert (await anna.get("/api/reports/articles?site=shop")).json() == [
        {"slug": "checkout", "locale": "en", "title": "Late check-out", "link": "/help/shop/en/checkout",
         "helpful": 0, "unhelpful": 0, "comments": 1}
    ]  # fmt: skip


async def test_a_comment_bears_the_name_of_the_identity(visitor: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    answer = await visitor.post(COMMENTS, json={"text": "Hm.", "name": "The Boss"}, headers=signed(name="Ivan"))
    assert answer.status_code == 202
    assert [one["name"] for one in await waiting(anna)] == ["Ivan"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"text": "  "}, "text"), ({"text": "x" * 2001}, "text"), ({"text": "x", "name": "y" * 201}, "name")],
)
async def test_a_comment_that_cannot_be_kept_is_refused(
    visitor: httpx.AsyncClient, body: dict[str, str], field: str
) -> None:
    answer = await visitor.post(COMMENTS, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_one_may_not_read_one_may_not_rate(visitor: httpx.AsyncClient) -> None:
    hidden = "/api/sites/shop/articles/margins"
    assert await vote(visitor, True, "a", hidden) == 404
    assert (await visitor.get(f"{hidden}/comments")).status_code == 404
    assert (await visitor.post(f"{hidden}/comments", json={"text": "?"})).status_code == 404
    answer = await visitor.post(f"{hidden}/vote", json={"helpful": True}, headers=signed(plan="gold"))
    assert answer.status_code == 204


async def test_only_agents_judge_and_only_from_their_own_pages(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    await visitor.post(COMMENTS, json={"text": "Wait."})
    (one,) = await waiting(anna)
    for path in ("/api/comments", "/api/reports/articles?site=shop", "/api/reports/searches?site=shop"):
        assert (await visitor.get(path)).status_code == 401
    assert (await visitor.patch(f"/api/comments/{one['id']}", json={"approved": True})).status_code == 401
    del anna.headers["X-CSRF-Token"]
    assert (await anna.patch(f"/api/comments/{one['id']}", json={"approved": True})).status_code == 403
    assert (await anna.delete(f"/api/comments/{one['id']}")).status_code == 403


async def missed(agent: httpx.AsyncClient, site: str = "shop") -> list[tuple[str, str, int]]:
    answer = await agent.get(f"/api/reports/searches?site={site}")
    assert answer.status_code == 200, answer.text
    return [(one["locale"], one["words"], one["times"]) for one in answer.json()]


async def test_searches_that_found_nothing_are_counted_by_their_words(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    list_path = "/api/sites/shop/articles"
    for query in (
        {"q": "swimming", "done": "true"},
        {"q": "Swimming!", "done": "true"},
        {"q": "zebr"},
        {"q": "late", "done": "true"},
    ):
        assert (await visitor.get(list_path, params=query)).status_code == 200
    for search in ({"q": "swimming", "done": True}, {"q": "swimming"}, {"q": "a question half wri"}):
        assert (await visitor.post("/api/sites/shop/searches", json=search)).status_code == 200
    assert (await visitor.get("/help/shop/ru?q=бассейн")).status_code == 200
    assert await missed(anna) == [("en", "swimming", 3), ("ru", "бассейн", 1)]


async def test_a_site_that_does_not_ask_keeps_no_searches(visitor: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    await visitor.get("/api/sites/members/articles?q=swimming&done=true")
    assert await missed(anna, "members") == []


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("Refund for olga@example.com", "refund for"),
        ("call +7 900 123-45-67", "call"),
        ("room 101", "room"),
        ("https://example.com/me broken", "broken"),
        ("4111 1111 1111 1111", ""),
        ("a" * 31, ""),
        (" ".join("abcdefghij"), "a b c d e f g h"),
    ],
)
def test_of_a_search_only_words_are_kept(query: str, kept: str) -> None:
    assert telling(query) == kept


async def test_without_the_database_a_search_still_answers(visitor: httpx.AsyncClient, running: Running) -> None:
    path = Path(running.settings.server.data_dir) / "mayfly.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        answer = await visitor.get("/api/sites/shop/articles?q=swimming&done=true")
    assert (answer.status_code, answer.json()["found"]) == (200, [])
