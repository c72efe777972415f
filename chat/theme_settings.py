"""How a site's widget looks, what it says, and whom it invites: ``[sites.KEY.theme]`` and ``[[sites.KEY.invitations]]``."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

Icon = Literal["chat", "question", "headset", "lifebuoy", "smile", "mail"]
Mode = Literal["auto", "light", "dark"]
Shape = Literal["circle", "rounded", "pill"]
Section = Literal["home", "chat", "request", "requests", "contacts", "help"]
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


class Invitation(Struct, frozen=True, kw_only=True):
    """A small card beside the bubble, for who comes under all its rules; the first that fits is shown. See docs/embed.md."""

    name: Annotated[
        str,
        Meta(
            pattern="^[a-z0-9][a-z0-9_-]{0,31}$",
            title="a name of a-z, 0-9, - and _",
            description="By it the browser of who has closed it remembers that.",
        ),
    ]
    text: Annotated[Words, Meta(description="What it says.")]
    pages: Annotated[
        list[str], Meta(min_length=1, description="Paths of the pages it is for; * stands for anything.")
    ] = field(default_factory=lambda: ["*"])
    after_s: Annotated[float, Meta(gt=0, le=3600, description="Seconds on the page before it comes.")] = 15
    returning: Annotated[
        bool | None,
        Meta(
            description="true: only for who has opened the panel in this browser before; false: only for who has not."
        ),
    ] = None
    free: Annotated[bool, Meta(description="Only while an agent is free.")] = False
    section: Annotated[Section, Meta(description="Where the panel opens when it is taken up.")] = "chat"


def image_faults(path: str, file: str, or_else: str = "") -> Iterable[str]:
    """What is wrong with an image of a theme, ``path`` being its key; ``or_else`` is what it may be beside a file."""
    image = Path(file)
    if image.suffix.lower() not in IMAGES:
        yield f"{path}: expected {or_else}a file that ends in {', '.join(sorted(IMAGES))}; got {file!r}"
    elif not image.is_file():
        yield f"{path}: expected a file; got {file!r}"
    elif image.stat().st_size > MAX_IMAGE:
        yield f"{path}: expected at most {MAX_IMAGE // 1024} KiB; got {image.stat().st_size // 1024} KiB"
