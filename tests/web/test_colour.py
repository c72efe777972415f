"""Whatever colour a site has, what is written in it and on it reads: WCAG 2.2, level AA."""

import re
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from chat.web.colour import DARK, LIGHT, MUTED, contrast, palette

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
TOKENS = (Path(__file__).parent.parent.parent / "widget" / "static" / "shared" / "tokens.css").read_text("utf-8")
SURFACES = ("surface", "raised", "sunken", "fill", "hover")


def token(name: str) -> tuple[str, str]:
    """A colour of ``tokens.css``, in the light and in the dark."""
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), ?(#\w{{6}})\);", TOKENS)
    assert found is not None, name
    return found[1], found[2]


def wcag(one: str, other: str) -> float:
    """The ratio as https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio has it."""

    def luminance(colour: str) -> float:
        def linear(at: int) -> float:
            share = int(colour[at : at + 2], 16) / 255
            return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

        return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5)

    lighter, darker = max(luminance(one), luminance(other)), min(luminance(one), luminance(other))
    return (lighter + 0.05) / (darker + 0.05)


@given(COLOURS)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#0000ff")
@example("#757575")
def test_text_on_the_accent_and_accent_coloured_text_on_every_surface_read(accent: str) -> None:
    made = palette(accent)
    assert made.accent == accent
    assert wcag(made.text, made.accent) >= 4.5
    assert wcag(made.text, made.strong) >= 4.5
    for mode in (0, 1):
        for surface in [*(token(name)[mode] for name in SURFACES), made.soft[mode]]:
            assert wcag(made.ink[mode], surface) >= 4.5, f"{made.ink[mode]} on {surface}"
        for text in ("text", "muted"):
            assert wcag(token(text)[mode], made.soft[mode]) >= 4.5


@given(COLOURS, COLOURS)
def test_the_contrast_is_that_of_the_guidelines(one: str, other: str) -> None:
    assert abs(contrast(one, other) - wcag(one, other)) < 1e-9


def test_the_accent_stays_as_it_is_where_it_reads() -> None:
    assert palette("#0f766e").ink[0] == "#0f766e"
    assert palette("#ffcc00").ink[1] == "#ffcc00"


@given(COLOURS)
def test_a_button_can_be_told_from_what_it_stands_on_by_its_colour_or_its_edge(accent: str) -> None:
    for surface, edge in zip((LIGHT[0], DARK[1]), palette(accent).edges, strict=True):
        assert (contrast(accent, surface) >= 1.5) == (edge == "transparent")
        assert edge == "transparent" or contrast(edge, surface) >= 3


def test_the_surfaces_are_those_of_the_style_sheet_and_its_defaults_are_those_of_the_default_accent() -> None:
    assert set(LIGHT) == {token(name)[0] for name in SURFACES}
    assert set(DARK) == {token(name)[1] for name in SURFACES}
    assert tuple(MUTED.values()) == token("muted")
    for name, value in palette("#4f46e5").variables().items():
        assert f"{name}: {value};" in TOKENS
