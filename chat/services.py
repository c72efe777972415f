"""The one place where live things are made: connections to Redis and SQL, and what stands on them."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import assert_never

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError

from chat import protocol as wire
from chat.demo import DemoAgent, demo_agents
from chat.desk.access import Access
from chat.desk.contacts import ContactBook
from chat.desk.exchange import Exchange
from chat.desk.files import Files
from chat.desk.happenings import Listener
from chat.desk.mail.letters import Letters
from chat.desk.mail.outbox import Outbox
from chat.desk.mail.sender import Sender
from chat.desk.mail.smtp import Server
from chat.desk.merging import Merging
from chat.desk.notifications import Notifications
from chat.desk.promises import Promises
from chat.desk.queues import Queues
from chat.desk.reminders import Reminder, Reminders
from chat.desk.reports import Reports
from chat.desk.saved_views import SavedViews
from chat.desk.storage import open_storage
from chat.desk.telling import Telling
from chat.desk.templates import Templates
from chat.desk.tickets import Tickets
from chat.desk.tidying import Tidying
from chat.errors import Unavailable
from chat.help.comments import Comments
from chat.help.misses import Misses
from chat.help.shelves import Shelves
from chat.help.votes import Voting
from chat.live.assignments import Assignments
from chat.live.background import Background, end
from chat.live.blocks import Blocks
from chat.live.board import Board
from chat.live.bus import (
    AnswerOverdue,
    Bus,
    CommentsMoved,
    CustomerNotified,
    Notice,
    SessionClosed,
    TicketFallsDue,
    TicketLookedAt,
    TicketMoved,
)
from chat.live.connections import Connections
from chat.live.consoles import Consoles
from chat.live.conversations import Conversations
from chat.live.door import WAIT_S, Door
from chat.live.hands import Hands
from chat.live.hub import Hub
from chat.live.identified import Identified
from chat.live.keeping import Keeping
from chat.live.lines import Lines
from chat.live.livechat import rfc3339
from chat.live.log import ChatLog
from chat.live.offers import Offers
from chat.live.presence import Presence
from chat.live.reception import FindAgent, Reception
from chat.live.seal import Sealer
from chat.live.service import LiveService
from chat.live.silence import Silence
from chat.live.supervision import Supervision
from chat.live.ticker import Ticker
from chat.live.viewers import Viewers
from chat.metrics import Metrics
from chat.people.agents import Agent, Agents
from chat.people.login_limit import LoginLimit
from chat.people.passwords import Passwords
from chat.people.sessions import Sessions
from chat.settings import Settings
from chat.storage.database import Database, database_url
from chat.web.i18n import Catalogues
from routing.router import Router
from routing.types import AnyRoutingEvent

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
    exchange: Exchange
    merging: Merging
    queues: Queues
    notifications: Notifications
    reports: Reports
    templates: Templates
    saved_views: SavedViews
    access: Access
    outbox: Outbox | None
    """None: mail is off."""
    files: Files
    shelves: Shelves
    voting: Voting
    comments: Comments
    misses: Misses
    reception: Reception
    contacts: ContactBook
    live: LiveService
    connections: Connections
    metrics: Metrics
    demo_agents: list[DemoAgent]


@dataclass(frozen=True, kw_only=True)
class Loops:
    """What goes on by itself while the process serves."""

    bus: Bus
    presence: Presence
    ticker: Ticker
    viewers: Viewers
    reminders: Reminders
    sender: Sender | None
    tidying: Tidying
    shelves: Shelves


@asynccontextmanager
async def open_services(settings: Settings, *, demo: bool = False) -> AsyncIterator[Services]:
    """Open everything, listen and tick while it is used, and close it. Raises RedisError when Redis is not there."""
    redis = connect_redis(settings.redis.url or "")
    database = Database(database_url(settings))
    try:
        services, loops = _make(settings, redis, database, demo=demo)
        await loops.presence.begin()
        await loops.shelves.look()
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(forever)
                for forever in (
                    loops.bus.listen(),
                    loops.presence.keep_beating(),
                    loops.ticker.keep_ticking(),
                    loops.ticker.keep_pushing(),
                    loops.ticker.keep_showing(),
                    loops.ticker.keep_asking_who_is_signed_in(),
                    loops.viewers.keep_renewing(),
                    loops.reminders.keep_looking(),
                    loops.tidying.keep_tidying(),
                    loops.shelves.keep_looking(),
                )
            ]
            if loops.sender is not None:
                running.append(tasks.create_task(loops.sender.keep_sending()))
            await loops.bus.listening.wait()
            yield services
            await services.live.background.finish(FINISH_S)
            await services.live.log.finish(FINISH_S)
            if loops.sender is not None:
                await loops.sender.finish(FINISH_S)
            await end(running)
    finally:
        await redis.aclose()
        await database.close()


def _make(settings: Settings, redis: "Redis", database: Database, *, demo: bool) -> tuple[Services, Loops]:
    node = secrets.token_hex(8)
    chat = settings.chat
    grace_ms, agent_grace_ms = round(chat.resume_grace_s * 1000), round(chat.agent_grace_s * 1000)
    background, metrics, sealer = Background(), Metrics(), Sealer(settings.server.secret_keys)
    log = ChatLog(redis, node=node, buckets=settings.redis.buckets, grace_ms=grace_ms, history_max=chat.history_max)
    router = Router(redis, node=node, agent_grace_ms=agent_grace_ms, missed_max=chat.missed_max)
    connections = Connections(settings.limits, settings.server.trusted_proxies)
    agents = Agents(database, Passwords())

    async def name_of(agent_id: str) -> str:
        return next((one.name for one in await router.colleagues(DESK) if one.agent == agent_id), "")

    consoles = Consoles()
    hub = Hub(
        log=log, router=router, sealer=sealer, background=background, desk=DESK,
        placed=lambda chat, place: assignments.placed(chat, place),
    )  # fmt: skip
    lines = Lines(settings=settings, router=router, hub=hub, consoles=consoles, desk=DESK)
    board = Board(settings=settings, router=router, hub=hub, lines=lines, desk=DESK)
    offers = Offers(
        settings=settings, router=router, hub=hub, consoles=consoles, background=background, desk=DESK, name_of=name_of
    )
    assignments = Assignments(
        hub=hub, consoles=consoles, lines=lines, offers=offers, log=log, background=background, metrics=metrics,
        name_of=name_of,
    )  # fmt: skip
    viewers = Viewers(redis)
    notifications = Notifications(database, lambda site, number: bus.publish(CustomerNotified(site, number)))
    identified = Identified(notifications, background)
    bus = _bus(redis, log, hub, consoles, identified, assignments, board, viewers)
    sessions = Sessions(database, lambda session: bus.publish(SessionClosed(session)))
    promises = Promises(settings)
    listeners: list[Listener] = [
        notifications,
        Telling(metrics, lambda site, number: bus.publish(TicketMoved(site, number))),
    ]
    outbox = Outbox(database, settings, Letters(Catalogues.load(settings.locales))) if settings.mail.on else None
    if outbox is not None:
        listeners.append(outbox)
    tickets = Tickets(database, settings.sites, promises, listeners)
    files = Files(database, open_storage(settings), settings.sites)
    shelves = Shelves(settings.sites)
    comments = Comments(database, lambda: bus.publish(CommentsMoved()))
    blocks = Blocks(redis, sealer)
    reception = Reception(settings, _finder(agents))
    conversations = Conversations(
        settings=settings, redis=redis, log=log, router=router, hub=hub, lines=lines,
        reception=reception, blocks=blocks, sealer=sealer, metrics=metrics, desk=DESK,
    )  # fmt: skip
    hands = Hands(settings=settings, router=router, conversations=conversations, desk=DESK)
    live = LiveService(
        settings=settings, metrics=metrics, background=background, door=Door(wait_s=min(WAIT_S, 1.2 * settings.chat.heartbeat_s)), sessions=sessions, log=log, hub=hub,
        consoles=consoles, identified=identified, lines=lines, offers=offers, board=board, conversations=conversations,
        hands=hands,
        keeping=Keeping(settings=settings, redis=redis, log=log, hub=hub, tickets=tickets, reception=reception),
        supervision=Supervision(log=log, router=router, conversations=conversations, blocks=blocks, desk=DESK),
        viewers=viewers,
    )  # fmt: skip
    services = Services(
        settings=settings, database=database, redis=redis, agents=agents, sessions=sessions,
        login_limit=LoginLimit(redis, settings.limits.login_attempts), tickets=tickets,
        exchange=Exchange(database, tickets, settings, promises, listeners),
        merging=Merging(database, tickets, promises, listeners), queues=Queues(database),
        notifications=notifications, reports=Reports(database), files=files, shelves=shelves,
        voting=Voting(database, redis, settings.server.secret_keys[0]), comments=comments,
        misses=Misses(database),
        templates=Templates(database), saved_views=SavedViews(database), outbox=outbox,
        access=Access(redis, outbox, settings.server.secret_keys), reception=reception,
        contacts=ContactBook(settings, _finder(agents)), live=live, connections=connections, metrics=metrics,
        demo_agents=demo_agents(settings) if demo else [],
    )  # fmt: skip

    async def remind(one: Reminder) -> None:
        due_at = rfc3339(one.due_at.timestamp() * 1000)
        await bus.publish(TicketFallsDue(one.site, one.number, one.stage, due_at, one.team, one.assignee_id))

    silence = Silence(settings=settings, log=log, background=background, publish=bus.publish)
    return services, Loops(
        bus=bus,
        presence=Presence(log=log, router=router, hub=hub, consoles=consoles, hands=hands, offers=offers, desk=DESK),
        ticker=Ticker(live=live, connections=connections, silence=silence, router=router, desk=DESK),
        viewers=viewers,
        reminders=Reminders(database, remind),
        sender=Sender(database, outbox, Server(settings), metrics) if outbox is not None else None,
        tidying=Tidying(redis, files),
        shelves=shelves,
    )


def _bus(
    redis: "Redis",
    log: ChatLog,
    hub: Hub,
    consoles: Consoles,
    identified: Identified,
    assignments: Assignments,
    board: Board,
    viewers: Viewers,
) -> Bus:
    def on_routed(event: AnyRoutingEvent) -> None:
        assignments.routed(event)
        board.changed.set()

    def on_notice(notice: Notice) -> None:
        match notice:
            case SessionClosed(session):
                consoles.close_session(session)
            case TicketMoved(site, number):
                consoles.tell_all(wire.TicketChanged(site=site, number=number))
            case CommentsMoved():
                consoles.tell_all(wire.CommentsChanged())
            case TicketFallsDue(site, number, stage, due_at, team, assignee):
                due = wire.TicketDue(site=site, number=number, stage=stage, due_at=due_at, team=team, assignee=assignee)
                consoles.tell_concerned(team, assignee, due)
            case TicketLookedAt(site, number, seats):
                viewers.heard(site, number, seats)
            case CustomerNotified(site, number):
                identified.notify(site, number)
            case AnswerOverdue(chat_id, team, agent, since):
                consoles.tell_supervisors(team, wire.ReplyOverdue(chat=chat_id, team=team, agent=agent, since=since))
            case _:
                assert_never(notice)

    return Bus(
        redis, buckets=log.buckets, desk=DESK, on_told=hub.told, on_routed=on_routed, on_notice=on_notice,
        on_interrupted=hub.lost_memory.set,
    )  # fmt: skip


def _finder(agents: Agents) -> FindAgent:
    async def find(who: str) -> Agent | None:
        try:
            return await agents.by_id(who) or await agents.find_by_email(who)
        except Unavailable:  # chats go on without the database: the route's other steps take them
            return None

    return find


def connect_redis(url: str) -> "Redis":
    """One pool, at which a crowd has to queue instead of being turned away.

    A call that finds its connection dead is made once more on a fresh one, since every call may be repeated. One that is
    not answered in time is not: whoever waits for it is told.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_QUEUE_S,
        socket_timeout=REDIS_TIMEOUT_S,
        socket_connect_timeout=REDIS_TIMEOUT_S,
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
    return Redis.from_pool(pool)
