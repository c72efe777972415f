"""What letters say: a few plain parts each, in the reader's language, drawn once as text and once as simple HTML.

Nothing in them is loaded from anywhere, and until an agent has looked at a request its own words are in none of them:
whoever types a stranger's address into a form must not be able to have us write to them.
"""

from datetime import datetime

import jinja2
from babel.dates import format_date, format_time, get_timezone_gmt
from msgspec import Struct

from chat.desk.mail.message import Letter
from chat.desk.records import Entry, Ticket
from chat.settings import Site
from chat.theme_settings import Theme
from chat.web.colour import text_on
from chat.web.i18n import Catalogues, choose_locale, cldr, direction
from routing.calendar import find_zone


class Said(Struct, frozen=True):
    """Somebody's words, with the name of the file that came with them."""

    text: str
    file: str | None


class Content(Struct, frozen=True, kw_only=True):
    """The parts of a letter, in their order. ``why`` tells why it was sent."""

    subject: str
    heading: str
    lines: list[str] = []
    said: Said | None = None
    code: str | None = None
    action: tuple[str, str] | None = None
    """What a link leads to, and the link."""
    notes: list[str] = []
    why: str
    automatic: bool = True


class Letters:
    """Writes letters. Languages are chosen among those of the site."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("widget", "templates/mail"),
            autoescape=jinja2.select_autoescape(["html"]),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def confirmation(self, ticket: Ticket, site: Site, link: str) -> Letter:
        """A request has been filed, by the customer or for them."""
        locale = language(ticket, site)
        t = self._catalogues.translate(locale)
        subject = ticket.subject if is_vouched(ticket) else t("mail.confirmation.subject")
        lines = [t("mail.confirmation.lead" if ticket.agent_id is None else "mail.confirmation.lead_agent")]
        if ticket.due_at is not None:
            lines.append(t("mail.confirmation.promise", moment=_moment(ticket.due_at, ticket, site, locale)))
        content = Content(
            subject=_tagged(ticket, subject),
            heading=t("mail.confirmation.heading", number=ticket.number),
            lines=lines,
            action=(t("mail.open"), link),
            notes=[t("mail.key")],
            why=t("mail.confirmation.why", site=site.title),
        )
        return self._drawn(content, site.title, site.theme, locale)

    def answer(self, ticket: Ticket, entry: Entry, site: Site, link: str) -> Letter:
        """An agent has answered."""
        said = Said(entry.text or "", entry.file.name if entry.file else None)
        return self._to_answer("answer", "Re: ", entry.name, said, ticket, site, link)

    def opened(self, ticket: Ticket, site: Site, link: str) -> Letter:
        """Support asks the customer something."""
        said = Said(ticket.body, ticket.file.name if ticket.file else None)
        return self._to_answer("opened", "", ticket.agent, said, ticket, site, link)

    def code(self, code: str, minutes: int, site: Site, locale: str) -> Letter:
        """The code with which somebody sees all their requests."""
        t = self._catalogues.translate(locale)
        content = Content(
            subject=t("mail.code.subject", site=site.title),
            heading=t("mail.code.heading"),
            lines=[t("mail.code.lead", site=site.title)],
            code=code,
            notes=[t("mail.code.note", count=minutes)],
            why=t("mail.code.why", site=site.title),
        )
        return self._drawn(content, site.title, site.theme, locale)

    def password(self, kind: str, name: str, link: str, hours: int, locale: str) -> Letter:
        """The link with which an agent sets a password; ``kind`` is ``setup`` or ``reset``."""
        t = self._catalogues.translate(locale)
        content = Content(
            subject=t(f"mail.{kind}.subject"),
            heading=t(f"mail.{kind}.heading", name=name),
            lines=[t(f"mail.{kind}.lead")],
            action=(t("mail.password.action"), link),
            notes=[t("mail.password.note", count=hours)],
            why=t(f"mail.{kind}.why"),
        )
        return self._drawn(content, self.brand(locale), Theme(), locale)

    def brand(self, locale: str) -> str:
        """Who writes to agents."""
        return self._catalogues.translate(locale)("page.brand")

    def _to_answer(
        self, kind: str, prefix: str, name: str | None, said: Said, ticket: Ticket, site: Site, link: str
    ) -> Letter:
        locale = language(ticket, site)
        t = self._catalogues.translate(locale)
        content = Content(
            subject=prefix + _tagged(ticket, ticket.subject),
            heading=ticket.subject,
            lines=[t(f"mail.{kind}.lead", name=name or site.title, number=ticket.number)],
            said=said,
            action=(t("mail.reply"), link),
            notes=[t("mail.reply_note"), t("mail.key")],
            why=t("mail.answer.why", site=site.title),
            automatic=False,
        )
        return self._drawn(content, site.title, site.theme, locale)

    def _drawn(self, content: Content, title: str, theme: Theme, locale: str) -> Letter:
        values = {
            **{name: getattr(content, name) for name in content.__struct_fields__},
            "title": title,
            "accent": theme.accent,
            "accent_text": text_on(theme.accent),
            "lang": locale,
            "dir": direction(locale),
            "t": self._catalogues.translate(locale),
        }
        text, html = (self._environment.get_template(f"letter.{form}").render(values) for form in ("txt", "html"))
        return Letter(subject=content.subject, text=text, html=html, automatic=content.automatic)


def is_vouched(ticket: Ticket) -> bool:
    """Whether it is known that whoever has the address wrote the request, or that an agent did."""
    return ticket.email_vouched or ticket.agent_id is not None


def language(ticket: Ticket, site: Site) -> str:
    """The requester's language, as far as the site speaks it."""
    return choose_locale(ticket.locale, "", site.locales)


def _tagged(ticket: Ticket, subject: str) -> str:
    return f"[#{ticket.number}] {subject}"


def _moment(at: datetime, ticket: Ticket, site: Site, locale: str) -> str:
    """Date and time on the reader's clock, and which clock that is."""
    zone = find_zone(ticket.time_zone, site.time_zone)
    here = at.astimezone(zone)
    day, time = format_date(here, "long", locale=cldr(locale)), format_time(here, "short", locale=cldr(locale))
    offset = get_timezone_gmt(here, locale="en").replace("GMT", "UTC").removesuffix("+00:00")
    return f"{day}, {time} ({offset})"
