"""The outbox and the mail server: whatever breaks, each letter goes out, and once."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from chat.desk.mail.sender import CLAIM, LONGEST_PAUSE, pause_after
from chat.desk.mail.smtp import Server as Smtp
from chat.desk.mail.smtp import Unreachable
from chat.storage.database import Database
from tests.desk.mail.post import MailServer, Post
from tests.service import until


async def test_what_is_gone_is_forgotten_but_for_the_fact(post: Post, server: MailServer) -> None:
    await post.file()
    await post.sender.send_due()
    await post.sender.send_due()
    (row,) = await post.rows()
    assert len(server.letters) == 1
    assert (row.letter, row.next_at) == ("", None)
    assert row.sent_at is not None
    assert post.count("sent") == 1


async def test_a_server_that_is_away_loses_nothing_and_doubles_nothing(post: Post, server: MailServer) -> None:
    await server.stop()
    for number in range(5):
        await post.file(str(number))
    with capture_logs() as logs:
        pauses = [await post.sender.send_due() for _ in range(8)]
    assert {row.attempts for row in await post.rows()} == {0}, "no letter pays for it"
    assert 1 <= pauses[0] <= 1.5
    assert 60 <= pauses[-1] <= 90
    assert [one["times"] for one in logs] == list(range(1, 9))
    await server.start()
    post.clock.advance(hours=30)
    await post.sender.send_due()
    await post.sender.send_due()
    assert sorted(letter["Subject"].split()[0] for letter in server.letters) == [f"[#{n}]" for n in range(1001, 1006)]


async def test_the_loop_sends_at_once_what_was_filed_here(post: Post, server: MailServer) -> None:
    loop = asyncio.create_task(post.sender.keep_sending())
    await post.file()
    await until(lambda: server.letters, "the letter arrives")
    await post.sender.finish(5)
    await loop


async def test_a_connection_cut_after_the_whole_letter_means_it_goes_again_under_the_same_id(
    post: Post, server: MailServer
) -> None:
    await post.file()
    await post.file("2")
    server.replies["DATA"] = None
    await post.sender.send_due()
    assert (server.seen, server.letters) == (2, [])
    first, second = await post.rows()
    assert (first.attempts, second.attempts) == (1, 1)
    del server.replies["DATA"]
    post.clock.advance(minutes=2)
    await post.sender.send_due()
    assert sorted(one["Message-ID"] for one in server.letters) == sorted([first.dedupe, second.dedupe])


@pytest.mark.parametrize(
    ("word", "reply"), [("RCPT", "450 greylisted olga@example.com"), ("DATA", "451 later"), ("DATA", "421 bye")]
)
async def test_a_no_for_now_is_asked_again_later_and_later(
    post: Post, server: MailServer, word: str, reply: str
) -> None:
    ticket = await post.file()
    server.replies[word] = reply
    waits = []
    with capture_logs() as logs:
        for _ in range(4):
            await post.sender.send_due()
            (row,) = await post.rows()
            waits.append(row.next_at - post.clock())
            post.clock.advance(seconds=waits[-1].total_seconds() + 1)
    assert [attempts for one in logs if (attempts := one.get("attempts"))] == [1, 2, 3, 4]
    for wait, least in zip(waits, (30, 60, 120, 240), strict=True):
        assert timedelta(seconds=least - 10) < wait <= timedelta(seconds=least * 1.5)
    assert "olga" not in str(logs)
    server.replies.clear()
    await post.sender.send_due()
    assert len(server.letters) == ticket.version


async def test_a_server_that_hangs_up_with_its_no_costs_the_next_letter_nothing(post: Post, server: MailServer) -> None:
    await post.file()
    await post.file("2")
    server.once.append("451 busy, come again")
    server.hangs_up = True
    await post.sender.send_due()
    first, second = await post.rows()
    assert (first.sent_at, second.sent_at is None, second.attempts) == (None, False, 1)


@pytest.mark.parametrize(("word", "reply"), [("RCPT", "550 no olga@example.com here"), ("DATA", "554 looks like spam")])
async def test_a_final_no_is_taken_at_once_and_holds_up_nothing(
    post: Post, server: MailServer, word: str, reply: str
) -> None:
    await post.file()
    server.replies[word] = reply
    with capture_logs() as logs:
        await post.sender.send_due()
    (row,) = await post.rows()
    assert (row.letter, row.next_at, row.sent_at, row.attempts) == ("", None, None, 1)
    assert [(one["event"], one["code"]) for one in logs] == [("letter refused", int(reply[:3]))]
    assert "olga" not in str(logs)
    server.replies.clear()
    await post.file("2")
    await post.sender.send_due()
    assert len(server.letters) == 1
    assert (post.count("refused"), post.count("sent")) == (1, 1)


async def test_after_three_days_it_is_given_up(post: Post, server: MailServer) -> None:
    await server.stop()
    await post.file()
    post.clock.advance(days=2, hours=23)
    await post.sender.send_due()
    assert (await post.rows())[0].letter
    post.clock.advance(hours=2)
    with capture_logs() as logs:
        await post.sender.send_due()
    (row,) = await post.rows()
    assert (row.letter, row.next_at, row.sent_at) == ("", None, None)
    assert logs == [{"event": "letters given up", "letters": 1, "log_level": "error"}]
    await server.start()
    await post.sender.send_due()
    assert server.letters == []


async def test_a_code_is_not_sent_when_it_is_of_no_use_any_more(post: Post, server: MailServer) -> None:
    await post.outbox.mail_code("shop", "olga@example.com", "123456", timedelta(minutes=10), "en")
    post.clock.advance(minutes=11)
    await post.sender.send_due()
    assert server.letters == []


async def test_to_whom_letters_went_is_forgotten_after_a_week(post: Post, server: MailServer) -> None:
    await post.outbox.mail_code("shop", "olga@example.com", "123456", timedelta(minutes=10), "en")
    await post.sender.send_due()
    await post.sender._clean()
    assert len(await post.rows()) == 1
    post.clock.advance(days=8)
    await post.node()._clean()
    assert await post.rows() == []


async def test_many_nodes_send_each_letter_once(post: Post, server: MailServer) -> None:
    for number in range(40):
        await post.outbox.mail_code("shop", f"o{number}@example.com", "123456", timedelta(minutes=10), "en")
    nodes = [post.node() for _ in range(4)]
    await asyncio.gather(*(node.send_due() for node in nodes))
    assert sorted(server.recipients) == sorted(f"o{number}@example.com" for number in range(40))
    assert all(row.sent_at is not None and row.attempts == 1 for row in await post.rows())


async def test_what_one_node_is_just_sending_no_other_takes(post: Post, server: MailServer) -> None:
    await post.file()
    server.gate = asyncio.Event()
    first = asyncio.create_task(post.sender.send_due())
    await server.arrived.wait()
    await post.node().send_due()
    assert server.seen == 1
    server.gate.set()
    await first
    assert len(server.letters) == 1


async def test_stopping_lets_the_letter_in_hand_through_and_begins_no_other(post: Post, server: MailServer) -> None:
    await post.file()
    await post.file("2")
    server.gate = asyncio.Event()
    loop = asyncio.create_task(post.sender.keep_sending())
    await server.arrived.wait()
    stopping = asyncio.create_task(post.sender.finish(30))
    await asyncio.sleep(0)
    server.gate.set()
    await stopping
    sent, waiting = await post.rows()
    assert (sent.sent_at is None, waiting.attempts) == (False, 0)
    await loop
    assert server.seen == 1


SENDING = """
import asyncio, sys
from chat.storage.database import Database
from tests.desk.mail.post import Post

