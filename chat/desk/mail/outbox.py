"""Letters that wait to be sent: rows that are there exactly if what they tell of is, for ``sender`` to take out.

What happens to a ticket writes its letter in the same transaction, so neither can be without the other.
"""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.happenings import Added, Filed, Happening
from chat.desk.links import ticket_link
from chat.desk.mail.letters import Letters, is_vouched
from chat.desk.mail.message import Letter, compose, deliverable
from chat.desk.mail.threads import Thread, thread
from chat.desk.records import Ticket
from chat.people.emails import named, normalise
from chat.settings import Settings, Site
from chat.storage.database import Database
from chat.storage.tables import outbox, ticket_entries, tickets

logger = structlog.get_logger()

TRIED_FOR = timedelta(days=3)
CONFIRMED_PER_HOUR = 5
"""Confirmations to an address that anybody could have typed: more would let anybody fill somebody's mailbox."""


class Outbox:
    """Listens to happenings. ``wanted`` is set when there is something to send."""

    def __init__(self, database: Database, settings: Settings, letters: Letters) -> None:
        """``settings`` have mail on (``MailSettings.on``)."""
        assert settings.mail.sender is not None
        assert settings.server.public_url is not None
        self._database = database
        self._sites = settings.sites
        self._secret = settings.server.secret_keys[0]
        self._origin = settings.server.public_url
        self._name, self._address = named(settings.mail.sender)
        self._domain = self._address.rpartition("@")[2]
        self._letters = letters
        self.wanted = asyncio.Event()

    async def record(self, connection: AsyncConnection, happening: Happening) -> None:
        """Write the letter that is due: a customer hears that a request is there, and what agents say to them."""
        ticket = happening.ticket
        site = self._sites.get(ticket.site)
        if ticket.email is None or site is None:
            return
        link = ticket_link(self._origin, self._secret, ticket)
        match happening:
            case Filed() if await _floods(connection, ticket):
                logger.warning("too many requests from an address that nobody vouches for: no confirmation")
            case Filed():
                write = self._letters.opened if ticket.channel == "desk" else self._letters.confirmation
                await self._about(connection, ticket, site, write(ticket, site, link), [])
            case Added(entry=entry) if entry.kind == "reply" and entry.author == "agent":
                mailed = [*await _answers_before(connection, ticket, entry.id), entry.id]
                await self._about(connection, ticket, site, self._letters.answer(ticket, entry, site, link), mailed)

    async def committed(self, happening: Happening) -> None:
        """Have it sent."""
        self.wanted.set()

    async def mail_code(self, site: str, email: str, code: str, lifetime: timedelta, locale: str) -> None:
        """Send a code to somebody who asked for their requests."""
        minutes = round(lifetime.total_seconds() / 60)
        found = self._sites[site]
        await self._alone(self._letters.code(code, minutes, found, locale), found.title, email, lifetime)

    async def mail_password(
        self, kind: str, email: str, name: str, link: str, lifetime: timedelta, locale: str
    ) -> bool:
        """Send an agent the link to set a password with; ``kind`` is ``setup`` or ``reset``. False if that cannot be."""
        hours = round(lifetime.total_seconds() / 3600)
        letter = self._letters.password(kind, name, link, hours, locale)
        return await self._alone(letter, self._letters.brand(locale), email, lifetime)

    async def _about(
        self, connection: AsyncConnection, ticket: Ticket, site: Site, letter: Letter, entries: Sequence[int]
    ) -> None:
        assert ticket.email is not None
        place = thread(self._secret, self._domain, ticket, entries)
        row = self._row(letter, site.title, ticket.email, place, TRIED_FOR)
        if row is not None:
            about = {"site": ticket.site, "number": ticket.number}
            await connection.execute(outbox.insert().values(row | about))

    async def _alone(self, letter: Letter, title: str, email: str, lifetime: timedelta) -> bool:
        """A letter that belongs to no ticket and is of use for ``lifetime``."""
        alone = Thread(f"<{secrets.token_hex(16)}@{self._domain}>")
        row = self._row(letter, title, email, alone, lifetime)
        if row is None:
            return False
        async with self._database.begin() as connection:
            await connection.execute(outbox.insert().values(row))
        self.wanted.set()
        return True

    def _row(
        self, letter: Letter, title: str, email: str, place: Thread, lifetime: timedelta
    ) -> dict[str, object] | None:
        """None if no mail can get there: that is no reason to refuse a request."""
        now = datetime.now(UTC)
        try:
            recipient = deliverable(email)
            sender = (self._name or title, self._address)
            written = compose(letter, sender=sender, recipient=recipient, thread=place, at=now)
        except ValueError as fault:
            logger.warning("no letter can be sent there", error=type(fault).__name__)
            return None
        return {
            "dedupe": place.message_id,
            "recipient": recipient,
            "letter": written,
            "attempts": 0,
            "next_at": now,
            "expires_at": now + lifetime,
            "created_at": now,
        }


async def _floods(connection: AsyncConnection, ticket: Ticket) -> bool:
    """Whether ``ticket`` is one more than an address that nobody vouches for is written to about in an hour."""
    if is_vouched(ticket):
        return False
    c = tickets.c
    same = sa.and_(c.email_key == normalise(ticket.email or ""), ~c.email_vouched, c.agent_id.is_(None))
    lately = sa.select(sa.func.count()).where(same, c.created_at > ticket.created_at - timedelta(hours=1))
    count = await connection.scalar(lately)
    return count is not None and count > CONFIRMED_PER_HOUR


async def _answers_before(connection: AsyncConnection, ticket: Ticket, entry: int) -> Sequence[int]:
    c = ticket_entries.c
    answers = sa.and_(c.site == ticket.site, c.number == ticket.number, c.kind == "reply", c.author == "agent")
    elsewhere = c.dedupe.startswith("merged ")  # mailed about the ticket they were copied from
    rows = await connection.execute(sa.select(c.id).where(answers, ~elsewhere, c.id < entry).order_by(c.id))
    return list(rows.scalars())
