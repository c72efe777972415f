"""The rules of a connection, each attacked once over a real socket against a real node."""

import asyncio
import json
import os
import resource
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from chat.live.session import HELLO_DEADLINE_S
from chat.live.sockets import CLOSE_DEADLINE_S, MAX_BUFFERED, MAX_FRAME, SEND_DEADLINE_S
from chat.serving import SENT_AT_ONCE, SENT_EVERY_S
from chat.web.http_protocol import HEAD_DEADLINE_S
from tests.actors import PATIENCE_S, Actor, Agent, Visitor
from tests.clients import http_client
from tests.live.conftest import TwoNodes
from tests.live.rawsocket import CLOSE, CONTINUATION, PING, TEXT, VISITOR, RawSocket, client_frame
from tests.service import Node, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELLO = json.dumps({"type": "hello", "protocol": 1})
SWEEP_S = 3.0
"""Deadlines are looked at every second; the rest is for a busy machine."""


@pytest.fixture
def node(nodes: TwoNodes) -> Node:
    return nodes.one


# ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────────


def say(text: str) -> str:
    return json.dumps({"type": "say", "ref": "1", "text": text})


MALFORMED: dict[str, list[str | bytes]] = {
    "an unknown command": [HELLO, '{"type": "dance"}'],
    "an agent's command": [HELLO, '{"type": "set_availability", "status": "away"}'],
    "an unknown field": [HELLO, '{"type": "ping", "loudly": true}'],
    "a field of the wrong type": [HELLO, '{"type": "see", "seq": "1"}'],
    "a number below its range": [HELLO, '{"type": "see", "seq": -1}'],
    "a number beyond what JavaScript counts": ['{"type": "hello", "protocol": 1, "after": 1e30}'],
    "a ref that is too long": [HELLO, json.dumps({"type": "say", "ref": "r" * 65, "text": "hi"})],
    "no JSON": [HELLO, "hi"],
    "no object": [HELLO, "[]"],
    "nothing": [HELLO, ""],
    "JSON nested without end": [HELLO, '{"x": ' + "[" * 30_000 + "]" * 30_000 + ', "type": "ping"}'],
    "half a character": [HELLO, '{"type": "say", "ref": "1", "text": "\\ud800"}'],
    "a binary frame": [HELLO, b'{"type": "ping"}'],
    "hello twice": [HELLO, HELLO],
    "a command before hello": ['{"type": "ping"}'],
    "another protocol": ['{"type": "hello", "protocol": 2}'],
}