async def main():
    await Post(Database(sys.argv[1]), sys.argv[2]).sender.send_due()

asyncio.run(main())
"""


async def test_a_sender_killed_with_a_letter_in_hand_holds_it_up_for_a_while_and_no_more(
    post: Post, server: MailServer, database_url: str
) -> None:
    await post.file()
    server.gate = asyncio.Event()
    root = Path(__file__).parent.parent.parent.parent
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDING, database_url, server.url, cwd=root)
    await server.arrived.wait()
    killed.send_signal(signal.SIGKILL)
    await killed.wait()
    server.replies["DATA"] = None  # nobody is there to hear a yes
    server.gate.set()
    await post.sender.send_due()
    assert server.seen == 1, "it is still claimed"
    server.replies.clear()
    post.clock.advance(seconds=CLAIM.total_seconds() + 1)
    await post.sender.send_due()
    assert len(server.letters) == 1
    assert (await post.rows())[0].attempts == 2


async def test_a_wrong_password_touches_no_letter(database: Database) -> None:
    async with MailServer(password="right") as server:
        url = server.url.replace("//", "//mayfly:wrong@")
        post = Post(database, url)
        await post.file()
        with capture_logs() as logs:
            await post.sender.send_due()
        assert logs == [{"event": "mail server cannot be reached", "code": 535, "times": 1, "log_level": "warning"}]
        assert (await post.rows())[0].attempts == 0
        mended = Post(database, url.replace("wrong", "right"))
        await mended.sender.send_due()
        assert len(server.letters) == 1


async def test_a_password_leaves_this_machine_only_encrypted(server: MailServer) -> None:
    from tests.desk.mail.post import SETTINGS

    def smtp(url: str, starttls: str) -> Smtp:
        mail = msgspec.structs.replace(SETTINGS.mail, smtp_url=url, starttls=starttls, sender="a@b.example")
        return Smtp(msgspec.structs.replace(SETTINGS, mail=mail))

    assert smtp("smtp://u:p@mx.example.com", "auto")._must_encrypt()
    assert not smtp("smtp://mx.example.com", "auto")._must_encrypt()
    assert not smtp("smtp://u:p@127.0.0.1", "auto")._must_encrypt()
    assert not smtp("smtp://u:p@mx.example.com", "never")._must_encrypt()
    with pytest.raises(Unreachable, match="SMTPException"):
        async with smtp(server.url, "always").connected():
            pass


def test_pauses_double_up_to_a_limit() -> None:
    assert [pause_after(n, 0) for n in (1, 2, 3)] == [timedelta(seconds=30 * 2**n) for n in range(3)]
    assert pause_after(1, 1) == timedelta(seconds=45)
    assert pause_after(1000, 0) == LONGEST_PAUSE
