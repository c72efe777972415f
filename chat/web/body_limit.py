"""No request brings more than it may.

Starlette's own middleware answers in plain text; ours raises into the handlers, so that the refusal is a problem
document like all others.
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1024 * 1024


class BodyLimit:
    """Stops reading at ``MAX_BODY`` bytes, declared or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise HTTPException(413, f"send at most {MAX_BODY} bytes")
            return message

        await self._app(scope, receive_within_limit, send)
