"""``mayfly audit``, as an operator runs it beside the service: it finds nothing, and it finds what is there."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from chat.audit.canaries import Canaries, memory_of
from chat.audit.places import contents, processes_at, searched
from chat.people.auditor import DOMAIN
from chat.storage.database import Database
from tests.actors import Agent
from tests.service import Installation, Node, free_port, installation

LEAKS = Path(__file__).parent / "leaks"
NOBODY_SPECIAL = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""To whom files can be closed, as they cannot be to root."""
GIVES_BACK = """
import mmap
pages = mmap.mmap(-1, 2**20)
print(flush=True)
input()
pages.close()
print(flush=True)
input()
"""


async def audit(
    mayfly: Installation, url: str, temporary: Path, *options: str, as_: Sequence[str] = ()
) -> tuple[int, dict[str, Any]]:
    """Its exit status and its report."""
    command = [
        *as_,
        sys.executable,
        "-m",
        "chat",
        "audit",
        "--config",
        str(mayfly.config),
        "--url",
        url,
        "--json",
        *options,
    ]
    url = mayfly.database.replace("+asyncpg", "").replace("+aiosqlite", "")
    own = {"MAYFLY_DATABASE_URL": url, "TMPDIR": str(temporary)}
    ran = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=110, env={**os.environ, **own}
    )
    assert ran.stdout, ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    return ran.returncode, report


def found(report: dict[str, Any], place: str) -> set[str]:
    """The fields whose words were found in places that begin like that."""
    return {leak["field"] for one in report["places"] if one["name"].startswith(place) for leak in one["leaks"]}


