"""Markdown (CommonMark, with tables and ~~strikethrough~~; no HTML) into a tree for programs and HTML for pages."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from msgspec import Struct

from chat.help import document as doc

SCHEMES = {"http", "https", "mailto", "tel"}
TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "loading", "width", "height"},
    "ol": {"start"},
    "td": {"class"},
    "th": {"class"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class Reference(Struct, frozen=True):
    """A link to another article, or to a heading of this one (``slug`` None)."""

    slug: str | None
    anchor: str | None
    written: str


class Source(Struct, frozen=True):
    """An image's address, and its size in pixels where that is known."""

    src: str
    size: tuple[int, int] | None = None


class Places(Struct, frozen=True):
    """Where links and images of an article lead: ``article`` gives a slug's address; ``image`` a picture.

    ``image`` is given what is written, and raises ``ValueError`` with what is wrong with it.
    """

    article: Callable[[str], str]
    image: Callable[[str], Source]


class Rendered(Struct, frozen=True):
    """A body, twice, with what has to be checked of it. ``faults`` are what can be told without other articles."""

    body: list[doc.Block]
    html: str
    references: list[Reference]
    faults: list[str]


def render(text: str, places: Places) -> Rendered:
    """Read the Markdown of an article, without its front matter."""
    tokens = _markdown.parse(text)
    faults: list[str] = []
    references: list[Reference] = []
    _name_headings(tokens)
    for token in _all(tokens):
        if token.type == "link_open":
            _lead(token, places, references, faults)
        elif token.type == "image":
            _picture(token, places, faults)
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            token.attrs["class"] = str(style).rpartition(":")[2]  # an inline style is against our own CSP
    html = nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener",
    )
    return Rendered(_blocks(SyntaxTreeNode(tokens).children), html, references, faults)


def _all(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _name_headings(tokens: Sequence[Token]) -> None:
    """Give each heading an ``id`` of its words, and a level below that of the title."""
    taken: dict[str, int] = {}
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "heading_open":
            continue
        opening.tag = closing.tag = f"h{max(2, int(opening.tag[1]))}"
        name = "-".join(re.findall(r"\w+", _plain(inline.children or []).casefold())) or "section"
        taken[name] = taken.get(name, 0) + 1
        opening.attrs["id"] = name if taken[name] == 1 else f"{name}-{taken[name]}"


def _plain(tokens: Iterable[Token]) -> str:
    return "".join(
        token.content if token.type in ("text", "code_inline") else " " * ("break" in token.type) for token in tokens
    )


def _lead(token: Token, places: Places, references: list[Reference], faults: list[str]) -> None:
    written = unquote(str(token.attrs["href"]))
    if re.match(r"https?://[^/?#]|mailto:.|tel:.", written, re.IGNORECASE):
        return
    found = re.fullmatch(r"(?:(?:[^#?:/]+/)*([^/#?:]+)\.md)?(?:#(.+))?", written)
    if found is None or not written:
        faults.append(
            f"link {written}: expected an address with https:, mailto: or tel:, a file like other.md, or #heading"
        )
        del token.attrs["href"]
        return
    slug, anchor = found[1], found[2]
    references.append(Reference(slug, anchor, written))
    token.attrs["href"] = (places.article(slug) if slug else "") + (f"#{anchor}" if anchor else "")
    token.meta |= {"article": slug, "anchor": anchor}


def _picture(token: Token, places: Places, faults: list[str]) -> None:
    written = unquote(str(token.attrs["src"]))
    try:
        source = places.image(written)
        token.attrs["src"] = source.src
        if source.size is not None:  # so that nothing moves when it comes
            token.attrs["width"], token.attrs["height"] = source.size
    except ValueError as fault:
        faults.append(f"image {written}: {fault}")
        del token.attrs["src"]
    token.attrs["loading"] = "lazy"


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> list[doc.Block]:
    return [_block(node) for node in nodes]


def _block(node: SyntaxTreeNode) -> doc.Block:
    match node.type:
        case "paragraph":
            return doc.Paragraph(_line(node))
        case "heading":
            return doc.Heading(int(node.tag[1]), str(node.attrs["id"]), _line(node))
        case "bullet_list" | "ordered_list":
            items = [_blocks(item.children) for item in node.children]
            return doc.Items(node.type == "ordered_list", int(node.attrs.get("start", 1)), items)
        case "blockquote":
            return doc.Quote(_blocks(node.children))
        case "fence" | "code_block":
            return doc.CodeBlock(node.content, (node.info or "").split(" ")[0] if node.type == "fence" else "")
        case "table":
            rows = [[_cell(cell) for cell in row.children] for part in node.children for row in part.children]
            return doc.Table(rows[0], rows[1:])
        case "hr":
            return doc.Rule()
    raise AssertionError(f"markdown-it has made a {node.type}")


def _cell(node: SyntaxTreeNode) -> doc.Cell:
    return doc.Cell(_line(node), cast(doc.Align | None, node.attrs.get("class")))


def _line(node: SyntaxTreeNode) -> list[doc.Inline]:
    return [part for inline in node.children for child in inline.children for part in _inline(child)]


def _inline(node: SyntaxTreeNode) -> list[doc.Inline]:
    def inside() -> list[Any]:
        return [part for child in node.children for part in _inline(child)]

    match node.type:
        case "text" | "text_special":
            return [doc.Text(node.content)] if node.content else []
        case "softbreak":
            return [doc.Text(" ")]
        case "hardbreak":
            return [doc.Break()]
        case "code_inline":
            return [doc.Code(node.content)]
        case "strong":
            return [doc.Strong(inside())]
        case "em":
            return [doc.Emphasis(inside())]
        case "s":
            return [doc.Struck(inside())]
        case "link":
            href, meta = node.attrs.get("href"), node.meta
            return [doc.Link(str(href), inside(), meta.get("article"), meta.get("anchor"))] if href else inside()
        case "image":
            src, alt = node.attrs.get("src"), doc.words_of(inside())
            size = (int(node.attrs[side]) if side in node.attrs else None for side in ("width", "height"))
            return [doc.Image(str(src), alt, *size)] if src else [doc.Text(alt)]
    raise AssertionError(f"markdown-it has made a {node.type}")
