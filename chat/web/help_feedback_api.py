"""The JSON API for what readers say of articles: votes, comments, and what agents learn from both."""

from datetime import datetime

from msgspec import Struct, structs
from starlette.responses import Response
from starlette.routing import Route

from chat.errors import Refused
from chat.help import keys
from chat.help.comments import Comment
from chat.help.library import Article
from chat.help.misses import Miss
from chat.live.limits import count_from
from chat.web.auth import require_agent, require_change_by_agent
from chat.web.forms import Ref
from chat.web.help_api import article_of, asked_site, link_to, locale_asked, reader_of
from chat.web.operations import operation
from chat.web.request import Request, client_of, json_answer, json_body, site_of
from routing.rules import Visitor

VOTES_PER_IP = 120
COMMENTS_PER_IP = 20


class Vote(Struct, forbid_unknown_fields=True):
    """Whether an article was helpful. Who sends the same ``ref`` again within a day votes anew, not once more."""

    helpful: bool
    ref: Ref | None = None


class NewComment(Struct, forbid_unknown_fields=True):
    """A comment as it is sent in. The identity's name goes before ``name``."""

    text: str
    name: str | None = None


class ReadersComment(Struct):
    """A comment as readers see it."""

    id: str
    name: str | None
    text: str
    created_at: datetime


class ArticleComments(Struct):
    """The comments on an article, the newest last."""

    comments: list[ReadersComment]


class Judgement(Struct, forbid_unknown_fields=True):
    """Whether readers may see it."""

    approved: bool


class JudgedComment(Struct):
    """A comment as agents see it. ``title`` is None where there is no such article any more, ``link`` if it is not public."""

    id: str
    site: str
    slug: str
    locale: str
    name: str | None
    text: str
    approved: bool
    created_at: datetime
    title: str | None
    link: str | None


class Waiting(Struct):
    """How many comments wait for an agent."""

    waiting: int


class Rating(Struct):
    """How many found an article helpful, and how many comments it has. ``title`` and ``link`` as with a comment."""

    slug: str
    locale: str
    title: str | None
    link: str | None
    helpful: int
    unhelpful: int
    comments: int


@operation(takes=Vote, status=204, query=("locale",))
async def vote(request: Request) -> Response:
    """``POST /api/sites/{site}/articles/{slug}/vote?locale=`` {helpful, ref} → 204."""
    key, article = _article(request)
    given = await json_body(request, Vote)
    services, address = request.state["services"], client_of(request).address
    await count_from(services.redis, keys.votes_from, address, VOTES_PER_IP, "votes")
    await services.voting.vote(key, article, given.ref or address, helpful=given.helpful)
    return Response(status_code=204)


@operation(gives=ArticleComments, query=("locale",))
async def comments(request: Request) -> Response:
    """``GET /api/sites/{site}/articles/{slug}/comments?locale=``: those that an agent has approved, at most 100."""
    key, article = _article(request)
    found = await request.state["services"].comments.of(key, article)
    return json_answer(ArticleComments([ReadersComment(one.id, one.name, one.text, one.created_at) for one in found]))


@operation(takes=NewComment, status=202, query=("locale",))
async def comment(request: Request) -> Response:
    """``POST /api/sites/{site}/articles/{slug}/comments?locale=`` {text, name} → 202: an agent looks at it first."""
    key, article = _article(request)
    given = await json_body(request, NewComment)
    services, address = request.state["services"], client_of(request).address
    await count_from(services.redis, keys.comments_from, address, COMMENTS_PER_IP, "comments")
    await services.comments.add(key, article, _name_of(request) or given.name, given.text)
    return Response(status_code=202)


@operation(who="agent", gives=list[JudgedComment], query=("state",))
async def list_comments(request: Request) -> Response:
    """``GET /api/comments?state=``: ``pending``, the oldest first, or ``approved``, the newest first; at most 100."""
    await require_agent(request)
    approved = _approved(request.query_params.get("state") or "pending")
    found = await request.state["services"].comments.list(approved=approved)
    return json_answer([_judged(request, one) for one in found])


