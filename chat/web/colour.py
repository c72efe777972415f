"""The colours that follow from a site's accent, so that whatever it is, all of them read (WCAG 2.2, level AA).

Lightness and mixtures are those of OKLab (https://bottosson.github.io/posts/oklab/), in which a lighter or darker colour
still looks like the same one.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

TEXT_CONTRAST = 4.5
SEEN_CONTRAST = 1.5
"""Below it a button and what it stands on are one."""

LIGHT, DARK = ("#ffffff", "#f5f5f8", "#f0f0f4", "#e9e9ef"), ("#18181f", "#21212a", "#111116", "#2a2a35", "#343441")
"""The surfaces of ``tokens.css`` that accent-coloured text and focus rings stand on."""

MUTED = {"light": "#646474", "dark": "#a6a6b8"}
"""The quietest text of ``tokens.css`` that stands on the soft accent."""

Lab = tuple[float, float, float]


class Palette(Struct, frozen=True):
    """All ``#rrggbb``. ``ink`` is the accent as text and as focus ring, ``soft`` a surface of its hue; each on light and on dark."""

    accent: str
    text: str
    strong: str
    ink: tuple[str, str]
    soft: tuple[str, str]

    @property
    def edges(self) -> tuple[str, str]:
        """Around what has the colour of the accent, where that can hardly be told from the surface."""
        seen = (contrast(self.accent, surface) >= SEEN_CONTRAST for surface in (LIGHT[0], DARK[1]))
        light, dark = ("transparent" if is_seen else ink for is_seen, ink in zip(seen, self.ink, strict=True))
        return light, dark

    def variables(self) -> dict[str, str]:
        """What takes the place of the defaults in ``tokens.css``."""
        return {
            "--accent": self.accent,
            "--accent-text": self.text,
            "--accent-strong": self.strong,
            "--accent-ink": f"light-dark({','.join(self.ink)})",
            "--accent-soft": f"light-dark({','.join(self.soft)})",
            "--accent-edge": f"light-dark({','.join(self.edges)})",
        }


@lru_cache(maxsize=256)
def palette(accent: str) -> Palette:
    """What follows from ``accent`` (``#rrggbb``). The accent itself stays: on it is black or white, and one of them always reads."""
    text = text_on(accent)
    soft = (
        _soft(accent, "#ffffff", 0.09, MUTED["light"]),
        _soft(accent, "#17171d", 0.24, MUTED["dark"]),
    )
    return Palette(
        accent=accent,
        text=text,
        strong=_mixed(accent, "#ffffff" if text == "#000000" else "#000000", 0.12),
        ink=(_readable(accent, [*LIGHT, soft[0]], 0.0), _readable(accent, [*DARK, soft[1]], 1.0)),
        soft=soft,
    )


def text_on(accent: str) -> str:
    """Black or white, whichever has the higher contrast on ``accent``."""
    return max(("#ffffff", "#000000"), key=lambda text: contrast(text, accent))


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(colour: str, surfaces: Iterable[str], extreme: float) -> str:
    """``colour``, moved no further towards ``extreme`` (black is 0, white 1) than it takes to read on all ``surfaces``."""
    surfaces = tuple(surfaces)
    lightness, *hue = _lab(colour)

    def moved(share: float) -> str:
        return _hex((lightness + (extreme - lightness) * share, hue[0], hue[1]))

    def reads(share: float) -> bool:
        return all(contrast(moved(share), surface) >= TEXT_CONTRAST for surface in surfaces)

    return moved(_least(reads))


def _soft(accent: str, surface: str, share: float, text: str) -> str:
    """``surface`` with as much of the accent as ``text`` still reads on, at most ``share``."""

    def tinted(less: float) -> str:
        return _mixed(surface, accent, share * (1 - less))

    return tinted(_least(lambda less: contrast(tinted(less), text) >= TEXT_CONTRAST))


def _least(holds: Callable[[float], bool]) -> float:
    """The least of 0 to 1 for which ``holds``, which it does from there on up to 1."""
    low, high = 0.0, 1.0
    if holds(low):
        return low
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _mixed(one: str, other: str, share: float) -> str:
    (l1, a1, b1), (l2, a2, b2) = _lab(one), _lab(other)
    return _hex((l1 + (l2 - l1) * share, a1 + (a2 - a1) * share, b1 + (b2 - b1) * share))


def _linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lab(colour: str) -> Lab:
    r, g, b = _linear(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _hex(lab: Lab) -> str:
    """The nearest colour that a screen has: less colourful where need be, as light as asked."""
    grey = _least(lambda share: all(-0.001 <= c <= 1.001 for c in _rgb(lab, 1 - share)))
    channels = [min(max(c, 0.0), 1.0) for c in _rgb(lab, 1 - grey)]
    encoded = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in channels]
    return "#" + "".join(f"{round(c * 255):02x}" for c in encoded)


def _rgb(lab: Lab, colourful: float) -> tuple[float, float, float]:
    """Linear sRGB, beyond 0 to 1 where the screen has no such colour."""
    lightness, a, b = lab[0], lab[1] * colourful, lab[2] * colourful
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
