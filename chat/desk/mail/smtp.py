"""The mail server that takes our letters, and what its answer means for a letter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPException
from msgspec import Struct

from chat.people.emails import named
from chat.settings import Settings

ANSWER_WITHIN_S = 60
"""For each step; a letter as a whole is bounded by ``sender``."""

Outcome = Literal["sent", "put_off", "refused"]


class Unreachable(Exception):
    """No letter can be handed over now; ``code`` is the server's, or else names what went wrong."""

    def __init__(self, code: int | str) -> None:
        super().__init__(str(code))
        self.code = code


class Answer(Struct, frozen=True):
    """What became of a letter, and the code that said so. ``lost``: the connection is gone with it."""

    outcome: Outcome
    code: int | str
    lost: bool = False


class Server:
    """The server of ``mail.smtp_url``."""

    def __init__(self, settings: Settings) -> None:
        """``settings`` have mail on."""
        assert settings.mail.smtp_url is not None
        url = urlsplit(settings.mail.smtp_url)
        self._host = url.hostname or ""
        self._port = url.port
        self._user = unquote(url.username) if url.username else None
        self._password = unquote(url.password or "") if url.username else None
        self._tls = url.scheme == "smtps"
        self._starttls = settings.mail.starttls
        self._from = named(settings.mail.sender or "")[1]
        self._own_name = urlsplit(settings.server.public_url or "").hostname

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["Line"]:
        """A connection, signed in where there is a password. Raises ``Unreachable``."""
        required = self._must_encrypt()
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port or (465 if self._tls else 25),
            username=self._user,
            password=self._password,
            local_hostname=self._own_name,
            timeout=ANSWER_WITHIN_S,
            use_tls=self._tls,
            start_tls=False if self._tls or self._starttls == "never" else True if required else None,
            # Where the alternative is plain text, encryption without proof of who is there is still better (RFC 7435).
            validate_certs=self._tls or required,
        )
        try:
            await client.connect()
        except (SMTPException, OSError) as fault:
            raise Unreachable(_code(fault)) from None
        try:
            yield Line(client, self._from)
        finally:
            with suppress(SMTPException, OSError):
                await client.quit(timeout=5)
            client.close()

    def _must_encrypt(self) -> bool:
        if self._tls or self._starttls == "never":
            return False
        return self._starttls == "always" or (self._password is not None and not _on_this_machine(self._host))


class Line:
    """A connection to the server."""

    def __init__(self, client: aiosmtplib.SMTP, sender: str) -> None:
        self._client = client
        self._from = sender

    async def send(self, recipient: str, letter: str) -> Answer:
        """Hand one letter over.

        What is final is the server's no to this recipient or this text. Its no to us as the sender is about the
        configuration, which can be mended: the letter waits.
        """
        options = [] if recipient.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            await self._client.sendmail(self._from, recipient, letter.encode(), mail_options=options)
        except aiosmtplib.SMTPRecipientsRefused as fault:
            return _judged(fault.recipients[0].code, self._client)
        except aiosmtplib.SMTPSenderRefused as fault:
            return Answer("put_off", fault.code, not self._client.is_connected)
        except aiosmtplib.SMTPResponseException as fault:
            return _judged(fault.code, self._client)
        except (aiosmtplib.SMTPNotSupported, ValueError) as fault:
            return Answer("refused", _code(fault), not self._client.is_connected)
        except (SMTPException, OSError) as fault:
            return Answer("put_off", _code(fault), lost=True)
        return Answer("sent", 250)


def _judged(code: int, client: aiosmtplib.SMTP) -> Answer:
    lost = not client.is_connected
    return Answer("refused" if 500 <= code <= 599 and not lost else "put_off", code, lost)


def _code(fault: Exception) -> int | str:
    """Of a refusal its code, never the server's words: they may name the recipient."""
    return fault.code if isinstance(fault, aiosmtplib.SMTPResponseException) else type(fault).__name__


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
