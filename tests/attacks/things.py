"""What there is of visitor A and of the desk, for others to grasp at; made anew for every call that may change it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.attacks.matrix import Body, Call, Role
from tests.service import Installation, Node, desk_of, signed

SECRET = "opal-seven"
"""In whatever A has written."""
ARTICLE_SITE, TICKET_SITE, OTHER_SITE = "innkeep", "shop", "club"
ZOE = {"email": "zoe@example.com", "password": "zoe's password"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TEAMS: dict[Role, tuple[str, ...]] = {"other team": ("sales",), "agent": ("support", "duty")}


@dataclass
class Desk:
    """A node, and the headers by which it knows each role."""

    node: Node
    client: httpx.AsyncClient
    headers: dict[Role, dict[str, str]]
    cookies: dict[Role, str]

    async def calls(self, role: Role, what: str, **given: Any) -> httpx.Response:
        """One call, with no memory of those before."""
        self.client.cookies.clear()
        method, path = what.split(" ", 1)
        return await self.client.request(method, path, headers=self.headers[role], **given)

    async def tries(self, role: Role, call: Call, things: Mapping[str, str]) -> httpx.Response:
        """What the matrix tells, about these things."""
        site = OTHER_SITE if role == "other site" else ARTICLE_SITE if "articles" in call.what else TICKET_SITE
        words = dict(things) | {"site": site, "any": secrets.token_hex(4), "slug": "cancel-reservation"}
        if site == OTHER_SITE and "{slug}" in call.what:
            words["site"] = ARTICLE_SITE  # the only one that has any
        given: dict[str, Any] = {"json": filled(call.body, words)} if call.body is not None else {}
        if call.upload:
            given = {"files": {"file": ("a.png", PNG)}}
        if call.what == "DELETE /api/session":  # of one made for it: everybody stays signed in
            signed_in = await self.calls("nobody", "POST /api/session", json=ZOE)
            cookie = f"mayfly_session={signed_in.cookies['mayfly_session']}"
            self.client.cookies.clear()
            return await self.client.delete("/api/session", headers=self.headers[role] | {"Cookie": cookie})
        return await self.calls(role, call.what.format_map(words) + call.query.format_map(words), **given)

    async def made(self, *kinds: str) -> dict[str, str]:
        """New things of these kinds, by the words that the matrix has for them."""
        things: dict[str, str] = {}
        for kind in ("number", "other"):
            if {kind, "notification"} & {*kinds}:
                form = {"subject": f"A lost {SECRET}", "body": f"My {SECRET}."}
                filed = await self.calls("visitor A", f"POST /api/sites/{TICKET_SITE}/tickets", json=form)
                things[kind] = str(filed.json()["number"])
        if "notification" in kinds:
            reply = {"text": f"About your {SECRET}.", "ref": secrets.token_hex(4)}
            await self.calls("agent", f"POST /api/tickets/{things['number']}/replies?site={TICKET_SITE}", json=reply)
            due = await self.calls("visitor A", f"GET /api/sites/{TICKET_SITE}/notifications")
            things["notification"] = due.json()["notifications"][-1]["id"]
        if "file" in kinds:
            sent = await self.calls("visitor A", f"POST /api/sites/{TICKET_SITE}/files", files={"file": ("a.png", PNG)})
            things["file"] = sent.json()["id"]
        if "template" in kinds:
            template = {"title": "Hello", "text": "Dear {name}"}
            things["template"] = (await self.calls("admin", "POST /api/templates", json=template)).json()["id"]
        if "view" in kinds:
            view = {"title": "Mine", "query": "status=open"}
            things["view"] = (await self.calls("agent", "POST /api/views", json=view)).json()["id"]
        if "comment" in kinds:
            path = f"/api/sites/{ARTICLE_SITE}/articles/cancel-reservation/comments"
            await self.calls("visitor A", f"POST {path}", json={"text": f"Where is my {SECRET}?"})
            things["comment"] = (await self.calls("agent", "GET /api/comments?state=pending")).json()[-1]["id"]
        return things


async def desk(installation: Installation, node: Node, client: httpx.AsyncClient) -> Desk:
    """Everybody is there."""
    headers: dict[Role, dict[str, str]] = {"nobody": {}}
    for role, sub in (("visitor A", "a"), ("visitor B", "b"), ("other site", "a")):
        headers[role] = {"Authorization": f"Bearer {signed(sub=sub, member=True)}"}  # type: ignore[index]
    cookies: dict[Role, str] = {}
    for role in ("other team", "colleague", "agent", "supervisor", "admin"):
        rank = role if role in ("supervisor", "admin") else "agent"
        name = role.title().replace(" ", "")
        cookies[role] = await installation.hire(name, *TEAMS.get(role, ("support",)), role=rank)  # type: ignore[arg-type, call-overload, index]
        async with desk_of(node, cookies[role]) as browser:  # type: ignore[index]
            token = browser.headers["X-CSRF-Token"]
        headers[role] = {"Cookie": f"mayfly_session={cookies[role]}", "X-CSRF-Token": token}  # type: ignore[index]
    return Desk(node, client, headers, cookies)


def filled(body: Body, words: Mapping[str, str]) -> Body:
    """``{words}`` in a body replaced, a number by a number."""

    def fill(value: Any) -> Any:
        match value:
            case str():
                text = value.format_map(words)
                return int(text) if value in ("{number}", "{other}") else text
            case list():
                return [fill(one) for one in value]
            case dict():
                return {name: fill(one) for name, one in value.items()}
        return value

    filled_in: Body = fill(body)
    return filled_in
