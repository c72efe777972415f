"""The HTTP application: routes, middleware, and the services that live as long as it does.

WebSockets are not here: uvicorn hands those connections to ``live.sockets`` directly, which finds the same services in
the lifespan state, under ``services``.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette

if TYPE_CHECKING:
    from chat.services import Services


def create_app(services_factory: "Callable[[], AbstractAsyncContextManager[Services]]") -> Starlette:
    """The application; ``services_factory`` opens everything when the server starts and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with services_factory() as services:
            yield {"services": services}

    return Starlette(lifespan=lifespan)
