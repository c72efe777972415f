"""A letter as it goes out (RFC 5322): whatever people typed, it is text in its place and never a header more."""

import unicodedata
from datetime import datetime
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from typing import Any

from msgspec import Struct

from chat.desk.mail.threads import Thread
from chat.people.emails import is_email


class Letter(Struct, frozen=True, kw_only=True):
    """What a letter says, in both forms. ``automatic``: nobody wrote it, so nobody's machine should answer (RFC 3834)."""

    subject: str
    text: str
    html: str
    automatic: bool


class Literal(BaseHeader):
    """A header that means what it says: the library would decode what a person has typed if it looks encoded."""

    max_count = 1

    @staticmethod
    def parse(value: str, kwds: dict[str, Any]) -> None:
        """As the library calls it."""
        kwds |= {"decoded": value, "parse_tree": None}

    def fold(self, *, policy: Policy) -> str:
        """As the library calls it."""
        return f"{self.name}: {self.encoded(policy.linesep)}{policy.linesep}"

    def encoded(self, linesep: str) -> str:
        """The value in lines."""
        raise NotImplementedError


class Recipient(Literal):
    """An address without a name."""

    def encoded(self, linesep: str) -> str:
        """As it is: it was checked to be an address."""
        return str(self)


class MessageIds(Literal):
    """Ids, a line each: the library would write a long one as an encoded word, which no reader looks into."""

    def encoded(self, linesep: str) -> str:
        """As they are."""
        return f"{linesep} ".join(self.split())


class Words(Literal):
    """A line of words: the library's newer way of writing them loses blanks between the lines of a long one."""

    def encoded(self, linesep: str) -> str:
        """In encoded words (RFC 2047) where it is needed."""
        return _encoded(str(self), self.name, linesep)


class Sender(Literal):
    """An address with a name, which is written as ``Words`` are."""

    def encoded(self, linesep: str) -> str:
        """The name, if there is one, on a line of its own."""
        name, address = parseaddr(str(self))
        if not name:
            return address
        plain = name.isascii() and "=?" not in name
        return f"{_quoted(name) if plain else _encoded(name, self.name, linesep)}{linesep} <{address}>"


def _quoted(text: str) -> str:
    """As a quoted string (RFC 5322, 3.2.4)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded(text: str, name: str, linesep: str) -> str:
    """In lines of encoded words (RFC 2047) where ASCII is not enough, or could be taken for them."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=name).encode(linesep=linesep)


def _headers() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        registry.map_to_type(name, MessageIds)
    registry.map_to_type("subject", Words)
    registry.map_to_type("from", Sender)
    registry.map_to_type("to", Recipient)
    return registry


SEVEN_BIT = EmailPolicy(linesep="\r\n", cte_type="7bit", header_factory=_headers())
UNICODE = SEVEN_BIT.clone(utf8=True)
"""For addresses that are not ASCII before the @ (RFC 6531)."""


def compose(letter: Letter, *, sender: tuple[str, str], recipient: str, thread: Thread, at: datetime) -> str:
    """The whole letter. ``sender`` is name and address, ``recipient`` a ``deliverable`` address."""
    name, address = sender
    message = EmailMessage(policy=SEVEN_BIT if recipient.isascii() else UNICODE)
    message["From"] = f"{_quoted(one_line(name))} <{address}>"
    message["To"] = recipient
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = thread.message_id
    if thread.earlier:
        message["In-Reply-To"] = thread.earlier[-1]
        message["References"] = " ".join(thread.earlier)
    if letter.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"  # the same, as Exchange understands it
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message.as_bytes().decode()


def deliverable(email: str) -> str:
    """The address as the mail system knows it: its domain in ASCII (RFC 5891).

    Raises ``ValueError``, also for the domains that nobody ever has (RFC 2606, 2).
    """
    local, _, domain = email.rpartition("@")
    known = f"{local}@{domain.encode('idna').decode()}"
    if domain.lower().endswith(".invalid"):
        raise ValueError("no such domain")
    if not is_email(known):  # a wide comma, for one, has become a comma
        raise ValueError("no address any more once its domain is in ASCII")
    return known


def one_line(text: str) -> str:
    """The text as a header can hold it: without line breaks and control characters."""
    return " ".join("".join(" " if _controls(char) else char for char in text).split())


def _controls(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
