"""A real Chromium, one for all tests of a process; each visitor and each agent has a context of their own."""

import shutil
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, async_playwright, expect

from chat.people.agents import Role
from tests.browser.console import Console
from tests.service import Installation, Node

BUILDS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Debian's, the first there is: that without windows takes half the time of a processor for the same pages."""

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # the tests' public host pages load from a service on loopback
)  # fmt: skip


expect.set_options(timeout=20_000)  # how long a busy machine may take; what holds sooner is not waited for


@asynccontextmanager
async def chromium(*more: str) -> AsyncIterator[Browser]:
    """A browser for as long as it is wanted; ``more`` goes into its command line."""
    path = next(filter(None, map(shutil.which, BUILDS)), None)
    assert path, "install chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*QUIET, *more])
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def node(mayfly: Installation) -> Node:
    return await mayfly.node()


class Desk(Protocol):
    """Somebody new at a console of their own, on the one node."""

    def __call__(
        self, name: str, *teams: str, path: str = "/console", role: Role = "agent", capacity: int = 4, **options: Any
    ) -> Awaitable[Console]: ...


@pytest.fixture
async def desk(mayfly: Installation, node: Node, browser: Browser) -> AsyncIterator[Desk]:
    """Seats people at consoles; a page that complains fails the test."""
    async with AsyncExitStack() as stack:
        seated: list[Console] = []

        async def seat(
            name: str, *teams: str, path: str = "/console", role: Role = "agent", capacity: int = 4, **options: Any
        ) -> Console:
            cookie = await mayfly.hire(name, *teams, role=role, capacity=capacity)
            console = await stack.enter_async_context(await Console.of(browser, node, cookie, **options))
            seated.append(console)
            return await console.opens(path)

        yield seat
        assert [words for console in seated for words in console.complaints] == []
