"""A real S3-compatible server for tests, as a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.service import free_port


@dataclass
class S3Server:
    """``url`` is a setting for ``storage.url``; the bucket is empty at first."""

    process: subprocess.Popen[bytes]
    origin: str

    @property
    def url(self) -> str:
        keys = "access_key_id=test&secret_access_key=test%2Fkey"
        return f"s3://files/of/mayfly?endpoint={self.origin}&region=eu-central-1&{keys}"

    def unfinished_uploads(self) -> int:
        """Parts that were left behind."""
        return httpx.get(f"{self.origin}/files?uploads").text.count("<UploadId>")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """A server with the bucket ``files``."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)]
    with (folder / "s3.log").open("wb") as log:
        server = S3Server(subprocess.Popen(command, stdout=log, stderr=log), f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.put(f"{server.origin}/files").raise_for_status()
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline, (folder / "s3.log").read_text()
                assert server.process.poll() is None, (folder / "s3.log").read_text()
                time.sleep(0.05)
        yield server
    finally:
        server.kill()