@operation(who="agent", gives=Waiting)
async def count_comments(request: Request) -> Response:
    """``GET /api/reports/comments``: how many wait."""
    await require_agent(request)
    return json_answer(Waiting(await request.state["services"].comments.waiting()))


@operation(who="agent", takes=Judgement, gives=JudgedComment)
async def judge_comment(request: Request) -> Response:
    """``PATCH /api/comments/{id}`` {approved} → the comment."""
    await require_change_by_agent(request)
    given = await json_body(request, Judgement)
    kept = request.state["services"].comments
    return json_answer(_judged(request, await kept.approve(request.path_params["id"], approved=given.approved)))


@operation(who="agent", status=204, query=("state",))
async def remove_comment(request: Request) -> Response:
    """``DELETE /api/comments/{id}?state=`` → 204: with ``state`` only if it is still so, else ``changed_meanwhile``."""
    await require_change_by_agent(request)
    state = request.query_params.get("state")
    approved = None if state is None else _approved(state)
    await request.state["services"].comments.remove(request.path_params["id"], approved=approved)
    return Response(status_code=204)


@operation(who="agent", gives=list[Rating], query=("site!",))
async def ratings(request: Request) -> Response:
    """``GET /api/reports/articles?site=``: votes and comments, the least helpful articles first."""
    await require_agent(request)
    key = asked_site(request)
    services = request.state["services"]
    votes = {(one.slug, one.locale): (one.helpful, one.unhelpful) for one in await services.voting.list(key)}
    comments = await services.comments.counts(key)
    told = []
    for slug, locale in [*votes, *sorted(comments.keys() - votes.keys())]:
        helpful, unhelpful = votes.get((slug, locale), (0, 0))
        title, link = _named(request, key, slug, locale)
        told.append(Rating(slug, locale, title, link, helpful, unhelpful, comments.get((slug, locale), 0)))
    return json_answer(told)


@operation(who="agent", gives=list[Miss], query=("site!",))
async def missed_searches(request: Request) -> Response:
    """``GET /api/reports/searches?site=``: words that found nothing, the most frequent first, where the site keeps them."""
    await require_agent(request)
    return json_answer(await request.state["services"].misses.list(asked_site(request)))


ROUTES = [
    Route("/api/sites/{site}/articles/{slug}/vote", vote, methods=["POST"]),
    Route("/api/sites/{site}/articles/{slug}/comments", comments, methods=["GET"]),
    Route("/api/sites/{site}/articles/{slug}/comments", comment, methods=["POST"]),
    Route("/api/comments", list_comments),
    Route("/api/comments/{id}", judge_comment, methods=["PATCH"]),
    Route("/api/comments/{id}", remove_comment, methods=["DELETE"]),
    Route("/api/reports/comments", count_comments),
    Route("/api/reports/articles", ratings),
    Route("/api/reports/searches", missed_searches),
]


def _article(request: Request) -> tuple[str, Article]:
    """The article that the reader is at, with the site's key. Raises ``Refused``."""
    key, _ = site_of(request)
    return key, article_of(request, key, locale_asked(request, key), reader_of(request))


def _approved(state: str) -> bool:
    if state not in ("pending", "approved"):
        raise Refused("invalid", "state is pending or approved", fields={"state": "not_a_choice"})
    return state == "approved"


def _judged(request: Request, one: Comment) -> JudgedComment:
    title, link = _named(request, one.site, one.slug, one.locale)
    return JudgedComment(**structs.asdict(one), title=title, link=link)


def _named(request: Request, site: str, slug: str, locale: str) -> tuple[str | None, str | None]:
    """The title of an article, and its public page, as far as there are such: a site may have gone too."""
    services = request.state["services"]
    known = services.shelves.library(site).articles if site in services.settings.sites else {}
    article = known.get((slug, locale))
    return (article.title, link_to(site, article)) if article is not None else (None, None)


def _name_of(request: Request) -> str | None:
    reader = reader_of(request)
    name = reader["name"] if isinstance(reader, Visitor) else None
    return name if isinstance(name, str) else None
