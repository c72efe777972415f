"""A letter as it goes out: what people typed is text in its place, whatever they typed."""

import email
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from chat.desk.exchange import Words, by_customer
from chat.desk.mail.message import Letter, compose, deliverable, one_line
from chat.desk.mail.threads import Thread, message_id, thread
from chat.people.emails import is_email
from tests.desk.mail.post import MailServer, Post, text_of

AT = datetime(2027, 2, 3, 12, tzinfo=UTC)
OURS = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
LONG = "d" * 60 + "." + "e" * 60 + ".example.com"


def read(raw: str) -> EmailMessage:
    letter = email.message_from_string(raw, policy=default)
    assert isinstance(letter, EmailMessage)
    return letter


def sender_of(letter: EmailMessage) -> tuple[str, str]:
    """Name and address. Python's newer reader puts blanks into a name of several encoded words; this one does not."""
    (raw,) = [value for name, value in letter.raw_items() if name == "From"]
    name, address = parseaddr(raw)
    return str(make_header(decode_header(name))), address


def written(subject: str = "Hello", text: str = "Words", name: str = "Shop", to: str = "o@example.com") -> str:
    letter = Letter(subject=subject, text=text, html=f"<p>{text}</p>", automatic=False)
    sender = (name, "help@example.com")
    return compose(letter, sender=sender, recipient=to, thread=Thread("<1@example.com>"), at=AT)


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_no_subject_and_no_name_becomes_a_header_more(subject: str, name: str) -> None:
    letter = read(written(subject=f"[#1] {subject}", name=name))
    assert sorted(letter.keys()) == sorted(OURS)
    assert letter["Subject"] == one_line(f"[#1] {subject}")
    assert sender_of(letter) == (one_line(name), "help@example.com")
    assert text_of(letter) == "Words\n"


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"])
def test_every_kind_of_line_break_is_a_blank_in_a_header(line: str) -> None:
    raw = written(subject=f"Hello{line}Bcc: all@example.com{line}{line}Evil", name=f"Shop{line}Bcc: all@example.com")
    letter = read(raw)
    assert sorted(letter.keys()) == sorted(OURS)
    assert letter["Subject"].replace(" ", "") == "HelloBcc:all@example.comEvil"
    assert "\nBcc" not in raw.replace("\r", "\n")


