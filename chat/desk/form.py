"""What a request must look like to become a ticket: a pure check that names every fault at once."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from chat.errors import Refused
from chat.people.emails import is_email
from chat.settings import Site

Channel = Literal["chat", "form", "agent", "phone", "desk"]
"""From a chat by its visitor, by the form, from a chat by its agent, for a caller, and from support to the customer."""


MAX_SUBJECT = 200
MAX_BODY = 20_000
MAX_NAME = 200
MAX_PHONE = 40
MAX_FIELD = 500
MAX_LOCALE = 35

ABOUT_DEVICE = ("browser", "system")
"""Fields that every site has: filled in by the browser, corrected by the person."""


class TranscriptLine(Struct, frozen=True, omit_defaults=True):
    """A line of the chat that is kept with the ticket; ``text`` of a system line is a code (``protocol.SystemLine``)."""

    author: Literal["visitor", "agent", "system"]
    text: str
    at: str
    name: str | None = None


class NewTicket(Struct, frozen=True, kw_only=True):
    """A request about to be kept.

    ``dedupe`` is the filer's own id for it: filing it again finds the same ticket. ``email_vouched`` says that not just
    anybody could have typed the address (see ``requester``). ``fields`` are the site's own and
    ``ABOUT_DEVICE``. ``file`` is the id of an upload. ``locale`` and ``time_zone`` are the requester's. ``agent_id`` is
    the agent who files it; without a ``team`` it is the site's. Without a ``plan`` what an agent
    files for somebody has that of their latest ticket.
    """

    site: str
    dedupe: str
    channel: Channel
    subject: str
    body: str
    name: str | None = None
    email: str | None = None
    email_vouched: bool = False
    phone: str | None = None
    request_type: str | None = None
    topic: str | None = None
    importance: str | None = None
    fields: dict[str, str] = {}
    transcript: list[TranscriptLine] | None = None
    file: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    sub: str | None = None
    plan: str | None = None
    team: str | None = None
    agent_id: str | None = None
    assignee_id: str | None = None


def checked(new: NewTicket, site: Site) -> NewTicket:
    """The request with blanks trimmed, a subject of one line, and no NUL, which PostgreSQL cannot store.

    Raises ``Refused("invalid")`` with every fault: ``required``, ``too_long``, ``not_an_email`` or ``not_a_choice``
    (the words for people are in the catalogues, under ``problem.field.<code>``).
    """
    texts_given = {name: text for name, text in msgspec.structs.asdict(new).items() if isinstance(text, str)}
    new = msgspec.structs.replace(new, **{name: text.replace("\0", "") for name, text in texts_given.items()})
    new = msgspec.structs.replace(
        new,
        subject=" ".join(new.subject.split()),
        body=new.body.strip(),
        name=_trimmed(new.name),
        email=_trimmed(new.email),
        phone=_trimmed(new.phone),
        request_type=_trimmed(new.request_type),
        topic=_trimmed(new.topic),
        importance=_trimmed(new.importance),
        locale=new.locale[:MAX_LOCALE] if new.locale else None,  # no language that we have has so long a name
        fields={name: text.replace("\0", "").strip() for name, text in new.fields.items() if text.strip()},
        team=new.team or site.team,
    )
    faults = {}
    texts: tuple[tuple[str, str | None, int], ...] = (
        ("subject", new.subject, MAX_SUBJECT),
        ("body", new.body, MAX_BODY),
        ("name", new.name, MAX_NAME),
        ("phone", new.phone, MAX_PHONE),
    )
    for field, text, most in texts:
        if text is not None and len(text) > most:
            faults[field] = "too_long"
    for field, text in (("subject", new.subject), ("body", new.body)):
        if not text:
            faults[field] = "required"
    if new.email and not is_email(new.email):
        faults["email"] = "not_an_email"
    choices: tuple[tuple[str, str | None, Sequence[str]], ...] = (
        ("request_type", new.request_type, site.request_types),
        ("topic", new.topic, site.topics),
        ("importance", new.importance, site.importance),
    )
    for field, given, offered in choices:
        if given and given not in offered:
            faults[field] = "not_a_choice"
    faults |= _faults_of_fields(new, site)
    if faults:
        raise Refused("invalid", f"these fields need a look: {', '.join(faults)}", fields=faults)
    return new


def _faults_of_fields(new: NewTicket, site: Site) -> dict[str, str]:
    """A field of the site's that is required is asked of customers, not of the agents who write for them."""
    faults = {}
    known = {one.name: one for one in site.fields}
    for name, text in new.fields.items():
        if name not in known and name not in ABOUT_DEVICE:
            faults[f"fields.{name}"] = "unknown"
        elif len(text) > MAX_FIELD:
            faults[f"fields.{name}"] = "too_long"
        elif name in known and known[name].options and text not in known[name].options:
            faults[f"fields.{name}"] = "not_a_choice"
    if new.channel == "form":
        missing = (one.name for one in site.fields if one.required and one.name not in new.fields)
        faults |= {f"fields.{name}": "required" for name in missing}
    return faults


def _trimmed(text: str | None) -> str | None:
    return (text or "").strip() or None
