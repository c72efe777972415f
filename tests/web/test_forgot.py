"""I don't remember my password: a link by mail, and no word on who has an account."""

import re

import httpx
import pytest
import sqlalchemy as sa

from chat.people.agents import Agents, NewAgent
from chat.people.passwords import Passwords
from chat.storage.database import Database, database_url
from chat.storage.tables import outbox
from tests.desk.mail.post import MailServer, text_of
from tests.service import until
from tests.web.conftest import CHEAP, Running


async def asked(client: httpx.AsyncClient, email: str, lang: str = "en") -> httpx.Response:
    return await client.post(f"/api/forgot?lang={lang}", json={"email": email})


async def link_for(client: httpx.AsyncClient, server: MailServer, email: str) -> str:
    before = len(server.letters)
    assert (await asked(client, email)).status_code == 204
    await until(lambda: len(server.letters) > before, "a letter")
    found = re.search(r"http://\S+/console/setup\?token=\S+", text_of(server.letters[-1]))
    assert found
    return found[0]


async def test_the_mailed_link_sets_a_new_password(mailing: Running, mail_server: MailServer) -> None:
    async with mailing.browser() as client:
        link = await link_for(client, mail_server, mailing.anna["email"].upper())
        assert mail_server.recipients == [mailing.anna["email"]]
        assert (await client.post("/api/session", json=mailing.anna)).status_code == 204, "asking changes nothing"
        assert "Welcome" in (await client.get(link)).text
        chosen = {"token": link.partition("token=")[2], "password": "a quite new password"}
        assert (await client.post("/api/setup", json=chosen)).status_code == 204
        assert (await client.post("/api/session", json=mailing.anna)).status_code == 401
        again = mailing.anna | {"password": chosen["password"]}
        assert (await client.post("/api/session", json=again)).status_code == 204
        assert 'href="/console/forgot"' in (await client.get(link)).text, "used up: there is a way to another"


async def test_whoever_asks_hears_the_same_and_only_accounts_get_letters(
    mailing: Running, mail_server: MailServer
) -> None:
    database = Database(database_url(mailing.settings))
    agents = Agents(database, Passwords(CHEAP))
    gone = await agents.add(NewAgent(email="gone@example.com", name="Gone", teams=("support",)))
    await agents.disable(gone.id)
    async with mailing.browser() as client:
        answers = [await asked(client, one, "ru") for one in ("nobody@example.com", "gone@example.com")]
        answers.append(await asked(client, mailing.anna["email"], "ru"))
        assert {(one.status_code, one.content) for one in answers} == {(204, b"")}
        await until(lambda: mail_server.letters, "a letter")
    async with database.connect() as connection:
        written = list(await connection.scalars(sa.select(outbox.c.recipient)))
    await database.close()
    assert written == [mailing.anna["email"]]
    assert mail_server.letters[0]["Subject"] == "Новый пароль"


async def test_an_earlier_link_stays_good_when_somebody_asks_for_another(
    mailing: Running, mail_server: MailServer
) -> None:
    async with mailing.browser() as client:
        first = await link_for(client, mail_server, mailing.anna["email"])
        second = await link_for(client, mail_server, mailing.anna["email"])
        assert first != second
        for link in (first, second):
            assert "Welcome" in (await client.get(link)).text


async def test_three_links_an_hour_and_address_are_enough(mailing: Running) -> None:
    async with mailing.browser() as client:
        assert [(await asked(client, "nobody@example.com")).status_code for _ in range(4)] == [204, 204, 204, 429]
        assert (await asked(client, "other@example.com")).status_code == 204


async def test_another_sites_page_cannot_ask(mailing: Running) -> None:
    async with mailing.browser(**{"Sec-Fetch-Site": "cross-site"}) as client:
        assert (await asked(client, mailing.anna["email"])).json()["code"] == "csrf"


async def test_what_is_no_address_is_said(mailing: Running) -> None:
    async with mailing.browser() as client:
        assert (await asked(client, "anna")).json()["errors"][0]["code"] == "not_an_email"


@pytest.mark.parametrize(("lang", "words"), [("en", "Send the link"), ("ru", "Прислать ссылку")])
async def test_the_page_has_a_form_where_there_is_mail(mailing: Running, lang: str, words: str) -> None:
    async with mailing.browser() as client:
        page = (await client.get(f"/console/forgot?lang={lang}")).text
    assert words in page
    assert "mayfly agent reset" not in page


async def test_without_mail_the_page_says_who_makes_the_link(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/console/forgot")).text
    assert "mayfly agent reset" in page
    assert "<form" not in page
    assert (await asked(visitor, "anna@example.com")).status_code == 404
