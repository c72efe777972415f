"""Files over HTTP: what is taken, what is refused, and how they are given out again."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import jwt
import msgspec
import pytest

from chat.desk.links import FILE_LINK_S, file_link
from chat.settings import LimitSettings, Settings, SiteFiles
from tests.service import until
from tests.web import hostile
from tests.web.conftest import IDENTITY_SECRET, Running, Service
from tests.web.hostile import ALL, BOUNDARY, MAX_MB, MB, MZ, PNG, Kept, called

SITE = "/api/sites/shop"
WORDS = {"subject": "A lost parcel", "body": "It never came."}
SMALL = SiteFiles(max_mb=MAX_MB)
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}


def changed(settings: Settings) -> Settings:
    shop = msgspec.structs.replace(settings.sites["shop"], files=SMALL)
    open_to_all = msgspec.structs.replace(shop, files=SiteFiles(max_mb=1, kinds=["markup", "other"]))
    limits = LimitSettings(files_per_ip_per_hour=1000, tickets_per_ip_per_hour=1000)
    sites = settings.sites | {"shop": shop, "lab": open_to_all}
    return msgspec.structs.replace(settings, limits=limits, sites=sites)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Service(tmp_path_factory.mktemp("shared"), changed) as running:
        yield running


@pytest.fixture
def running(shared: Running) -> Running:
    return shared


def stored(running: Running) -> set[str]:
    return {path.name for path in (Path(running.settings.server.data_dir) / "files").rglob("*") if path.is_file()}


async def upload(client: httpx.AsyncClient, form: bytes, path: str = f"{SITE}/files") -> httpx.Response:
    return await client.post(path, content=form, headers=MULTIPART)


async def filed(client: httpx.AsyncClient, **fields: str) -> dict[str, object]:
    """A ticket, as its requester reads it."""
    new = (await client.post(f"{SITE}/tickets", json=WORDS | fields)).json()
    read = await client.get(f"{SITE}/tickets/{new['number']}", params={"key": new["key"]})
    return dict(read.json())


async def link_of(client: httpx.AsyncClient, form: bytes = called(b"a.png", PNG), site: str = "shop") -> str:
    kept = (await upload(client, form, f"/api/sites/{site}/files")).json()
    new = (await client.post(f"/api/sites/{site}/tickets", json=WORDS | {"file": kept["id"]})).json()
    read = await client.get(f"/api/sites/{site}/tickets/{new['number']}", params={"key": new["key"]})
    return str(read.json()["file"]["link"])


@pytest.mark.parametrize("case", ALL)
async def test_what_means_no_good_is_refused_or_made_harmless(
    visitor: httpx.AsyncClient, running: Running, case: str
) -> None:
    form, expected = ALL[case]
    before = stored(running)
    answer = await upload(visitor, form)
    if isinstance(expected, Kept):
        assert answer.status_code == 201, answer.text
        kept = answer.json()
        assert (kept["media_type"], kept["name"]) == (expected.media_type, expected.name)
        assert stored(running) - before == {kept["id"]}
        file = dict(msgspec.convert((await filed(visitor, file=kept["id"]))["file"], dict[str, object]))
        sent = await visitor.get(str(file["link"]))
        assert sent.content == _content(form)
        assert_harmless(sent)
        told = f"attachment; filename=\"{_ascii(expected.name)}\"; filename*=UTF-8''{quote(expected.name, safe='')}"
        assert sent.headers["content-disposition"] == told
    else:
        assert answer.status_code == expected.status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert [fault["code"] for fault in answer.json().get("errors", [])] == [expected.fault] * bool(expected.fault)
        assert stored(running) == before


def assert_harmless(sent: httpx.Response) -> None:
    """Whatever is in it, a browser only saves it, and only for ourselves."""
    assert sent.status_code == 200
    headers = sent.headers
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-store"
    assert int(headers["content-length"]) == len(sent.content)
    assert not headers["content-type"].startswith(
        ("text/html", "text/xml", "image/svg", "text/javascript", "application/x")
    )


def _content(form: bytes) -> bytes:
    return form.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n" + hostile.end())


def _ascii(name: str) -> str:
    return "".join(one if one.isascii() and one not in '"\\%' else "_" for one in name)


async def test_markup_and_programs_that_a_site_takes_are_sent_as_bytes_of_no_type(visitor: httpx.AsyncClient) -> None:
    for form in (called(b"a.html", hostile.HTML), called(b"a.svg", hostile.SVG), called(b"a.exe", MZ)):
        sent = await visitor.get(await link_of(visitor, form, "lab"))
        assert_harmless(sent)
        assert sent.headers["content-type"] == "application/octet-stream"
    refused = await upload(visitor, called(b"a.png", PNG), "/api/sites/lab/files")
    assert refused.json()["errors"][0]["code"] == "wrong_kind"


# ── too much ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def raw(running: Running, request: bytes, *chunks: bytes) -> bytes:
    """What the server answers to bytes on a socket, while nobody sends any more."""
    host, _, port = running.origin.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return answer + await reader.readexactly(length)
    finally:
        writer.close()


def head(path: str, *lines: str) -> bytes:
    return "\r\n".join(
        [f"POST {path} HTTP/1.1", "Host: x", f"Content-Type: {MULTIPART['Content-Type']}", *lines, "", ""]
    ).encode()


@pytest.mark.parametrize("path", [f"{SITE}/files", f"{SITE}/tickets"])
async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(running: Running, path: str) -> None:
    answer = await raw(running, head(path, "Content-Length: 10000000000000", "Expect: 100-continue"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (problem["code"], problem["errors"][0]["code"]) == ("too_large", "too_large")
    assert f"{MAX_MB} MiB" in problem["detail"]


async def test_a_body_that_does_not_say_how_large_it_is_is_cut_off_where_it_is_too_large(running: Running) -> None:
    chunk = b"%x\r\n" % MB + bytes(MB) + b"\r\n"
    first = called(b"a.png", PNG)[: -len(hostile.end()) - 2]
    start = b"%x\r\n" % len(first) + first + b"\r\n"
    answer = await raw(running, head(f"{SITE}/files", "Transfer-Encoding: chunked"), start, *[chunk] * (MAX_MB + 1))
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_shorter_than_it_says_keeps_nothing(running: Running) -> None:
    before = stored(running)
    form = called(b"a.png", PNG + bytes(MB))
    host, _, port = running.origin.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(head(f"{SITE}/files", f"Content-Length: {len(form) + 1000}") + form[:-5000])
    await writer.drain()
    await until(lambda: stored(running) != before, "it is being kept")
    writer.close()
    await until(lambda: stored(running) == before, "it is gone")


async def test_whoever_goes_on_sending_what_was_refused_is_cut(running: Running) -> None:
    endless = [bytes(MB)] * 200
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await raw(running, head(f"{SITE}/files", "Content-Length: 10000000000000"), *endless)


async def test_other_bodies_are_as_small_as_ever(visitor: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    large = json.dumps(WORDS | {"body": "x" * (MB + 1)}).encode()
    as_json = {"Content-Type": "application/json"}
    for client, method, path in (
        (visitor, "POST", "/api/session"),
        (visitor, "PATCH", f"{SITE}/tickets/1"),
        (anna, "PATCH", "/api/tickets/1?site=shop"),
    ):
        answer = await client.request(method, path, content=large, headers=as_json)
        assert answer.status_code in (404, 413), path
    for path in ("/api/session", f"{SITE}/tickets"):
        assert (await visitor.post(path, content=large, headers=as_json)).status_code == 413
    fields = WORDS | {"body": "x" * (MB + 1)}
    assert (await visitor.post(f"{SITE}/tickets", data=fields)).status_code == 413


async def test_another_body_that_says_it_is_too_large_is_refused_before_it_is_sent(running: Running) -> None:
    lines = ("POST /api/session HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {MB + 1}")
    answer = await raw(running, "\r\n".join([*lines, "", ""]).encode())
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_an_address_may_send_only_so_many_an_hour_and_agents_are_not_counted(tmp_path: Path) -> None:
    def few(settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, limits=LimitSettings(files_per_ip_per_hour=2))

    with Service(tmp_path, few) as running:
        async with running.browser() as client:
            forms = [await upload(client, called(b"a.png", PNG)) for _ in range(3)]
            assert [answer.status_code for answer in forms] == [201, 201, 429]
            direct = await client.post(f"{SITE}/tickets", data=WORDS, files={"file": ("a.png", PNG)})
            assert direct.status_code == 429
            assert (await client.post(f"{SITE}/tickets", data=WORDS)).status_code == 201
            await sign_in(client, running)
            assert (await upload(client, called(b"a.png", PNG), "/api/files?site=shop")).status_code == 201


async def sign_in(client: httpx.AsyncClient, running: Running) -> None:
    await client.post("/api/session", json=running.anna)
    page = (await client.get("/console")).text
    client.headers["X-CSRF-Token"] = page.split('name="csrf" content="')[1].split('"')[0]


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_link_opens_its_file_and_no_other_and_no_bit_of_it_may_be_changed(
    visitor: httpx.AsyncClient, running: Running
) -> None:
    link, other = await link_of(visitor), await link_of(visitor)
    assert link.startswith(f"{running.origin}/files/")
    assert (await visitor.get(link)).content == PNG
    assert (await visitor.head(link)).headers["content-length"] == str(len(PNG))
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    wrong = [
        urlsplit(other).path + "?" + urlsplit(link).query,
        link.replace(f"expires={query['expires']}", f"expires={int(query['expires']) + 1}"),
        link.replace("expires=", "expires=0"),
        link.replace("expires=", "expires=%2B"),
        link.replace(f"expires={query['expires']}", "expires=x"),
        link.partition("?")[0],
        link.partition("&")[0],
        link + "é",
    ]
    for place in range(len(query["signature"])):
        flipped = "A" if query["signature"][place] != "A" else "B"
        signature = query["signature"][:place] + flipped + query["signature"][place + 1 :]
        wrong.append(link.replace(query["signature"], signature))
    for one in wrong:
        answer = await visitor.get(one)
        assert (answer.status_code, answer.headers.get("content-disposition")) == (404, None), one


async def test_a_link_ends_and_says_so(visitor: httpx.AsyncClient, running: Running) -> None:
    link = await link_of(visitor)
    file_id = urlsplit(link).path.rpartition("/")[2]
    expires = int(parse_qs(urlsplit(link).query)["expires"][0])
    assert abs(expires - time.time() - FILE_LINK_S) < 60
    secret = running.settings.server.secret_keys[0]
    over = file_link(running.origin, secret, file_id, int(time.time()) - 1)
    answer = await visitor.get(over)
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
    page = await visitor.get(over, headers={"Accept": "text/html", "Accept-Language": "ru"})
    assert (page.status_code, "Срок действия ссылки истёк" in page.text) == (410, True)
    forged = file_link(running.origin, "x" * 32, file_id, expires)
    assert (await visitor.get(forged)).status_code == 404


# ── with requests and answers ────────────────────────────────────────────────────────────────────────────────────


async def test_an_upload_waits_for_its_request_and_is_attached_once(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post(f"{SITE}/files", files={"file": ("Снимок.png", PNG, "image/png")})
    assert answer.status_code == 201
    kept = answer.json()
    assert kept == {"id": kept["id"], "name": "Снимок.png", "media_type": "image/png", "size": len(PNG)}
    read = await filed(visitor, file=kept["id"])
    file = dict(msgspec.convert(read["file"], dict[str, object]))
    assert {name: file[name] for name in kept} == kept
    again = await visitor.post(f"{SITE}/tickets", json=WORDS | {"file": kept["id"]})
    assert (again.status_code, again.json()["errors"][0]) == (
        422,
        {"field": "file", "code": "gone", "message": "This is gone. Please attach it again."},
    )


async def test_a_form_may_bring_the_file_itself_for_requests_answers_and_notes(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    def bringing(name: str) -> dict[str, tuple[str, bytes]]:
        return {"file": (name, PNG)}

    new = (await visitor.post(f"{SITE}/tickets", data=WORDS, files=bringing("1.png"))).json()
    own = f"{SITE}/tickets/{new['number']}"
    key = {"key": new["key"]}
    desk = f"/api/tickets/{new['number']}"
    await visitor.post(f"{own}/replies", params=key, data={"text": "and", "ref": "1"}, files=bringing("2.png"))
    shop = {"site": "shop"}
    await anna.post(f"{desk}/replies", params=shop, data={"text": "oh", "ref": "1"}, files=bringing("3.png"))
    await anna.post(f"{desk}/notes", params=shop, data={"text": "hm", "ref": "2"}, files=bringing("4.png"))
    read = (await visitor.get(own, params=key)).json()
    files = [read["file"], *(entry["file"] for entry in read["entries"])]
    assert [file["name"] for file in files] == ["1.png", "2.png", "3.png"]
    read = (await anna.get(desk, params=shop)).json()
    assert [entry["file"]["name"] for entry in read["entries"]] == ["2.png", "3.png", "4.png"]
    assert (await anna.get(read["entries"][2]["file"]["link"])).content == PNG


async def test_an_agent_files_with_a_file_for_the_site_that_the_form_names_first(anna: httpx.AsyncClient) -> None:
    fields = WORDS | {"channel": "phone", "ref": "1"}
    named = await anna.post("/api/tickets", data={"site": "shop"} | fields, files={"file": ("a.png", PNG)})
    assert (named.status_code, named.json()["file"]["name"]) == (201, "a.png")
    late = called(b"a.png", PNG)[: -len(hostile.end())] + hostile.part(
        b'Content-Disposition: form-data; name="site"', b"shop"
    )
    refused = await upload(anna, late + hostile.end(), "/api/tickets")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "site")


async def test_a_file_whose_form_is_refused_goes_at_once(visitor: httpx.AsyncClient, running: Running) -> None:
    before = stored(running)
    refused = await visitor.post(f"{SITE}/tickets", data=WORDS | {"subject": ""}, files={"file": ("a.png", PNG)})
    assert refused.status_code == 422
    unread = await visitor.post(f"{SITE}/tickets", data=WORDS | {"priority": "x"}, files={"file": ("a.png", PNG)})
    assert unread.status_code == 422
    assert stored(running) == before


async def test_a_form_that_is_sent_again_with_its_file_files_once_and_keeps_one(
    visitor: httpx.AsyncClient, running: Running
) -> None:
    before = stored(running)
    sent = [
        await visitor.post(f"{SITE}/tickets", data=WORDS | {"ref": "again"}, files={"file": ("a.png", PNG)})
        for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    path, key = f"{SITE}/tickets/{sent[0].json()['number']}", {"key": sent[0].json()["key"]}
    for _ in range(2):
        answer = {"text": "hm", "ref": "1"}
        await visitor.post(f"{path}/replies", params=key, data=answer, files={"file": ("b.png", PNG)})
    assert len((await visitor.get(path, params=key)).json()["entries"]) == 1
    assert len(stored(running) - before) == 2


async def test_who_may_not_answer_may_not_send_a_file_either(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, running: Running
) -> None:
    before = stored(running)
    form = called(b"a.png", PNG)
    expired = jwt.encode({"sub": "1", "exp": int(time.time()) - 60}, IDENTITY_SECRET, "HS256")
    as_nobody = MULTIPART | {"Authorization": f"Bearer {expired}"}
    codes = [
        (await upload(visitor, form, "/api/sites/nowhere/files")).status_code,
        (await upload(visitor, form, f"{SITE}/tickets/1001/replies?key=x")).status_code,
        (await visitor.post(f"{SITE}/tickets", content=form, headers=as_nobody)).status_code,
        (await upload(visitor, form, "/api/files?site=shop")).status_code,
        (await anna.post("/api/files?site=shop", content=form, headers=MULTIPART | {"X-CSRF-Token": ""})).status_code,
        (await upload(anna, form, "/api/files?site=nowhere")).status_code,
        (await upload(anna, form, "/api/files")).status_code,
    ]
    assert codes == [404, 404, 401, 401, 403, 422, 422]
    assert stored(running) == before


async def test_a_file_can_be_sent_while_redis_is_away(tmp_path: Path) -> None:
    with Service(tmp_path) as running:
        async with running.browser() as client:
            running.stop_engine()
            assert (await upload(client, called(b"a.png", PNG))).status_code == 201


@pytest.fixture
async def clients(running: Running) -> AsyncIterator[list[httpx.AsyncClient]]:
    many = [running.browser() for _ in range(8)]
    yield many
    for client in many:
        await client.aclose()


async def test_many_at_once_each_get_their_own_back(clients: list[httpx.AsyncClient]) -> None:
    async def there_and_back(client: httpx.AsyncClient, n: int) -> None:
        content = PNG + bytes([n]) * MB
        assert (await client.get(await link_of(client, called(b"a.png", content)))).content == content

    await asyncio.gather(*(there_and_back(client, n) for n, client in enumerate(clients)))
