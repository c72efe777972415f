"""Links to the files of a ticket that is being told."""

import time
from collections.abc import Callable

from chat.desk.links import FILE_LINK_S, file_link
from chat.web.request import Request, origin_of

FileLinks = Callable[[str], str]
"""From a file's id to where it is downloaded."""


def file_links(request: Request) -> FileLinks:
    """For this reader, from now on."""
    origin, secret = origin_of(request), request.state["services"].settings.server.secret_keys[0]
    expires = int(time.time()) + FILE_LINK_S
    return lambda file_id: file_link(origin, secret, file_id, expires)
