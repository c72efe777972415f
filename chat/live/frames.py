"""WebSocket frames made once for everyone who gets them."""

from chat import protocol as wire


def text_frame(payload: bytes) -> bytes:
    """A whole unmasked text frame (RFC 6455, 5.2), made once for everyone who gets it."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def frame(event: wire.Event) -> bytes:
    """An event as a frame."""
    return text_frame(wire.encode(event))
