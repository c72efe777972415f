"""Names of files: what people called them survives, what could mislead or harm does not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.desk.filenames import LONGEST, clean_name
from chat.desk.kinds import KNOWN

PNG, PDF, TEXT = "image/png", "application/pdf", "text/plain"


@pytest.mark.parametrize(
    ("given_name", "media_type", "name"),
    [
        ("Снимок экрана (2).png", PNG, "Снимок экрана (2).png"),
        ("日本語 😀.PNG", PNG, "日本語 😀.PNG"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("C:\\Windows\\win.ini", TEXT, "win.ini"),
        ("..", PNG, "file.png"),
        ("", PNG, "file.png"),
        ("/", PNG, "file.png"),
        (".htaccess", TEXT, "htaccess.txt"),
        ("photo\u202egnp.exe", PNG, "photognp.exe.png"),
        ("a\0b\r\nSet-Cookie: x.png", PNG, "ab Set-Cookie_ x.png"),
        ('a"b<c>|*?.png', PNG, "a_b_c____.png"),
        ("CON", PNG, "_CON.png"),
        ("nul.png", PNG, "_nul.png"),
        ("bill.pdf.exe", PDF, "bill.pdf.exe.pdf"),
        ("bill.pdf", PDF, "bill.pdf"),
        ("run.bat", TEXT, "run.bat.txt"),
        ("server.LOG", TEXT, "server.LOG"),
        ("name. . .", PNG, "name.png"),
        ("archive.tar.gz", "application/gzip", "archive.tar.gz"),
        ("x" * 300 + ".png", PNG, "x" * (LONGEST - 4) + ".png"),
        ("strange.bin", "application/octet-stream", "strange.bin"),
    ],
)
def test_a_name_is_cleaned(given_name: str, media_type: str, name: str) -> None:
    assert clean_name(given_name, media_type) == name


@given(st.text(), st.sampled_from([*KNOWN, "application/octet-stream"]))
def test_whatever_it_was_called_it_has_a_plain_name_that_is_not_changed_again(called: str, media_type: str) -> None:
    name = clean_name(called, media_type)
    assert name == clean_name(name, media_type)
    assert 0 < len(name) <= LONGEST
    assert len(name.encode()) <= 255
    assert not set('/\\<>:"|?*') & set(name)
    assert all(unicodedata.category(one)[0] != "C" for one in name)
    assert name == name.strip(". ")
    if media_type in KNOWN:
        assert name.rpartition(".")[2].lower() in KNOWN[media_type].extensions