async def test_of_chats_that_ended_in_every_way_nothing_is_found_anywhere(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> None:
    """On the embedded engine with SQLite, and on a Redis that writes to disk with PostgreSQL."""
    on_sqlite, temporary = "sqlite" in database_url, tmp_path_factory.mktemp("tmp")
    async with installation(
        tmp_path, embedded=on_sqlite, database=database_url, idle_end_s=8, heartbeat_s=60
    ) as mayfly:
        if not on_sqlite:
            async with Redis.from_url(mayfly.redis.url) as redis:
                await redis.config_set("appendonly", "yes")
        node = await mayfly.node(
            workers=2, MAYFLY_SERVER_LOG_LEVEL="debug", TMPDIR=str(temporary), MAYFLY_SERVER_WIPE_MEMORY="true"
        )
        async with Agent(node, await mayfly.hire("Anna")) as anna:
            await anna.opens()
            await anna.is_available()
            status, report = await audit(mayfly, node.origin, temporary)
            await anna.synchronises()
            assert anna.got("assigned") == anna.got("offered") == [], "who works there is not disturbed"
        assert [one for one in report["places"] if one["leaks"] or one["not_searched"]] == []
        assert (status, report["clean"], len(report["chats"])) == (0, True, 7)
        searched = {one["name"].partition(" of process")[0]: one["searched_bytes"] for one in report["places"]}
        assert searched["memory"] > 10**7
        assert searched["Redis: memory"] > 10**6
        assert searched["Redis: every command (MONITOR)"] > 10**5
        assert searched["SQLite: file with free pages, log" if on_sqlite else "PostgreSQL: rows of all tables"] > 0
        assert on_sqlite or searched["Redis: files"] > 10**4
        assert len([one for one in report["places"] if one["name"].startswith("memory of process")]) == 3
        database = Database(database_url)
        try:
            async with database.connect() as connection:
                left = await connection.exec_driver_sql("SELECT email FROM agents")
                assert not [email for (email,) in left if email.endswith(DOMAIN)]
        finally:
            await database.close()


@pytest.mark.configured
async def test_words_that_were_kept_are_found_wherever_that_is(
    mayfly: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    temporary = tmp_path_factory.mktemp("tmp")
    node = await mayfly.node(
        PYTHONPATH=str(LEAKS),
        LEAK_REDIS=mayfly.redis.url,
        LEAK_DATABASE=str(mayfly.folder / "data" / "mayfly.db"),
        TMPDIR=str(temporary),
        MAYFLY_SERVER_WIPE_MEMORY="true",
    )
    status, report = await audit(mayfly, node.origin, temporary)
    assert (status, report["clean"]) == (1, False)
    for place in ("memory of process", "logs", "Redis: keys", "temporary files", "SQLite", "Redis: every command"):
        assert found(report, place), place
    typed = {"agents_words", "visitors_words", "draft", "note", "question", "name", "phone", "page_title", "next_title"}
    assert found(report, "logs") >= typed
    assert found(report, "memory of process") >= typed, "a list keeps them all"
    assert "canary" not in json.dumps(report), "a report can be shown to anybody"


async def test_without_a_service_it_says_so_in_one_line(tmp_path: Path) -> None:
    async with installation(tmp_path, embedded=True) as mayfly:
        command = [sys.executable, "-m", "chat", "audit", "--config", str(mayfly.config)]
        ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert ran.stderr.startswith("mayfly: no service runs with this configuration")


async def test_a_log_that_does_not_exist_is_named_before_any_chat_is_held(tmp_path: Path) -> None:
    async with installation(tmp_path, embedded=True) as mayfly:
        command = [sys.executable, "-m", "chat", "audit", "--config", str(mayfly.config), "--log", "absent.log"]
        ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert ran.stderr.startswith("mayfly: there is no file absent.log: name one with --log")


@pytest.mark.configured
async def test_what_it_could_not_read_it_names_and_does_not_call_clean(
    mayfly: Installation, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A log that fails, a folder of Redis and one of the data that are closed; and the service itself, which is behind a proxy."""
    node = await mayfly.node(workers=2)
    async with Redis.from_url(mayfly.redis.url) as redis:
        await redis.config_set("appendonly", "yes")
    appended = tmp_path / "appendonlydir"
    (files := tmp_path / "data" / "closed").mkdir(0o000)
    appended.chmod(0o000)
    try:
        async with proxy(node) as url:
            temporary = tmp_path_factory.mktemp("tmp")
            status, report = await audit(mayfly, url, temporary, "--log", "/proc/self/mem", as_=NOBODY_SPECIAL)
    finally:
        appended.chmod(0o700)
        files.chmod(0o700)
    assert (status, report["clean"]) == (0, True)
    unread = {one["name"]: one["not_searched"] for one in report["places"] if one["not_searched"]}
    assert unread.pop("logs") == "Input/output error in /proc/self"
    assert unread.pop("Redis: files").startswith(f"{appended} does not open; run the audit as root")
    assert unread.pop("data folder").startswith(f"Permission denied in {files.parent}; run the audit as root")
    for place in ("memory of the service", "core and other files where it runs, since"):
        assert unread.pop(place).startswith("no process of it that we may look into listens there")


async def test_a_proxy_in_front_is_not_taken_for_the_service(mayfly: Installation) -> None:
    node = await mayfly.node()
    async with proxy(node) as url:
        assert processes_at(int(url.rpartition(":")[2])) == []
    assert processes_at(node.port) == sorted([node.process.pid, *node.workers()])


@asynccontextmanager
async def proxy(node: Node) -> AsyncIterator[str]:
    """Its address; it is in this process."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while more := await reader.read(2**16):
            writer.write(more)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_connection("127.0.0.1", node.port)
        await asyncio.gather(pass_on(reader, asks), pass_on(answers, writer), return_exceptions=True)

    async with await asyncio.start_server(serve, "127.0.0.1", port := free_port()):
        yield f"http://127.0.0.1:{port}"


def test_a_file_that_cannot_be_read_is_told_and_hides_nothing_in_others(tmp_path: Path) -> None:
    words = Canaries()
    (full := tmp_path / "full").write_text(words.word("question"))
    place = searched("files", words, contents([tmp_path / "vanished", Path("/proc/self/mem"), full]))
    assert [leak.field for leak in place.leaks] == ["question"]
    assert place.not_searched == "Input/output error in /proc/self"
    gone = searched("logs", words, contents([tmp_path / "vanished"], may_vanish=False))
    assert gone.not_searched == f"No such file or directory in {tmp_path}"


def test_memory_that_a_process_gives_back_meanwhile_hides_nothing_in_the_rest() -> None:
    words = Canaries()
    command = [sys.executable, "-c", GIVES_BACK, words.word("question")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        pieces = memory_of(process.pid)
        begun = next(pieces)
        process.stdin.write(b"\n")
        process.stdout.readline()
        place = searched("memory", words, (piece for some in ([begun], pieces) for piece in some))
        process.stdin.write(b"\n")
    assert place.not_searched is None
    assert "question" in [leak.field for leak in place.leaks], "on its stack, which comes last"
