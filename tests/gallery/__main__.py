"""``make screenshots``: every state in every language, theme and width as a PNG, and one page that shows them all."""

import argparse
import asyncio
import json
import re
import shutil
import tempfile
import time
from pathlib import Path

from tests.browser.conftest import chromium
from tests.gallery import STORIES
from tests.gallery.house import LOCALES, gallery
from tests.gallery.stage import DESKTOP, PHONE, Stage, State

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "screenshots"
THEMES = ("light", "dark")
WIDTHS = {"desktop": DESKTOP, "phone": PHONE}

Shot = dict[str, str]


async def main(locales: list[str], wanted: str, hands: int) -> None:
    """Take them with so many hands, each at an installation of its own."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    began, shots = time.monotonic(), list[Shot]()
    waiting = iter(locales)
    async with chromium() as browser:

        async def work() -> None:
            with tempfile.TemporaryDirectory() as folder:
                async with gallery(Path(folder)) as (made, node):
                    for locale in waiting:
                        for story in STORIES:
                            async with Stage(made, node, browser, locale) as stage:
                                async for state in story(stage):
                                    if re.search(wanted, state.name):
                                        shots.extend(await pictures(state, locale))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(hands, len(locales))):
                group.create_task(work())
    _write_index(sorted(shots, key=lambda shot: locales.index(shot["locale"])))
    print(f"{len(shots)} pictures in {time.monotonic() - began:.0f} s: {FOLDER / 'index.html'}")


async def pictures(state: State, locale: str) -> list[Shot]:
    """One state in every theme and width."""
    taken = []
    for width, size in WIDTHS.items():
        if not state.is_for(size):
            continue
        for theme in THEMES:
            await state.looks(theme, size)
            name = f"{state.name.replace(' ', '-')}.{locale}.{theme}.{width}.png"
            await state.page.screenshot(path=FOLDER / name, animations="disabled")
            taken.append({"file": name, "state": state.name, "locale": locale, "theme": theme, "width": width})
    await state.looks("light")
    return taken


def _write_index(shots: list[Shot]) -> None:
    page = (Path(__file__).parent / "index.html").read_text("utf-8")
    (FOLDER / "index.html").write_text(page.replace("/* shots */ []", json.dumps(shots)), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--locales", nargs="+", choices=LOCALES, default=[*LOCALES])
    parser.add_argument("--states", default="", help="only those whose name this pattern matches")
    parser.add_argument("--hands", type=int, default=2, help="languages at the same time")
    asked = parser.parse_args()
    asyncio.run(main(asked.locales, asked.states, asked.hands))
