"""What search engines are told of the public help pages: every address with its languages, and what to leave alone."""

from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import quote
from xml.etree import ElementTree as ET

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chat.errors import Refused
from chat.help.library import PUBLIC, Library
from chat.web.request import Request, origin_of, site_of

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
FOR_AN_HOUR = "public, max-age=3600"
NOT_FOR_ROBOTS = ("/api/", "/console", "/panel/", "/tickets/", "/help/*?q=")

Version = tuple[str, str, date | None]
"""A page in one language: the language, its path, and when it was last changed."""


async def sitemap(request: Request) -> Response:
    """``/help/{site}/sitemap.xml``: what is for everybody, each page with its other languages."""
    key, _ = site_of(request)
    shelves, origin = request.state["services"].shelves, origin_of(request)
    if not shelves.has(key):
        raise Refused("not_found", "this site has no articles")
    root = ET.Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for versions in _pages(key, shelves.library(key)):
        for _, path, changed in versions:
            _entry(root, origin, path, changed, versions)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, headers={"Cache-Control": FOR_AN_HOUR, "Content-Type": "application/xml; charset=utf-8"})


async def robots(request: Request) -> Response:
    """``/robots.txt``: where the sitemaps are; no search engine needs anything else of ours but help pages."""
    services, origin = request.state["services"], origin_of(request)
    public = [key for key in services.settings.sites if services.shelves.library(key).shelf("", PUBLIC)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += [f"Sitemap: {origin}/help/{key}/sitemap.xml" for key in public]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": FOR_AN_HOUR})


ROUTES = [Route("/help/{site}/sitemap.xml", sitemap), Route("/robots.txt", robots)]


def _pages(site: str, library: Library) -> Iterator[list[Version]]:
    """The contents, the sections and the articles."""
    base, shelf = f"/help/{site}", library.shelf("", PUBLIC)
    yield [(locale, f"{base}/{locale}", None) for locale in library.locales]
    for section in library.sections:
        if any(article.section == section.key for article in shelf):
            path = f"section/{quote(section.key, safe='')}"
            yield [(locale, f"{base}/{locale}/{path}", None) for locale in library.locales]
    for article in shelf:
        versions = library.versions(article.slug, PUBLIC)
        yield [(one.locale, f"{base}/{one.locale}/{quote(one.slug)}", one.updated) for one in versions]


def _entry(root: ET.Element, origin: str, path: str, changed: date | None, versions: Iterable[Version]) -> None:
    entry = ET.SubElement(root, "url")
    ET.SubElement(entry, "loc").text = origin + path
    if changed is not None:
        ET.SubElement(entry, "lastmod").text = changed.isoformat()
    for locale, other, _ in versions:
        ET.SubElement(entry, "xhtml:link", {"rel": "alternate", "hreflang": locale, "href": origin + other})
