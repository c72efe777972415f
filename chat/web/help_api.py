"""The JSON API of the help articles, for the panel and for clients of one's own."""

import contextlib
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from msgspec import Struct
from redis.exceptions import RedisError
from starlette.responses import Response
from starlette.routing import Route

from chat.errors import MayflyError, Refused
from chat.help import keys
from chat.help.document import Block
from chat.help.library import ALL, Article, Library, Reader
from chat.help.search import Hit, Piece
from chat.live.limits import count_from
from chat.people.identity import verify
from chat.web.auth import require_agent
from chat.web.i18n import choose_locale
from chat.web.operations import operation
from chat.web.request import Request, client_of, json_answer, json_body, site_of
from routing.rules import Visitor

MOST_FOUND = 10
MISSES_PER_IP = 120


class Entry(Struct):
    """An article in the table of contents. ``link`` is its public page, None for one that is not for everybody."""

    slug: str
    locale: str
    title: str
    summary: str
    link: str | None


class Chapter(Struct):
    """A section of the table of contents."""

    key: str
    title: str
    articles: list[Entry]


class Found(Struct):
    """An article that a search has found: its title and its most telling lines, in pieces to mark the words in."""

    slug: str
    locale: str
    section: str
    title: list[Piece]
    fragment: list[Piece]
    link: str | None


class Articles(Struct):
    """``sections`` is the table of contents, empty for a search; ``found`` is None but for a search, the best first."""

    locale: str
    locales: list[str]
    sections: list[Chapter]
    found: list[Found] | None = None


class Search(Struct, forbid_unknown_fields=True):
    """What somebody looks for. ``done`` as in the query of the list."""

    q: str
    done: bool = False


class Results(Struct):
    """What a search has found, the best first."""

    locale: str
    found: list[Found]


class ArticleSection(Struct):
    """Where an article stands in the contents."""

    key: str
    title: str


class WholeArticle(Struct):
    """An article. ``locales`` are the languages it is there in; ``body`` is drawn node by node."""

    slug: str
    locale: str
    locales: list[str]
    title: str
    section: ArticleSection
    author: str | None
    published: date | None
    updated: date | None
    body: Sequence[Block]
    link: str | None


@operation(gives=Articles, query=("q", "locale", "done"))
async def list_articles(request: Request) -> Response:
    """``GET /api/sites/{site}/articles?q=&locale=``: the table of contents, or what a search finds."""
    key, _ = site_of(request)
    return json_answer(await _listed(request, key, reader_of(request)))


@operation(takes=Search, gives=Results, query=("locale",))
async def search(request: Request) -> Response:
    """``POST /api/sites/{site}/searches?locale=`` {q, done}: a search whose words are in no address, and so in no proxy's log."""
    key, _ = site_of(request)
    return json_answer(await _results(request, key, reader_of(request)))


@operation(gives=WholeArticle, query=("locale",))
async def read_article(request: Request) -> Response:
    """``GET /api/sites/{site}/articles/{slug}?locale=``: in the language asked for, or else in one it is there in."""
    key, _ = site_of(request)
    return json_answer(_whole(request, key, reader_of(request)))


@operation(who="agent", gives=Articles, query=("site!", "q", "locale"))
async def list_for_agents(request: Request) -> Response:
    """``GET /api/articles?site=&q=&locale=``: the same for agents, with what is only for some; ``link`` tells them apart."""
    await require_agent(request)
    return json_answer(await _listed(request, asked_site(request), ALL))


@operation(who="agent", takes=Search, gives=Results, query=("site!", "locale"))
async def search_for_agents(request: Request) -> Response:
    """``POST /api/searches?site=&locale=`` {q, done}: a search of theirs, whose words are in no address either."""
    await require_agent(request)
    return json_answer(await _results(request, asked_site(request), ALL))


@operation(who="agent", gives=WholeArticle, query=("site!", "locale"))
async def read_for_agents(request: Request) -> Response:
    """``GET /api/articles/{slug}?site=&locale=``."""
    await require_agent(request)
    return json_answer(_whole(request, asked_site(request), ALL))


ROUTES = [
    Route("/api/sites/{site}/articles", list_articles),
    Route("/api/sites/{site}/searches", search, methods=["POST"]),
    Route("/api/sites/{site}/articles/{slug}", read_article),
    Route("/api/articles", list_for_agents),
    Route("/api/searches", search_for_agents, methods=["POST"]),
    Route("/api/articles/{slug}", read_for_agents),
]


