"""Whoever may not, does not: the whole matrix of roles and actions, over HTTP and over WebSockets."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from chat import protocol
from tests.actors import Agent, Visitor
from tests.attacks.matrix import CALLS, ORDERS, ROLES, STAFF, VISITORS, Order, Role
from tests.attacks.things import OTHER_SITE, SECRET, ZOE, Desk, desk, filled
from tests.clients import http_client
from tests.desk.mail.post import MailServer
from tests.service import Installation, free_port, installation, signed

together = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = json.loads((Path(__file__).parents[2] / "chat" / "web" / "openapi.json").read_text())
WORDS_OF_THINGS = {"/api/views": "view", "/api/templates": "template", "/api/comments": "comment", "/files": "file"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    async with installation(tmp_path_factory.mktemp("mayfly")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_desk(house: Installation) -> AsyncIterator[Desk]:
    async with MailServer() as mail:
        port = free_port()
        node = await house.node(
            port=port,
            MAYFLY_SERVER_PUBLIC_URL=f"http://127.0.0.1:{port}",
            MAYFLY_MAIL_SMTP_URL=mail.url,
            MAYFLY_MAIL_SENDER="help@example.com",
            MAYFLY_LIMITS_LOGIN_ATTEMPTS="100",
        )
        async with http_client(base_url=node.origin, timeout=30) as client:
            await house.hire("Zoe", password=ZOE["password"])
            yield await desk(house, node, client)


def test_every_operation_stands_in_the_matrix() -> None:
    def plain(what: str) -> str:
        return re.sub(r"{(file|template|view|comment|notification)}", "{id}", what)

    told = {f"{verb.upper()} {path}" for path, verbs in DOCUMENT["paths"].items() for verb in verbs}
    assert sorted(plain(call.what) for call in CALLS) == sorted(told)


def test_every_command_of_a_console_stands_in_the_matrix() -> None:
    commands = {kind.__struct_config__.tag for kind in protocol.AgentCommand.__args__}
    assert {order.what for order in ORDERS} == commands - {"hello"}


@together
async def test_over_http_everybody_does_what_they_may_and_nobody_more(at_desk: Desk, full: bool) -> None:
    for call in CALLS:
        kinds = re.findall(r"{(\w+)}", f"{call.what} {call.query} {json.dumps(call.body)}")
        things = await at_desk.made(*kinds)
        for role in ROLES:
            if role in call.may:
                continue
            answer = await at_desk.tries(role, call, things)
            assert answer.status_code in (401, 403, 404, 422), (role, call.what, answer.text)
            assert SECRET not in answer.text, (role, call.what)
        permitted = [role for role in ROLES if role in call.may]
        for role in permitted if full else permitted[:2]:
            if call.changes:
                things = await at_desk.made(*kinds)
            answer = await at_desk.tries(role, call, things)
            assert answer.is_success, (role, call.what, answer.text)
            if role in ("nobody", "visitor B", "other site"):
                assert SECRET not in answer.text, (role, call.what)


@together
async def test_what_opens_one_thing_opens_no_other(at_desk: Desk) -> None:
    """A's key, link to a file and chat's token, each tried elsewhere."""
    form = {"subject": f"A lost {SECRET}", "body": f"My {SECRET}."}
    png = {"file": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(64))}
    filed = (await at_desk.calls("visitor A", "POST /api/sites/shop/tickets", data=form, files=png)).json()
    key, number = filed["key"], filed["number"]
    other = (await at_desk.calls("visitor B", "POST /api/sites/shop/tickets", json=form)).json()["number"]
    mine = await at_desk.calls("nobody", f"GET /api/sites/shop/tickets/{number}?key={key}")
    link = mine.json()["file"]["link"].removeprefix(at_desk.node.origin)
    assert (await at_desk.calls("nobody", f"GET {link}")).is_success
    another = (await at_desk.made("file"))["file"]
    id_in = re.compile(r"(?<=/files/)\w+")
    for path in (
        f"/api/sites/shop/tickets/{other}?key={key}",
        f"/api/sites/club/tickets/{number}?key={key}",
        f"/api/sites/shop/tickets/{number}?key={key[:-1]}",
        f"/api/sites/shop/tickets/{number}?key=",
        f"/tickets/shop/{other}?key={key}",
        f"/tickets/club/{number}?key={key}",
        id_in.sub(another, link),
        link.replace("expires=", "expires=9"),
        link[:-1],
    ):
        for role in ("nobody", "visitor B", "other site"):
            answer = await at_desk.calls(role, f"GET {path}")
            assert answer.status_code == 404, (path, answer.text)
            assert SECRET not in answer.text


@together
async def test_a_change_needs_the_token_that_only_the_consoles_page_has(at_desk: Desk) -> None:
    without = Desk(at_desk.node, at_desk.client, {}, at_desk.cookies)
    for role in STAFF:
        without.headers[role] = {"Cookie": f"mayfly_session={at_desk.cookies[role]}", "X-CSRF-Token": "guessed"}
    for call in CALLS:
        if call.changes and call.may <= {*STAFF} and call.may and "searches" not in call.what:
            things = await at_desk.made(*re.findall(r"{(\w+)}", f"{call.what} {json.dumps(call.body)}"))
            for role in STAFF:
                assert (await without.tries(role, call, things)).status_code == 403, (role, call.what)


class Scene:
    """A chat of visitor A that is active, rings or waits, with the agent it is meant for."""

    def __init__(self, at_desk: Desk, agent: Agent) -> None:
        self._node, self.agent = at_desk.node, agent
        self.visitor = Visitor(at_desk.node)

    async def opens(self, kind: str) -> None:
        """A new chat of this kind."""
        self.visitor = Visitor(self._node, "hotline" if kind == "ringing" else "shop")
        status = "away" if kind == "waiting" else "available"
        await self.agent.sends("set_availability", status=status)
        await self.agent.synchronises()
        identity: dict[str, Any] = {} if kind == "ringing" else {"identity": signed(sub=secrets.token_hex(4))}
        await self.visitor.opens(**identity)
        await self.visitor.asks(f"Where is my {SECRET}?")
        if kind == "waiting":
            await self.visitor.synchronises()
        else:
            await self.agent.gets("assigned" if kind == "active" else "offered", chat=self.visitor.chat)

    async def is_undisturbed(self) -> None:
        """Nothing has come of all that was tried: what the visitor says now is the first thing that is heard."""
        await self.visitor.says("still here")
        await self.visitor.hears("still here")
        noise = {"welcome", "started", "queued", "ticket_offered", "assigned", "said", "delivered", "pong"}
        assert {event["type"] for event in self.visitor.events} <= noise
        assert [text for _, _, text in self.visitor.said()] == ["still here"]

    async def closes(self) -> None:
        """It is over."""
        if self.visitor.close_code is None:
            await self.visitor.sends("end")
            await self.visitor.gets("erased", "failed")
            await self.visitor.leaves()


@together
async def test_in_a_console_everybody_does_what_they_may_and_nobody_more(at_desk: Desk) -> None:
    staff: dict[Role, Agent] = {role: Agent(at_desk.node, at_desk.cookies[role]) for role in STAFF}
    ids = {role: (await one.opens())["agent"]["id"] for role, one in staff.items()}
    scene = Scene(at_desk, staff["agent"])
    for order in (
        replace(order, fields=filled(order.fields, {"agent": ids["agent"], "any": "{any}"})) for order in ORDERS
    ):
        if order.chat != "none":
            await scene.opens(order.chat)
        for role in STAFF:
            if role not in order.may:
                await refuses(staff[role], order, scene.visitor.chat, role)
        if order.chat != "none":
            await outsiders_are_cut(at_desk, order, scene.visitor)
            await scene.is_undisturbed()
        for role in STAFF:
            if role in order.may:
                await obeys(staff[role], order, scene.visitor.chat, role)
                if order.chat != "none":
                    await scene.closes()
                    await scene.opens(order.chat)
        if order.chat != "none":
            await scene.closes()
    for one in staff.values():
        await one.leaves()


SILENT = ("typing", "see", "unwatch")
"""Commands that are passed over where they do not apply."""


async def refuses(actor: Agent, order: Order, chat: str, role: Role) -> None:
    """The command is refused, and tells nothing."""
    seen = len(actor.events)
    await gives(actor, order, chat)
    answers = actor.events[seen:]
    failed = [event["code"] for event in answers if event["type"] == "failed"]
    assert failed or order.what in SILENT, (role, order.what)
    assert SECRET not in str(answers), (role, order.what)


async def obeys(actor: Agent, order: Order, chat: str, role: Role) -> None:
    """The command is done."""
    if order.watching:
        await actor.sends("watch", chat=chat)
        await actor.gets("watched", chat=chat)
    seen = len(actor.events)
    await gives(actor, order, chat)
    assert not [event for event in actor.events[seen:] if event["type"] == "failed"], (role, order.what)


async def gives(actor: Agent, order: Order, chat: str) -> None:
    """Send it, and wait until it is done or refused."""
    words = {"any": secrets.token_hex(8)}
    about = {} if order.chat == "none" else {"chat": chat}
    await actor.sends(order.what, **about, **filled(order.fields, words))
    await actor.synchronises()  # commands wait their turn


async def outsiders_are_cut(at_desk: Desk, order: Order, a: Visitor) -> None:
    """Nobody else has a console: neither by its own address nor by a command among a visitor's."""
    command = json.dumps({"type": order.what, "chat": a.chat, **filled(order.fields, {"any": "1"})})
    async with Agent(at_desk.node, "") as nobody:
        await nobody.connect()
        await nobody.sends("hello", protocol=1)
        await nobody.sends_raw(command)
        assert await nobody.is_closed_with() == 4401
    for role in VISITORS:
        async with Visitor(at_desk.node, OTHER_SITE if role == "other site" else "shop") as tab:
            if role == "nobody":
                await tab.connect()
            else:
                tab.token = a.token if role != "visitor B" else a.chat
                welcome = await tab.opens(identity=signed(sub=role, member=True))
                assert ("chat" in welcome) == (role == "visitor A" and a._path.endswith("shop")), role
            await tab.sends_raw(command)
            assert await tab.is_closed_with() == 4400, (role, order.what)