@pytest.mark.parametrize("frames", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_frame_closes_with_4400(node: Node, frames: list[str | bytes]) -> None:
    async with Visitor(node) as visitor:
        await visitor.connect()
        for frame in frames:
            await visitor.sends_raw(frame)
        assert await visitor.is_closed_with() == 4400


async def test_text_that_is_not_utf8_is_malformed(node: Node) -> None:
    async with RawSocket(node) as raw:
        await raw.upgrades()
        await raw.says(TEXT, HELLO.encode())
        await raw.says(TEXT, b'{"type": "say", "ref": "1", "text": "\xff"}')
        assert await raw.is_closed_with() in (1007, 4400)


async def test_what_was_asked_before_a_broken_frame_is_answered_before_the_close(node: Node) -> None:
    async with RawSocket(node) as raw:
        await raw.upgrades()
        await raw.says(TEXT, HELLO.encode())
        await raw.hears(b'"welcome"')
        no_opcode = 0x3
        await raw.sends(client_frame(TEXT, b'{"type": "ping"}') + client_frame(no_opcode))
        await raw.hears(b'"pong"')
        assert await raw.is_closed_with() == 1002
    assert "RuntimeError" not in node.log.read_text()


async def test_a_frame_of_64_kib_is_read_and_one_byte_more_is_too_large(node: Node) -> None:
    fits = HELLO.ljust(MAX_FRAME).encode()
    async with RawSocket(node) as raw, Visitor(node) as visitor:
        await visitor.connect()
        await visitor.sends_raw(fits.decode())
        await visitor.gets("welcome")
        await raw.upgrades()
        await raw.says(TEXT, fits + b" ")
        assert await raw.is_closed_with() == 1009


async def test_fragments_are_too_large_together(node: Node) -> None:
    async with RawSocket(node) as raw:
        await raw.upgrades()
        half = b" " * (MAX_FRAME // 2)
        await raw.says(TEXT, half, fin=False)
        await raw.says(CONTINUATION, half, fin=False)
        await raw.says(CONTINUATION, b" ", fin=False)
        assert await raw.is_closed_with() == 1009


async def test_a_message_in_fragments_is_one_message(node: Node) -> None:
    async with RawSocket(node) as raw:
        await raw.upgrades()
        await raw.says(TEXT, HELLO[:5].encode(), fin=False)
        await raw.says(PING)
        await raw.says(CONTINUATION, HELLO[5:9].encode(), fin=False)
        await raw.says(CONTINUATION, HELLO[9:].encode())
        await raw.hears(b'"welcome"')


async def test_what_is_said_too_fast_keeps_its_turn(node: Node) -> None:
    async with Visitor(node) as visitor:
        await visitor.opens()
        await visitor.asks()
        for number in range(20):
            await visitor.says(f"line {number}")
        first = await visitor.says("first")
        refused = await visitor.gets("failed", ref=first, code="too_fast")
        await visitor.hears("line 19")
        await asyncio.sleep(2 * refused["retry_after_s"])  # now there is room for two
        second = await visitor.says("second")
        await visitor.gets("failed", ref=second, code="too_fast")
        await visitor.says("first", first)
        await visitor.says("second", second)
        await visitor.hears("second")
        assert [text for _, _, text in visitor.said()][-2:] == ["first", "second"]


async def test_too_many_frames_close_with_4429(node: Node) -> None:
    async with Visitor(node) as visitor:
        await visitor.opens()
        for _ in range(400):
            await visitor.sends("ping")
        assert await visitor.is_closed_with() == 4429


# ── the handshake ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform != "linux", reason="uses /proc and prlimit")
async def test_a_node_without_file_descriptors_takes_in_those_who_wait_once_it_has_some_again(node: Node) -> None:
    (worker,) = node.workers()
    before = resource.prlimit(worker, resource.RLIMIT_NOFILE)
    used = max(int(name) for name in os.listdir(f"/proc/{worker}/fd"))
    async with AsyncExitStack() as stack:
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (used + 1, before[1]))
        try:
            raws = [await stack.enter_async_context(RawSocket(node)) for _ in range(5)]
            await until(lambda: "cannot be taken in" in node.log.read_text(), "it says so")
        finally:
            resource.prlimit(worker, resource.RLIMIT_NOFILE, before)
        for raw in raws:
            await raw.upgrades()
            await raw.says(TEXT, HELLO.encode())
            await raw.hears(b'"welcome"')


async def test_addresses_that_are_none_keep_nobody_else_out(node: Node) -> None:
    async with AsyncExitStack() as stack:
        raws = [await stack.enter_async_context(RawSocket(node)) for _ in range(5)]
        node.freeze()  # so that all of them come in one turn
        try:
            for raw in raws:
                raw.socket.send(raw.head("//[x"))
        finally:
            node.thaw()
        for raw in raws:
            assert (await raw.answer()).status == 404
    async with Visitor(node) as visitor:
        await visitor.opens()


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        (VISITOR, "https://evil.example.com"),
        (VISITOR, "https://offers.example.com"),
        (VISITOR, "null"),
        ("/ws/agent", "https://evil.example.com"),
        ("/ws/agent", "https://shop.example.com"),
    ],
)
async def test_a_page_of_another_origin_is_refused(node: Node, path: str, origin: str) -> None:
    async with Actor(node, path, {"Origin": origin}) as stranger:
        await stranger.connect()
        assert await stranger.is_closed_with() == 4403


