"""Objects in a folder and in a real S3-compatible bucket: the same promises."""

import secrets
import stat
import traceback
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from chat.desk.storage import PART, Storage, open_storage
from chat.errors import Unavailable
from chat.settings import Server, Settings, StorageSettings
from tests.buckets import S3Server, running_s3
from tests.service import free_port


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


def settings(folder: Path, url: str | None = None) -> Settings:
    return msgspec.structs.replace(Settings(), server=Server(data_dir=str(folder)), storage=StorageSettings(url=url))


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    url = request.getfixturevalue("s3").url if request.param == "bucket" else None
    return open_storage(settings(tmp_path, url))


async def pieces(*chunks: bytes, then: Exception | None = None) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if then is not None:
        raise then


async def content(storage: Storage, file_id: str) -> bytes:
    size, found = await storage.get(file_id)
    whole = b"".join([piece async for piece in found])
    assert len(whole) == size
    return whole


async def ids(storage: Storage) -> set[str]:
    return {one async for page in storage.ids() for one in page}


async def test_what_was_put_is_there_listed_and_gone_when_deleted(storage: Storage) -> None:
    small, large = secrets.token_hex(16), secrets.token_hex(16)
    chunk = secrets.token_bytes(1 << 20)
    await storage.put(small, pieces(b"a", b"b"))
    await storage.put(large, pieces(*[chunk] * 11))
    assert await content(storage, small) == b"ab"
    assert await content(storage, large) == chunk * 11
    assert {small, large} <= await ids(storage)
    await storage.delete([small, large, secrets.token_hex(16)])
    assert not {small, large} & await ids(storage)
    with pytest.raises(FileNotFoundError):
        await storage.get(small)


@pytest.mark.parametrize("size", [0, 10, PART * 2 + 1])
async def test_what_breaks_off_leaves_nothing(storage: Storage, size: int, request: pytest.FixtureRequest) -> None:
    file_id = secrets.token_hex(16)
    chunk = bytes(size // 10)
    with pytest.raises(KeyError, match="broke off"):
        await storage.put(file_id, pieces(*[chunk] * 11, then=KeyError("broke off")))
    assert file_id not in await ids(storage)
    if "bucket" in request.node.callspec.id:
        assert request.getfixturevalue("s3").unfinished_uploads() == 0


async def test_a_folder_is_its_owners_alone_and_keeps_no_half_of_a_file(tmp_path: Path) -> None:
    storage = open_storage(settings(tmp_path / "data"))
    assert stat.S_IMODE((tmp_path / "data" / "files").stat().st_mode) == 0o700
    with pytest.raises(ValueError):
        await storage.put("ab" * 16, pieces(bytes(PART), bytes(PART), then=ValueError()))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_storage_that_is_away_is_unavailable_and_says_nothing_of_its_keys(tmp_path: Path) -> None:
    nobody = f"s3://files?endpoint=http://127.0.0.1:{free_port()}&access_key_id=me&secret_access_key=hush"
    storage = open_storage(settings(tmp_path, nobody))
    for attempt in (storage.put("ab" * 16, pieces(b"x")), storage.get("ab" * 16), storage.delete(["ab" * 16])):
        with pytest.raises(Unavailable) as refused:
            await attempt
        assert "hush" not in "".join(traceback.format_exception(refused.value))
    with pytest.raises(Unavailable):
        await ids(storage)
