"""Over HTTP a notification is for the one it is for, and for nobody else."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.service import signed
from tests.web.conftest import IDENTITY_SECRET, Running

PATH = "/api/sites/shop/notifications"
REQUEST = {"subject": "A lost parcel", "body": "It never came."}


def known_as(sub: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed(IDENTITY_SECRET, sub=sub)}"}


@pytest.fixture
async def olga(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """She has filed request 1001."""
    async with running.browser(**known_as("olga")) as olga:
        assert (await olga.post("/api/sites/shop/tickets", json=REQUEST)).status_code == 201
        yield olga


async def answered(anna: httpx.AsyncClient, text: str = "It is on its way.") -> None:
    reply = {"text": text, "ref": text}
    assert (await anna.post("/api/tickets/1001/replies?site=shop", json=reply)).status_code == 201


async def due(olga: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await olga.get(PATH)
    assert answer.headers["Cache-Control"] == "no-store"
    listed: list[dict[str, Any]] = answer.json()["notifications"]
    return listed


async def test_an_answer_is_there_until_it_is_put_off(olga: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    assert await due(olga) == []
    await answered(anna)
    (told,) = await due(olga)
    assert told.keys() == {"id", "number", "kind", "subject", "text", "created_at"}
    assert (told["number"], told["kind"], told["subject"]) == (1001, "answer", "A lost parcel")
    assert told["text"] == "It is on its way."
    assert (await olga.post(f"{PATH}/{told['id']}/snooze", json={"minutes": 43200})).status_code == 204
    later = (await olga.get(PATH)).json()
    assert later["notifications"] == []
    assert later["next_at"] > told["created_at"]


async def test_deleting_it_leaves_the_request(olga: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    await answered(anna)
    (told,) = await due(olga)
    assert (await olga.delete(f"{PATH}/{told['id']}")).status_code == 204
    assert (await olga.delete(f"{PATH}/{told['id']}")).status_code == 404
    assert await due(olga) == []
    listed = (await olga.get("/api/sites/shop/tickets")).json()["tickets"]
    assert [(ticket["number"], ticket["status"]) for ticket in listed] == [(1001, "pending")]


async def test_a_request_that_support_opens_to_an_address_is_told_to_whom_the_site_knows_by_it(
    visitor: httpx.AsyncClient, anna: httpx.AsyncClient, running: Running
) -> None:
    asked = {"site": "shop", "channel": "desk", "ref": "1", "email": "olga@example.com", **REQUEST}
    assert (await anna.post("/api/tickets", json=asked)).status_code == 201
    assert (
        await visitor.post("/api/sites/shop/tickets", json=REQUEST | {"email": "olga@example.com"})
    ).status_code == 201
    reply = {"text": "It is on its way.", "ref": "1"}
    assert (await anna.post("/api/tickets/1002/replies?site=shop", json=reply)).status_code == 201
    claims = {"sub": "olga", "email": "olga@example.com"}
    async with running.browser(Authorization=f"Bearer {signed(IDENTITY_SECRET, **claims)}") as olga:
        (told,) = await due(olga)
        assert (told["number"], told["kind"]) == (1001, "opened")
        assert (await olga.get("/api/sites/shop/tickets/1001")).status_code == 200
        assert await due(olga) == [], "it was read"


async def test_nobody_else_sees_or_touches_it(
    olga: httpx.AsyncClient, anna: httpx.AsyncClient, running: Running
) -> None:
    await answered(anna)
    (told,) = await due(olga)
    one = f"{PATH}/{told['id']}"
    async with running.browser() as nobody:
        assert (await nobody.get(PATH)).status_code == 401
        assert (await nobody.delete(one)).json()["code"] == "not_signed_in"
        assert (await nobody.post(f"{one}/snooze", json={"minutes": 5})).status_code == 401
    async with running.browser(Authorization=f"Bearer {signed('x' * 32, sub='olga')}") as forger:
        assert (await forger.get(PATH)).json()["code"] == "identity_invalid"
        assert (await forger.delete(one)).status_code == 401
    async with running.browser(**known_as("vera")) as other:
        assert await due(other) == []
        assert (await other.delete(one)).status_code == 404
        assert (await other.post(f"{one}/snooze", json={"minutes": 5})).status_code == 404
    assert (await olga.delete(one.replace("/shop/", "/curators/"))).status_code == 401  # which knows no identities
    assert (await olga.get(PATH.replace("/shop/", "/nowhere/"))).json()["code"] == "unknown_site"
    assert await due(olga) == [told]


@pytest.mark.parametrize("minutes", [0, 43201, "5", None, 1.5])
async def test_it_is_put_off_for_a_minute_at_least_and_a_month_at_most(
    olga: httpx.AsyncClient, minutes: object
) -> None:
    assert (await olga.post(f"{PATH}/x/snooze", json={"minutes": minutes})).status_code == 422


async def test_who_reads_the_request_by_their_identity_has_been_told(
    olga: httpx.AsyncClient, anna: httpx.AsyncClient, running: Running
) -> None:
    await answered(anna)
    await olga.get("/api/sites/shop/tickets")
    async with running.browser(**known_as("vera")) as other:
        assert (await other.get("/api/sites/shop/tickets/1001")).status_code == 404
    assert len(await due(olga)) == 1
    assert (await olga.get("/api/sites/shop/tickets/1001")).status_code == 200
    assert await due(olga) == []


async def test_who_answers_has_been_told(olga: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    await answered(anna)
    reply = {"text": "Thank you", "ref": "1"}
    assert (await olga.post("/api/sites/shop/tickets/1001/replies", json=reply)).status_code == 201
    assert await due(olga) == []


async def test_a_link_that_others_may_hold_tells_nobody(olga: httpx.AsyncClient, anna: httpx.AsyncClient) -> None:
    again = (await olga.post("/api/sites/shop/tickets", json=REQUEST)).json()
    reply = {"text": "Found", "ref": "1"}
    await anna.post(f"/api/tickets/{again['number']}/replies?site=shop", json=reply)
    await olga.get(f"/api/sites/shop/tickets/{again['number']}", params={"key": again["key"]})
    assert [told["number"] for told in await due(olga)] == [again["number"]]
