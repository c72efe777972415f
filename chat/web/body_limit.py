"""No request brings more than it may.

Starlette's own middleware answers in plain text; ours raises into the handlers, so that the refusal is a problem
document like all others.
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1024 * 1024
_MOST = "mayfly.most_of_body"


class BodyLimit:
    """Stops reading at ``MAX_BODY`` bytes, declared or not; at more where the handler says so before it reads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        received = 0
        allowed = scope[_MOST] = [MAX_BODY]

        async def receive_within_limit() -> Message:
            nonlocal received
            if received == 0 and _declared(scope) > allowed[0]:
                raise _too_large(allowed[0])
            message = await receive()
            received += len(message.get("body", b""))
            if received > allowed[0]:
                raise _too_large(allowed[0])
            return message

        await self._app(scope, receive_within_limit, send)


def allow_body(scope: Scope, most: int) -> None:
    """Let this request's body have ``most`` bytes."""
    scope[_MOST][0] = most


def _declared(scope: Scope) -> int:
    """The Content-Length; 0 where there is none."""
    values = [value for name, value in scope.get("headers", ()) if name == b"content-length"]
    return int(values[0]) if values and values[0].isdigit() else 0


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"send at most {most} bytes")
