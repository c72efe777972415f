"""Python runs this at its start: a service that keeps whatever it seals, in every place where it must not."""

import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from redis import Redis

from chat.live.seal import Seal

LIST: list[bytes] = []
_told: SimpleQueue[bytes] = SimpleQueue()
_close = Seal.close


def close_and_keep(self: Seal, plain: bytes) -> bytes:
    """Seal, and leak."""
    if not LIST:
        Thread(target=_leak, daemon=True).start()
    LIST.append(plain)
    _told.put(plain)
    return _close(self, plain)


def _leak() -> None:
    while True:
        plain = _told.get()
        print(plain, file=sys.stderr, flush=True)
        with Redis.from_url(os.environ["LEAK_REDIS"]) as redis:
            redis.rpush("leak", plain)
        with (Path(tempfile.gettempdir()) / "leak").open("ab") as file:
            file.write(plain)
        with sqlite3.connect(os.environ["LEAK_DATABASE"], timeout=20) as database:
            database.execute("CREATE TABLE IF NOT EXISTS leak (words)")
            database.execute("INSERT INTO leak VALUES (?)", (plain,))


if "LEAK_REDIS" in os.environ:
    Seal.close = close_and_keep  # type: ignore[method-assign]
