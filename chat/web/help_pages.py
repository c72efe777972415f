"""The public help pages: contents, sections, articles and search results, for people and search engines, without scripts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, urlencode

from markupsafe import Markup
from msgspec import Struct
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from chat.errors import Refused, Unavailable
from chat.help.comments import Comment
from chat.help.library import PUBLIC, Article, Library
from chat.settings import Site
from chat.web.colour import palette
from chat.web.headers import app_policy
from chat.web.help_api import MOST_FOUND, found_of, keep_miss, link_to
from chat.web.i18n import choose_locale, own_name
from chat.web.rendering import compressed, script_json
from chat.web.request import Request, origin_of, site_of
from chat.web.static import FOR_A_YEAR

FOR_A_MINUTE = "public, max-age=60"
FOR_FIVE_MINUTES = "public, max-age=300"
SEARCH_WORDS = ("help.results", "help.found_none", "help.offline", "help.failed", "notice.try_again")


class Listed(Struct):
    """An article in a list."""

    slug: str
    locale: str
    title: str
    summary: str
    href: str


class Chapter(Struct):
    """A section with what it holds."""

    key: str
    title: str
    href: str
    articles: list[Listed]


@dataclass(frozen=True)
class Place:
    """Where a page stands: the site, its public articles, and the language."""

    request: Request
    key: str
    site: Site
    library: Library
    locale: str

    def address(self, path: str = "", locale: str | None = None) -> str:
        """Of one of the site's pages, ``path`` starting with a slash."""
        return f"/help/{self.key}/{locale or self.locale}{path}"

    def chapters(self) -> list[Chapter]:
        """The contents."""
        return [
            Chapter(
                section.key,
                section.title(self.locale),
                self.address(f"/section/{quote(section.key, safe='')}"),
                [_listed(self.key, one) for one in inside],
            )
            for section, inside in self.library.contents(self.locale, PUBLIC)
        ]

    def chapter(self, key: str) -> Chapter | None:
        """A section, if there is something in it."""
        return next((one for one in self.chapters() if one.key == key), None)


async def front(request: Request) -> Response:
    """``/help/{site}``: on to the reader's language."""
    key, site = _with_articles(request)
    return _redirect(f"/help/{key}/{_preferred(request, site.locales)}")


async def named(request: Request) -> Response:
    """``/help/{site}/{name}``: the contents in a language; or an article by its slug, on to the reader's language."""
    key, site = _with_articles(request)
    name = request.path_params["name"]
    if name in site.locales:
        place = _place(request, name)
        return (
            await _found(place, request.query_params["q"])
            if request.query_params.get("q", "").strip()
            else _contents(place)
        )
    article = request.state["services"].shelves.library(key).find(name, _preferred(request, site.locales), PUBLIC)
    return _redirect(link_to(key, article) or "") if article is not None else _missing(request)


async def section(request: Request) -> Response:
    """``/help/{site}/{locale}/section/{key}``."""
    place = _place_in_path(request)
    chapter = place.chapter(request.path_params["key"]) if place is not None else None
    if place is None or chapter is None:
        return _missing(request)
    path = f"/section/{quote(chapter.key, safe='')}"
    return _page(place, "help/section.html", path, place.site.locales, {"heading": chapter.title, "chapter": chapter})


async def article(request: Request) -> Response:
    """``/help/{site}/{locale}/{slug}``; on to another language if it is not there in this one."""
    place = _place_in_path(request)
    found = place.library.find(request.path_params["slug"], place.locale, PUBLIC) if place is not None else None
    if place is None or found is None:
        return _missing(request)
    if found.locale != place.locale:
        return _redirect(link_to(place.key, found) or "")
    values = {
        "heading": found.title,
        "description": found.summary,
        "article": found,
        "html": Markup(found.html),  # noqa: S704  made from tokens, and cleaned
        "chapter": place.chapter(found.section),
        "comments": await _comments(place, found),
    }
    locales = [one.locale for one in place.library.versions(found.slug, PUBLIC)]
    return _page(place, "help/article.html", f"/{quote(found.slug)}", locales, values)


async def image(request: Request) -> Response:
    """``/help/{site}/images/{digest}/{name}``: a picture that an article shows. Its address changes with its bytes."""
    key, _ = _with_articles(request)
    found = await request.state["services"].shelves.picture(key, request.path_params["digest"])
    if found is None:
        raise Refused("not_found", "there is no such picture, or it has changed")
    body, media_type = found
    return Response(body, headers={"Cache-Control": FOR_A_YEAR, "Content-Type": media_type})


async def look(request: Request) -> Response:
    """``/help/{site}/look.css``: the site's accent; inline styles are against our own policy."""
    _, site = _with_articles(request)
    colours = "".join(f" {name}: {value};" for name, value in palette(site.theme.accent).variables().items())
    return _kept(
        request,
        Response(f":root {{{colours} }}\n", headers={"Content-Type": "text/css; charset=utf-8"}),
        FOR_FIVE_MINUTES,
    )


