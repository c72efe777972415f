"""Clocks that are set: nobody is thrown out, and no chat stays for somebody who is gone."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from chat.engine import server_program
from tests.actors import Visitor
from tests.browser.conftest import chromium
from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.service import Installation, until
from tests.steady import SteadyAgent, SteadyVisitor

LIBRARY = "faketime/libfaketimeMT.so.1"


class Clock:
    """What the processes started with ``environment`` take for the time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.shows("+0")
        (library,) = Path("/usr/lib").rglob(LIBRARY)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def shows(self, offset: str) -> None:
        """Set it beside the true time: ``+1d``."""
        later = self._file.with_suffix(".new")
        later.write_text(offset + "\n")
        later.replace(self._file)


async def test_a_clock_goes_a_day_forward_and_back_and_every_chat_goes_on(
    mayfly: Installation, tmp_path: Path, full: bool
) -> None:
    whose = [("node",), ("redis",), ("node", "redis")] if full else [("node", "redis")]
    for turn, those in enumerate(whose):
        await _goes_on(mayfly, Clock(tmp_path / "clock"), those, await mayfly.hire(f"Anna{turn}", capacity=1))


async def _goes_on(mayfly: Installation, clock: Clock, whose: tuple[str, ...], cookie: str) -> None:
    if "redis" in whose:
        mayfly.redis.kill()
        await mayfly.redis.start(server_program(), **clock.environment)
    node = await mayfly.node(workers=1, port=None, **(clock.environment if "node" in whose else {}))
    anna, vera = (
        SteadyAgent([node], node, cookie),
        SteadyVisitor([node], node),
    )
    async with anna, vera, Visitor(node) as walter:
        await anna.opens()
        await anna.is_available()
        await vera.opens()
        await vera.asks()
        chat = await anna.is_given()
        await walter.opens()
        await walter.asks()
        for turn, offset in enumerate(("+1d", "-1d", "+0")):
            clock.shows(offset)
            for number in range(6):
                vera.says_steadily(chat, f"v{turn}{number:02}")
                anna.says_steadily(chat, f"a{turn}{number:02}")
                await walter.sends("ping")
                await asyncio.sleep(0.5)
        await until(lambda: not anna.pending and not vera.pending, "all is acknowledged")
        await until(lambda: anna.shown[chat] == vera.shown[chat], "both show the same")
        assert len(anna.texts(chat)) == 36
        for person in (anna, vera, walter):
            assert person.close_code is None, "nobody is thrown out"
            assert not person.got("ended")
        assert not anna.got("transferred")

        await vera.vanishes()
        await anna.gets("ended", chat=chat)
        await anna.is_given()
        await walter.vanishes()
        await until(lambda: len(anna.got("ended")) == 2, "no chat stays")
    node.stop()


@pytest.mark.configured(heartbeat_s=1)
async def test_who_slept_too_long_is_told_and_no_chat_is_left(mayfly: Installation) -> None:
    node = await mayfly.node()
    async with (
        chromium() as office,
        chromium("--laptop") as laptop,
        await Guest.of(laptop, node) as vera,
        await Console.of(office, node, await mayfly.hire("Anna")) as anna,
    ):
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        await vera.asks("Hello?")
        await anna.sees("Hello?")
        await anna.replies("Good morning")
        await vera.sees("Good morning")
        asleep = list(_family(_ours("--laptop")))
        try:
            for pid in asleep:
                os.kill(pid, signal.SIGSTOP)
            await expect(anna.page.locator(".chat-row")).to_have_count(0)
        finally:
            for pid in asleep:
                os.kill(pid, signal.SIGCONT)
        await expect(vera.panel.get_by_text("This chat is over")).to_be_visible()
        await vera.sees("Good morning")


def _ours(flag: str) -> int:
    """The browser that this process has started with ``flag``."""
    return next(pid for pid in _family(os.getpid()) if flag.encode() in Path(f"/proc/{pid}/cmdline").read_bytes())


def _family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        for one in child.read_text().split():
            yield from _family(int(one))