async def test_the_sites_own_pages_and_the_panel_are_let_in(node: Node) -> None:
    for origin in ("https://shop.example.com", node.origin):
        async with Actor(node, VISITOR, {"Origin": origin}) as visitor:
            await visitor.connect()
            await visitor.sends_raw(HELLO)
            await visitor.gets("welcome")


async def test_a_console_without_an_origin_is_refused(nodes: TwoNodes) -> None:
    cookie = await nodes.installation.hire("Nora")
    async with RawSocket(nodes.one) as raw:
        await raw.upgrades("/ws/agent", cookie=f"mayfly_session={cookie}")
        assert await raw.is_closed_with() == 4403


async def test_an_unknown_site_is_closed_with_4404(node: Node) -> None:
    async with Visitor(node, site="nowhere") as visitor:
        await visitor.connect()
        assert await visitor.is_closed_with() == 4404


async def test_an_unknown_path_has_no_websocket(node: Node) -> None:
    with pytest.raises(InvalidStatus, match="404"):
        await Actor(node, "/ws/elsewhere", {}).connect()


async def test_a_client_that_speaks_only_another_subprotocol_is_refused(node: Node) -> None:
    async with RawSocket(node) as raw:
        assert (await raw.upgrades(sec_websocket_protocol="mayfly.v0, chat")).status == 400


async def test_compression_is_never_negotiated(node: Node) -> None:
    async with RawSocket(node) as raw:
        answer = await raw.upgrades(sec_websocket_extensions="permessage-deflate; client_max_window_bits")
        assert answer.status == 101
        assert "sec-websocket-extensions" not in answer.headers


# ── deadlines, all waited for at once ────────────────────────────────────────────────────────────────────────────


async def test_whoever_keeps_the_service_waiting_is_cut(node: Node) -> None:
    async with asyncio.TaskGroup() as waiting:
        waiting.create_task(_says_nothing(node))
        waiting.create_task(_trickles_a_head(node))
        waiting.create_task(_trickles_a_second_head(node))
        waiting.create_task(_never_says_hello(node))
        waiting.create_task(_never_answers_a_close(node))


async def _says_nothing(node: Node) -> None:
    async with RawSocket(node) as raw, _within(HEAD_DEADLINE_S):
        assert await raw.is_closed_with() is None


async def _trickles_a_head(node: Node) -> None:
    async with RawSocket(node) as raw, _within(HEAD_DEADLINE_S):
        await raw.trickles(raw.head())


async def _trickles_a_second_head(node: Node) -> None:
    async with RawSocket(node) as raw:
        await raw.sends(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await raw.answer()).status == 200
        async with _within(HEAD_DEADLINE_S):
            await raw.trickles(raw.head())


async def _never_says_hello(node: Node) -> None:
    async with RawSocket(node) as raw:
        await raw.upgrades()
        async with _within(HELLO_DEADLINE_S):
            assert await raw.is_closed_with() == 4408


async def _never_answers_a_close(node: Node) -> None:
    async with RawSocket(node) as raw:
        await raw.upgrades()
        await raw.says(TEXT, b"{}")
        async with _within(CLOSE_DEADLINE_S):
            assert await raw.is_closed_with() == 4400
            await raw.trickles(b"?" * 1000)


@asynccontextmanager
async def _within(deadline_s: float) -> AsyncIterator[None]:
    """It takes about this long: not less, and a sweep more at most."""
    began = time.monotonic()
    yield
    assert deadline_s - 0.5 < time.monotonic() - began < deadline_s + SWEEP_S


async def test_a_head_without_an_end_is_cut_at_once(node: Node) -> None:
    began = time.monotonic()
    async with RawSocket(node) as raw:
        await raw.sends(raw.head().removesuffix(b"\r\n"))
        await raw.floods(b"x-filler: " + b"x" * 10_000 + b"\r\n")
    assert time.monotonic() - began < HEAD_DEADLINE_S / 2


