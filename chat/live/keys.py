"""Every Redis key of the live chats, in the hash slot ``{b:N}`` of the chat's bucket.

Whatever a person typed is sealed before it gets here (see ``seal``); ids and numbers are not.
"""

from hashlib import sha1
from zlib import crc32


def bucket(chat_id: str, buckets: int) -> int:
    """The chat's bucket, 0 ≤ n < ``buckets``. Type: none. Lifetime: none, it is a number."""
    return crc32(chat_id.encode()) % buckets


def prefix(n: int) -> str:
    """Start of every key of bucket ``n``. Type: none. Lifetime: none, it is only a prefix."""
    return f"mayfly:{{b:{n}}}:"


def feed(n: int) -> str:
    """What happens in the bucket's chats, sealed, many in one payload (see ``log``). Type: pub/sub channel. Lifetime: none."""
    return prefix(n) + "feed"


def called(n: int) -> str:
    """When a script was called last (ms): after a longer pause leases mean nothing. Type: string. Lifetime: until Redis loses its memory."""
    return prefix(n) + "called"


def mark(n: int) -> str:
    """Tells one life of this Redis from the next. Type: string. Lifetime: until Redis loses its memory."""
    return prefix(n) + "mark"


def chat(n: int, chat_id: str) -> str:
    """The chat: salt of its key, site, team, digest of whom it came from, arrival, sealed card, last seq, marks, epoch, the wait a visitor who is gone was told. Type: hash. Lifetime: the chat's, or its time to live."""
    return prefix(n) + "chat:" + chat_id


def log(n: int, chat_id: str) -> str:
    """Its messages, sealed; the entry's id is ``seq-0``. Type: stream. Lifetime: as the chat."""
    return prefix(n) + "log:" + chat_id


def notes(n: int, chat_id: str) -> str:
    """Its notes among agents, sealed; the entry's id is ``n-0``. Type: stream. Lifetime: as the chat."""
    return prefix(n) + "notes:" + chat_id


def refs(n: int, chat_id: str) -> str:
    """Which ref became which seq: a digest of author and ref → seq. Type: hash. Lifetime: as the chat."""
    return prefix(n) + "refs:" + chat_id


def tabs(n: int, chat_id: str) -> str:
    """Nodes with a tab of this visitor: node → lease until (ms). Type: sorted set. Lifetime: as the chat."""
    return prefix(n) + "tabs:" + chat_id


def over(n: int, chat_id: str) -> str:
    """A chat of this id has just ended, and does not begin again: nothing, under a digest of the id. Type: string. Lifetime: 1 minute."""
    return prefix(n) + "over:" + sha1(chat_id.encode(), usedforsecurity=False).hexdigest()


def due(n: int) -> str:
    """When a chat without a tab is announced as left, then erased: chat → ms. Type: sorted set. Lifetime: while any chat lives."""
    return prefix(n) + "due"


NODES = "mayfly:nodes"
"""What concerns every node: a session closed, a ticket changed or falls due or is looked at, an answer overdue. Type: pub/sub channel. Lifetime: none."""


def viewers(site: str, number: int) -> str:
    """The console tabs that look at a ticket: tab, agent's id and name → lease until (ms). Type: sorted set. Lifetime: 12 seconds after its last renewal."""
    return f"mayfly:viewers:{site}:{number}"


def chats_of(visitor: str) -> str:
    """Chats started by a visitor whom a site vouches for, this hour (a digest of site and person). Type: string (count). Lifetime: 1 hour."""
    return "mayfly:limit:visitor:" + visitor


def chats_from(address: str) -> str:
    """Chats started from an address this hour (a digest of it). Type: string (count). Lifetime: 1 hour."""
    return "mayfly:limit:chats:" + address


def blocked(source: str) -> str:
    """Whoever comes from there may not start a chat (a keyed digest of site and identity, or address). Type: string. Lifetime: as long as the agent said."""
    return "mayfly:blocked:" + source


def tickets_from(address: str) -> str:
    """Tickets filed from an address this hour (a digest of it). Type: string (count). Lifetime: 1 hour."""
    return "mayfly:limit:tickets:" + address


def files_from(address: str) -> str:
    """Files sent in from an address this hour (a digest of it). Type: string (count). Lifetime: 1 hour."""
    return "mayfly:limit:files:" + address


FILES_TIDIED = "mayfly:files_tidied"
"""Some node tidies up files, or has, this hour. Type: string. Lifetime: 1 hour."""
