"""What browsers are told to refuse: a Content-Security-Policy per kind of page, and the headers every answer has."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.web.client import joined, seen_client

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    # Ticket links carry a key. Not "no-referrer": that would blank the Origin of our own forms too.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"


def app_policy(origin: str, *, framed_by: Sequence[str] = (), images_of: Sequence[str] = ()) -> dict[str, str]:
    """For panel, console and our other pages: text never becomes markup, framed by the named origins.

    All files are our own but for the images that lie at ``images_of``.
    """
    websocket = origin.replace("http", "ws", 1)  # 'self' covers ws: only in newer browsers
    ancestors = " ".join(["'self'", *framed_by]) if framed_by else "'none'"
    return _policy(
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        " ".join(["img-src 'self' data:", *images_of]),
        f"connect-src 'self' {websocket}",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        f"frame-ancestors {ancestors}",
    )


def demo_policy(nonce: str) -> dict[str, str]:
    """For the demo page, as strict as a careful site owner's: the snippet runs by its nonce, and may frame us."""
    return _policy(
        "default-src 'none'",
        f"script-src 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )


class SecurityHeaders:
    """Adds to every answer what it does not say for itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in EVERYWHERE.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", NOTHING)
                if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
                    headers.setdefault("X-Frame-Options", "DENY")
                if _secure(scope):
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _policy(*directives: str) -> dict[str, str]:
    return {"Content-Security-Policy": "; ".join(directives)}


def _secure(scope: Scope) -> bool:
    server = scope["state"]["services"].settings.server
    headers = joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    peer = scope["client"][0] if scope.get("client") else ""
    seen = seen_client(peer, scope["scheme"], headers, server.trusted_proxies)
    return seen.scheme == "https" or (server.public_url or "").startswith("https:")
