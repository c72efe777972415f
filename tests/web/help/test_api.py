"""Help articles over HTTP: listed, searched and read by whoever they are for."""

import asyncio
from typing import Any

import httpx

from tests.help.shelf import Shelf
from tests.web.help.conftest import signed

PATH = "/api/sites/shop/articles"


async def get(client: httpx.AsyncClient, path: str = PATH, headers: dict[str, str] | None = None, **query: str) -> Any:
    answer = await client.get(path, params=query, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def slugs(answer: Any) -> list[str]:
    """Of all articles in a table of contents, or of those that were found."""
    if answer["found"] is not None:
        return [one["slug"] for one in answer["found"]]
    return [article["slug"] for section in answer["sections"] for article in section["articles"]]


async def test_the_contents_are_sections_in_their_order_in_the_readers_language(visitor: httpx.AsyncClient) -> None:
    told = await get(visitor, locale="ru")
    assert (told["locale"], told["locales"], told["found"]) == ("ru", ["en", "ru"], None)
    assert [(one["key"], one["title"]) for one in told["sections"]] == [("stay", "Проживание"), ("money", "Деньги")]
    assert told["sections"][0]["articles"] == [
        {
            "slug": "checkout",
            "locale": "ru",
            "title": "Поздний выезд",
            "summary": "Уезжайте позже.",
            "link": "/help/shop/ru/checkout",
        }
    ]
    assert [one["locale"] for one in told["sections"][1]["articles"]] == ["en"]  # which nobody has translated
    assert (await get(visitor, headers={"Accept-Language": "ru-RU"}))["locale"] == "ru"


async def test_an_article_is_told_in_the_language_asked_for_or_else_in_another(visitor: httpx.AsyncClient) -> None:
    told = await get(visitor, f"{PATH}/checkout")
    src = told["body"][1]["children"][0].pop("src")
    assert told == {
        "slug": "checkout",
        "locale": "en",
        "locales": ["en", "ru"],
        "title": "Late check-out",
        "section": {"key": "stay", "title": "Your stay"},
        "author": "Mira",
        "published": "2026-03-01",
        "updated": "2026-03-01",
        "body": [
            {
                "type": "paragraph",
                "children": [
                    {"type": "text", "text": "Leave "},
                    {"type": "emphasis", "children": [{"type": "text", "text": "late"}]},
                    {"type": "text", "text": "."},
                ],
            },
            {"type": "paragraph", "children": [{"type": "image", "alt": "The door", "width": 1, "height": 1}]},
        ],
        "link": "/help/shop/en/checkout",
    }
    assert src.startswith("/help/shop/images/")
    assert (await get(visitor, f"{PATH}/checkout", locale="ru"))["title"] == "Поздний выезд"
    assert (await get(visitor, f"{PATH}/refund", locale="ru"))["locale"] == "en"


async def test_a_search_tells_where_the_words_are(visitor: httpx.AsyncClient) -> None:
    told = await get(visitor, q="late")
    assert told["sections"] == []
    assert told["found"] == [
        {
            "slug": "checkout",
            "locale": "en",
            "section": "Your stay",
            "title": [{"text": "Late", "hit": True}, {"text": " check-out", "hit": False}],
            "fragment": [{"text": "Leave ", "hit": False}, {"text": "late", "hit": True}, {"text": ".", "hit": False}],
            "link": "/help/shop/en/checkout",
        }
    ]
    assert slugs(await get(visitor, q="выезда", locale="ru")) == ["checkout"]
    assert slugs(await get(visitor, q="departur")) == ["checkout"]  # a keyword, not typed to its end
    assert slugs(await get(visitor, q="zebra")) == []
    assert (await get(visitor, q="  "))["found"] is None  # nothing is asked


async def test_a_search_whose_words_are_in_no_address_finds_the_same(visitor: httpx.AsyncClient) -> None:
    async def found(q: str, locale: str = "en", headers: dict[str, str] | None = None) -> Any:
        answer = await visitor.post(
            "/api/sites/shop/searches", params={"locale": locale}, json={"q": q}, headers=headers or {}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["found"]

    assert await found("late") == (await get(visitor, q="late"))["found"] != []
    assert [one["slug"] for one in await found("выезда", "ru")] == ["checkout"]
    assert await found("margins") == await found(" ") == []
    assert [one["slug"] for one in await found("margins", headers=signed(plan="gold"))] == ["margins"]


async def test_an_article_for_some_is_in_no_answer_to_others(visitor: httpx.AsyncClient) -> None:
    for headers in ({}, signed(), signed(plan="silver")):
        assert slugs(await get(visitor, headers=headers)) == ["checkout", "refund"]
        assert slugs(await get(visitor, headers=headers, q="margins")) == []
        assert (await visitor.get(f"{PATH}/margins", headers=headers)).status_code == 404
    gold = signed(plan="gold")
    assert slugs(await get(visitor, headers=gold)) == ["checkout", "margins", "refund"]
    (found,) = (await get(visitor, headers=gold, q="margins"))["found"]
    assert (found["slug"], found["link"]) == ("margins", None)
    assert (await get(visitor, f"{PATH}/margins", gold))["title"] == "Margins"


async def test_a_bad_identity_is_refused_and_never_taken_as_nobody(visitor: httpx.AsyncClient) -> None:
    for path in (PATH, f"{PATH}/checkout"):
        answer = await visitor.get(path, headers={"Authorization": "Bearer rubbish"})
        assert (answer.status_code, answer.json()["code"]) == (401, "identity_invalid")


async def test_agents_see_all_articles_and_tell_them_apart(anna: httpx.AsyncClient, visitor: httpx.AsyncClient) -> None:
    told = await get(anna, "/api/articles", site="shop")
    assert slugs(told) == ["checkout", "margins", "refund"]
    assert told["sections"][1]["articles"][0]["link"] is None
    assert slugs(await get(anna, "/api/articles", site="shop", q="partners")) == ["margins"]
    assert (await get(anna, "/api/articles/margins", site="shop"))["title"] == "Margins"
    answer = await anna.post("/api/searches", params={"site": "shop", "locale": "en"}, json={"q": "partners"})
    assert (answer.json()["locale"], [one["slug"] for one in answer.json()["found"]]) == ("en", ["margins"])
    assert (await visitor.post("/api/searches?site=shop", json={"q": "partners"})).status_code == 401
    assert (await anna.get("/api/articles")).status_code == 422
    assert (await visitor.get("/api/articles?site=shop")).status_code == 401
    assert (await visitor.get("/api/articles/margins?site=shop")).status_code == 401


async def test_a_site_without_a_folder_has_no_articles(visitor: httpx.AsyncClient) -> None:
    assert slugs(await get(visitor, "/api/sites/members/articles")) == []
    assert slugs(await get(visitor, "/api/sites/members/articles", q="late")) == []
    assert (await visitor.get("/api/sites/nowhere/articles")).status_code == 404


async def test_what_is_written_while_the_service_runs_is_there_without_a_restart(
    visitor: httpx.AsyncClient, shelf: Shelf
) -> None:
    assert slugs(await get(visitor, q="parking")) == []
    shelf.write("en/parking", "Behind the house.", title="Parking", section="stay")
    async with asyncio.timeout(20):
        while slugs(await get(visitor, q="parking")) != ["parking"]:
            await asyncio.sleep(0.1)
    assert "parking" in slugs(await get(visitor))
