"""Where attached files lie: a folder, or an S3-compatible bucket by URL. One object a file, under the file's id."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from chat.bucket import Bucket, parse_bucket
from chat.errors import Unavailable
from chat.settings import Settings

if TYPE_CHECKING:
    from obstore import GetResult

PART = 5 * 1024 * 1024
"""An upload in S3 goes in parts of at least this size. A process holds two of them for each upload under way."""
PARTS_AT_ONCE = 1
CHUNK = 256 * 1024
LISTED_AT_ONCE = 1000


class Storage:
    """Objects by id. All raise ``Unavailable`` when the storage does not answer, or refuses us.

    What is being written is not there until it is there as a whole; a write that fails or is cancelled leaves nothing.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, file_id: str, chunks: AsyncIterator[bytes]) -> None:
        """Keep what ``chunks`` yield. Whatever they raise is raised."""
        with _reporting_absence():
            await obstore.put_async(self._store, _path(file_id), chunks, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)

    async def get(self, file_id: str) -> tuple[int, AsyncIterator[bytes]]:
        """The size of an object, and its bytes piece by piece. Raises FileNotFoundError."""
        with _reporting_absence():
            found = await obstore.get_async(self._store, _path(file_id))
        return found.meta["size"], _pieces(found)

    async def delete(self, file_ids: Sequence[str]) -> None:
        """Take objects away; one that is gone already is no fault."""
        for file_id in file_ids:
            with _reporting_absence():
                try:
                    await obstore.delete_async(self._store, _path(file_id))
                except FileNotFoundError:
                    continue

    async def ids(self) -> AsyncIterator[list[str]]:
        """The ids of everything that is there, up to ``LISTED_AT_ONCE`` at a time."""
        with _reporting_absence():
            async for page in obstore.list(self._store, chunk_size=LISTED_AT_ONCE):
                yield [one["path"].rsplit("/", 1)[-1] for one in page]


def open_storage(settings: Settings) -> Storage:
    """What the settings say. Raises OSError if the folder cannot be made."""
    if settings.storage.url is not None:
        return Storage(_bucket_store(parse_bucket(settings.storage.url)))
    folder = Path(settings.server.data_dir).absolute() / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Storage(LocalStore(folder))


def _bucket_store(bucket: Bucket) -> S3Store:
    known = {
        "endpoint": bucket.endpoint,
        "region": bucket.region,
        "access_key_id": bucket.access_key_id,
        "secret_access_key": bucket.secret_access_key,
        "session_token": bucket.session_token,
    }
    config: Any = {name: value for name, value in known.items() if value is not None}
    if bucket.endpoint is not None:
        config["virtual_hosted_style_request"] = bucket.virtual_hosted
    return S3Store(
        bucket.name,
        prefix=bucket.prefix,
        config=config,
        client_options={
            "allow_http": (bucket.endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "read_timeout": timedelta(seconds=30),
            "timeout": timedelta(days=1),  # of a whole request: by default 30 s, too short for a slow reader's download
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )


def _path(file_id: str) -> str:
    """In a folder of its own for each of 256 beginnings: no file system likes a hundred thousand names in one."""
    return f"{file_id[:2]}/{file_id}"


async def _pieces(found: "GetResult") -> AsyncIterator[bytes]:
    with _reporting_absence():
        async for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)


@contextmanager
def _reporting_absence() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError):
        raise Unavailable("the storage of files is away; try again") from None
