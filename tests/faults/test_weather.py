"""Two real browsers in a chat, and bad weather on the way to the service: each line is displayed once, and in order."""

import asyncio
from dataclasses import replace

import pytest
from playwright.async_api import Frame, Page, expect

from tests.browser.conftest import chromium
from tests.browser.console import Console
from tests.browser.guest import Guest
from tests.conftest import Figures
from tests.faults.weather import weather
from tests.service import Installation, until

SEED = 7
FAULTS = 5
"""At least."""
TEXTS = "[...document.querySelectorAll('mayfly-thread .line .text, .line .text')].map((text) => text.textContent)"
WATCH = f"""() => {{
    window.twice = new Set();
    new MutationObserver(() => {{
        const texts = {TEXTS};
        for (const text of texts) if (texts.indexOf(text) !== texts.lastIndexOf(text)) window.twice.add(text);
    }}).observe(document.body, {{ childList: true, subtree: true, characterData: true }});
}}"""


@pytest.mark.configured(heartbeat_s=2, resume_grace_s=60, agent_grace_s=60)
async def test_through_bad_weather_each_line_is_displayed_once_and_in_order(
    mayfly: Installation, full: bool, figures: Figures
) -> None:
    lines = range(80 if full else 12)
    node = await mayfly.node()
    async with weather(node.port, SEED) as sky, chromium() as browser:
        there = replace(node, port=sky.port)
        async with (
            await Console.of(browser, there, await mayfly.hire("Anna")) as anna,
            await Guest.of(browser, there) as vera,
        ):
            await anna.opens()
            await anna.is_available()
            await vera.arrives()
            await vera.asks("Hello?")
            await anna.sees("Hello?")
            panel = next(frame for frame in vera.page.frames if "/panel/" in frame.url)
            for screen in (panel, anna.page):
                await screen.evaluate(WATCH)
            async with sky.rages(0.8 if full else 0.3):
                for number in lines:
                    await vera.says(f"v{number:03}")
                    await anna.replies(f"a{number:03}")
                    await asyncio.sleep(0.5)
                await until(lambda: sky.faults.total() >= FAULTS, "it has rained")
            said = {side: [f"{side}{number:03}" for number in lines] for side in "va"}
            for text in said["a"]:
                await expect(vera.line(text)).not_to_have_count(0, timeout=60_000)
            for text in said["v"]:
                await expect(anna.lines(text)).not_to_have_count(0)
            screens = [await _shown(panel), await _shown(anna.page)]
            twice = {text for screen in (panel, anna.page) for text in await screen.evaluate("[...window.twice]")}
    heard = [[text for text in screen if text[0] == side] for screen in screens for side in "va"]
    figures(
        "Bad weather between the browsers and the service", lines=2 * len(lines),
        faults=", ".join(f"{count} {name}" for name, count in sky.faults.items()),
        lost=sum(len(set(texts) - set(screen)) for texts in said.values() for screen in screens),
        shown_twice=len(twice), out_of_order=sum(texts != sorted(texts) for texts in heard),
    )  # fmt: skip
    assert heard == [said["v"], said["a"]] * 2
    assert not twice, "not even for a moment"
    assert screens[0] == screens[1], "both sides show the same"


async def _shown(screen: Page | Frame) -> list[str]:
    return [text for text in await screen.evaluate(TEXTS) if text[1:].isdigit()]
