"""How a site's widget looks, and what it says: ``[sites.KEY.theme]``."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

Icon = Literal["chat", "question", "headset", "lifebuoy", "smile", "mail"]
Mode = Literal["auto", "light", "dark"]
Shape = Literal["circle", "rounded", "pill"]
Words = Annotated[dict[str, str], Meta(title="a table of texts by locale")]

IMAGES = {
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
MAX_IMAGE = 256 * 1024


class Texts(Struct, frozen=True):
    """Words of your own in the widget. A language that is not named keeps ours."""

    launcher: Annotated[Words, Meta(description="The bubble's name: read out, and written on a pill.")] = field(
        default_factory=dict
    )
    greeting: Annotated[Words, Meta(description="The heading of the panel's first page.")] = field(default_factory=dict)
    lead: Annotated[Words, Meta(description="The line below it.")] = field(default_factory=dict)
    start: Annotated[Words, Meta(description="On the button that starts a chat.")] = field(default_factory=dict)


class Theme(Struct, frozen=True):
    """How the widget looks on this site."""

    accent: Annotated[
        str,
        Meta(
            pattern="^#[0-9a-fA-F]{6}$",
            title="a colour like #4f46e5",
            description="Colour of bubble, buttons and own messages; text on it is black or white, whichever reads better. "
            "As text and focus ring it is made darker, or in the dark lighter, as far as it takes to read.",
        ),
    ] = "#4f46e5"
    mode: Annotated[Mode, Meta(description="auto follows the visitor's system.")] = "auto"
    logo: Annotated[
        str | None,
        Meta(
            description="Image in the panel's head, square: PNG, JPEG, WebP or SVG of 256 KiB at most, relative to this "
            "file; absent: the title's initials."
        ),
    ] = None
    shape: Annotated[Shape, Meta(description="Of the bubble. A pill has the launcher's text on it.")] = "circle"
    icon: Annotated[
        str,
        Meta(
            title=f"one of {', '.join(get_args(Icon))}, or an image file",
            description="On the bubble. A file is as for logo; a page with a Content-Security-Policy has to allow it.",
        ),
    ] = "chat"
    side_px: Annotated[int, Meta(ge=0, le=400, description="From the bubble to the side of the window.")] = 20
    edge_px: Annotated[
        int,
        Meta(
            ge=0,
            le=400,
            description="To the bottom of the window, or its top, e.g. to stay clear of a bar for cookies.",
        ),
    ] = 20
    texts: Texts = field(default_factory=Texts)

    @property
    def own_icon(self) -> Path | None:
        """The file of the bubble's icon; None if it is one of ours."""
        return None if self.icon in get_args(Icon) else Path(self.icon)


def image_faults(path: str, file: str, or_else: str = "") -> Iterable[str]:
    """What is wrong with an image of a theme, ``path`` being its key; ``or_else`` is what it may be beside a file."""
    image = Path(file)
    if image.suffix.lower() not in IMAGES:
        yield f"{path}: expected {or_else}a file that ends in {', '.join(sorted(IMAGES))}; got {file!r}"
    elif not image.is_file():
        yield f"{path}: expected a file; got {file!r}"
    elif image.stat().st_size > MAX_IMAGE:
        yield f"{path}: expected at most {MAX_IMAGE // 1024} KiB; got {image.stat().st_size // 1024} KiB"
