"""What letters say, to whom, and when: read from a real mail server."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from chat.desk.exchange import Changes, Words, by_customer
from chat.desk.links import ticket_link
from chat.storage.tables import tickets
from tests.desk.mail.post import ORIGIN, SECRET, MailServer, Post, text_of


async def test_a_request_is_confirmed_with_number_promise_and_the_signed_link(post: Post, server: MailServer) -> None:
    ticket = await post.file(plan="gold", time_zone="America/New_York")
    await post.sender.send_due()
    (letter,) = server.letters
    assert server.recipients == ["olga@example.com"]
    assert letter["To"] == "olga@example.com"
    assert letter["From"] == '"The <Shop> & Co" <help@example.com>'
    assert letter["Subject"] == "[#1001] We have your request"
    assert abs(parsedate_to_datetime(letter["Date"]) - datetime.now(UTC)) < timedelta(minutes=1)
    text, html = text_of(letter), text_of(letter, "html")
    link = ticket_link(ORIGIN, SECRET, ticket)
    assert link in text
    assert f'href="{link}"' in html
    assert ticket.due_at is not None
    for said in (text, html):
        assert "Request #1001 is with us" in said
        assert re.search(r"You hear from us by .* \(UTC-0[45]:00\)", said)
    assert 'lang="en"' in html
    assert "The &lt;Shop&gt; &amp; Co" in html


async def test_it_is_written_in_the_language_of_the_request_or_else_of_the_site(post: Post, server: MailServer) -> None:
    await post.file("1", locale="ru-RU")
    await post.file("2", locale="fr")
    await post.file("3", site="lavka", plan="gold")
    await post.sender.send_due()
    russian, english, shop = server.letters
    assert russian["Subject"] == "[#1001] Мы получили вашу заявку"
    assert "Заявка №1001 у нас" in text_of(russian)
    assert 'lang="ru"' in text_of(russian, "html")
    assert "Request #1002 is with us" in text_of(english)
    assert "(UTC+03:00)" in text_of(shop)
    assert shop["From"] == "Лавка <help@example.com>"


async def test_a_strangers_words_go_to_nobody_before_an_agent_has_seen_them(post: Post, server: MailServer) -> None:
    await post.file("1", subject="Win at evil.example", body="Evil", name="Evil")
    anna = await post.hire("Anna")
    await post.file("2", channel="phone", agent_id=anna.agent_id)
    await post.file("3", sub="user-1", email_vouched=True)
    await post.file("4", sub="user-2", subject="Win at evil.example")
    await post.sender.send_due()
    strange, telephone, known, elsewhere = server.letters
    for letter in (strange, elsewhere):
        assert "evil" not in str(letter).lower()
        assert "evil" not in text_of(letter).lower() + text_of(letter, "html").lower()
    assert telephone["Subject"] == known["Subject"].replace("1003", "1002") == "[#1002] A lost parcel"
    assert "We have filed it for you" in text_of(telephone)


async def test_an_address_that_anybody_can_type_gets_five_confirmations_an_hour(post: Post) -> None:
    async def written(dedupe: str, **fields: object) -> int:
        before = len(await post.rows())
        await post.file(dedupe, **fields)
        return len(await post.rows()) - before

    assert [await written(str(n), email="Olga@example.com", sub="user-1") for n in range(7)] == [1] * 5 + [0] * 2
    anna = await post.hire("Anna")
    assert await written("7", email_vouched=True) == 1
    assert await written("8", channel="phone", agent_id=anna.agent_id) == 1
    assert await written("9", email="ivan@example.com") == 1
    await post.exchange.reply("shop", 1007, anna, Words(ref="1", text="Hello"))
    assert (await post.rows())[-1].number == 1007, "an answer is no confirmation"
    async with post.database.begin() as connection:
        an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
        await connection.execute(tickets.update().where(tickets.c.number < 1004).values(created_at=an_hour_ago))
    assert await written("10") == 1


async def test_an_agents_answer_reaches_the_customer_as_text_and_as_html(post: Post, server: MailServer) -> None:
    ticket = await post.file(subject="<b>Parcel</b>", locale="ru")
    anna = await post.hire("Anna")
    answer = "Добрый день!\n\n<script>alert(1)</script> & всё.\nАнна"
    await post.exchange.reply("shop", 1001, anna, Words(ref="1", text=answer))
    await post.sender.send_due()
    letter = server.letters[1]
    assert letter["Subject"] == "Re: [#1001] <b>Parcel</b>"
    text, html = text_of(letter), text_of(letter, "html")
    assert answer in text
    assert "Anna: ответ на вашу заявку №1001." in text
    assert "<h1" in html
    assert "&lt;b&gt;Parcel&lt;/b&gt;" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; всё.<br>\nАнна" in html
    assert ticket_link(ORIGIN, SECRET, ticket) in text


async def test_support_opening_a_request_says_what_it_wants(post: Post, server: MailServer) -> None:
    anna = await post.hire("Anna")
    await post.file(channel="desk", agent_id=anna.agent_id, body="Which address is right?")
    await post.sender.send_due()
    (letter,) = server.letters
    assert letter["Subject"] == "[#1001] A lost parcel"
    assert "Anna has opened request #1001 for you and waits for your answer:\n\nWhich address is right?" in text_of(
        letter
    )


async def test_what_customers_do_and_what_agents_note_or_change_is_mailed_to_nobody(post: Post) -> None:
    ticket = await post.file()
    anna = await post.hire("Anna")
    await post.exchange.reply("shop", 1001, by_customer(ticket), Words(ref="1", text="Hello?"))
    await post.exchange.note("shop", 1001, anna, Words(ref="2", text="A note"))
    await post.exchange.change("shop", 1001, anna, Changes(status="solved"), ref="3")
    await post.exchange.settle("shop", 1001, by_customer(ticket), "open", ref="4")
    await post.file("2", email=None, phone="+49 30 1234")
    assert len(await post.rows()) == 1


async def test_the_same_again_writes_no_second_letter(post: Post) -> None:
    await post.file()
    await post.file()
    anna = await post.hire("Anna")
    for _ in range(2):
        await post.exchange.reply("shop", 1001, anna, Words(ref="1", text="Hello"))
    assert len(await post.rows()) == 2


async def test_nothing_in_a_letter_is_loaded_from_anywhere(post: Post, server: MailServer) -> None:
    ticket = await post.file()
    anna = await post.hire("Anna")
    await post.exchange.reply("shop", 1001, anna, Words(ref="1", text="See https://shop.example.com/x.png"))
    await post.outbox.mail_code("shop", "olga@example.com", "123456", timedelta(minutes=10), "en")
    await post.outbox.mail_password("setup", "a@b.example", "Anna", f"{ORIGIN}/x", timedelta(hours=48), "ru")
    await post.sender.send_due()
    assert len(server.letters) == 4
    for letter in server.letters:
        html = text_of(letter, "html")
        assert not re.search(r"<(img|link|script|iframe|object|video|form)\b|@import|url\(|\bsrc=|\bbackground=", html)
        assert set(re.findall(r'href="([^"]*)"', html)) <= {ticket_link(ORIGIN, SECRET, ticket), f"{ORIGIN}/x"}


@pytest.mark.parametrize(("locale", "said"), [("en", "for 10 minutes"), ("ru", "10 минут.")])
async def test_a_code_is_in_the_letter_but_not_on_a_locked_screen(
    post: Post, server: MailServer, locale: str, said: str
) -> None:
    await post.outbox.mail_code("shop", "olga@example.com", "123456", timedelta(minutes=10), locale)
    await post.sender.send_due()
    (letter,) = server.letters
    assert "123456" in text_of(letter)
    assert "123456" in text_of(letter, "html")
    assert "123456" not in letter["Subject"]
    assert said in text_of(letter)


@pytest.mark.parametrize(("kind", "said"), [("setup", "Здравствуйте, Анна"), ("reset", "Новый пароль, Анна?")])
async def test_an_agent_is_mailed_the_link_to_set_a_password(
    post: Post, server: MailServer, kind: str, said: str
) -> None:
    await post.outbox.mail_password(
        kind, "a@b.example", "Анна", f"{ORIGIN}/console/setup?token=x", timedelta(hours=2), "ru"
    )
    await post.sender.send_due()
    (letter,) = server.letters
    assert said in text_of(letter)
    assert f"{ORIGIN}/console/setup?token=x" in text_of(letter)
    assert "2 часа." in text_of(letter)
    assert letter["From"] == "Mayfly <help@example.com>"
