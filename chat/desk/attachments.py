"""Files that come with requests and answers."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.records import File, file_of
from chat.errors import Refused
from chat.storage.tables import attachments


async def attach(connection: AsyncConnection, upload: str, site: str, number: int, entry_id: int | None = None) -> File:
    """Give an upload to a ticket, or to one of its entries. Raises ``Refused("invalid")`` if it is not there any more."""
    waiting = sa.and_(attachments.c.id == upload, attachments.c.site == site, attachments.c.number.is_(None))
    giving = attachments.update().where(waiting).values(number=number, entry_id=entry_id).returning(attachments)
    row = (await connection.execute(giving)).one_or_none()
    if row is None:
        raise Refused("invalid", "the file is gone; attach it again", fields={"file": "gone"})
    return file_of(row)
