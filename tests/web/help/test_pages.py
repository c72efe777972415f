"""The public help pages: for everybody, in each language, without scripts, and nothing that is only for some."""

import gzip
import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import pytest

from tests.help.shelf import PIXEL, Shelf
from tests.web.conftest import Running
from tests.web.help.conftest import signed

HTML = {"Accept": "text/html"}


async def page(client: httpx.AsyncClient, path: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
    answer = await client.get(f"/help/shop{path}", headers=HTML | (headers or {}))
    assert answer.status_code == status, answer.text
    return answer.text


def links(html: str, rel: str) -> list[tuple[str, str]]:
    """Language and path of the ``<link>`` elements of a kind."""
    found = re.findall(rf'<link rel="{rel}"(?: hreflang="([^"]+)")? href="http://[^/]+([^"]+)"', html)
    return [(tag, path) for tag, path in found]


async def test_the_contents_are_for_everybody_and_in_each_language(visitor: httpx.AsyncClient) -> None:
    html = await page(visitor, "/en")
    assert '<html lang="en" dir="ltr" data-mode="dark">' in html
    assert "The &lt;Shop&gt; &amp; Co" in html
    assert re.findall(r'<h2><a href="([^"]+)">([^<]+)', html) == [
        ("/help/shop/en/section/stay", "Your stay"),
        ("/help/shop/en/section/money", "Money"),
    ]
    assert 'href="/help/shop/en/checkout"' in html
    assert "Margins" not in html
    assert links(html, "canonical") == [("", "/help/shop/en")]
    assert links(html, "alternate") == [("en", "/help/shop/en"), ("ru", "/help/shop/ru"), ("x-default", "/help/shop")]
    assert "noindex" not in html
    russian = await page(visitor, "/ru")
    assert 'href="/help/shop/ru/checkout"' in russian
    assert '<a href="/help/shop/en/refund" lang="en">' in russian  # which nobody has translated


async def test_an_article_has_everything_that_is_known_of_it(visitor: httpx.AsyncClient) -> None:
    html = await page(visitor, "/en/checkout")
    assert "<title>Late check-out · Help · The &lt;Shop&gt; &amp; Co</title>" in html
    assert '<meta name="description" content="Leave late.">' in html
    assert "<h1>Late check-out</h1>" in html
    assert "<p>Leave <em>late</em>.</p>" in html
    assert "Mira" in html
    assert '<time datetime="2026-03-01">March 1, 2026</time>' in html
    assert links(html, "canonical") == [("", "/help/shop/en/checkout")]
    assert links(html, "alternate") == [
        ("en", "/help/shop/en/checkout"),
        ("ru", "/help/shop/ru/checkout"),
        ("x-default", "/help/shop/checkout"),
    ]


@pytest.mark.parametrize(
    ("path", "language", "target"),
    [
        ("", "ru", "/help/shop/ru"),
        ("", "de, en;q=0.5", "/help/shop/en"),
        ("/checkout", "ru", "/help/shop/ru/checkout"),
        ("/refund", "ru", "/help/shop/en/refund"),
        ("/ru/refund", "ru", "/help/shop/en/refund"),
    ],
)
async def test_an_address_without_a_language_leads_to_the_readers(
    visitor: httpx.AsyncClient, path: str, language: str, target: str
) -> None:
    answer = await visitor.get(f"/help/shop{path}", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["location"]) == (302, target)
    assert "Accept-Language" in answer.headers["vary"]


async def test_an_article_for_some_is_on_no_page_whoever_asks(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    for client, headers in ((visitor, {}), (visitor, signed(plan="gold")), (anna, {})):
        assert "Margins" not in await page(client, "/en", headers=headers)
        assert "partners" not in await page(client, "/en?q=margins", headers=headers)
        assert "Margins" not in await page(client, "/en/section/money", headers=headers)
        for path in ("/en/margins", "/margins"):
            await page(client, path, 404, headers)


async def test_a_search_works_without_scripts(visitor: httpx.AsyncClient) -> None:
    html = await page(visitor, "/en?q=late")
    assert "1 article for “late”" in html
    assert "<b><mark>Late</mark> check-out</b>" in html
    assert "Leave <mark>late</mark>." in html
    assert 'name="q" value="late"' in html
    assert '<meta name="robots" content="noindex">' in html
    nothing = await page(visitor, "/en?q=%3Cscript%3E")
    assert "Nothing found for “&lt;script&gt;”" in nothing
    assert "<script>" not in nothing


@pytest.mark.parametrize("path", ["/en/nothing", "/de/checkout", "/nothing", "/en/section/nothing", "/de/section/stay"])
async def test_what_is_not_there_is_said_in_the_sites_own_look(visitor: httpx.AsyncClient, path: str) -> None:
    html = await page(visitor, path, 404)
    assert "There is no such page" in html
    assert 'action="/help/shop/en"' in html
    assert "noindex" in html


async def test_a_site_without_articles_has_no_pages(visitor: httpx.AsyncClient) -> None:
    for path in ("/help/members", "/help/members/en", "/help/members/en/a", "/help/members/look.css", "/help/nowhere"):
        assert (await visitor.get(path)).status_code == 404


async def test_a_page_is_kept_a_minute_and_asked_for_again_at_little_cost(
    visitor: httpx.AsyncClient,
    running: Running,
) -> None:
    first = await visitor.get("/help/shop/en/checkout")
    assert first.headers["cache-control"] == "public, max-age=60"
    assert first.headers["content-encoding"] == "gzip"
    assert "set-cookie" not in first.headers
    again = await visitor.get("/help/shop/en/checkout", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    async with running.browser(**{"Accept-Encoding": "identity"}) as plain:
        assert (await plain.get("/help/shop/en/checkout")).text == first.text
    assert gzip.compress(first.content)


async def test_a_page_runs_only_our_own_scripts_and_nobody_may_frame_it(visitor: httpx.AsyncClient) -> None:
    policy = (await visitor.get("/help/shop/en/checkout")).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    look = await visitor.get("/help/shop/look.css")
    assert (
        look.text
        == ":root { --accent: #ffcc00; --accent-text: #000000; --accent-strong: #ffd34b; --accent-ink: light-dark(#826600,#ffcc00); --accent-soft: light-dark(#fffbef,#453c29); --accent-edge: light-dark(transparent,transparent); }\n"
    )
    assert look.headers["content-type"] == "text/css; charset=utf-8"


async def test_a_picture_is_served_only_as_it_was_when_its_article_was_read(
    visitor: httpx.AsyncClient,
    shelf: Shelf,
) -> None:
    src = re.findall(r'<img src="([^"]+)"', await page(visitor, "/en/checkout"))[0]
    shown = await visitor.get(src)
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, PIXEL, "image/png")
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "default-src 'none'" in shown.headers["content-security-policy"]  # an SVG runs nothing
    assert (await visitor.get(src.replace("/images/", "/images/0"))).status_code == 404
    shelf.put("images/door.png", PIXEL + b"later")
    assert (await visitor.get(src)).status_code in (200, 404)
    assert (await visitor.get(src)).content != PIXEL + b"later"


async def test_comments_stand_below_the_article_once_they_are_approved(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    await visitor.post("/api/sites/shop/articles/checkout/comments", json={"text": "<i>Well</i>", "name": "Olga"})
    assert "Well" not in await page(visitor, "/en/checkout")
    (one,) = (await anna.get("/api/comments")).json()
    await anna.patch(f"/api/comments/{one['id']}", json={"approved": True})
    html = await page(visitor, "/en/checkout")
    assert '<p class="words" dir="auto">&lt;i&gt;Well&lt;/i&gt;</p>' in html
    assert '<b dir="auto">Olga</b>' in html
    assert "Well" not in await page(visitor, "/ru/checkout")


async def test_search_engines_are_told_of_every_public_page_and_its_languages(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    answer = await anna.get("/help/shop/sitemap.xml", headers=signed(plan="gold"))
    assert answer.headers["content-type"].startswith("application/xml")
    names = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    told = {}
    for url in ElementTree.fromstring(answer.text).findall("url", names):
        changed = url.findtext("lastmod", None, names)
        told[path_of(url.findtext("loc", "", names))] = (
            changed,
            [(link.get("hreflang"), path_of(link.get("href", ""))) for link in url.findall("x:link", names)],
        )
    assert list(told) == [
        *("/help/shop/en", "/help/shop/ru", "/help/shop/en/section/stay", "/help/shop/ru/section/stay"),
        *("/help/shop/en/section/money", "/help/shop/ru/section/money"),
        *("/help/shop/en/checkout", "/help/shop/ru/checkout", "/help/shop/en/refund"),
    ]
    both = [("en", "/help/shop/en/checkout"), ("ru", "/help/shop/ru/checkout")]
    assert told["/help/shop/en/checkout"] == ("2026-03-01", both)
    assert told["/help/shop/en/refund"] == (None, [("en", "/help/shop/en/refund")])
    for path in told:
        assert (await visitor.get(path)).status_code == 200
    assert (await visitor.get("/help/members/sitemap.xml")).status_code == 404
    robots = (await visitor.get("/robots.txt")).text
    named = re.findall(r"Sitemap: http://[^/]+(\S+)", robots)
    assert "/help/shop/sitemap.xml" in named
    assert "/help/members/sitemap.xml" not in named


def path_of(address: str) -> str:
    return urlsplit(address).path
