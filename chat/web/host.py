"""A request that names no host, or two, is refused before anybody takes what it says for a part of our address."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chat.web.client import names_a_host


class OneHost:
    """Answers 400 to a Host header that is none (RFC 9112, 3.2). A probe by HTTP/1.0 need not have one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        app = self._app
        if scope["type"] == "http":
            hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if len(hosts) > 1 or not all(names_a_host(host) for host in hosts):
                app = PlainTextResponse("The Host header names no host.\n", 400)
        await app(scope, receive, send)
