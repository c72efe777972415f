"""Whatever a request says its host is, no link, redirect or letter of ours leads there."""

import json
import re

import pytest

from chat.app import routes
from chat.web.client import names_a_host
from chat.web.static import Assets
from tests.attacks.raw_http import asked
from tests.desk.mail.post import MailServer
from tests.live.rawsocket import TEXT, RawSocket
from tests.service import Installation, Node, until

PUBLIC = "https://chat.example.com"
EVIL = "evil.example"

FORWARDED = [
    f"X-Forwarded-Host: {EVIL}",
    f"X-Forwarded-Server: {EVIL}",
    f"X-Forwarded-Proto: https://{EVIL}/",
    f"X-Forwarded-Prefix: //{EVIL}",
    "X-Forwarded-Port: 666",
    f"X-Host: {EVIL}",
    f"X-HTTP-Host-Override: {EVIL}",
    f"X-Original-URL: //{EVIL}/",
    f"X-Rewrite-URL: //{EVIL}/",
    f'Forwarded: for=192.0.2.1;host={EVIL};proto="https://{EVIL}"',
    f"Via: 1.1 {EVIL}",
]
"""All at once; the node believes whoever sends them to be its proxy."""

MALFORMED = {
    "a path": [f"Host: x/{EVIL}"],
    "a person": [f"Host: x@{EVIL}"],
    "a port that is none": [f"Host: x:{EVIL}"],
    "a directive": [f"Host: x; script-src {EVIL}"],
    "markup": [f'Host: x"><a href="//{EVIL}">'],
    "a list": [f"Host: x, {EVIL}"],
    "a backslash": [f"Host: x\\{EVIL}"],
    "no brackets": [f"Host: [::1.{EVIL}"],
    "two": ["Host: x", f"Host: {EVIL}"],
}
FILLED = {
    "site": "guides", "locale": "en", "slug": "payment", "number:int": "1", "number": "1", "key": "x", "tab": "comments",
    "name": "en", "id": "1", "digest": "x", "version": "x", "path:path": "x",
}  # fmt: skip
TICKET = {"subject": "Broken", "body": "It is.", "email": "olga@example.com"}


def every_page() -> list[str]:
    """The path of everything there is to get, filled in."""
    read = (route.path for route in routes(Assets()) if "GET" in (route.methods or ()))
    return sorted({re.sub(r"{(.*?)}", lambda hole: FILLED[hole[1]], path) for path in read})


async def in_public(mayfly: Installation, mail: MailServer) -> Node:
    """A node as it runs behind a proxy that passes on whatever it is sent."""
    return await mayfly.node(
        MAYFLY_SERVER_PUBLIC_URL=PUBLIC,
        MAYFLY_SERVER_TRUSTED_PROXIES="127.0.0.1",
        MAYFLY_MAIL_SMTP_URL=mail.url,
        MAYFLY_MAIL_SENDER="help@example.com",
    )


async def test_no_page_and_no_redirect_leads_where_the_request_says(mayfly: Installation, full: bool) -> None:
    cookie = f"Cookie: mayfly_session={await mayfly.hire('Anna')}"
    async with MailServer() as mail:
        public, plain = await in_public(mayfly, mail), await mayfly.node()
    elsewhere = [f"Host: {EVIL}", *FORWARDED, f"Origin: https://{EVIL}", f"Referer: https://{EVIL}/"]
    for page in every_page():
        tricks = [
            (public, page, [*elsewhere, cookie]),
            (public, f"{page}/", elsewhere),
            (public, page, elsewhere),
            (plain, f"http://{EVIL}{page}", ["Host: x", *FORWARDED, cookie]),
        ]
        for node, first, lines in tricks if full else tricks[:2]:
            status, answer = await asked(node.port, f"GET {first}", *lines)
            assert status < 500, (first, answer)
            assert EVIL not in answer, (first, answer)


@pytest.mark.parametrize("path", [f"//{EVIL}/", f"/\\{EVIL}/", f"/%2F{EVIL}/", f"/%5C{EVIL}/", f"///{EVIL}/..//"])
async def test_a_path_that_looks_like_a_host_is_a_path(mayfly: Installation, path: str) -> None:
    status, answer = await asked((await mayfly.node()).port, f"GET {path}", "Host: x")
    assert status == 307
    assert re.search(r"^location: /[a-z%]", answer, re.MULTILINE), answer


@pytest.mark.parametrize("lines", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_no_host_is_refused(mayfly: Installation, lines: list[str]) -> None:
    node = await mayfly.node()
    for page in ("/console/login", "/widget.js", "/api/sites/guides/status"):
        status, answer = await asked(node.port, f"GET {page}", *lines)
        assert status == 400
        assert EVIL not in answer
    async with RawSocket(node) as raw:
        upgrade = raw.head(host="").replace(b"\r\n", ("\r\n" + "\r\n".join(lines) + "\r\n").encode(), 1)
        await raw.sends(upgrade)
        assert (await raw.answer()).status == 400


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "10.0.0.1:80", "[::1]:8000", "chat_1", "xn--80a.example."]
)
def test_what_browsers_call_a_host_is_one(host: str) -> None:
    assert names_a_host(host)


async def test_no_letter_and_no_link_to_a_ticket_leads_where_the_request_says(mayfly: Installation) -> None:
    await mayfly.hire("Anna")
    async with MailServer() as mail:
        node = await in_public(mayfly, mail)
        lies = [f"Host: {EVIL}", *FORWARDED]
        status, answer = await asked(node.port, "POST /api/sites/shop/tickets", *lies, body=json.dumps(TICKET).encode())
        assert status == 201
        assert f'"{PUBLIC}/tickets/shop/' in answer
        assert EVIL not in answer
        forgotten = json.dumps({"email": "anna@example.com"}).encode()
        status, answer = await asked(node.port, "POST /api/forgot", *lies, body=forgotten)
        assert status == 204, answer
        assert EVIL not in await link_left_in_a_chat(node)
        await until(lambda: len(mail.letters) >= 3, "two requests are confirmed, and a new password is offered")
    for letter in mail.letters:
        assert PUBLIC in str(letter)
        assert EVIL not in str(letter)


async def link_left_in_a_chat(node: Node) -> str:
    """What a visitor is told who leaves a request over a WebSocket."""
    names = {line.split(": ", 1)[0]: line.split(": ", 1)[1] for line in FORWARDED}
    async with RawSocket(node) as raw:
        assert (await raw.upgrades(host=EVIL, **{name.lower(): value for name, value in names.items()})).status == 101
        await raw.says(TEXT, b'{"type": "hello", "protocol": 1}')
        await raw.says(TEXT, json.dumps({"type": "leave_ticket", "ref": "1", "include_chat": False, **TICKET}).encode())
        await raw.hears(b'"ticket_left"')
        await raw.hears(b"?key=")
        return raw.read.decode(errors="replace")
