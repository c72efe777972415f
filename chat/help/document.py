"""The body of an article as a tree of the few things it may consist of: what clients without ``innerHTML`` draw it from."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Union

from msgspec import Struct

Align = Literal["left", "center", "right"]


class Text(Struct, tag="text", frozen=True):
    """Words."""

    text: str


class Code(Struct, tag="code", frozen=True):
    """A few words of code in a line."""

    text: str


class Break(Struct, tag="break", frozen=True):
    """A new line within a paragraph."""


class Strong(Struct, tag="strong", frozen=True):
    """Important."""

    children: list["Inline"]


class Emphasis(Struct, tag="emphasis", frozen=True):
    """Stressed."""

    children: list["Inline"]


class Struck(Struct, tag="struck", frozen=True):
    """No longer so."""

    children: list["Inline"]


class Link(Struct, tag="link", frozen=True):
    """``article`` is the slug of an article of the same site, ``anchor`` a heading's ``id`` there, or here without one."""

    href: str
    children: list["Inline"]
    article: str | None = None
    anchor: str | None = None


class Image(Struct, tag="image", frozen=True, omit_defaults=True):
    """A picture, served by us. Its size is in pixels, None where the file does not tell it."""

    src: str
    alt: str
    width: int | None = None
    height: int | None = None


Inline = Union[Text, Code, Break, Strong, Emphasis, Struck, Link, Image]  # noqa: UP007  the members name each other


class Paragraph(Struct, tag="paragraph", frozen=True):
    """Running text."""

    children: list[Inline]


class Heading(Struct, tag="heading", frozen=True):
    """``level`` is 2 to 6, the article's title being 1."""

    level: int
    id: str
    children: list[Inline]


class Items(Struct, tag="list", frozen=True):
    """A list; each item is a little document."""

    ordered: bool
    start: int
    items: list[list["Block"]]


class Quote(Struct, tag="quote", frozen=True):
    """Somebody else's words, or a remark set apart."""

    children: list["Block"]


class CodeBlock(Struct, tag="code_block", frozen=True):
    """Lines as they stand."""

    text: str
    language: str


class Cell(Struct, frozen=True):
    """Of a table."""

    children: list[Inline]
    align: Align | None = None


class Table(Struct, tag="table", frozen=True):
    """``head`` is its first row."""

    head: list[Cell]
    rows: list[list[Cell]]


class Rule(Struct, tag="rule", frozen=True):
    """A line across."""


Block = Union[Paragraph, Heading, Items, Quote, CodeBlock, Table, Rule]  # noqa: UP007  as above


def words_of(nodes: Iterable[Inline]) -> str:
    """The text of a line, without its marks."""
    return "".join(_words(nodes))


def _words(nodes: Iterable[Inline]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Text(text) | Code(text):
                yield text
            case Break():
                yield " "
            case Image(alt=alt):
                yield alt
            case Strong(children) | Emphasis(children) | Struck(children) | Link(children=children):
                yield from _words(children)


def lines_of(blocks: Sequence[Block], *, headings: bool = True) -> Iterator[str]:
    """The text of every paragraph, item, cell and line of code, with the headings or without."""
    for block in blocks:
        match block:
            case Heading(children=children):
                if headings:
                    yield words_of(children)
            case Paragraph(children):
                yield words_of(children)
            case Items(items=items):
                for item in items:
                    yield from lines_of(item, headings=headings)
            case Quote(children):
                yield from lines_of(children, headings=headings)
            case CodeBlock(text=text):
                yield text
            case Table(head, rows):
                for row in (head, *rows):
                    yield " · ".join(words_of(cell.children) for cell in row)
            case Rule():
                pass


def headings_of(blocks: Sequence[Block]) -> Iterator[Heading]:
    """The headings, in order."""
    for block in blocks:
        if isinstance(block, Heading):
            yield block
        elif isinstance(block, Quote):
            yield from headings_of(block.children)
