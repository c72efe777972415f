"""Crowds that mean no good: the rules of a connection hold for a thousand at once, and nobody else notices."""

import asyncio
import json
import resource
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from chat.live.sockets import SEND_DEADLINE_S
from chat.web.http_protocol import HEAD_DEADLINE_S
from tests.actors import Agent, Event, Visitor
from tests.attacks.bystanders import Bystanders, bystanders
from tests.clients import http_client
from tests.conftest import Figures
from tests.live.rawsocket import CONTINUATION, PING, TEXT, RawSocket, client_frame
from tests.live.test_connection_rules import HELLO, Cost
from tests.service import Installation, Node, installation, signed, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
together = pytest.mark.asyncio(loop_scope="module")

P99_MS = 500
"""While a thousand attack from the same two cores that serve."""
LATE_S = 5.0
"""A sweep, and a busy machine."""
LONG = "€" * 4000

Attack = Callable[[Installation, Node, int], Awaitable[str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    async with installation(tmp_path_factory.mktemp("mayfly")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(house: Installation) -> Node:
    """A crowd comes from one address, and takes longer to come than two heartbeats; bystanders talk without a pause."""
    generous: dict[str, Any] = {
        "MAYFLY_LIMITS_CONNECTIONS_PER_IP": "5000",
        "MAYFLY_LIMITS_MESSAGES_PER_10S": "1000",
        "MAYFLY_CHAT_HEARTBEAT_S": "300",
    }
    return await house.node(**generous)


class Owner(Agent):
    """An agent who keeps count of the visitors that are gone, and of nothing else."""

    def __init__(self, node: Node, cookie: str) -> None:
        super().__init__(node, cookie)
        self.gone: set[str] = set()

    def hears_of(self, event: Event) -> None:
        if event["type"] in ("visitor_left", "ended"):
            self.gone.add(event["chat"])

    async def tells(self, chat: str) -> None:
        """More than a connection holds that is not read; a little at a time, since it comes back here too."""
        for _ in range(4):
            refs = [await self.says(chat, LONG) for _ in range(5)]
            await self.gets("said", ref=refs[-1])
            self.forgets()


async def slow_readers(house: Installation, node: Node, number: int) -> str:
    """They ask, and never read what they are told."""
    cookie = await house.hire("Otto", "sales", capacity=number)
    start = {"type": "start", "question": "?"}
    async with AsyncExitStack() as stack:
        otto = await stack.enter_async_context(Owner(node, cookie))
        await otto.opens()
        await otto.is_available()
        chats = []
        for _ in range(number):
            slow = await stack.enter_async_context(RawSocket(node, receive_buffer=4096))
            await slow.upgrades("/ws/visitor?site=offers")
            await slow.says(TEXT, HELLO.encode())
            await slow.says(TEXT, json.dumps(start | {"ref": str(uuid.uuid4())}).encode())
            chats.append(await otto.is_given())
            otto.forgets()
        for chat in chats:
            await otto.tells(chat)
        told = time.monotonic()
        await until(lambda: otto.gone >= {*chats}, "every one of them is cut", SEND_DEADLINE_S + LATE_S)
        return f"the last cut {time.monotonic() - told:.0f} s after it was told too much"


async def slow_handshakes(_house: Installation, node: Node, number: int) -> str:
    """They send a byte now and then."""
    async with AsyncExitStack() as stack:
        raws = [await stack.enter_async_context(RawSocket(node)) for _ in range(number)]
        for raw in raws:
            await raw.sends(raw.head()[:40])
        began = time.monotonic()
        await asyncio.sleep(HEAD_DEADLINE_S / 2)
        for raw in raws:
            await raw.sends(b"x")
        async with http_client(base_url=node.origin) as other:
            assert (await other.get("/healthz")).status_code == 200
        for raw in raws:
            assert await raw.is_closed_with() is None
        assert time.monotonic() - began < HEAD_DEADLINE_S + LATE_S
        return f"all cut after {time.monotonic() - began:.0f} s"


async def ping_floods(_house: Installation, node: Node, number: int) -> str:
    """As many pings as go into the line, unread."""
    flood = b"".join(client_frame(PING) for _ in range(20_000))
    for _ in range(number):
        async with RawSocket(node, receive_buffer=4096) as raw:
            await raw.upgrades()
            await raw.floods(flood)
    return "each cut at once"


async def empty_fragments(_house: Installation, node: Node, number: int) -> str:
    """A message that never ends and never grows."""
    for _ in range(number):
        async with RawSocket(node) as raw:
            await raw.upgrades()
            await raw.says(TEXT, b"", fin=False)
            await raw.sends(client_frame(CONTINUATION, fin=False) * 1000)
            assert await raw.is_closed_with() == 4429
    return "each closed with 4429"


BOMBS = [
    "[" * 64_000,
    '{"type":' * 8_000,
    '{"type": "hello", "protocol": ' + "9" * 60_000 + "}",
    '{"type": "hello", "protocol": 1e' + "9" * 60_000 + "}",
    "{" + ",".join(f'"{n}": {n}' for n in range(5_000)) + "}",
    '{"type": "hello", "protocol": 1, "locale": "' + "\\u00e9" * 10_000 + '"}',
    json.dumps({"type": "hello", "protocol": 1, "page": {"url": [[]] * 15_000}}),
    '{"type": "hello", "type": ' + '"hello", "type": ' * 3_000 + '"dance"}',
]


async def json_bombs(_house: Installation, node: Node, number: int) -> str:
    """Small enough to be read, and made to be hard to."""
    for n in range(number):
        async with RawSocket(node) as raw:
            await raw.upgrades()
            await raw.says(TEXT, BOMBS[n % len(BOMBS)].encode()[:65_536])
            assert await raw.is_closed_with() == 4400
    return "each closed with 4400"


ATTACKS: dict[Attack, tuple[int, int]] = {
    slow_readers: (10, 1000),
    slow_handshakes: (50, 2000),
    ping_floods: (2, 100),
    empty_fragments: (3, 1000),
    json_bombs: (16, 1000),
}
"""How many in short, and in full."""


@together
@pytest.mark.timeout(900)
async def test_crowds_are_held_off_and_nobody_else_notices(
    house: Installation, node: Node, full: bool, figures: Figures
) -> None:
    (worker,) = node.workers()
    async with bystanders(house, node) as two:
        if full:
            for attack, (_, number) in ATTACKS.items():
                await measured(house, node, attack, number, two, Cost(worker), figures)
        else:
            await asyncio.gather(*(attack(house, node, number) for attack, (number, _) in ATTACKS.items()))
    assert node.workers() == [worker]
    assert "Traceback" not in node.log.read_text()


async def measured(
    house: Installation, node: Node, attack: Attack, number: int, two: Bystanders, cost: Cost, figures: Figures
) -> None:
    """One attack in full, with a row of the table for it."""
    two.took_s.clear()
    outcome = await attack(house, node, number)
    p99_ms = two.p99_ms
    figures(
        "Crowds", attack=f"{number:,} {attack.__name__}", outcome=outcome, memory_at_its_peak_MB=round(cost.memory() / 2**20, 1),
        cpu_s=round(cost.seconds(), 1), others_p99_ms=p99_ms,
    )  # fmt: skip
    assert p99_ms < P99_MS


# ── one address, many people ─────────────────────────────────────────────────────────────────────────────────────


@together
async def test_an_office_behind_one_address_is_let_in_and_who_is_too_many_is_told(
    house: Installation, full: bool, figures: Figures
) -> None:
    """The default of ``connections_per_ip`` in full; in short, a smaller one."""
    most = 1000 if full else 20
    limits: dict[str, Any] = {} if full else {"MAYFLY_LIMITS_CONNECTIONS_PER_IP": str(most)}
    limits |= {
        "MAYFLY_LIMITS_CHATS_PER_IP_PER_HOUR": "2",
        "MAYFLY_LIMITS_CHATS_PER_VISITOR_PER_HOUR": "1",
        "MAYFLY_LIMITS_TICKETS_PER_IP_PER_HOUR": "1",
    }
    node = await house.node(**limits)
    async with Redis.from_url(house.redis.url) as redis:  # others have been here from this address
        await redis.delete(*[name async for name in redis.scan_iter("mayfly:limit:*")] or [b"none"])
    async with AsyncExitStack() as stack:
        office = []
        for _ in range(most):
            raw = await stack.enter_async_context(RawSocket(node))
            assert (await raw.upgrades()).status == 101
            office.append(raw)
        for raw in office:
            await raw.says(TEXT, HELLO.encode())
        for raw in office:
            await raw.hears(b'"welcome"')
        began = time.monotonic()
        async with RawSocket(node) as one_more:
            assert (await one_more.upgrades()).status == 101
            assert await one_more.is_closed_with() == 4429
        async with http_client(base_url=node.origin) as browser:
            assert (await browser.get("/panel/shop")).status_code == 200
            form = {"subject": "A", "body": "B", "email": "olga@example.com"}
            assert (await browser.post("/api/sites/shop/tickets", json=form)).status_code == 201
            refused = await browser.post("/api/sites/shop/tickets", json=form)
            assert refused.status_code == 429
            assert 0 < int(refused.headers["Retry-After"]) <= 3600
            assert "wait" in refused.json()["detail"]
        figures("One address", connected=most, refused_after_s=round(time.monotonic() - began, 2))
    async with AsyncExitStack() as stack:
        assert [await is_let_in(stack, node) for _ in range(3)] == [True, True, False]
        by_name = {"identity": signed(sub="olga")}  # whoever is known is not taken for the rest of the office
        assert [await is_let_in(stack, node, **by_name) for _ in range(2)] == [True, False]
        assert await is_let_in(stack, node, identity=signed(sub="vera"))


async def is_let_in(stack: AsyncExitStack, node: Node, **hello: Any) -> bool:
    """Whether one more visitor may begin a chat; if not, they are told for how long."""
    visitor = await stack.enter_async_context(Visitor(node))
    await visitor.opens(**hello)
    await visitor.sends("start", ref=str(uuid.uuid4()), question="?")
    answer = await visitor.gets("started", "failed")
    if answer["type"] == "failed":
        assert answer["code"] == "too_many"
        assert 0 < answer["retry_after_s"] <= 3600
        assert "wait" in answer["message"]
    return bool(answer["type"] == "started")
