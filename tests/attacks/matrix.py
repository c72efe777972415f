"""Who may do what: every operation of the HTTP API and every command of a console, with the roles that may.

The things it is about are visitor A's: their request, its file and notification, their chat; or an agent's own view.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal[
    "nobody", "visitor A", "visitor B", "other site", "other team", "colleague", "agent", "supervisor", "admin"
]
VISITORS: tuple[Role, ...] = ("nobody", "visitor A", "visitor B", "other site")
"""``other site`` is A's own name at another site, where it is somebody else's."""
STAFF: tuple[Role, ...] = ("other team", "colleague", "agent", "supervisor", "admin")
ROLES: tuple[Role, ...] = (*VISITORS, *STAFF)

ALL = frozenset(ROLES)
BY_SECRET: frozenset[Role] = frozenset()
"""Nobody for who they are: a code, a token or a signature opens it, which these calls do not have."""
A: frozenset[Role] = frozenset({"visitor A"})
KNOWN: frozenset[Role] = frozenset({"visitor A", "visitor B", "other site"})
DESK = frozenset(STAFF)
OWN: frozenset[Role] = frozenset({"agent"})
LEADS: frozenset[Role] = frozenset({"supervisor", "admin"})

Body = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """An operation as it succeeds for whoever ``may``; ``{words}`` stand for the things of A."""

    what: str
    may: frozenset[Role]
    body: Body | None = None
    query: str = ""
    upload: bool = False

    @property
    def changes(self) -> bool:
        return not self.what.startswith("GET ")


FORM = {"subject": "Another", "body": "Nothing secret."}
ABOUT = "?site=shop"
ARTICLE = "/api/sites/{site}/articles/{slug}"

CALLS = [
    # for everybody
    Call("GET /api/sites/{site}/status", ALL),
    Call("GET /api/sites/{site}/look.js", ALL),
    Call("GET /api/sites/{site}/free.js", ALL),
    Call("GET /api/sites/{site}/icon", BY_SECRET),  # the site has none
    Call("GET /api/sites/{site}/logo", BY_SECRET),
    Call("GET /api/sites/{site}/contacts", ALL),
    Call("GET /api/sites/{site}/articles", ALL),
    Call("POST /api/sites/{site}/searches", ALL, {"q": "key"}),
    Call(f"GET {ARTICLE}", ALL),
    Call(f"GET {ARTICLE}/comments", ALL),
    Call(f"POST {ARTICLE}/comments", ALL, {"text": "Nice."}),
    Call(f"POST {ARTICLE}/vote", ALL, {"helpful": True}),
    Call("POST /api/sites/{site}/files", ALL, upload=True),
    Call("POST /api/sites/{site}/tickets", ALL, FORM | {"email": "x@example.com"}),
    Call("POST /api/sites/{site}/codes", ALL, {"email": "{any}@example.com"}),
    Call("POST /api/forgot", ALL, {"email": "{any}@example.com"}),
    Call("POST /api/session", ALL, {"email": "zoe@example.com", "password": "zoe's password"}),
    # by a code, a token, a signature
    Call("POST /api/sites/{site}/access", BY_SECRET, {"email": "a@example.com", "code": "000000"}),
    Call("POST /api/setup", BY_SECRET, {"token": "guessed", "password": "a new password"}),
    Call("GET /files/{file}", BY_SECRET, query="?expires=4102444800&signature=guessed"),
    # the requester's own
    Call("GET /api/sites/{site}/tickets", KNOWN),
    Call("GET /api/sites/{site}/tickets/{number}", A),
    Call("PATCH /api/sites/{site}/tickets/{number}", A, {"status": "solved"}),
    Call("POST /api/sites/{site}/tickets/{number}/replies", A, {"text": "More.", "ref": "{any}"}),
    Call("GET /api/sites/{site}/notifications", KNOWN),
    Call("POST /api/sites/{site}/notifications/{notification}/snooze", A, {"minutes": 5}),
    Call("DELETE /api/sites/{site}/notifications/{notification}", A),
    # the desk's
    Call("GET /api/tickets", DESK),
    Call("POST /api/tickets", DESK, FORM | {"site": "shop", "channel": "phone", "ref": "{any}", "name": "X"}),
    Call("PATCH /api/tickets", DESK, {"tickets": [{"site": "shop", "number": "{number}"}], "priority": "high"}),
    Call("GET /api/tickets/counts", DESK),
    Call("GET /api/tickets/{number}", DESK, query=ABOUT),
    Call("PATCH /api/tickets/{number}", DESK, {"priority": "low"}, ABOUT),
    Call("POST /api/tickets/{number}/replies", DESK, {"text": "Yes.", "ref": "{any}"}, ABOUT),
    Call("POST /api/tickets/{number}/notes", DESK, {"text": "Hm.", "ref": "{any}"}, ABOUT),
    Call("GET /api/tickets/{number}/merge", DESK, query=f"{ABOUT}&into={{other}}"),
    Call("POST /api/tickets/{number}/merge", DESK, {"into": "{other}", "ref": "{any}"}, ABOUT),
    Call("POST /api/files", DESK, query=ABOUT, upload=True),
    Call("GET /api/people", DESK),
    Call("GET /api/templates", DESK),
    Call("POST /api/templates", LEADS, {"title": "T", "text": "Text"}),
    Call("PATCH /api/templates/{template}", LEADS, {"title": "U"}),
    Call("DELETE /api/templates/{template}", LEADS),
    Call("GET /api/views", DESK),
    Call("POST /api/views", DESK, {"title": "V", "query": "status=open"}),
    Call("DELETE /api/views/{view}", OWN),
    Call("GET /api/comments", DESK),
    Call("PATCH /api/comments/{comment}", DESK, {"approved": True}),
    Call("DELETE /api/comments/{comment}", DESK),
    Call("GET /api/reports/promises", DESK),
    Call("GET /api/reports/comments", DESK),
    Call("GET /api/reports/articles", DESK, query="?site=innkeep"),
    Call("GET /api/reports/searches", DESK, query="?site=innkeep"),
    Call("GET /api/articles", DESK, query="?site=innkeep"),
    Call("POST /api/searches", DESK, {"q": "key"}, "?site=innkeep"),
    Call("GET /api/articles/{slug}", DESK, query="?site=innkeep"),
    # signs out whoever it is
    Call("DELETE /api/session", ALL),
]

Chat = Literal["active", "ringing", "waiting", "none"]


@dataclass(frozen=True)
class Order:
    """A command of a console about a chat of visitor A, as it succeeds for whoever ``may``.

    An active chat is the agent's, a ringing one rings at them, a waiting one waits for their team.
    """

    what: str
    may: frozenset[Role]
    chat: Chat = "active"
    fields: Body = field(default_factory=dict)
    watching: bool = False
    """It needs a ``watch`` before, which only some may."""


WORDS = {"ref": "{any}", "text": "Hello."}

ORDERS = [
    Order("ping", DESK, "none"),
    Order("set_availability", DESK, "none", {"status": "away"}),
    Order("set_availability", OWN | LEADS, "none", {"status": "away", "agent": "{agent}"}),
    Order("list_colleagues", DESK, "none"),
    Order("look_at", DESK, "none", {"site": "shop", "number": 1001}),
    Order("close_board", DESK, "none"),
    Order("open_board", LEADS, "none"),
    Order("accept", OWN, "ringing"),
    Order("decline", OWN, "ringing"),
    Order("take", OWN | LEADS | {"colleague"}, "waiting"),
    Order("prioritise", LEADS, "waiting", {"priority": 5}),
    Order("say", OWN, fields=WORDS),
    Order("note", OWN, fields=WORDS),
    Order("typing", OWN),
    Order("see", OWN, fields={"seq": 1}),
    Order("transfer", OWN, fields={"team": "sales"}),
    Order("offer_ticket", OWN),
    Order(
        "leave_ticket", OWN, fields=FORM | {"ref": "{any}", "include_chat": True, "name": "X", "email": "x@example.com"}
    ),
    Order("watch", LEADS),
    Order("unwatch", LEADS, watching=True),
    Order("join", LEADS, watching=True),
    Order("block", OWN | LEADS, fields={"minutes": 1}),
    Order("end", OWN),
    Order("hand_over", DESK, "none"),
]
