import gzip
import json
import re
from datetime import datetime, time, timedelta
from functools import cache
from typing import get_args

import httpx
import pytest
from babel import Locale

from chat.errors import ERRORS
from chat.settings import Language, Server, Settings
from chat.web.client import Client, joined, own_origin, seen_client
from chat.web.i18n import Catalogues, choose_locale
from chat.web.static import Assets
from tests.web.conftest import Running


async def test_static_files_live_under_an_address_that_never_changes_its_content(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/panel/shop")).text
    address = next(one for one in re.findall(r'"(/static/[^"]+)"', page) if one.endswith("/shared/tokens.css"))
    found = await visitor.get(address)
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert found.headers["content-type"] == "text/css; charset=utf-8"
    assert found.headers["content-encoding"] == "gzip"
    plain = await visitor.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == found.content
    for wrong in (
        address.replace("/static/", "/static/0"),
        address + "x",
        address.replace("shared/tokens.css", "../templates/base.html"),
    ):
        assert (await visitor.get(wrong)).status_code == 404


async def test_the_loader_is_for_any_page_and_asked_for_again_after_five_minutes(visitor: httpx.AsyncClient) -> None:
    found = await visitor.get("/widget.js")
    assert found.headers["content-type"] == "text/javascript; charset=utf-8"
    assert found.headers["cache-control"] == "public, max-age=300"
    assert found.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in found.headers
    again = await visitor.get("/widget.js", headers={"If-None-Match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    types = await visitor.get("/widget.d.ts")
    assert types.headers["content-type"] == "application/typescript; charset=utf-8"
    assert "export interface Mayfly " in types.text


async def test_the_look_is_a_script_that_only_writes_its_own_attribute(visitor: httpx.AsyncClient) -> None:
    found = await visitor.get("/api/sites/shop/look.js")
    body = found.text
    match = re.fullmatch(r"document\.currentScript\.dataset\.look='(.*)';", body)
    assert match is not None
    look = json.loads(match[1].replace("\\x3c", "<").replace("\\'", "'").replace("\\\\", "\\"))
    assert look["title"] == "The <Shop> & Co"
    assert (look["position"], look["mode"], look["locales"]) == ("bottom-right", "dark", ["en", "ru"])
    assert "--accent:#ffcc00;--ink:#000000;--side:20px;--edge:20px;color-scheme:dark" in look["css"]
    assert set(look["label"]) == {"en", "ru"}
    assert "bubble.label" not in look["label"].values()
    assert look.keys().isdisjoint({"image", "invitations"}), "bytes that nobody needs"
    assert "<" not in body
    assert found.headers["cache-control"] == "public, max-age=300"
    assert found.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await visitor.get("/api/sites/shop/look.js", headers={"If-None-Match": found.headers["etag"]})
    assert again.status_code == 304


async def test_status_tells_any_page_whether_somebody_is_there(visitor: httpx.AsyncClient) -> None:
    found = await visitor.get("/api/sites/shop/status")
    nothing = {"opens_at": None, "reopens_at": None, "closes_at": None, "reply_within": None, "reply_by": None}
    assert found.json() == {"availability": "busy", **nothing}
    assert found.headers["access-control-allow-origin"] == "*"
    assert (await visitor.get("/api/sites/nowhere/status")).json()["code"] == "unknown_site"


async def test_status_tells_when_a_desk_opens_by_the_clock_of_whoever_asks(visitor: httpx.AsyncClient) -> None:
    opens = {}
    for zone in ("Asia/Tokyo", "America/Lima", "../../etc/passwd"):
        status = (await visitor.get("/api/sites/curators/status", params={"time_zone": zone})).json()
        assert (status["availability"], status["opens_at"]) == ("closed", status["reopens_at"])
        opens[zone] = datetime.fromisoformat(status["opens_at"])
    assert opens["America/Lima"] - opens["Asia/Tokyo"] == timedelta(hours=14)
    assert opens["../../etc/passwd"].time() == time(9)  # by the site's own clock, UTC


async def test_readiness_names_what_is_away(visitor: httpx.AsyncClient, running: Running) -> None:
    assert (await visitor.get("/healthz")).status_code == 200
    assert (await visitor.get("/readyz")).json() == {"redis": "ok", "database": "ok"}
    running.stop_engine()
    away = await visitor.get("/readyz")
    assert away.status_code == 503
    assert "redis" in away.json()["detail"]
    assert "database" not in away.json()["detail"]
    status = await visitor.get("/api/sites/shop/status")
    assert (status.status_code, status.json()["code"]) == (503, "unavailable")
    assert int(status.headers["retry-after"]) >= 1
    assert (await visitor.get("/healthz")).status_code == 200


async def test_metrics_count_without_words(visitor: httpx.AsyncClient) -> None:
    before = filed_by_form((await visitor.get("/metrics")).text)
    await visitor.post("/api/sites/shop/tickets", json={"subject": "canary-4711", "body": "canary-4711"})
    numbers = (await visitor.get("/metrics")).text
    assert filed_by_form(numbers) == before + 1
    assert "canary" not in numbers


def filed_by_form(numbers: str) -> float:
    counted = re.search(r'^mayfly_tickets_filed_total\{channel="form"\} (.+)$', numbers, re.MULTILINE)
    return float(counted[1]) if counted else 0


async def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(running: Running) -> None:
    async with running.browser(Accept="text/html,*/*;q=0.8") as person, running.browser() as program:
        page, problem = await person.get("/nothing"), await program.get("/api/nothing")
        assert (await person.get("/api/nothing")).headers["content-type"] == "application/problem+json"
    assert page.status_code == problem.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert problem.json()["code"] in ERRORS
    assert page.headers["content-security-policy"]


async def test_the_protocol_document_is_served(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/api/asyncapi.json")).json()["asyncapi"].startswith("3.")


def test_forwarded_addresses_are_believed_only_from_trusted_proxies() -> None:
    forwarded = {"x-forwarded-for": "198.51.100.9, 192.0.2.7, 10.0.0.2", "x-forwarded-proto": "https"}
    proxies = ["10.0.0.0/8"]
    assert seen_client("203.0.113.5", "http", forwarded, proxies) == Client("203.0.113.5", "http")
    assert seen_client("10.0.0.1", "http", forwarded, []) == Client("10.0.0.1", "http")
    assert seen_client("10.0.0.1", "http", forwarded, proxies) == Client("192.0.2.7", "https")
    assert seen_client("10.0.0.1", "http", {}, proxies) == Client("10.0.0.1", "http")
    assert seen_client("10.0.0.1", "http", {"x-forwarded-for": "<script>, 10.0.0.2"}, proxies).address == "10.0.0.2"
    assert seen_client("", "wss", {}, proxies) == Client("", "https")


@pytest.mark.parametrize(
    ("address", "counted"),
    [("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::", "2001:db8:1:2::/64"),
     ("2001:db8:1:3::", "2001:db8:1:3::/64"), ("fe80::1%eth0", "fe80::/64"), ("::ffff:192.0.2.7", "192.0.2.7")],
)  # fmt: skip
def test_all_addresses_of_an_ipv6_network_are_one_client(address: str, counted: str) -> None:
    assert seen_client(address, "http", {}, []).address == counted
    assert seen_client("10.0.0.1", "http", {"x-forwarded-for": address}, ["10.0.0.0/8"]).address == counted


def test_a_forged_address_before_the_line_of_a_proxy_is_not_believed() -> None:
    lines = [("X-Forwarded-For", "198.51.100.9"), ("Accept", "*/*"), ("x-forwarded-for", "192.0.2.7")]
    assert seen_client("10.0.0.1", "http", joined(lines), ["10.0.0.0/8"]).address == "192.0.2.7"


def test_our_own_origin_is_the_configured_one_or_what_the_browser_asked_for() -> None:
    public = Settings(server=Server(public_url="https://chat.example.com/"))
    assert own_origin(public, "http", "10.0.0.1:8000") == "https://chat.example.com"
    assert own_origin(Settings(), "http", "LocalHost:8000") == "http://localhost:8000"


@pytest.mark.parametrize(
    ("requested", "accepted", "chosen"),
    [
        (None, "", "en"),
        ("ru", "en", "ru"),
        ("RU_ru", "en", "ru"),
        ("fr", "ru-RU, en;q=0.5", "ru"),
        (None, "fr, en;q=0.5, ru;q=0.9", "ru"),
        (None, "ru;q=0, en", "en"),
        (None, "ru;q=nonsense, en;q=0.1", "en"),
        ("../../etc/passwd", "*", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_one_preferred(
    requested: str | None, accepted: str, chosen: str
) -> None:
    assert choose_locale(requested, accepted, ["en", "ru"]) == chosen


def test_plural_forms_follow_the_language() -> None:
    words = {"n": {"one": "{count} чат", "few": "{count} чата", "many": "{count} чатов", "other": "{count} чата"}}
    t = Catalogues({"en": {"only": "{who} left {what}"}, "ru": words}).translate("ru")
    assert [t("n", count=n) for n in (1, 2, 5, 21, 112)] == ["1 чат", "2 чата", "5 чатов", "21 чат", "112 чатов"]
    assert t("only", who="Anna") == "Anna left {what}"
    assert t("nothing.like.it") == "nothing.like.it"


def test_every_language_there_is_can_be_configured() -> None:
    assert Catalogues.load().locales == list(get_args(Language))


@pytest.mark.parametrize("locale", get_args(Language))
def test_every_language_says_everything_with_the_same_values(locale: str) -> None:
    catalogues = Catalogues.load()
    reference, words = catalogues.strings("en", [""]), catalogues.strings(locale, [""])
    assert list(words) == list(reference)
    for key, text in words.items():
        values = _values(_forms(reference[key])["other"])
        for category, form in _forms(text).items():
            assert form.strip(), key
            alone = _speaks_for_one_number(locale, category)  # "a minute" needs no 1
            assert _values(form) | ({"count"} & values if alone else set()) == values, f"{key}, {category}: {form}"
    weekdays = words["chat.weekdays"]
    assert isinstance(weekdays, str)
    assert len(set(weekdays.split(","))) == 7


def test_russian_has_one_word_for_who_answers() -> None:
    assert "агент" not in str(Catalogues.load().strings("ru", [""])).casefold()


@pytest.mark.parametrize("locale", get_args(Language))
def test_every_language_has_all_its_plural_forms(locale: str) -> None:
    categories = {*Locale.parse(locale).plural_form.tags, "other"}
    for key, text in Catalogues.load().strings(locale, [""]).items():
        assert isinstance(text, str) or set(text) == categories, key


def _forms(text: str | dict[str, str]) -> dict[str, str]:
    return text if isinstance(text, dict) else {"other": text}


@cache
def _speaks_for_one_number(locale: str, category: str) -> bool:
    plural_form = Locale.parse(locale).plural_form
    return sum(plural_form(number) == category for number in range(200)) == 1


def _values(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_assets_keep_their_bytes_through_compression() -> None:
    for asset in Assets()._assets.values():
        assert asset.gzipped is None or gzip.decompress(asset.gzipped) == asset.body
