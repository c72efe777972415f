"""What a file is: by its first bytes alone, never by its name or by what the sender says of it."""

import re
from collections.abc import Collection
from typing import NamedTuple

import filetype  # type: ignore[import-untyped]

from chat.settings import FileKind

HEAD = 64 * 1024
"""So many bytes at the start of a file decide."""

UNKNOWN = "application/octet-stream"


class Meaning(NamedTuple):
    """The kind a type belongs to, and the extensions its files may have; the first is given to those that have another."""

    kind: FileKind
    extensions: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_PACKED = ("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "kmz", "pages", "numbers", "key")
_PLAIN = ("txt", "text", "log", "csv", "tsv", "json", "md", "ini", "conf", "cfg", "yaml", "yml", "toml", "eml", "srt")

KNOWN: dict[str, Meaning] = {
    "image/png": Meaning("image", ("png",)),
    "image/apng": Meaning("image", ("png", "apng")),
    "image/jpeg": Meaning("image", ("jpg", "jpeg", "jfif")),
    "image/gif": Meaning("image", ("gif",)),
    "image/webp": Meaning("image", ("webp",)),
    "image/avif": Meaning("image", ("avif",)),
    "image/heic": Meaning("image", ("heic", "heif")),
    "image/bmp": Meaning("image", ("bmp",)),
    "image/tiff": Meaning("image", ("tif", "tiff")),
    "video/mp4": Meaning("video", ("mp4", "m4v")),
    "video/x-m4v": Meaning("video", ("m4v", "mp4")),
    "video/3gpp": Meaning("video", ("3gp",)),
    "video/quicktime": Meaning("video", ("mov", "qt")),
    "video/webm": Meaning("video", ("webm",)),
    "video/x-matroska": Meaning("video", ("mkv",)),
    "video/x-msvideo": Meaning("video", ("avi",)),
    "video/x-ms-wmv": Meaning("video", ("wmv", "asf")),
    "video/mpeg": Meaning("video", ("mpg", "mpeg")),
    "audio/mpeg": Meaning("audio", ("mp3",)),
    "audio/mp4": Meaning("audio", ("m4a", "mp4")),
    "audio/aac": Meaning("audio", ("aac",)),
    "audio/ogg": Meaning("audio", ("ogg", "oga", "opus", "ogv")),
    "audio/x-flac": Meaning("audio", ("flac",)),
    "audio/x-wav": Meaning("audio", ("wav",)),
    "audio/amr": Meaning("audio", ("amr",)),
    "application/pdf": Meaning("pdf", ("pdf",)),
    "text/plain": Meaning("text", _PLAIN),
    "text/vcard": Meaning("text", ("vcf", "vcard")),
    "text/calendar": Meaning("calendar", ("ics", "ical")),
    _OOXML + "wordprocessingml.document": Meaning("office", ("docx",)),
    _OOXML + "spreadsheetml.sheet": Meaning("office", ("xlsx",)),
    _OOXML + "presentationml.presentation": Meaning("office", ("pptx",)),
    _ODF + "text": Meaning("office", ("odt",)),
    _ODF + "spreadsheet": Meaning("office", ("ods",)),
    _ODF + "presentation": Meaning("office", ("odp",)),
    "application/msword": Meaning("office", ("doc",)),
    "application/vnd.ms-excel": Meaning("office", ("xls",)),
    "application/vnd.ms-powerpoint": Meaning("office", ("ppt",)),
    "application/rtf": Meaning("office", ("rtf",)),
    "application/zip": Meaning("archive", _PACKED),
    "application/epub+zip": Meaning("archive", ("epub", "zip")),
    "application/gzip": Meaning("archive", ("gz", "tgz")),
    "application/x-tar": Meaning("archive", ("tar",)),
    "application/x-7z-compressed": Meaning("archive", ("7z",)),
    "application/x-rar-compressed": Meaning("archive", ("rar",)),
    "application/x-bzip2": Meaning("archive", ("bz2",)),
    "application/x-xz": Meaning("archive", ("xz",)),
    "application/zstd": Meaning("archive", ("zst",)),
    "text/html": Meaning("markup", ("html", "htm")),
    "image/svg+xml": Meaning("markup", ("svg",)),
    "text/xml": Meaning("markup", ("xml",)),
}
"""Whatever is not here is ``other``: programs, scripts, disk images, and what nobody knows."""

_TEXTUAL = ((b"%PDF-", "application/pdf"), (b"{\\rtf", "application/rtf"), (b"%!PS", "application/postscript"))
_WRITTEN = (
    (re.compile(r"BEGIN:VCALENDAR\b", re.I), "text/calendar"),
    (re.compile(r"BEGIN:VCARD\b", re.I), "text/vcard"),
    (re.compile(r"#!"), "text/x-shellscript"),
)
_BINARY = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # WHATWG's "binary data bytes" (MIME Sniffing, 3)
_MARKUP = re.compile(r"<[A-Za-z!?/]")


def media_type_of(head: bytes) -> str:
    """The type of a file that begins with ``head``, its first ``HEAD`` bytes or all there are.

    Text comes first: an image, a program or an archive never is text throughout, so a script that only begins like a
    GIF is told for what it is.
    """
    for signature, media_type in _TEXTUAL:
        if head.startswith(signature):
            return media_type
    text = _text(head)
    if text is not None:
        return _written(text)
    found = filetype.guess(head)
    return UNKNOWN if found is None else str(found.mime)


def kind_of(media_type: str) -> FileKind:
    """The kind that a site allows or not."""
    meaning = KNOWN.get(media_type)
    return "other" if meaning is None else meaning.kind


def accepted(kinds: Collection[FileKind]) -> str:
    """The extensions of these kinds as an ``<input>`` has them in ``accept``: a help for the eye. Empty: any."""
    if "other" in kinds:
        return ""
    extensions = {one for meaning in KNOWN.values() if meaning.kind in kinds for one in meaning.extensions}
    return ",".join(f".{one}" for one in sorted(extensions))


def safe_type(media_type: str) -> str:
    """The type a download is sent as: nothing that a browser would run, should it ever look at it."""
    return UNKNOWN if kind_of(media_type) in ("markup", "other") else media_type


def _text(head: bytes) -> str | None:
    """The words of a text in whatever encoding, None for what is none."""
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        if head.startswith(mark):
            text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
            return None if _BINARY.search(text) else text
    text = head.decode("latin-1")
    return None if _BINARY.search(text) else text.removeprefix("\xef\xbb\xbf")


def _written(text: str) -> str:
    begins = text.lstrip()
    for pattern, media_type in _WRITTEN:
        if pattern.match(begins):
            return media_type
    if not _MARKUP.match(begins):
        return "text/plain"
    if "<svg" in text.lower():
        return "image/svg+xml"
    return "text/xml" if begins.startswith("<?xml") and "<html" not in text.lower() else "text/html"
