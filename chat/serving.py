"""What a worker does: serve on the socket that the launcher passed to it."""

import argparse
import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from math import ceil
from pathlib import Path
from typing import cast

import structlog
import uvicorn

from chat import logs
from chat.app import create_app
from chat.demo import demo_settings
from chat.live.sockets import Connection
from chat.services import Services, open_services
from chat.settings import load
from chat.web.acceptor import Acceptor
from chat.web.http_protocol import HttpProtocol

GRACE_S = 5
DRAIN_S = 4.0
"""At most."""
SENT_AT_ONCE = 10
SENT_EVERY_S = 0.075


class Server(uvicorn.Server):
    """Tells the launcher, by a line on stdout, that it serves; ends when its services do."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As in uvicorn, but for who takes in connections."""
        await super().startup([])
        for listener in sockets or ():
            self.servers.append(cast(asyncio.Server, Acceptor(listener, self._protocol, self.config.backlog)))
        gc.enable()
        gc.freeze()  # what was made up to here stays for good: no collection has to look through it (docs/performance.md)
        print("ready", flush=True)

    def _protocol(self) -> asyncio.Protocol:
        return HttpProtocol(self.config, self.server_state, self.lifespan.state)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As in uvicorn, but tabs are sent away a few at a time: where they go, all at once would have to queue."""
        for server in self.servers:
            server.close()
        tabs = [one for one in self.server_state.connections if isinstance(one, Connection)]
        at_once = max(SENT_AT_ONCE, ceil(len(tabs) * SENT_EVERY_S / DRAIN_S))
        while tabs and not (self.force_exit or self.lifespan.error_occurred):
            for tab in tabs[:at_once]:
                tab.shutdown()
            del tabs[:at_once]
            await asyncio.sleep(SENT_EVERY_S)
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """As in uvicorn, which would go on serving without ears when a loop of the services has failed."""
        return await super().on_tick(counter) or self.lifespan.error_occurred


def main() -> None:
    """Serve on the socket passed by the launcher until SIGTERM."""
    parser = argparse.ArgumentParser(prog="chat.worker")
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--demo", action="store_true")
    asked = parser.parse_args()
    listener = socket.socket(fileno=asked.fd)
    settings = load(asked.config, os.environ)
    if asked.demo:
        settings = demo_settings(settings, listener.getsockname()[1])
    logs.configure(settings.server.log_level)
    app = create_app(lambda: _telling(open_services(settings, demo=asked.demo)), settings.locales)
    Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=HttpProtocol,
            ws=Connection,
            lifespan="on",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=GRACE_S,
            backlog=4096,
        )
    ).run(sockets=[listener])


@asynccontextmanager
async def _telling(services: AbstractAsyncContextManager[Services]) -> AsyncIterator[Services]:
    """Log why the services cannot be had: uvicorn gets that only as a text, whose words are not for the log."""
    try:
        async with services as opened:
            yield opened
    except Exception:
        structlog.get_logger(__name__).exception("services failed")
        raise
