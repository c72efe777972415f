"""Where words could be left, and a search through all of it that this process may read."""

import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct, structs

from chat.audit.canaries import OVERLAP, Canaries, memory_of
from chat.settings import Settings
from chat.storage.database import Database, sqlite_file

PIECE = 16 * 2**20
OURS = re.compile(rb"([^\0]+\0)?([^\0]*/)?mayfly\0(serve|demo)\0|.*\0-m\0chat(\.worker)?\0", re.DOTALL)
"""The command of a launcher or a worker, as ``/proc`` tells it."""
ABSENT = (
    "no process of it that we may look into listens there; run the audit beside it, as root, with its own port in --url"
)
TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"


class Leak(Struct, frozen=True, order=True):
    """A canary that was found: the field it had been typed into, and in which form it was written."""

    field: str
    form: str


class Place(Struct, frozen=True):
    """A place that was searched ``after`` something, or not all of it, and then why."""

    name: str
    after: str = ""
    searched_bytes: int = 0
    leaks: list[Leak] = []
    not_searched: str | None = None


def searched(name: str, words: Canaries, pieces: Iterable[bytes]) -> Place:
    """A place made of these pieces of bytes; where an OSError ends them, it says why and keeps what was found before."""
    total, leaks, unread = 0, set[Leak](), None
    try:
        for piece in pieces:
            total += len(piece)
            leaks |= leaks_in(words, piece)
    except OSError as fault:
        advice = (
            "; run the audit as root, or as an account that may read it" if isinstance(fault, PermissionError) else ""
        )
        unread = f"{fault.strerror}{advice}"
    return Place(name, searched_bytes=total, leaks=sorted(leaks), not_searched=unread)


def leaks_in(words: Canaries, data: bytes) -> set[Leak]:
    """The canaries in ``data``; where one is cut off or encoded its field cannot be told."""
    return {Leak(one.field or "?", one.form) for one in words.found_in(data)}


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def in_database(words: Canaries, database: Database, url: str) -> list[Place]:
    """SQLite's files as they are, free pages and log too; PostgreSQL's rows, which is all that SQL shows."""
    if (file := sqlite_file(url)) is not None:
        files = listed(Path(file).parent, Path(file).name + "*")
        return [searched("SQLite: file with free pages, log", words, contents(files))]
    rows: list[bytes] = []
    async with database.connect() as connection:
        for table in (await connection.scalars(sa.text(TABLES))).all():
            texts = await connection.stream_scalars(sa.text(f'SELECT "{table}"::text FROM "{table}"'))  # noqa: S608
            rows += [str(text).encode() async for text in texts]
    return [searched("PostgreSQL: rows of all tables", words, rows)]


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def in_files(
    words: Canaries, settings: Settings, pids: Sequence[int], since: float, logs: Iterable[Path]
) -> list[Place]:
    """The data folder; what is younger than ``since`` (Unix time) where temporary files and cores go; the logs."""
    data = _under(Path(settings.server.data_dir), Path.is_file)
    temporary = {Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/dev/shm")}  # noqa: S108
    young = (one for folder in sorted(temporary) for one in _under(folder, _since(since)))
    around = (one for folder in {os.readlink(f"/proc/{pid}/cwd") for pid in pids} for one in listed(Path(folder), "*"))
    written = sorted({*logs, *(file for pid in pids for file in _written_to(pid))})
    stored = [] if settings.storage.url is None else [Place("object storage", not_searched="not on this machine")]
    beside = searched("core and other files where it runs, since", words, contents(filter(_since(since), around)))
    log = searched("logs", words, contents(written, may_vanish=False))
    return [
        searched("data folder", words, contents(data)),
        *stored,
        searched("temporary files since", words, contents(young)),
        beside if pids else structs.replace(beside, not_searched=ABSENT),
        log
        if written
        else Place("logs", not_searched="it writes to no file: give what collects its output with --log"),
    ]


def _under(folder: Path, wanted: Callable[[Path], bool]) -> Iterator[Path]:
    """The wanted files in it, however deep, and the folders that do not open, of which ``contents`` tells."""
    closed: list[Path] = []
    for root, _, names in os.walk(folder, onerror=lambda fault: closed.append(Path(fault.filename))):
        yield from (file for name in names if wanted(file := Path(root) / name))
    yield from closed


def listed(folder: Path, *patterns: str) -> Iterator[Path]:
    """The files in it that are called like that. Raises PermissionError where ``glob`` would silently find none."""
    if not os.access(folder, os.R_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"{folder} does not open")
    yield from (file for pattern in patterns for file in folder.glob(pattern) if file.is_file())


def _since(since: float) -> Callable[[Path], bool]:
    def is_young(file: Path) -> bool:
        try:
            return file.is_file() and not file.is_symlink() and file.stat().st_mtime >= since
        except OSError:
            return False  # it has gone

    return is_young


def contents(files: Iterable[Path], *, may_vanish: bool = True) -> Iterator[bytes]:
    """With the names; pieces overlap, so that nothing is missed at an edge. What has vanished is passed over.

    Raises OSError for what cannot be read, after all else. It tells in which folders: a file may be called by a word.
    """
    unread: dict[str, int | None] = {}
    for path in files:
        yield (piece := bytes(path))
        try:
            with path.open("rb") as file:
                while more := file.read(PIECE):
                    yield (piece := piece[-OVERLAP:] + more)
        except OSError as fault:
            if not (may_vanish and isinstance(fault, FileNotFoundError)):
                unread[f"{fault.strerror} in {path.parent}"] = fault.errno
    if unread:
        raise OSError(next(iter(unread.values())), "; ".join(unread))


def _written_to(pid: int) -> list[Path]:
    """The files that a process's output goes to."""
    there = [Path(os.readlink(f"/proc/{pid}/fd/{number}")) for number in (1, 2)]
    return [one for one in there if one.is_file()]


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────


def in_memory(words: Canaries, pids: Iterable[int]) -> list[Place]:
    """The writable memory of the service's processes."""
    return [memory(f"memory of process {pid}, {program(pid)}", words, pid) for pid in pids]


def memory(name: str, words: Canaries, pid: int) -> Place:
    """The writable memory of a process."""
    return searched(name, words, memory_of(pid))


def processes_at(port: int) -> list[int]:
    """The launcher and the workers that listen at a TCP port of this machine; none where ``/proc`` is not Linux's.

    A proxy in front listens there as well, or instead.
    """
    inodes = {f"socket:[{inode}]" for inode in _listening(port)}
    found = [int(one.name) for one in Path("/proc").glob("[0-9]*")]
    return sorted(pid for pid in found if inodes & set(_open_by(pid)) and _is_ours(pid))


def _is_ours(pid: int) -> bool:
    try:
        return OURS.match(Path(f"/proc/{pid}/cmdline").read_bytes()) is not None
    except OSError:
        return False  # it has ended


def _listening(port: int) -> Iterator[str]:
    """The inodes of the sockets that listen there (proc_net(5))."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _open_by(pid: int) -> Iterator[str]:
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            yield os.readlink(f"/proc/{pid}/fd/{number}")
    except OSError:
        return  # it has ended, or is somebody else's


def program(pid: int) -> str:
    """Its name; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
