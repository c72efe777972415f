"""A reference: two people on two nodes, with one awaited Redis command for each message.

As ``reference_echo``, and between the nodes a PUBLISH per message on one channel that both listen to.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.references import serve
from chat.protocol import SUBPROTOCOL

CHANNEL = "relay"
MOST_CONNECTIONS = 2000


def relay_app(redis_url: str) -> Starlette:
    """One node."""
    redis = Redis.from_url(redis_url, max_connections=MOST_CONNECTIONS)
    ends: dict[bytes, WebSocket] = {}

    async def deliver() -> None:
        async with redis.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            async for told in pubsub.listen():
                if told["type"] == "message":
                    to, _, message = told["data"].partition(b" ")
                    if to in ends:
                        await ends[to].send_text(message.decode())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.create_task(deliver())
        yield
        delivering.cancel()

    async def relay(websocket: WebSocket) -> None:
        pair, side = websocket.query_params["pair"], websocket.query_params["side"]
        await websocket.accept(SUBPROTOCOL)
        ends[f"{pair}/{side}".encode()] = websocket
        other = f"{pair}/{'1' if side == '0' else '0'}"
        try:
            while True:
                await redis.publish(CHANNEL, f"{other} {await websocket.receive_text()}")
        except WebSocketDisconnect:
            del ends[f"{pair}/{side}".encode()]

    return Starlette(routes=[WebSocketRoute("/", relay)], lifespan=lifespan)


if __name__ == "__main__":
    serve(relay_app(sys.argv[1]))
