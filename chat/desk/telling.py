"""What is done whenever a ticket has changed: it is counted, and open consoles are told."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from chat.desk.happenings import Filed, Happening
from chat.metrics import Metrics


class Telling:
    """Listens to happenings. ``on_changed`` is awaited with (site, number) after a ticket is new or has changed."""

    def __init__(self, metrics: Metrics, on_changed: Callable[[str, int], Awaitable[None]]) -> None:
        self._metrics = metrics
        self._on_changed = on_changed

    async def record(self, connection: AsyncConnection, happening: Happening) -> None:
        """Nothing: what is told may be lost without harm."""

    async def committed(self, happening: Happening) -> None:
        """Count what is new, and tell."""
        ticket = happening.ticket
        if isinstance(happening, Filed):
            self._metrics.tickets_filed.labels(ticket.channel).inc()
        await self._on_changed(ticket.site, ticket.number)
