"""A browser tab as far as the protocol goes: a visitor's or an agent's WebSocket to a running service."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from chat.errors import CannotStart
from chat.protocol import SUBPROTOCOL

PATIENCE_S = 30.0
PING_EVERY_S = 5.0

Event = dict[str, Any]


class Tab:
    """Events are taken one by one; those that nobody asked for stay until somebody does."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent: dict[str | None, str] = {}
        """The last command of each ref, and the last without one."""
        self._coming: asyncio.Queue[Event] = asyncio.Queue()
        self._left: list[Event] = []

    async def send(self, kind: str, **fields: object) -> None:
        """Send a command; fields that are None are left out."""
        told = {name: value for name, value in fields.items() if value is not None}
        ref = str(told["ref"]) if "ref" in told else None
        self._sent[ref] = json.dumps({"type": kind, **told})
        await self._send(self._sent[ref])

    async def _send(self, command: str) -> None:
        with suppress(ConnectionClosed):  # whatever is waited for next says so
            await self._socket.send(command)

    async def get(self, *kinds: str, within_s: float = PATIENCE_S) -> Event:
        """The next event of one of these kinds. Raises ``CannotStart`` if it does not come."""
        for event in self._left:
            if event["type"] in kinds:
                self._left.remove(event)
                return event
        try:
            async with asyncio.timeout(within_s):
                while (event := await self._coming.get())["type"] not in kinds:
                    if event["type"] in ("failed", "closed"):
                        raise CannotStart(f"the service refuses to go on: {event['message']}")
                    self._left.append(event)
        except TimeoutError:
            raise CannotStart(f"the service did not say {' or '.join(kinds)} within {within_s:g} s") from None
        return event

    async def close(self) -> None:
        """As a browser does when the page goes."""
        await self._socket.close()

    async def listen(self) -> None:
        """Take in events until the end; what the service asks to be sent again soon is."""
        try:
            async for text in self._socket:
                event: Event = json.loads(text)
                if event["type"] == "failed" and event.get("retry_after_s", PATIENCE_S) < PATIENCE_S:
                    await asyncio.sleep(event["retry_after_s"])
                    await self._send(self._sent[event.get("ref")])
                else:
                    self._coming.put_nowait(event)
        finally:
            self._coming.put_nowait({"type": "closed", "message": f"closed with {self._socket.close_code}"})

    async def keep_alive(self) -> None:
        """As a browser does, until cancelled."""
        while True:
            await asyncio.sleep(PING_EVERY_S)
            await self._send('{"type": "ping"}')


@asynccontextmanager
async def opened(url: str, origin: str, path: str, cookie: str | None = None) -> AsyncIterator[Tab]:
    """A tab at ``path`` of the service at ``url``, whose pages are of ``origin``. Raises ``CannotStart``."""
    headers = {"Origin": origin} | ({"Cookie": f"mayfly_session={cookie}"} if cookie else {})
    try:
        connecting = connect(
            url.replace("http", "ws", 1) + path,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            max_queue=None,
        )
        socket = await connecting
    except (OSError, WebSocketException) as fault:
        raise CannotStart(f"cannot connect to {url}: {fault}") from None
    tab = Tab(socket)
    tasks = [asyncio.create_task(tab.keep_alive()), asyncio.create_task(tab.listen())]
    try:
        yield tab
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await socket.close()
