"""The name a file is told and downloaded under: what the sender called it, without what could mislead or harm."""

import re
import unicodedata

from chat.desk.kinds import KNOWN

LONGEST = 120
"""Characters; in UTF-8 with the longest scripts it still fits the 255 bytes of a file system."""
LONGEST_BYTES = 200
LONGEST_EXTENSION = 12

_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³]|CONIN\$|CONOUT\$)(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, bidi overrides, zero widths, what is no character


def clean_name(given: str, media_type: str) -> str:
    """A plain name for one file: no path, no unseen characters, nothing Windows chokes on, and an extension that fits.

    The sender's extension is only text. Where it is not one that files of this type have, theirs is put behind it, so
    that what is opened with a double click is what was looked at: ``bill.pdf.exe`` that is a PDF ends in ``.exe.pdf``.
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if one.isspace() else one for one in name if one.isspace() or _seen(one))
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")
    if _RESERVED.fullmatch(name):
        name = "_" + name
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension) > LONGEST_EXTENSION:
        stem, extension = name, ""
    meaning = KNOWN.get(media_type)
    if meaning is not None and extension.lower() not in meaning.extensions:
        stem, extension = name, meaning.extensions[0]
    ending = f".{extension}" if extension else ""
    return _cut(stem or "file", LONGEST - len(ending), LONGEST_BYTES - len(ending.encode())) + ending


def _seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN


def _cut(stem: str, most: int, most_bytes: int) -> str:
    cut = stem[:most].encode()[:most_bytes].decode(errors="ignore")
    return cut.rstrip(". ") or "file"
