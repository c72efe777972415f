"""What a file is, by its first bytes."""

import io
import struct
import tarfile
import zipfile

import pytest

from chat.desk.kinds import HEAD, KNOWN, kind_of, media_type_of, safe_type

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"
OOXML = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def zipped(*names: str, content: bytes = b"x") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return kept.getvalue()


def tarred() -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1", "image/jpeg"),
        (b"GIF89a\1\0\1\0\x80\0\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webmB", "video/webm"),
        (b"ID3\4\0\0\0\0\0\0", "audio/mpeg"),
        (b"OggS\0\2\0\0", "audio/ogg"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
        (b"{\\rtf1\\ansi Hello}", "application/rtf"),
        (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), OOXML),
        (zipped("mimetype"), "application/zip"),
        (zipped("a.txt"), "application/zip"),
        (tarred(), "application/x-tar"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\3", "application/gzip"),
        (b"Dear support,\nit is broken.", "text/plain"),
        ("Счёт не оплачен".encode(), "text/plain"),
        ("Счёт не оплачен".encode("cp1251"), "text/plain"),
        ("Счёт".encode("utf-16"), "text/plain"),
        (b"BMW, MZ, GIF89a and PK are only letters here", "text/plain"),
        (b"MZ is how this text begins", "text/plain"),
        (b'{"a": 1}', "text/plain"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "text/calendar"),
        (b"BEGIN:VCARD\r\nVERSION:4.0\r\n", "text/vcard"),
        (b"\xef\xbb\xbf \n<!doctype html><p>", "text/html"),
        ("<script>alert(1)</script>".encode("utf-16"), "text/html"),
        (b"<!-- \n --><svg onload='x'>", "image/svg+xml"),
        (b"<?xml version='1.0'?><rss/>", "text/xml"),
        (b"<?xml version='1.0'?><html xmlns='x'/>", "text/html"),
        (b"#!/bin/sh\nrm -rf /", "text/x-shellscript"),
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff", "application/x-msdownload"),
        (b"\x7fELF\2\1\1\0" + bytes(60), "application/x-executable"),
        (struct.pack(">I", 0xFEEDFACF) + bytes(60), "application/octet-stream"),
        (b"L\0\0\0\1\x14\2\0", "application/octet-stream"),
        (bytes(100), "application/octet-stream"),
        (b"\xff\xfe\0\0", "application/octet-stream"),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, media_type: str) -> None:
    assert media_type_of(head) == media_type


def test_what_may_hold_scripts_and_what_nobody_knows_is_of_no_kind_that_sites_take_by_default() -> None:
    for media_type in ("text/html", "image/svg+xml", "text/xml"):
        assert kind_of(media_type) == "markup"
    for media_type in ("application/x-msdownload", "text/x-shellscript", "application/octet-stream"):
        assert kind_of(media_type) == "other"


def test_a_download_is_never_of_a_type_that_a_browser_would_run() -> None:
    assert safe_type("image/png") == "image/png"
    sent = {safe_type(media_type) for media_type in [*KNOWN, "text/javascript", "application/x-shockwave-flash"]}
    assert not sent & {"text/html", "text/xml", "image/svg+xml", "text/javascript", "application/x-shockwave-flash"}


def test_no_beginning_of_whatever_length_is_too_much_for_it() -> None:
    for whole in (
        PNG,
        zipped("word/x", "y"),
        tarred(),
        b"\0\0\0\x18ftypmp42\0\0\0\0",
        b"RIFF\x24\0\0\0AVI ",
        b"\xd0\xcf\x11\xe0" * 9,
    ):
        for length in range(len(whole[:300])):
            assert media_type_of(whole[:length])
    assert media_type_of(b"a" * HEAD) == "text/plain"
