import json
import re
from html import unescape
from typing import Any, get_args

import httpx
import pytest

from chat.settings import Language
from chat.web.colour import palette
from chat.web.rendering import script_json
from tests.web.conftest import Running


def policy(response: httpx.Response) -> dict[str, list[str]]:
    directives = response.headers["content-security-policy"].split("; ")
    return {name: values.split() for name, _, values in (d.partition(" ") for d in directives)}


def config(response: httpx.Response) -> Any:
    found = re.search(r'<script type="application/json" id="config">(.*?)</script>', response.text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


async def test_the_panel_may_be_framed_by_the_sites_pages_and_by_nobody_else(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/panel/shop")
    assert page.status_code == 200
    ancestors = policy(page)["frame-ancestors"]
    assert ancestors == ["'self'", "https://shop.example.com", "https://www.shop.example.com"]
    assert "x-frame-options" not in page.headers


async def test_the_panel_is_told_what_its_site_asks_for(visitor: httpx.AsyncClient) -> None:
    told = config(await visitor.get("/panel/shop"))
    assert (told["site"], told["title"], told["locale"], told["locales"]) == (
        "shop",
        "The <Shop> & Co",
        "en",
        ["en", "ru"],
    )
    assert told["theme"] == {"mode": "dark", "colours": palette("#ffcc00").variables()}
    assert told["pre_chat"]["question"] == "required"
    assert (told["topics"], told["sneak_peek"], told["max_text"]) == (["Orders"], False, 4000)
    assert set(told["strings"]) == {"en"}  # a word of the other language is bytes nobody reads
    spaces = {key.split(".")[0] for words in told["strings"].values() for key in words}
    assert spaces == {"panel", "form"}


async def test_what_the_panel_says_after_its_first_form_comes_while_one_types(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/panel/shop?locale=ru")).text
    (version,) = set(re.findall(r"/static/(\w+)/", page))
    module = await visitor.get(f"/static/{version}/panel/strings/ru.js")
    assert module.headers["content-type"].startswith("text/javascript")
    found = re.fullmatch("export default ?(.*); ?export const accepted ?= ?(.*?);?", module.text.strip())
    assert found is not None
    text, extensions = found.groups()
    words = json.loads(text)
    assert ".png" in json.loads(extensions)["image"].split(",")
    assert words["ticket.send"] == "Отправить заявку"
    twice = set(words) & set(config(await visitor.get("/panel/shop?locale=ru"))["strings"]["ru"])
    assert all(key.startswith("form.") for key in twice)  # which fields are asked first is the site's choice


async def test_the_panel_speaks_the_language_of_the_page_or_else_of_the_browser(visitor: httpx.AsyncClient) -> None:
    russian = {"Accept-Language": "de, ru-RU;q=0.8, en;q=0.5"}
    assert config(await visitor.get("/panel/shop", headers=russian))["locale"] == "ru"
    assert config(await visitor.get("/panel/shop?locale=en-GB", headers=russian))["locale"] == "en"
    assert config(await visitor.get("/panel/shop?locale=fr"))["locale"] == "en"


async def test_the_panel_comes_compressed(visitor: httpx.AsyncClient) -> None:
    packed = await visitor.get("/panel/shop")
    plain = await visitor.get("/panel/shop", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.text == plain.text


async def test_an_unknown_site_has_no_panel(running: Running) -> None:
    async with running.browser(Accept="text/html") as browser:
        page = await browser.get("/panel/nowhere")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["x-frame-options"] == "DENY"


async def test_every_page_enforces_text_only_and_runs_nothing_inline(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    pages = [await anna.get("/console")]
    pages += [
        await visitor.get(path) for path in ("/panel/shop", "/console/login", "/console/forgot", "/console/setup")
    ]
    for page in pages:
        assert page.status_code == 200
        rules = policy(page)
        assert rules["default-src"] == ["'none'"]
        assert rules["script-src"] == rules["style-src"] == ["'self'"]
        assert rules["require-trusted-types-for"] == ["'script'"]
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page.text)
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "server" not in page.headers


async def test_pages_may_talk_to_our_own_websocket(visitor: httpx.AsyncClient, running: Running) -> None:
    websocket = running.origin.replace("http:", "ws:")
    assert policy(await visitor.get("/panel/shop"))["connect-src"] == ["'self'", websocket]


async def test_who_is_not_signed_in_is_led_to_the_login_page_and_back(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/console/tickets?status=open")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/login?next=/console/tickets%3Fstatus%3Dopen"
    page = await visitor.get(answer.headers["location"])
    assert 'data-next="/console/tickets?status=open"' in page.text


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/console.evil.example", "javascript:alert(1)"]
)
async def test_the_login_page_leads_nowhere_else(visitor: httpx.AsyncClient, target: str) -> None:
    page = await visitor.get("/console/login", params={"next": target})
    assert 'data-next="/console"' in page.text
    assert "evil" not in page.text


async def test_the_console_knows_who_is_signed_in(anna: httpx.AsyncClient) -> None:
    for path in ("/console", "/console/tickets", "/console/tickets/shop/1001"):
        page = await anna.get(path)
        told = config(page)
        assert told["agent"]["name"] == "Anna"
        assert told["csrf"] == anna.headers["X-CSRF-Token"]
        assert told["teams"] == {"support": "Support", "sales": "Sales", "curators": "Curators"}
        assert told["sites"]["shop"]["topics"] == ["Orders"]
        assert any(key.startswith("console.") for key in told["strings"])
        assert page.headers["cache-control"] == "no-store"
        assert policy(page)["frame-ancestors"] == ["'none'"]
    assert (await anna.get("/console/login")).headers["location"] == "/console"


async def test_a_ticket_page_needs_its_key(visitor: httpx.AsyncClient) -> None:
    words = {"subject": "Where is <it>?", "body": "I waited.", "name": "Olga"}
    filed = (await visitor.post("/api/sites/shop/tickets", json=words)).json()
    page = await visitor.get(filed["link"])
    assert page.status_code == 200
    assert "Where is <it>?" in unescape(page.text)
    assert "<it>" not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    other = (await visitor.post("/api/sites/shop/tickets", json=words | {"body": "Another."})).json()
    for key in ("", "x", other["key"]):
        assert (await visitor.get(f"/tickets/shop/{filed['number']}?key={key}")).status_code == 404
    for number in (other["number"] + 1, 2**40):
        assert (await visitor.get(f"/tickets/shop/{number}?key={other['key']}")).status_code == 404


async def test_what_visitors_choose_is_theirs_to_read_in_their_language_and_stays_one_word(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    told = config(await visitor.get("/panel/shop?locale=ru"))
    assert (told["topics"], told["choices"]["Orders"]) == (["Orders"], "Заказы")
    words = {"subject": "7", "body": "Where?", "topic": "Orders"}
    filed = (await visitor.post("/api/sites/shop/tickets", json=words)).json()
    page = f"/tickets/shop/{filed['number']}?key={filed['key']}"
    assert "Заказы</dd>" in (await visitor.get(f"{page}&lang=ru")).text
    assert "Orders</dd>" in (await visitor.get(f"{page}&lang=en")).text
    assert (await anna.get(f"/api/tickets/{filed['number']}?site=shop")).json()["topic"] == "Orders"


async def test_the_demo_page_has_the_snippet_under_a_strict_policy_and_shows_whom_to_sign_in_as(
    visitor: httpx.AsyncClient, running: Running
) -> None:
    first, second = [await visitor.get("/demo") for _ in range(2)]
    nonces = {policy(page)["script-src"][0] for page in (first, second)}
    assert len(nonces) == 2
    for page in (first, second):
        nonce = policy(page)["script-src"][0].removeprefix("'nonce-").removesuffix("'")
        assert f'nonce="{nonce}"' in page.text
        assert policy(page)["script-src"] == [f"'nonce-{nonce}'"]
        assert "/widget.js" in page.text
        assert 'data-site="demo"' in page.text
    assert "Fernweh" in first.text
    assert running.anna["email"] in first.text
    assert running.anna["password"] in first.text
    assert (await visitor.get("/")).headers["location"] == "/demo"


async def test_the_demo_page_speaks_every_language(visitor: httpx.AsyncClient) -> None:
    for locale in get_args(Language):
        page = (await visitor.get(f"/demo?lang={locale}")).text
        assert f'<html lang="{locale}"' in page
        assert all(f'href="/demo?lang={other}"' in page for other in get_args(Language))


def test_what_a_person_typed_cannot_end_the_config() -> None:
    nasty = {"title": "</script><script>alert(1)</script><!-- &amp;"}
    written = script_json(nasty)
    assert "<" not in written
    assert json.loads(written) == nasty
