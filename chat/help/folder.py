"""A folder of Markdown files into a library, with everything that is wrong with it.

A file that cannot be used is told, and the last version of it that could be is kept.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import imagesize
from babel.localedata import exists
from msgspec import Meta, Struct

from chat.configfile import Reader
from chat.help.document import headings_of
from chat.help.frontmatter import FrontMatter, read_yaml, split
from chat.help.library import ALL, Article, Library, Section
from chat.help.markdown import Places, Reference, Source, render

IMAGES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
MAX_IMAGE = 10 * 1024 * 1024
SECTIONS = "sections.yaml"

Stamp = tuple[int, int]
"""When a file was changed, and its size."""


class Fault(Struct, frozen=True, order=True):
    """What is wrong with a file; ``file`` is its path within the folder. ``broken``: its last good version is in use."""

    file: str
    text: str
    broken: bool = False


class SectionTable(Struct, frozen=True):
    """An entry of ``sections.yaml``."""

    title: Annotated[dict[str, str], Meta(title="a table of texts by locale")]
    articles: list[str] = []


class Picture(Struct, frozen=True):
    """An image that an article shows, under an address that nobody can guess who has not seen it."""

    path: Path
    media_type: str


@dataclass(frozen=True)
class Page:
    """A file that was read. ``article`` is its last good version, None if there never was one."""

    stamp: object
    article: Article | None
    references: Sequence[Reference] = ()
    faults: Sequence[str] = ()
    usable: bool = True


class Shelved(Struct, frozen=True):
    """What the folder holds: the library, the pictures by digest, and every fault."""

    library: Library
    pictures: dict[str, Picture]
    faults: list[Fault]


class Folder:
    """Reads the folder of a site, again and again; only what has changed is read again."""

    def __init__(self, root: Path, site: str, locales: Sequence[str]) -> None:
        self._root = root
        self._site = site
        self._locales = locales
        self._pages: dict[Path, Page] = {}
        self._pictures: dict[str, Picture] = {}
        self._sections: list[Section] = []

    def stamps(self) -> dict[Path, Stamp]:
        """Every file that matters, with its stamp: when this differs, it is time to read."""
        found = {}
        for path in sorted(self._root.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(self._root).parts)
            if not hidden and (path.suffix.lower() in IMAGES or path.suffix == ".md" or path.name == SECTIONS):
                try:
                    stat = path.stat()
                except OSError:  # it has just gone, or leads nowhere
                    continue
                found[path] = (stat.st_mtime_ns, stat.st_size)
        return found

    def read(self) -> Shelved:
        """The library as the files are now."""
        stamps = self.stamps()
        files = [path for path in stamps if path.suffix == ".md" and path.stem != "README" and not self._foreign(path)]
        images = tuple((path, stamp) for path, stamp in stamps.items() if path.suffix.lower() in IMAGES)
        self._pages = {path: self._page(path, (stamps[path], images)) for path in files}
        pages = self._pages.items()
        faults = [Fault(self._name(path), text, not page.usable) for path, page in pages for text in page.faults]
        articles: dict[tuple[str, str], Article] = {}
        files_of: dict[tuple[str, str], Path] = {}
        for path, page in self._pages.items():
            if page.article is None:
                continue
            key = (page.article.slug, page.article.locale)
            if key in articles:
                faults.append(
                    Fault(self._name(path), f"the same article in the same language as {self._name(files_of[key])}")
                )
                continue
            articles[key], files_of[key] = page.article, path
        faults += [Fault(SECTIONS, text, broken=True) for text in self._read_sections()]
        library = Library(self._locales, _complete(self._sections, articles.values()), articles)
        faults += self._between(library, files_of)
        return Shelved(library, self._pictures, sorted(faults))

    # ── one file ─────────────────────────────────────────────────────────────────────────────────────────────

    def _page(self, path: Path, stamp: object) -> Page:
        known = self._pages.get(path)
        if known is not None and known.stamp == stamp:
            return known
        try:
            return self._parsed(path, stamp)
        except (ValueError, OSError) as fault:
            told = fault.strerror or "cannot be read" if isinstance(fault, OSError) else str(fault)
            text = "expected text in UTF-8" if isinstance(fault, UnicodeDecodeError) else told
            last = known.article if known is not None else None
            references = known.references if known is not None else ()
            return Page(stamp, last, references, text.splitlines(), usable=False)

    def _parsed(self, path: Path, stamp: object) -> Page:
        head, text = split(path.read_text("utf-8"))
        locale = self._locale(path, head)
        if not re.fullmatch(r"[\w-]+", path.stem):
            raise ValueError("expected a file name of letters, digits, - and _ only: it becomes the address")
        rendered = render(
            text, Places(lambda slug: self._address(locale, slug), lambda written: self._picture(path, written))
        )
        article = Article(
            slug=path.stem, locale=locale, title=head.title.strip(), section=head.section.strip(), author=head.author,
            published=head.published, updated=head.updated or head.published, keywords=tuple(head.keywords),
            audience=head.rules, body=rendered.body, html=rendered.html,
        )  # fmt: skip
        return Page(stamp, article, rendered.references, rendered.faults)

    def _locale(self, path: Path, head: FrontMatter) -> str:
        """What the front matter says, or else the folder, or else the site's first."""
        folders = [part for part in path.relative_to(self._root).parts[:-1] if part in self._locales]
        locale = head.locale or (folders[0] if folders else self._locales[0])
        if locale not in self._locales:
            raise ValueError(f"locale: expected one of the site's, {', '.join(self._locales)}; got {locale!r}")
        if folders and folders[0] != locale:
            raise ValueError(f"locale: expected {folders[0]}, as the folder says; got {locale!r}")
        return locale

    def _foreign(self, path: Path) -> bool:
        """Whether it lies in the folder of a language that the site does not have."""
        folders = path.relative_to(self._root).parts[:-1]
        return any(exists(part) for part in folders) and not any(part in self._locales for part in folders)

    def _address(self, locale: str, slug: str) -> str:
        return f"/help/{self._site}/{locale}/{quote(slug)}"

    def _picture(self, path: Path, written: str) -> Source:
        if "://" in written or written.startswith("//"):
            raise ValueError("expected a file in the folder, so that readers are told to nobody")
        base = self._root if written.startswith("/") else path.parent
        file = (base / written.lstrip("/")).resolve()
        media_type = IMAGES.get(file.suffix.lower())
        if not file.is_relative_to(self._root.resolve()):
            raise ValueError("expected a file within the folder")
        if media_type is None:
            raise ValueError(f"expected one of {', '.join(sorted(IMAGES))}")
        if not file.is_file():
            raise ValueError("there is no such file")
        if file.stat().st_size > MAX_IMAGE:
            raise ValueError(f"expected at most {MAX_IMAGE // 2**20} MiB")
        body = file.read_bytes()
        digest = digest_of(body)
        self._pictures[digest] = Picture(file, media_type)
        return Source(f"/help/{self._site}/images/{digest}/{quote(file.name)}", size_of(body))

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._root))

    # ── all of them ──────────────────────────────────────────────────────────────────────────────────────────

    def _read_sections(self) -> list[str]:
        """Read them anew, and tell what is wrong; of a file that cannot be read at all the last good version stays."""
        path = self._root / SECTIONS
        if not path.is_file():
            self._sections = []
            return []
        reader = Reader(confidential=frozenset())
        try:
            table = read_yaml(path.read_text("utf-8"))
        except (ValueError, OSError) as fault:
            return [str(fault)]
        if not isinstance(table, dict):
            return ["expected a table of sections, like `bookings: {title: {en: Bookings}}`"]
        read = {str(key): reader.struct(str(key), value, SectionTable) for key, value in table.items()}
        self._sections = [Section(key, one.title, one.articles) for key, one in read.items()]
        return reader.faults

    def _between(self, library: Library, files: dict[tuple[str, str], Path]) -> Iterator[Fault]:
        """What is wrong between the files: dead links, translations that are missing, unknown sections."""
        sections = {section.key for section in self._sections}
        slugs = {slug for slug, _ in library.articles}
        for (slug, locale), path in files.items():
            page, article, name = self._pages[path], library.articles[slug, locale], self._name(path)
            for reference in page.references:
                if why := _dead(reference, article, library):
                    yield Fault(name, f"link {reference.written}: {why}")
            if sections and article.section not in sections:
                yield Fault(name, f"section: expected one of {', '.join(sorted(sections))}; got {article.section!r}")
            first = next(library.versions(slug, ALL))
            if article.audience != first.audience:
                yield Fault(name, f"audience: expected the same as in {self._name(files[slug, first.locale])}")
            if first is article:
                missing = [one for one in self._locales if (slug, one) not in library.articles]
                yield from (Fault(name, f"there is no translation into {one}") for one in missing)
        for section in self._sections:
            missing = [one for one in self._locales if section.titles and one not in section.titles]
            yield from (Fault(SECTIONS, f"{section.key}.title.{one}: missing") for one in missing)
            gone = [one for one in section.order if one not in slugs]
            yield from (Fault(SECTIONS, f"{section.key}.articles: there is no article {one!r}") for one in gone)


def digest_of(body: bytes) -> str:
    """What names a picture."""
    return sha256(body).hexdigest()[:24]


def size_of(body: bytes) -> tuple[int, int] | None:
    """Width and height of a picture in pixels, as it is shown; None if the file does not tell."""
    width, height = map(round, imagesize.get(BytesIO(body)))
    return (width, height) if width > 0 and height > 0 else None


def _complete(sections: Sequence[Section], articles: Iterable[Article]) -> list[Section]:
    """With those that only articles name."""
    known = {section.key for section in sections}
    found = {article.section for article in articles}
    return [*sections, *(Section(key) for key in sorted(found - known, key=str.casefold))]


def _dead(reference: Reference, source: Article, library: Library) -> str | None:
    target = source if reference.slug is None else library.find(reference.slug, source.locale, ALL)
    if target is None:
        return "there is no such article"
    if reference.anchor is not None and reference.anchor not in {one.id for one in headings_of(target.body)}:
        return f"there is no such heading in {target.title!r}"
    if source.public and not target.public:
        return "leads to an article that not everybody may read"
    return None
