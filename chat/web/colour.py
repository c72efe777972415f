"""The site's accent colour, and which text reads on it (WCAG 2.2)."""


def text_on(accent: str) -> str:
    """Black or white, whichever has the higher contrast on ``accent`` (``#rrggbb``)."""
    luminance = _luminance(accent)
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def _luminance(accent: str) -> float:
    channels = [int(accent[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
