"""The one place where live things are made: connections to Redis and SQL, and what stands on them."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from chat import protocol as wire
from chat.demo import DemoAgent, demo_agents
from chat.desk.tickets import Tickets
from chat.live.background import Background
from chat.live.bus import Bus, Notice, SessionClosed, TicketMoved
from chat.live.connections import Connections
from chat.live.conversations import Conversations
from chat.live.hub import Hub
from chat.live.lines import Lines
from chat.live.log import ChatLog
from chat.live.presence import Presence
from chat.live.seal import Sealer
from chat.live.ticker import Ticker
from chat.metrics import Metrics
from chat.people.agents import Agents
from chat.people.login_limit import LoginLimit
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.settings import Settings
from chat.storage.database import Database, database_url
from routing.router import Router

DESK = "main"
"""All teams share one routing domain, so that an agent of several teams has one capacity (docs/decisions/desks.md)."""

REDIS_TIMEOUT_S = 3
REDIS_CONNECTIONS = 50
REDIS_QUEUE_S = 10
FINISH_S = 3


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that lives as long as the process serves."""

    settings: Settings
    database: Database
    redis: "Redis"
    agents: Agents
    sessions: Sessions
    login_limit: LoginLimit
    tickets: Tickets
    conversations: Conversations
    hub: Hub
    lines: Lines
    background: Background
    connections: Connections
    metrics: Metrics
    demo_agents: list[DemoAgent]


@asynccontextmanager
async def open_services(settings: Settings, *, demo: bool = False) -> AsyncIterator[Services]:
    """Open everything, listen and tick while it is used, and close it. Raises RedisError when Redis is not there."""
    node = secrets.token_hex(8)
    chat = settings.chat
    grace_ms, agent_grace_ms = round(chat.resume_grace_s * 1000), round(chat.agent_grace_s * 1000)
    redis = _redis(settings.redis.url or "")
    database = Database(database_url(settings))
    background = Background()
    metrics = Metrics()
    sealer = Sealer(settings.server.secret_keys)
    log = ChatLog(redis, node=node, buckets=settings.redis.buckets, grace_ms=grace_ms, history_max=chat.history_max)
    router = Router(redis, node=node, agent_grace_ms=agent_grace_ms)
    connections = Connections(settings.limits, settings.server.trusted_proxies)

    hub = Hub(
        log=log, router=router, sealer=sealer, background=background, metrics=metrics, desk=DESK,
        announce=lambda changed: conversations.announce(changed),
    )  # fmt: skip

    def on_notice(notice: Notice) -> None:
        match notice:
            case SessionClosed(session):
                hub.close_session(session)
            case TicketMoved(site, number):
                hub.to_agents(wire.TicketChanged(site=site, number=number))

    bus = Bus(
        redis, buckets=log.buckets, desk=DESK, on_told=hub.told, on_routed=hub.routed, on_notice=on_notice,
        on_interrupted=hub.lost_memory.set,
    )  # fmt: skip
    passwords = Passwords()
    agents = Agents(database, passwords)
    sessions = Sessions(database, lambda session: bus.publish(SessionClosed(session)))
    tickets = Tickets(database, settings.sites, metrics, lambda site, number: bus.publish(TicketMoved(site, number)))
    conversations = Conversations(
        settings=settings, redis=redis, log=log, router=router, hub=hub, sealer=sealer, tickets=tickets,
        metrics=metrics, desk=DESK,
    )  # fmt: skip
    lines = Lines(settings=settings, router=router, hub=hub, desk=DESK)
    presence = Presence(log=log, router=router, hub=hub, conversations=conversations, desk=DESK)
    ticker = Ticker(
        settings=settings, connections=connections, hub=hub, lines=lines, log=log, router=router,
        conversations=conversations, metrics=metrics, desk=DESK,
    )  # fmt: skip

    try:
        await presence.begin()
        async with asyncio.TaskGroup() as loops:
            running = [
                loops.create_task(forever)
                for forever in (
                    bus.listen(),
                    presence.keep_beating(),
                    ticker.keep_ticking(),
                    ticker.keep_pushing(),
                    ticker.keep_asking_who_is_signed_in(),
                )
            ]  # fmt: skip
            await bus.listening.wait()
            yield Services(
                settings=settings, database=database, redis=redis, agents=agents, sessions=sessions,
                login_limit=LoginLimit(redis, settings.limits.login_attempts), tickets=tickets,
                conversations=conversations, hub=hub, lines=lines, background=background, connections=connections,
                metrics=metrics, demo_agents=demo_agents(settings) if demo else [],
            )  # fmt: skip
            await background.finish(FINISH_S)
            await log.finish(FINISH_S)
            for task in running:
                task.cancel()
    finally:
        await redis.aclose()
        await database.close()


def _redis(url: str) -> "Redis":
    """One pool, at which a crowd has to queue instead of being turned away.

    A call that finds its connection dead is made once more on a fresh one, since every call may be repeated.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_QUEUE_S,
        socket_timeout=REDIS_TIMEOUT_S,
        socket_connect_timeout=REDIS_TIMEOUT_S,
        retry=Retry(NoBackoff(), 1),
    )
    return Redis.from_pool(pool)