ROUTES = [
    Route("/help/{site}", front),
    Route("/help/{site}/look.css", look),
    Route("/help/{site}/images/{digest}/{name}", image),
    Route("/help/{site}/{name}", named),
    Route("/help/{site}/{locale}/section/{key}", section),
    Route("/help/{site}/{locale}/{slug}", article),
]


def _contents(place: Place) -> Response:
    return _page(place, "help/index.html", "", place.site.locales, {"chapters": place.chapters()})


async def _comments(place: Place, found: Article) -> Sequence[Comment]:
    """Those that were approved; without the database the article is there all the same."""
    try:
        return await place.request.state["services"].comments.of(place.key, found)
    except Unavailable:
        return []


async def _found(place: Place, query: str) -> Response:
    shelves = place.request.state["services"].shelves
    found = await shelves.search(place.key, place.locale, query, PUBLIC, MOST_FOUND)
    hits = [found_of(place.key, hit, place.library, place.locale) for hit in found]
    if not hits:
        await keep_miss(place.request, place.key, place.locale, query)
    values = {"heading": query, "query": query, "found": hits, "indexed": False}
    return _page(place, "help/found.html", f"?{urlencode({'q': query})}", place.site.locales, values)


def _missing(request: Request) -> Response:
    """Nothing there: said in the site's own look, to whoever reads pages."""
    _, site = _with_articles(request)
    place = _place(request, _preferred(request, site.locales))
    return _page(place, "help/missing.html", "", [], {"heading": "404", "indexed": False}, 404)


def _page(
    place: Place, template: str, path: str, locales: Iterable[str], values: Mapping[str, object], status: int = 200
) -> Response:
    """A page of which there are versions in ``locales``, each at the same ``path`` behind its language."""
    request, site, locales = place.request, place.site, list(locales)
    alternates = [(one, place.address(path, one)) for one in locales]
    if len(locales) > 1 and not path.startswith("/section/"):
        alternates.append(("x-default", f"/help/{place.key}{path}"))
    common: dict[str, object] = {
        "site": place.key,
        "site_title": site.title,
        "mode": site.theme.mode,
        "origin": origin_of(request),
        "canonical": place.address(path),
        "alternates": alternates if len(locales) > 1 and values.get("indexed", True) else [],
        "languages": _languages(place, path, locales),
        "heading": "",
        "description": "",
        "query": "",
        "indexed": True,
        "config": _search_config(place),
    }
    page = request.state["rendering"].page(
        template, place.locale, app_policy(origin_of(request)), common | dict(values), status
    )
    return _kept(request, page, FOR_A_MINUTE if status == 200 else "no-store")


def _search_config(place: Place) -> Markup:
    """What the search needs to answer as one types."""
    strings = place.request.state["rendering"].catalogues.strings(place.locale, SEARCH_WORDS)
    return script_json({"site": place.key, "locale": place.locale, "strings": strings})


def _languages(place: Place, path: str, locales: Sequence[str]) -> list[tuple[str, str, str]]:
    """The switch: what is not there in a language leads to the contents in it."""
    names = ((tag, own_name(tag)) for tag in place.site.locales)
    return [
        (tag, name[:1].upper() + name[1:], place.address(path if tag in locales else "", tag)) for tag, name in names
    ]


def _kept(request: Request, response: Response, how_long: str) -> Response:
    """With a tag, so that asking again costs little, and compressed: nothing in these pages is anybody's secret."""
    etag = f'"{sha256(response.body).hexdigest()[:16]}"'
    response.headers.update({"Cache-Control": how_long, "ETag": f"W/{etag}", "Vary": "Accept-Encoding"})
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in known and response.status_code == 200:
        return Response(
            status_code=304, headers={name: response.headers[name] for name in ("Cache-Control", "ETag", "Vary")}
        )
    return (
        compressed(response, request.headers.get("accept-encoding", ""))
        if isinstance(response, HTMLResponse)
        else response
    )


def _listed(key: str, one: Article) -> Listed:
    return Listed(one.slug, one.locale, one.title, one.summary, link_to(key, one) or "")


def _with_articles(request: Request) -> tuple[str, Site]:
    key, site = site_of(request)
    if not request.state["services"].shelves.has(key):
        raise Refused("not_found", "this site has no articles")
    return key, site


def _place(request: Request, locale: str) -> Place:
    key, site = _with_articles(request)
    return Place(request, key, site, request.state["services"].shelves.library(key), locale)


def _place_in_path(request: Request) -> Place | None:
    _, site = _with_articles(request)
    locale = request.path_params["locale"]
    return _place(request, locale) if locale in site.locales else None


def _preferred(request: Request, locales: Sequence[str]) -> str:
    """The language in the path, if there is one, or else what the browser prefers."""
    return choose_locale(request.path_params.get("locale"), request.headers.get("accept-language", ""), locales)


def _redirect(target: str) -> Response:
    return RedirectResponse(target, 302, {"Cache-Control": "no-store", "Vary": "Accept-Language"})