async def test_a_missed_heartbeat_closes_with_4408(nodes: TwoNodes) -> None:
    impatient = await nodes.installation.node(MAYFLY_CHAT_HEARTBEAT_S="0.5")
    async with Visitor(impatient) as silent, Visitor(impatient) as lively:
        await silent.opens()
        await lively.opens()
        began = time.monotonic()
        while silent.close_code is None and time.monotonic() - began < PATIENCE_S:
            await lively.synchronises()
            await asyncio.sleep(0.1)
        assert await silent.is_closed_with() == 4408
        assert lively.close_code is None


# ── those who do not read ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reader_that_stopped_is_cut_and_nobody_else_notices(nodes: TwoNodes) -> None:
    """Less than what is cut at once waits for it, for as long as the deadline says."""
    cookie = await nodes.installation.hire("Otto")
    async with (
        Agent(nodes.two, cookie) as otto,
        Visitor(nodes.one) as other,
        RawSocket(nodes.one, receive_buffer=4096) as slow,
    ):
        await otto.opens()
        await otto.is_available()
        chat = await _asks_without_reading(slow, otto)
        began = time.monotonic()
        worst = 0.0
        await other.opens()
        for _ in range(20):
            await otto.says(chat, "€" * 4000)
        while not otto.got("visitor_left"):
            before = time.monotonic()
            await asyncio.gather(other.synchronises(), otto.synchronises())
            worst = max(worst, time.monotonic() - before)
            await asyncio.sleep(0.1)
            assert before - began < SEND_DEADLINE_S + SWEEP_S
        assert time.monotonic() - began > SEND_DEADLINE_S - 0.5
        assert worst < 0.5


async def _asks_without_reading(slow: RawSocket, agent: Agent) -> str:
    await slow.upgrades()
    await slow.says(TEXT, HELLO.encode())
    await slow.says(TEXT, json.dumps({"type": "start", "ref": str(uuid.uuid4()), "question": "?"}).encode())
    return await agent.is_given()


async def test_a_reader_too_far_behind_is_cut_at_once(nodes: TwoNodes) -> None:
    hasty = await nodes.installation.node(MAYFLY_LIMITS_MESSAGES_PER_10S="1000")
    cookie = await nodes.installation.hire("Pia")
    async with Agent(hasty, cookie) as pia, RawSocket(hasty, receive_buffer=4096) as slow:
        await pia.opens()
        await pia.is_available()
        chat = await _asks_without_reading(slow, pia)
        began = time.monotonic()
        while not pia.got("visitor_left"):
            await pia.says(chat, "€" * 4000)
            await pia.hears("€" * 4000)
        assert time.monotonic() - began < SEND_DEADLINE_S / 2
        assert len(pia.got("said")) * 12_000 < 4 * MAX_BUFFERED


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_a_flood_of_pings_is_cut_and_nobody_else_notices(node: Node) -> None:
    (worker,) = node.workers()
    flood = b"".join(client_frame(PING) for _ in range(50_000))
    async with Visitor(node) as other:
        await other.opens()
        cost, worst = Cost(worker), 0.0
        for _ in range(5):
            async with RawSocket(node, receive_buffer=4096) as raw:
                await raw.upgrades()
                flooding = asyncio.create_task(raw.floods(flood))
                while not flooding.done():
                    before = time.monotonic()
                    await other.synchronises()
                    worst = max(worst, time.monotonic() - before)
                    await asyncio.sleep(0.05)
                await flooding
    assert worst < 0.5
    assert cost.memory() < 4 * 2**20
    assert cost.seconds() < 0.2, "measured: 0.02; if all that was read is parsed 0.35, if the flood is heard out 16"


