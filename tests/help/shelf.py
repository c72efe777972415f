"""A folder of articles, written file by file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chat.help.folder import Folder, Shelved
from chat.help.library import Article, Library

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccfc0f01f0005050201"
    "5fc8f1d20000000049454e44ae426082"
)


@dataclass
class Shelf:
    """A folder under a test's own."""

    root: Path
    locales: Sequence[str] = ("en", "ru")

    def write(self, name: str, text: str = "Words.", **head: object) -> Path:
        """An article; ``head`` is its front matter, to which a title and a section are added."""
        lines = {"title": name.rpartition("/")[2], "section": "basics", **head}
        front = "\n".join(f"{key}: {value}" for key, value in lines.items())
        return self.put(f"{name}.md", f"---\n{front}\n---\n{text}\n")

    def put(self, name: str, content: str | bytes) -> Path:
        """Any file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def folder(self) -> Folder:
        """It, to be read."""
        return Folder(self.root, "shop", self.locales)

    def read(self) -> Shelved:
        """What it holds."""
        return self.folder().read()

    def library(self) -> Library:
        """What it holds, if nothing is wrong."""
        shelved = self.read()
        assert shelved.faults == []
        return shelved.library

    def article(self, slug: str, locale: str = "en") -> Article:
        """One of its articles."""
        return self.read().library.articles[slug, locale]

    def faults(self) -> list[str]:
        """What is wrong, as lines."""
        return [f"{fault.file}: {fault.text}" for fault in self.read().faults]