def reader_of(request: Request) -> Reader:
    """Whoever reads: by their identity, if it comes with the request. Raises ``Refused`` for a bad one."""
    key, site = site_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or request.state["services"].access.email_of(token, key) is not None:
        return Visitor()  # a proven e-mail address tells nothing of what somebody may read
    return Visitor(verify(token, site).claims)


def article_of(request: Request, site: str, locale: str, reader: Reader) -> Article:
    """The article in the path. Raises ``Refused("not_found")``."""
    article = request.state["services"].shelves.library(site).find(request.path_params["slug"], locale, reader)
    if article is None:
        raise Refused("not_found", "there is no such article, or it is not for everybody")
    return article


def asked_site(request: Request) -> str:
    """The key of the site that an agent names. Raises ``Refused("invalid")``."""
    key = request.query_params.get("site", "")
    if key not in request.state["services"].settings.sites:
        raise Refused("invalid", "name a site of the configuration", fields={"site": "required"})
    return key


def link_to(site: str, article: Article) -> str | None:
    """Its public page, if it has one."""
    return f"/help/{site}/{article.locale}/{quote(article.slug)}" if article.public else None


async def keep_miss(request: Request, key: str, locale: str, query: str) -> None:
    """Count a search that found nothing, where the site wants to know; only so many an hour from one address."""
    services, address = request.state["services"], client_of(request).address
    if not services.settings.sites[key].search_report:
        return
    with contextlib.suppress(RedisError, MayflyError):  # whoever searches has nothing of it
        await count_from(services.redis, keys.searches_from, address, MISSES_PER_IP, "searches")
        await services.misses.count(key, locale, query)


def found_of(site: str, hit: Hit, library: Library, locale: str) -> Found:
    """A hit as it is told, in the reader's ``locale``."""
    article = hit.article
    section = library.section(article.section).title(locale)
    return Found(article.slug, article.locale, section, hit.title, hit.fragment, link_to(site, article))


def locale_asked(request: Request, key: str) -> str:
    """The language of the site that the request asks for."""
    locales = request.state["services"].settings.sites[key].locales
    return choose_locale(request.query_params.get("locale"), request.headers.get("accept-language", ""), locales)


async def _listed(request: Request, key: str, reader: Reader) -> Articles:
    library, locale = request.state["services"].shelves.library(key), locale_asked(request, key)
    asked = Search(request.query_params.get("q", ""), request.query_params.get("done") == "true")
    if asked.q.strip():
        return Articles(locale, list(library.locales), [], await _searched(request, key, reader, asked))
    chapters = [
        Chapter(section.key, section.title(locale), [_entry(key, article) for article in inside])
        for section, inside in library.contents(locale, reader)
    ]
    return Articles(locale, list(library.locales), chapters)


async def _results(request: Request, key: str, reader: Reader) -> Results:
    given = await json_body(request, Search)
    return Results(locale_asked(request, key), await _searched(request, key, reader, given))


async def _searched(request: Request, key: str, reader: Reader, asked: Search) -> list[Found]:
    shelves, locale = request.state["services"].shelves, locale_asked(request, key)
    library = shelves.library(key)
    hits = await shelves.search(key, locale, asked.q, reader, MOST_FOUND)
    if not hits and asked.done:
        await keep_miss(request, key, locale, asked.q.strip())
    return [found_of(key, hit, library, locale) for hit in hits]


def _entry(site: str, article: Article) -> Entry:
    return Entry(article.slug, article.locale, article.title, article.summary, link_to(site, article))


def _whole(request: Request, key: str, reader: Reader) -> WholeArticle:
    library, locale = request.state["services"].shelves.library(key), locale_asked(request, key)
    article = article_of(request, key, locale, reader)
    section = library.section(article.section)
    return WholeArticle(
        slug=article.slug,
        locale=article.locale,
        locales=[one.locale for one in library.versions(article.slug, reader)],
        title=article.title,
        section=ArticleSection(section.key, section.title(locale)),
        author=article.author,
        published=article.published,
        updated=article.updated,
        body=article.body,
        link=link_to(key, article),
    )