class Cost:
    """What a process has needed since: work in seconds, and memory at its peak, in bytes (proc_pid_stat(5))."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        (self._folder / "clear_refs").write_text("5")  # the peak begins anew
        self._memory, self._seconds = self._peak(), self._worked()

    def memory(self) -> int:
        return self._peak() - self._memory

    def seconds(self) -> float:
        return self._worked() - self._seconds

    def _peak(self) -> int:
        (line,) = [line for line in (self._folder / "status").read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024

    def _worked(self) -> float:
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ── how many ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_address_has_only_so_many_connections(nodes: TwoNodes) -> None:
    small = await nodes.installation.node(MAYFLY_LIMITS_CONNECTIONS_PER_IP="3")
    visitors = [Visitor(small) for _ in range(3)]
    for visitor in visitors:
        await visitor.opens()
    async with Visitor(small) as one_more:
        await one_more.connect()
        assert await one_more.is_closed_with() == 4429
    await visitors[0].leaves()
    await until(lambda: _gets_in(small), "there is room again")
    for visitor in visitors[1:]:
        await visitor.synchronises()
        await visitor.leaves()


async def _gets_in(node: Node) -> bool:
    async with RawSocket(node) as raw:
        await raw.upgrades()
        await raw.says(TEXT, HELLO.encode())
        await raw.says(CLOSE)
        return await raw.is_closed_with() != 4429


# ── who is signed in ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_console_that_is_not_signed_in_is_closed_with_4401(nodes: TwoNodes) -> None:
    cookie = await nodes.installation.hire("Rosa")
    await _signs_out(nodes.one, cookie)
    for no_session in ("", "no-such-session", cookie):
        async with Agent(nodes.two, no_session) as nobody:
            await nobody.connect()
            await nobody.sends_raw(HELLO)
            assert await nobody.is_closed_with() == 4401


async def test_signing_out_closes_the_sockets_on_every_node_and_nobody_elses(nodes: TwoNodes) -> None:
    sara, tom = await nodes.installation.hire("Sara"), await nodes.installation.hire("Tom")
    async with Agent(nodes.one, sara) as here, Agent(nodes.two, sara) as there, Agent(nodes.two, tom) as other:
        for agent in (here, there, other):
            await agent.opens()
        await _signs_out(nodes.one, sara)
        async with asyncio.timeout(2):  # at once: not only by the round that looks after every session now and then
            assert await here.is_closed_with() == 4401
            assert await there.is_closed_with() == 4401
        await other.synchronises()


async def _signs_out(node: Node, cookie: str) -> None:
    async with http_client(base_url=node.origin, cookies={"mayfly_session": cookie}) as browser:
        answer = await browser.delete("/api/session", headers={"Origin": node.origin})
        assert answer.status_code == 204


# ── restarts ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_node_that_restarts_says_1012(nodes: TwoNodes) -> None:
    node = await nodes.installation.node()
    async with (
        Visitor(node) as visitor,
        Visitor(node) as undecided,
        Agent(node, await nodes.installation.hire("Uma")) as uma,
    ):
        await visitor.opens()
        await uma.opens()
        await undecided.connect()
        node.process.terminate()
        for actor in (visitor, undecided, uma):
            assert await actor.is_closed_with() == 1012
        await until(lambda: node.process.poll() == 0, "the node ended in good order")


async def test_a_node_that_restarts_sends_its_tabs_away_a_few_at_a_time(nodes: TwoNodes) -> None:
    node = await nodes.installation.node()
    now = asyncio.get_running_loop().time
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(Visitor(node)) for _ in range(2 * SENT_AT_ONCE + 1)]
        for tab in tabs:
            await tab.opens()

        async def leaves(tab: Visitor) -> float:
            assert await tab.is_closed_with() == 1012
            return now()

        node.process.terminate()
        left = await asyncio.gather(*(leaves(tab) for tab in tabs))
        assert max(left) - min(left) > SENT_EVERY_S, "never sooner, however fast the machine"
        await until(lambda: node.process.poll() == 0, "the node ended in good order")
