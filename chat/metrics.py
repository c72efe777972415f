"""What survives a chat: counts and durations, without a word and without a person."""

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

WAITS: Final = (1, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
CHATS: Final = (30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)


class Metrics:
    """The numbers of this process; of all workers of this machine when the launcher set PROMETHEUS_MULTIPROC_DIR."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self.chats_started = Counter("mayfly_chats_started", "Chats started.", ["site"], registry=registry)
        self.chats_ended = Counter("mayfly_chats_ended", "Chats ended, by whom.", ["by"], registry=registry)
        self.messages = Counter("mayfly_messages", "Messages accepted, by author.", ["author"], registry=registry)
        self.ratings = Counter("mayfly_ratings", "Ratings given, 1 to 5.", ["score"], registry=registry)
        self.tickets_filed = Counter("mayfly_tickets_filed", "Tickets filed.", ["channel"], registry=registry)
        self.letters = Counter("mayfly_letters", "Letters, by what became of them.", ["outcome"], registry=registry)
        self.redis_errors = Counter("mayfly_redis_errors", "Calls to Redis that failed.", registry=registry)
        self.visitor_connections = Gauge(
            "mayfly_visitor_connections", "Open visitor tabs.", registry=registry, multiprocess_mode="livesum"
        )
        self.agent_connections = Gauge(
            "mayfly_agent_connections", "Open console tabs.", registry=registry, multiprocess_mode="livesum"
        )
        self.queue_wait = Histogram(
            "mayfly_queue_wait_seconds", "From start to assignment.", ["team"], registry=registry, buckets=WAITS
        )
        self.handling = Histogram(
            "mayfly_handling_seconds", "From assignment to the end.", ["team"], registry=registry, buckets=CHATS
        )

    def expose(self) -> bytes:
        """All numbers in Prometheus's text format."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