@pytest.mark.parametrize("typed", ["=?utf-8?q?=0D=0ABcc:_all@example.com?=", "=?utf-8?b?DQpCY2M6IHg=?="])
def test_what_looks_encoded_is_shown_as_it_was_typed(typed: str) -> None:
    letter = read(written(subject=f"{typed} hello", name=typed))
    assert letter["Subject"] == f"{typed} hello"
    assert sender_of(letter) == (typed, "help@example.com")
    assert sorted(letter.keys()) == sorted(OURS)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_text_ends_the_letter_or_opens_a_part_of_its_own(text: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    letter = read(written(text=text + "\n.\nRCPT TO:<x@y.example>\n--=====\nX: y"))
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert text_of(letter).startswith(text)


@settings(deadline=None)
@given(
    st.emails()
    | st.from_regex(r"[a-zа-яß!#$%&'*+/=?^_`{|}~.\x01\u200b-]{1,20}@[a-zа-я0-9.\u200b-]{1,30}", fullmatch=True)
)
def test_whatever_counts_as_an_address_is_written_to_or_left_out_but_never_another(address: str) -> None:
    if not is_email(address):
        return
    try:
        recipient = deliverable(address)
        letter = read(written(to=recipient))
    except ValueError:
        return
    (to,) = letter["To"].addresses
    assert (to.username, to.domain) == tuple(recipient.rsplit("@", 1))
    assert recipient.rpartition("@")[0] == address.rpartition("@")[0]


ENCODED = ["=?utf-8?b?DQpCY2M6IHhAeS56DQoNClBheSBodHRwOi8vZS52aWw=?=@evil.example",
           "=?utf-8?q?victim=40evil.org=2C_b?=@example.com"]  # fmt: skip


@pytest.mark.parametrize("typed", ENCODED)
def test_an_address_that_looks_encoded_stays_as_it_was_typed(typed: str) -> None:
    raw = written(to=typed)
    assert f"\r\nTo: {typed}\r\n" in raw
    assert not [line for line in raw.split("\r\n") if line.startswith(("Bcc", "Pay", "To: victim"))]


@pytest.mark.parametrize(
    "typed",
    [*ENCODED, "olga@b，ivan＠example.com", "olga@b＞.example.com", "olga@" + "почта." * 40 + "рф", "a@b.INVALID"],
)
def test_nothing_is_sent_to_what_is_no_address_to_the_mail_system(typed: str) -> None:
    with pytest.raises(ValueError):
        deliverable(typed)


def test_a_domain_in_any_script_is_written_as_the_mail_system_knows_it() -> None:
    assert deliverable("olga@почта.рф") == "olga@xn--80a1acny.xn--p1ai"
    with pytest.raises(ValueError):
        deliverable(f"olga@{'x' * 64}.example")


async def test_an_address_in_another_script_gets_its_letter(post: Post, server: MailServer) -> None:
    await post.file(email="ольга@почта.рф", locale="ru")
    await post.sender.send_due()
    assert server.recipients == ["ольга@xn--80a1acny.xn--p1ai"]
    assert server.letters[0]["Subject"] == "[#1001] Мы получили вашу заявку"
    assert "Заявка №1001 у нас" in text_of(server.letters[0])


async def test_a_request_is_kept_though_no_letter_can_be_sent_to_its_address(post: Post) -> None:
    ticket = await post.file(email=f"olga@{'x' * 64}.example")
    assert ticket.number == 1001
    assert await post.rows() == []


async def test_ids_and_references_stay_whole_however_long(post: Post) -> None:
    ticket = structs.replace(await post.file(), site="s" * 63)
    where = thread("s" * 32, LONG, ticket, [7, 8])
    letter = Letter(subject="x", text="x", html="x", automatic=False)
    raw = compose(letter, sender=("", f"help@{LONG}"), recipient="o@example.com", thread=where, at=AT)
    lines = raw.split("\r\n")
    for one in (*where.earlier, where.message_id):
        assert any(line.endswith(one) for line in lines)
    assert read(raw)["References"] == " ".join(where.earlier)
    assert max(map(len, lines)) < 998


async def test_an_id_is_the_same_again_differs_for_each_entry_and_cannot_be_guessed(post: Post) -> None:
    ticket = await post.file()
    others = [structs.replace(ticket, **other) for other in ({"site": "blog"}, {"number": 1002}, {"salt": "other"})]
    ids = {message_id("s" * 32, "d.example", one, entry) for one in (ticket, *others) for entry in (None, 1, 2)}
    assert len(ids) == 12
    assert message_id("s" * 32, "d.example", ticket, 2) in ids
    assert message_id("t" * 32, "d.example", ticket, 2) not in ids


async def test_a_long_thread_keeps_its_beginning_and_what_came_last(post: Post) -> None:
    ticket = await post.file()
    where = thread("s" * 32, "d.example", ticket, range(1, 101))
    assert len(where.earlier) == 20
    assert where.earlier[0] == message_id("s" * 32, "d.example", ticket, None)
    assert where.earlier[-1] == message_id("s" * 32, "d.example", ticket, 99)


async def test_the_letters_of_a_ticket_hang_together(post: Post, server: MailServer) -> None:
    ticket = await post.file()
    await post.file("2")
    anna = await post.hire("Anna")
    await post.exchange.reply("shop", 1001, anna, Words(ref="1", text="First"))
    await post.exchange.note("shop", 1001, anna, Words(ref="2", text="A note"))
    await post.exchange.reply("shop", 1001, by_customer(ticket), Words(ref="3", text="No"))
    await post.exchange.reply("shop", 1001, anna, Words(ref="4", text="Second"))
    await post.sender.send_due()
    confirmation, other, first, second = server.letters
    assert confirmation["In-Reply-To"] is None
    assert first["In-Reply-To"] == first["References"] == confirmation["Message-ID"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"] == f"{confirmation['Message-ID']} {first['Message-ID']}"
    assert other["Message-ID"] not in second["References"]


async def test_only_letters_nobody_wrote_say_that_they_are_automatic(post: Post, server: MailServer) -> None:
    await post.file()
    anna = await post.hire("Anna")
    await post.exchange.reply("shop", 1001, anna, Words(ref="1", text="Hello"))
    await post.sender.send_due()
    confirmation, answer = server.letters
    assert confirmation["Auto-Submitted"] == "auto-generated"
    assert answer["Auto-Submitted"] is None
