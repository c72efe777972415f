"""A desk that writes letters, a real SMTP server that takes them, and a reader who looks into them."""

import asyncio
import email
import warnings
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Self

import msgspec
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from chat.desk.exchange import By, Exchange
from chat.desk.form import NewTicket
from chat.desk.mail.letters import Letters
from chat.desk.mail.outbox import Outbox
from chat.desk.mail.sender import Sender
from chat.desk.mail.smtp import Server
from chat.desk.promises import Promises
from chat.desk.records import Ticket
from chat.desk.tickets import Tickets
from chat.metrics import Metrics
from chat.people.agents import Agents, NewAgent
from chat.people.passwords import Passwords
from chat.settings import MailSettings, Plan, Settings, Site
from chat.settings import Server as OwnServer
from chat.storage.database import Database
from chat.storage.tables import outbox
from chat.theme_settings import Theme
from chat.web.i18n import Catalogues
from tests.service import free_port

ORIGIN = "https://chat.example.com"
SECRET = "s" * 32
SETTINGS = Settings(
    server=OwnServer(public_url=ORIGIN, secret_keys=[SECRET]),
    plans={"gold": Plan(first_response="2h")},
    sites={
        "shop": Site(title="The <Shop> & Co", origins=[], locales=["en", "ru"], theme=Theme(accent="#ffcc00")),
        "lavka": Site(title="Лавка", origins=[], locales=["ru"], time_zone="Europe/Moscow"),
    },
)
CATALOGUES = Catalogues.load()


class MailServer:
    """An SMTP server on this machine. ``letters`` is what it has said yes to.

    ``replies`` are what it answers to a recipient or at the end of a letter, by the word ``RCPT`` or ``DATA``; ``None``
    there: it cuts the line instead. ``once`` comes before, for one letter each. Where it ``hangs_up``, it
    does after a no. ``gate``, where there is one, is waited for before the answer to a letter.
    """

    def __init__(self, *, password: str | None = None) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.seen = 0
        self.replies: dict[str, str | None] = {}
        self.once: list[str] = []
        self.hangs_up = False
        self.gate: asyncio.Event | None = None
        self.arrived = asyncio.Event()
        self._password = password
        self._listening: asyncio.Server | None = None
        self._lines: list[SMTP] = []

    async def start(self) -> None:
        """Listen."""

        def line() -> SMTP:
            with warnings.catch_warnings(action="ignore"):  # of passwords without encryption
                made = SMTP(
                    self,
                    enable_SMTPUTF8=True,
                    auth_required=self._password is not None,
                    auth_require_tls=False,
                    authenticator=self._authenticated,
                )
            self._lines.append(made)
            return made

        self._listening = await asyncio.get_running_loop().create_server(line, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Be gone, with every line to it."""
        if self._listening is not None:
            self._listening.close()
            for line in self._lines:
                cut(line)
            await self._listening.wait_closed()
        self._listening, self._lines = None, []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # fmt: skip
        """As aiosmtpd calls it."""
        if (refusal := self.replies.get("RCPT")) is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """As aiosmtpd calls it."""
        self.seen += 1
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        reply = self.once.pop() if self.once else self.replies.get("DATA", "250 OK")
        if reply is None:
            cut(server)
            return "250 nobody hears it"
        if reply.startswith("250"):
            assert isinstance(envelope.content, bytes)
            read = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(read, EmailMessage)
            self.letters.append(read)
            self.recipients += envelope.rcpt_tos
        return reply

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """As aiosmtpd calls it: a client says it after every no."""
        if self.hangs_up:
            cut(server)
        return "250 OK"

    def _authenticated(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:  # fmt: skip
        right = isinstance(given, LoginPassword) and given.password == (self._password or "").encode()
        return AuthResult(success=right, handled=False)


def cut(line: SMTP) -> None:
    """Hang up without a word."""
    if isinstance(line.transport, asyncio.Transport):
        line.transport.abort()


class Clock:
    """The time by which letters are due."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.ahead += timedelta(**by)


class Post:
    """The desk and its post office."""

    def __init__(self, database: Database, smtp_url: str, settings: Settings = SETTINGS, sender: str = "help@example.com") -> None:  # fmt: skip
        mail = MailSettings(smtp_url=smtp_url, sender=sender)
        self.settings = msgspec.structs.replace(settings, mail=mail)
        self.database = database
        self.metrics = Metrics()
        self.clock = Clock()
        self.outbox = Outbox(database, self.settings, Letters(CATALOGUES))
        self.sender = self.node()
        promises = Promises(self.settings)
        self.tickets = Tickets(database, self.settings.sites, promises, [self.outbox])
        self.exchange = Exchange(database, self.tickets, self.settings, promises, [self.outbox])

    def node(self) -> Sender:
        """Another node that sends."""
        return Sender(self.database, self.outbox, Server(self.settings), self.metrics, self.clock)

    async def file(self, dedupe: str = "1", **fields: object) -> Ticket:
        """A request."""
        new = NewTicket(
            site="shop", dedupe=dedupe, channel="form", subject="A lost parcel", body="It never came.",
            email="olga@example.com",
        )  # fmt: skip
        return await self.tickets.file(msgspec.structs.replace(new, **fields))

    async def hire(self, name: str) -> By:
        """An agent."""
        agents = Agents(self.database, Passwords())
        agent = await agents.add(NewAgent(email=f"{name.lower()}@example.com", name=name, teams=("support",)))
        return By("agent", agent.name, agent.id)

    async def rows(self) -> list[sa.Row[tuple[object, ...]]]:
        """What is in the outbox."""
        async with self.database.connect() as connection:
            return list(await connection.execute(sa.select(outbox).order_by(outbox.c.id)))

    def count(self, outcome: str) -> float:
        """How many letters have come to this."""
        return self.metrics.letters.labels(outcome)._value.get()  # type: ignore[no-any-return]


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    """What a reader sees."""
    part = letter.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
