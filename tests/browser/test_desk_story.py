"""The desk in two real browsers at once, with letters through a real mail server, on both databases."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.clients import http_client
from tests.databases import database_url, postgres
from tests.desk.mail.post import MailServer, text_of
from tests.service import Installation, Node, desk_of, free_port, installation, signed, until

__all__ = ["database_url", "postgres"]
pytestmark = pytest.mark.parametrize(
    "database_url", ["postgresql", pytest.param("sqlite", marks=pytest.mark.full)], indirect=True
)


@pytest.fixture
async def mayfly(tmp_path: Path, database_url: str) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database=database_url) as made:
        yield made


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
async def node(mayfly: Installation, post: MailServer) -> Node:
    port = free_port()
    return await mayfly.node(
        port=port, MAYFLY_MAIL_SMTP_URL=post.url, MAYFLY_MAIL_SENDER="help@example.com",
        MAYFLY_SERVER_PUBLIC_URL=f"http://127.0.0.1:{port}",
    )  # fmt: skip


async def test_a_customer_files_is_answered_is_notified_answers_and_closes(
    mayfly: Installation, node: Node, post: MailServer, browser: Browser
) -> None:
    identity = signed(sub="vera", name="Vera", email="vera@example.com", plan="gold")
    async with (
        await Console.of(browser, node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node, attributes=f'data-identity="{identity}"') as vera,
    ):
        await vera.arrives()
        await vera.opens("request")
        await vera.panel.get_by_label("Subject").fill("A lost parcel")
        await vera.panel.get_by_label("Details").fill("It never came.")
        await vera.panel.get_by_role("button", name="Send request").click()
        await expect(vera.panel.get_by_role("heading", name="Request #1001 is filed")).to_be_visible()
        await until(lambda: post.letters, "the confirmation")
        assert post.letters[0]["To"] == "vera@example.com"
        assert "[#1001]" in post.letters[0]["Subject"]

        await anna.opens("/console/tickets?queue=unassigned")
        await anna.page.locator(".rows > li").filter(has_text="A lost parcel").get_by_role("link").click()
        await expect(anna.page.locator("mayfly-exchange .request")).to_contain_text("It never came.")
        await anna.page.locator("mayfly-answer textarea").fill("It comes tomorrow.")
        await anna.page.locator("mayfly-answer textarea").press("Control+Enter")
        window = vera.page.frame_locator("mayfly-notice iframe")
        await expect(window.get_by_text("It comes tomorrow.")).to_be_visible()
        await until(lambda: len(post.letters) == 2, "the answer by letter")
        assert "It comes tomorrow." in text_of(post.letters[1])
        assert post.letters[1]["In-Reply-To"] == post.letters[0]["Message-ID"]

        await window.get_by_role("button", name="View in full").click()
        await vera.panel.get_by_role("textbox", name="Your answer").fill("It is here, thank you!")
        await vera.panel.get_by_role("button", name=re.compile("^Send")).click()
        exchange = anna.page.locator("mayfly-exchange .entries .entry")
        await expect(exchange.filter(has_text="It is here, thank you!")).to_be_visible()
        await vera.panel.get_by_role("button", name=re.compile("Solved")).click()
        await expect(anna.page.get_by_role("button", name="Status: Solved")).to_be_visible()
        assert (anna.complaints, vera.complaints) == ([], [])
        assert len(post.letters) == 2


async def test_an_agent_lives_through_a_day_of_many_tickets(
    mayfly: Installation, node: Node, post: MailServer, browser: Browser, full: bool
) -> None:
    day = 200 if full else 30
    cookie = await mayfly.hire("Anna")
    async with http_client(base_url=node.origin) as customers:
        for n in range(day):
            words = {"subject": f"Parcel {n}", "body": "Where is it?", "email": f"customer{n}@example.com"}
            assert (await customers.post("/api/sites/shop/tickets", json=words)).status_code == 201
    async with desk_of(node, cookie) as desk, await Console.of(browser, node, cookie) as anna:
        await anna.opens("/console/tickets?queue=unassigned")
        waiting = anna.page.locator('[data-queue="unassigned"] .count')
        await expect(waiting).to_have_text(str(day))
        answer = anna.page.locator("mayfly-answer textarea")
        for n in (day - 1, day - 2, day - 3):  # by hand, from the newest
            await anna.page.locator(".rows > li").filter(has_text=f"Parcel {n}").get_by_role("link").click()
            await answer.fill("It comes tomorrow.")
            await answer.press("Control+Enter")
            await expect(anna.page.locator("mayfly-exchange .entries .entry")).to_have_count(1)
            await anna.page.get_by_role("button", name="All tickets").click()
        await expect(waiting).to_have_text(str(day - 3))
        for number in range(1001, 1001 + day - 3):  # as many agents' hands would
            reply = {"text": "It comes tomorrow.", "ref": "1", "status": "solved"}
            answered = await desk.post(f"/api/tickets/{number}/replies", params={"site": "shop"}, json=reply)
            assert answered.status_code == 201
        await expect(anna.page.get_by_role("heading", name="Everything has somebody")).to_be_visible()
        await anna.page.goto(f"{node.origin}/console/tickets?status=solved")
        await expect(anna.page.locator(".rows > li").first).to_be_visible()
        await until(lambda: len(post.letters) == 2 * day, "every letter is sent", 60)
        assert sorted(post.recipients) == sorted(2 * [f"customer{n}@example.com" for n in range(day)])
        assert anna.complaints == []
