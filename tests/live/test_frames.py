"""Frames made by hand are read by others as what they are."""

import json

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from chat import protocol as wire
from chat.live.frames import frame, text_frame


def read(data: bytes) -> Frame:
    """As the browser's end reads it; nothing may be left over."""
    reader = StreamReader()
    reader.feed_data(data)
    parsing = Frame.parse(reader.read_exact, mask=False)
    try:
        next(parsing)
    except StopIteration as done:
        assert not reader.buffer
        parsed: Frame = done.value
        return parsed
    raise AssertionError("the frame is not whole")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 100_000])
def test_a_text_of_any_size_is_one_whole_frame(size: int) -> None:
    parsed = read(text_frame(b"x" * size))
    assert (parsed.opcode, parsed.fin, parsed.data) == (Opcode.TEXT, True, b"x" * size)


def test_an_event_is_json_with_its_type() -> None:
    event = wire.Said(chat="c", seq=1, author="visitor", text="Привет, €", at="2026-01-01T00:00:00.000Z")
    assert json.loads(bytes(read(frame(event)).data)) == {
        "type": "said", "chat": "c", "seq": 1, "author": "visitor", "text": "Привет, €", "at": "2026-01-01T00:00:00.000Z",
    }  # fmt: skip
