"""E-mail addresses: what counts as one, and how two are compared."""

import re
import unicodedata
from email.utils import parseaddr

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_SHAPE = re.compile(
    r"[^@\s<>(),;:\"\\\[\]]{1,64}@[^@\s<>(),;:\"\\\[\]._-](?:[^@\s<>(),;:\"\\\[\]]*[^@\s<>(),;:\"\\\[\].-])?"
)


def is_email(text: str) -> bool:
    """Whether mail could be sent there: the everyday form, in any script; quoted and bracketed forms are refused.

    So is what a mail program would take for an encoded word (RFC 2047) and show as something else, and what nobody sees.
    """
    if len(normalise(text)) > MAX_LENGTH or not _SHAPE.fullmatch(text) or "=?" in text:
        return False
    if any(unicodedata.category(char) in ("Cc", "Cf") for char in text):
        return False
    return ".." not in text and not text.startswith(".") and ".@" not in text


def normalise(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return email.strip().casefold()


def named(text: str) -> tuple[str, str]:
    """The name, perhaps empty, and the address of ``Support <support@example.com>``. Raises ``ValueError``."""
    name, address = parseaddr(text)
    if not is_email(address) or not address.isascii() or not text.isprintable():
        raise ValueError(f"expected an address like Support <support@example.com>; got {text!r}")
    return name, address
