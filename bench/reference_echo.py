"""A reference: the least a WebSocket server in Python can do for two people. Starlette on uvicorn's own protocol.

What comes from one side of a pair goes to the other. No ids, no order, no acknowledgement, nothing kept, no limits.
"""

from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.references import serve
from chat.protocol import SUBPROTOCOL


def echo_app() -> Starlette:
    """The server."""
    ends: dict[tuple[str, str], WebSocket] = {}

    async def relay(websocket: WebSocket) -> None:
        pair, side = websocket.query_params["pair"], websocket.query_params["side"]
        await websocket.accept(SUBPROTOCOL)
        ends[pair, side] = websocket
        other: Any = (pair, "1" if side == "0" else "0")
        try:
            while True:
                message = await websocket.receive_text()
                await ends[other].send_text(message)
        except WebSocketDisconnect:
            del ends[pair, side]

    return Starlette(routes=[WebSocketRoute("/", relay)])


if __name__ == "__main__":
    serve(echo_app())
