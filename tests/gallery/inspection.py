"""What is wrong with a state: for people with other eyes, other hands or other words."""

import json
import re
from importlib.resources import files
from typing import Any

from playwright.async_api import ViewportSize

from tests.gallery.house import OF_THE_SITE
from tests.gallery.stage import DESKTOP, PHONE, State

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
EVERYTHING = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # which axe leaves out by default
}
SPACED = """
if (!document.spaced) document.adoptedStyleSheets.push((document.spaced = new CSSStyleSheet()));
document.spaced.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }`);
"""
NARROWEST = ViewportSize(width=280, height=640)
ZOOMED = ViewportSize(width=640, height=400)
"""A desktop's window at 200 %."""
NARROW = ViewportSize(width=320, height=640)
INSPECT = (files("tests.gallery") / "inspection.js").read_text("utf-8")

NAMES = [
    "Mayfly",
    "Anna",
    "Ben",
    "Cleo",
    "Nora",
    "Susan",
    "Vera",
    "Walter",
    "Olga",
    "Chrome",
    "Linux",
    "CSV",
    "gold",
    "Lisboa",
    "English (Pseudo-Accents)",
    "mirrored",
    "English",
    "español",
]
KEYS = ["Enter", "Shift", "Ctrl", "Alt", "Esc"]
_OWN = re.compile("|".join(re.escape(words) for words in sorted([*OF_THE_SITE, *NAMES, *KEYS], key=len, reverse=True)))
_ADDRESS = re.compile(r"\S+@\S*|\S*://\S+|\b\S+\.(com|me|txt|jpg)\b\S*")
_MOMENT = re.compile(
    r"\b((Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day|Sun|Mon|Tue|Wed|Thu|Fri|Sat|January|February|March|April|May|June|July"
    r"|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[AP]M|now|ago|at|today"
    r"|yesterday|tomorrow|in|seconds?|minutes?|hours?|days?|sec|min|hr|byte|kB|Central European (Standard|Summer) Time"
    r"|GMT|UTC|CET|CEST)\b",
    re.IGNORECASE,
)  # as ``Intl`` says it, which has no words for a made-up language
_PLAIN = re.compile(r"[A-Za-z]{2,}")


async def faults_of(state: State, full: bool) -> list[str]:
    """Everything that is wrong with it on windows from 320 px to a desktop's, at twice the size and in other colours."""
    sizes = [size for size in (NARROW, *([PHONE] if full else []), ZOOMED, DESKTOP) if state.is_for(size)]
    found = []
    for size in sizes:
        await state.looks("light", size)
        found += await _cut_off(state, size)
        if size is ZOOMED:
            found += [f"{state.name}, zoomed: {fault}" for fault in await _inspected(state, "unreachable")]
    found += [*await _axe(state, "light", EVERYTHING), *await _hard_coded(state), *await _indistinct(state)]
    await state.looks("dark", sizes[-1])
    return [*found, *await _axe(state, "dark", {"runOnly": ["color-contrast"]})]


async def faults_if_spaced(state: State) -> list[str]:
    """What is cut off on a desktop and on 280 px where readers have set their text apart (WCAG 1.4.12)."""
    await (await state.frame()).evaluate(f"() => {{ {SPACED} }}")
    found = []
    for size in filter(state.is_for, (NARROWEST, DESKTOP)):
        await state.looks("light", size)
        found += await _cut_off(state, size)
    return found


async def _axe(state: State, theme: str, wanted: dict[str, Any]) -> list[str]:
    frame = await state.frame()
    if not await frame.evaluate("'axe' in window"):
        await frame.evaluate(AXE)
    result = await frame.evaluate(
        "([where, options]) => axe.run(where, options)",
        [{"include": [state.ours]}, {**wanted, "resultTypes": ["violations"], "iframes": False}],
    )
    return [_told(state, theme, fault, node) for fault in result["violations"] for node in fault["nodes"]]


def _told(state: State, theme: str, fault: dict[str, Any], node: dict[str, Any]) -> str:
    why = " ".join(node["failureSummary"].split()[6:])
    return f"{state.name}, {theme}: {fault['id']}: {json.dumps(node['target'])} {node['html'][:160]} {why[:300]}"


async def _hard_coded(state: State) -> list[str]:
    """Words in plain letters, where every word of ours has accents."""
    words = await _inspected(state, "texts")
    return [f"{state.name}: not from the catalogue: {text!r}" for text in words if _PLAIN.search(_without_own(text))]


def _without_own(text: str) -> str:
    for known in (_ADDRESS, _OWN, _MOMENT):
        text = known.sub(" ", text)
    return text


async def _cut_off(state: State, size: ViewportSize) -> list[str]:
    """Text that does not fit into its box, or is outside of the page (at twice the size: WCAG 1.4.4)."""
    return [f"{state.name}, {size['width']} px: {fault}" for fault in await _inspected(state, "cutOff")]


async def _indistinct(state: State) -> list[str]:
    """What the colours of the reader's own system take away."""
    await state.page.emulate_media(forced_colors="active")
    faults = await _inspected(state, "indistinct")
    await state.page.emulate_media(forced_colors="none")
    return [f"{state.name}, forced colours: {fault}" for fault in faults]


async def _inspected(state: State, what: str) -> list[str]:
    frame = await state.frame()
    return list(
        await frame.evaluate(f"([what, ours]) => {{ {INSPECT} return inspect[what](ours); }}", [what, state.ours])
    )
