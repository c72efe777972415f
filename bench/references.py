"""How the references are served: uvicorn with uvloop and its fastest WebSocket protocol, without compression."""

import socket

import uvicorn
from starlette.types import ASGIApp


def serve(app: ASGIApp) -> None:
    """Serve on a free port, whose number is the first line on stdout, until SIGTERM."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(
            uvicorn.Config(
                app, loop="uvloop", http="httptools", ws="websockets-sansio", ws_per_message_deflate=False,
                log_level="error", access_log=False,
            )
        ).run(sockets=[listener])  # fmt: skip
