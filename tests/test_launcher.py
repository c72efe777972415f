"""The launcher: what it starts it keeps alive, and takes with it when it goes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from chat.children import WIPING
from chat.errors import CLOSE_CODES
from chat.protocol import SUBPROTOCOL, VERSION
from tests.clients import TRUST

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")

COMMAND = [sys.executable, "-c", "from chat.cli import app; app(prog_name='mayfly')"]


class Service:
    """A ``mayfly`` that serves, seen from outside."""

    def __init__(self, folder: Path, *words: str, **environ: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
        (folder / "tmp").mkdir()
        self.folder = folder
        self.log = folder / "log"
        self.environ = {**clean, "PYTHONPATH": str(Path(__file__).parent.parent), "TMPDIR": str(folder / "tmp")}
        self.environ |= environ
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*COMMAND, *words], cwd=folder, env=self.environ, stdout=log, stderr=log)

    def runs(self, *words: str, says: str = "") -> None:
        """Run another command beside it, in the same folder."""
        subprocess.run(
            [*COMMAND, *words], cwd=self.folder, env=self.environ, input=says, text=True, check=True, timeout=60
        )

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    @property
    def children(self) -> dict[str, list[int]]:
        """Pids of the launcher's children by what they are."""
        found: dict[str, list[int]] = {"worker": [], "engine": []}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, parent = stat.read_text().rpartition(") ")[2].split()[:2]
                command = (stat.parent / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(parent) == self.process.pid and state != "Z":
                found["worker" if b"chat.worker" in command else "engine"].append(int(stat.parent.name))
        return found

    def wait_ready(self) -> str:
        """The origin, once every worker serves."""
        eventually(lambda: '"event": "ready"' in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said
        (ready,) = [json.loads(line) for line in self.said.splitlines() if '"event": "ready"' in line]
        assert ready["address"] == f"http://127.0.0.1:{ready['port']}"
        return str(ready["address"])


def eventually(true: Callable[[], bool], within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def hear_everything(console: ClientConnection) -> None:
    while True:
        console.recv(10)


def answers(origin: str, path: str) -> bool:
    try:
        return httpx.get(origin + path, timeout=5, verify=TRUST).status_code == 200
    except httpx.TransportError:
        return False


def start_a_chat(origin: str) -> None:
    with connect(
        origin.replace("http", "ws") + "/ws/visitor?site=shop",
        origin=Origin(origin),
        subprotocols=[Subprotocol(SUBPROTOCOL)],
    ) as tab:
        tab.send(json.dumps({"type": "hello", "protocol": VERSION}))
        assert json.loads(tab.recv(10))["type"] == "welcome"
        tab.send(json.dumps({"type": "start", "ref": "1", "question": "Hello?"}))
        assert json.loads(tab.recv(10))["type"] == "started"


def chats_started(origin: str) -> float:
    numbers = httpx.get(f"{origin}/metrics").text
    return sum(float(value) for value in re.findall(r"^mayfly_chats_started_total\S* (\S+)$", numbers, re.MULTILINE))


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    (folder / "mayfly.toml").write_text('[sites.shop]\ntitle = "Shop"\norigins = ["https://shop.example"]\n')
    service = Service(folder, "serve", "--port", "0", "--workers", "2")
    yield service
    service.process.kill()
    service.process.wait()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path) as service:
        yield service


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One that recovers from what several tests do to it."""
    with serving(tmp_path_factory.mktemp("lasting")) as service:
        yield service


def test_a_killed_worker_is_replaced_and_the_others_serve_on(lasting: Service) -> None:
    origin = lasting.wait_ready()
    first, second = lasting.children["worker"]
    os.kill(first, signal.SIGKILL)
    assert answers(origin, "/healthz")
    eventually(lambda: len(lasting.children["worker"]) == 2 and first not in lasting.children["worker"])
    assert second in lasting.children["worker"]


def test_a_killed_engine_is_started_again_and_the_service_recovers(lasting: Service) -> None:
    origin = lasting.wait_ready()
    assert answers(origin, "/readyz")
    (engine,) = lasting.children["engine"]
    os.kill(engine, signal.SIGKILL)
    eventually(lambda: bool(lasting.children["engine"]) and lasting.children["engine"] != [engine])
    eventually(lambda: answers(origin, "/readyz"))


def test_workers_run_with_the_allocator_that_overwrites(lasting: Service) -> None:
    lasting.wait_ready()
    for pid in lasting.children["worker"]:
        environ = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
        assert {f"{name}={value}" for name, value in WIPING.items()} <= set(environ)


def test_numbers_are_those_of_all_workers_and_outlive_them(lasting: Service) -> None:
    origin = lasting.wait_ready()
    for _ in range(6):
        start_a_chat(origin)
    assert {chats_started(origin) for _ in range(6)} == {6}
    for pid in lasting.children["worker"]:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: answers(origin, "/healthz"))
    assert chats_started(origin) == 6


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_and_leaves_nothing_running(service: Service, number: signal.Signals) -> None:
    service.wait_ready()
    pids = [pid for group in service.children.values() for pid in group]
    service.process.send_signal(number)
    assert service.process.wait(30) == 0
    assert [pid for pid in pids if alive(pid)] == []
    assert list((service.folder / "tmp").iterdir()) == []
    assert sorted(path.name.partition("-")[0] for path in (service.folder / "data").iterdir()) == [
        "files",
        "mayfly.db",
        "secret.key",
    ]
    assert "Traceback" not in service.said


def test_killed_it_takes_its_children_with_it(service: Service) -> None:
    service.wait_ready()
    pids = [pid for group in service.children.values() for pid in group]
    assert len(pids) == 3
    service.process.kill()
    eventually(lambda: not any(alive(pid) for pid in pids))


def test_an_agent_disabled_on_the_command_line_loses_the_open_console(lasting: Service) -> None:
    origin = lasting.wait_ready()
    lasting.runs("agent", "add", "a@b.example", "--name", "Ann", "--team", "support", "--password-stdin", says="x" * 12)
    signed_in = httpx.post(
        f"{origin}/api/session", json={"email": "a@b.example", "password": "x" * 12}, headers={"Origin": origin}
    )
    cookie = signed_in.headers["Set-Cookie"].partition(";")[0]
    with connect(
        origin.replace("http", "ws") + "/ws/agent",
        origin=Origin(origin),
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        additional_headers={"Cookie": cookie},
    ) as console:
        console.send(json.dumps({"type": "hello", "protocol": VERSION}))
        assert json.loads(console.recv(10))["type"] == "welcome"
        lasting.runs("agent", "disable", "a@b.example")
        with pytest.raises(ConnectionClosed) as closed:
            hear_everything(console)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CLOSE_CODES["not_signed_in"].code


def test_workers_that_cannot_start_end_it_with_a_clear_line(tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ImportError('broken on purpose')")  # only workers load it
    service = Service(tmp_path, "serve", "--port", "0")
    assert service.process.wait(60) == 1
    *before, last = service.said.splitlines()
    assert last == "mayfly: a worker died 5 times before it could serve; see its messages above"
    assert "broken on purpose" in "".join(before)


def test_the_demo_prints_where_to_go_touches_nothing_of_a_service_and_leaves_no_trace(tmp_path: Path) -> None:
    theirs = {
        "MAYFLY_REDIS_URL": "redis://127.0.0.1:1/0",
        "MAYFLY_DATABASE_URL": "postgresql://me@127.0.0.1:1/x",
        "MAYFLY_STORAGE_URL": "s3://files?endpoint=http://127.0.0.1:1",
        "MAYFLY_MAIL_SMTP_URL": "smtp://127.0.0.1:1",
        "MAYFLY_MAIL_SENDER": "help@example.com",
    }
    demo = Service(tmp_path, "demo", "--port", "0", **theirs)
    try:
        eventually(lambda: "Ctrl-C" in demo.said or demo.process.poll() is not None)
        (page,) = re.findall(r"http://[^/\s]+/demo", demo.said)
        assert answers(page.removesuffix("/demo"), "/healthz")
        assert re.search(r"http://\S+/console", demo.said)
        email, password = re.findall(r"(\S+@\S+) +(\S+)", demo.said)[0]
        signed_in = httpx.post(
            page.replace("/demo", "/api/session"),
            json={"email": email, "password": password},
            headers={"Origin": page.removesuffix("/demo")},
        )
        assert signed_in.status_code == 204
        kept = httpx.post(page.replace("/demo", "/api/sites/demo/files"), files={"file": ("a.txt", b"It is broken.")})
        assert kept.status_code == 201
        assert '"mail":false' in httpx.get(page.replace("/demo", "/panel/demo")).text.replace(" ", "")
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(30) == 0
        assert list((tmp_path / "tmp").iterdir()) == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "tmp"]
    finally:
        demo.process.kill()
        demo.process.wait()
