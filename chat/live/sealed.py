"""What is sealed of a chat before it goes to Redis, and how it is opened again."""

import msgspec
from msgspec import Struct

from chat import protocol as wire
from chat.live.seal import Seal


class Line(Struct, frozen=True, omit_defaults=True, array_like=True):
    """What is sealed of a message or note: the text, the author's name as others see it, the client's ref."""

    text: str
    name: str | None = None
    ref: str | None = None


class TypingAside(Struct, frozen=True, tag="typing"):
    """Somebody is typing; sealed and not kept."""

    draft: str | None = None


class OfferAside(Struct, frozen=True, tag="offer"):
    """The agent shows the visitor the request form."""


class TicketAside(Struct, frozen=True, tag="ticket"):
    """A ticket was filed; ``link`` holds its key and goes to the visitor only."""

    number: int
    link: str
    ref: str
    reply_within: str | None = None
    reply_by: str | None = None


Aside = TypingAside | OfferAside | TicketAside

encode_sealed = msgspec.msgpack.Encoder().encode
_decode_line = msgspec.msgpack.Decoder(Line).decode
_decode_aside = msgspec.msgpack.Decoder(Aside).decode
_decode_card = msgspec.msgpack.Decoder(wire.VisitorCard).decode


def line_of(seal: Seal, sealed: bytes) -> Line:
    """Open a message or note."""
    return _decode_line(seal.open(sealed))


def aside_of(seal: Seal, sealed: bytes) -> Aside:
    """Open what was told and not kept."""
    aside: Aside = _decode_aside(seal.open(sealed))
    return aside


def card_of(seal: Seal, sealed: bytes) -> wire.VisitorCard:
    """Open a visitor's card. Raises ``Unsealable`` if it is not this chat's key."""
    return _decode_card(seal.open(sealed))
