"""Answers that are given often: a title to find it by, and the text with places to fill in."""

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from msgspec import Struct

from chat.desk.form import MAX_BODY
from chat.errors import Refused
from chat.storage.database import Database
from chat.storage.tables import answer_templates

MAX_TITLE = 200
PLACEHOLDERS = ("name", "number", "agent")
"""What the console fills in: the requester's name, the ticket's number, and the name of who answers."""


class Template(Struct, frozen=True):
    """An answer to begin with."""

    id: str
    title: str
    text: str
    updated_at: datetime


class Templates:
    """The templates of the desk, the same for everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> Sequence[Template]:
        """All of them, by title."""
        query = sa.select(answer_templates).order_by(answer_templates.c.title, answer_templates.c.id)
        async with self._database.connect() as connection:
            return [Template(**row._asdict()) for row in await connection.execute(query)]

    async def add(self, title: str, text: str) -> Template:
        """Keep one more. Raises ``Refused("invalid")`` with every fault."""
        template = Template(secrets.token_hex(8), *_checked(title, text), datetime.now(UTC))
        row = {name: getattr(template, name) for name in Template.__struct_fields__}
        async with self._database.begin() as connection:
            await connection.execute(answer_templates.insert().values(row))
        return template

    async def change(self, template_id: str, title: str | None, text: str | None) -> Template:
        """Write it anew; None stays as it is. Raises ``Refused("invalid")`` and ``Refused("not_found")``."""
        this = answer_templates.c.id == template_id
        async with self._database.begin() as connection:
            kept = sa.select(answer_templates).where(this).with_for_update()
            row = (await connection.execute(kept)).one_or_none()
            if row is None:
                raise Refused("not_found", "there is no such template")
            title, text = _checked(row.title if title is None else title, row.text if text is None else text)
            changed = Template(template_id, title, text, datetime.now(UTC))
            values = {"title": title, "text": text, "updated_at": changed.updated_at}
            await connection.execute(answer_templates.update().where(this).values(values))
        return changed

    async def remove(self, template_id: str) -> None:
        """Throw it away. Raises ``Refused("not_found")``."""
        async with self._database.begin() as connection:
            gone = await connection.execute(answer_templates.delete().where(answer_templates.c.id == template_id))
        if gone.rowcount != 1:
            raise Refused("not_found", "there is no such template")


def _checked(title: str, text: str) -> tuple[str, str]:
    title, text = " ".join(title.replace("\0", "").split()), text.replace("\0", "").strip()
    faults = {}
    for field, given, most in (("title", title, MAX_TITLE), ("text", text, MAX_BODY)):
        if not given:
            faults[field] = "required"
        elif len(given) > most:
            faults[field] = "too_long"
    if set(re.findall(r"\{(\w+)\}", text)) - set(PLACEHOLDERS):
        faults["text"] = "unknown_placeholder"
    if faults:
        raise Refused("invalid", f"these fields need a look: {', '.join(faults)}", fields=faults)
    return title, text
