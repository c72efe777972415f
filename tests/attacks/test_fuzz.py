"""Whatever nearly is the protocol: nothing crashes, nothing is left, and nobody else notices."""

import asyncio
import sys
from typing import Any

import msgspec
import pytest

from bench.usage import resident
from tests.actors import Agent, Visitor
from tests.attacks.bystanders import bystanders
from tests.attacks.fuzz import Plan, Report
from tests.conftest import Figures
from tests.service import ROOT, Installation, Node, signed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

GROWTH_MB = 20
P99_MS = 250
WARM_UP = 1_000
WITHOUT_LIMITS: dict[str, Any] = {
    "MAYFLY_LIMITS_FRAMES_PER_10S": "10000000",
    "MAYFLY_LIMITS_MESSAGES_PER_10S": "10000000",
    "MAYFLY_LIMITS_CONNECTIONS_PER_IP": "100000",
    "MAYFLY_LIMITS_CHATS_PER_IP_PER_HOUR": "100000000",
    "MAYFLY_LIMITS_TICKETS_PER_IP_PER_HOUR": "100000000",
}
"""With them hardly anything would get far enough to do harm."""


async def test_no_frame_breaks_anything(mayfly: Installation, full: bool, figures: Figures) -> None:
    node = await mayfly.node(**WITHOUT_LIMITS)
    plan = await recorded(mayfly, node)
    (worker,) = node.workers()
    async with bystanders(mayfly, node) as two:
        await fuzzed(plan, seed=1, frames=WARM_UP)
        before = resident(worker)
        two.took_s.clear()
        report = await fuzzed(plan, seed=2, frames=1_000_000 if full else 5_000)
        grown_mb = (resident(worker) - before) / 2**20
        p99_ms = two.p99_ms
    assert node.workers() == [worker]
    told = node.log.read_text()
    assert "Traceback" not in told, told[told.index("Traceback") :][:3000]
    assert "failed" not in told, told[-3000:]
    assert report.wrong > report.connections / 4
    figures(
        "A million fuzzed frames", frames=report.frames, wrong=report.wrong, odd_hellos=report.hellos,
        connections=report.connections,
        memory_grown_MB=round(grown_mb, 1), others_p99_ms=p99_ms,
    )  # fmt: skip
    assert grown_mb < GROWTH_MB
    if full:
        assert p99_ms < P99_MS


async def fuzzed(plan: Plan, *, seed: int, frames: int) -> Report:
    """So many frames from another process."""
    plan = msgspec.structs.replace(plan, seed=seed, frames=frames)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.attacks.fuzz",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate(msgspec.json.encode(plan))
    assert process.returncode == 0
    return msgspec.json.decode(told, type=Report)


class Recorder:
    """Notes what somebody sends."""

    def __init__(self, actor: Agent | Visitor) -> None:
        self.sent: list[dict[str, Any]] = []
        self._sends = actor.sends
        actor.sends = self.sends  # type: ignore[method-assign]

    async def sends(self, kind: str, **fields: Any) -> None:
        """As ``Actor.sends``."""
        self.sent.append({"type": kind, **fields})
        await self._sends(kind, **fields)


async def recorded(mayfly: Installation, node: Node) -> Plan:
    """A chat with everything one can do in it, on a site of which nobody else is."""
    path, cookie = "/ws/visitor?site=offers", await mayfly.hire("Mallory", "sales", capacity=50)
    async with Visitor(node, "offers") as visitor, Agent(node, cookie) as agent:
        of_visitor, of_agent = Recorder(visitor), Recorder(agent)
        await agent.opens(after={"chat": 1})
        await agent.is_available()
        await visitor.opens(
            resume="token", after=0, identity=signed(sub="olga", name="Olga"), locale="en", time_zone="Europe/Kyiv",
            page={"url": "https://offers.example.com/", "title": "Offers"},
        )  # fmt: skip
        await visitor.asks(name="Olga", email="olga@example.com")
        chat = await agent.is_given()
        await visitor.says("Good morning")
        await agent.says(chat, "Good morning to you")
        await visitor.sends("typing", draft="I wonder")
        await visitor.sends("see", seq=2)
        await visitor.sends("visit", url="https://offers.example.com/", title="Offers")
        await agent.sends("typing", chat=chat)
        await agent.sends("see", chat=chat, seq=2)
        await agent.sends("note", chat=chat, ref="n", text="Ask for the number")
        await agent.sends("list_colleagues")
        await agent.sends("open_board")
        await agent.sends("look_at", site="offers", number=1001)
        await agent.sends("offer_ticket", chat=chat)
        await agent.sends("watch", chat=chat)
        await agent.sends("join", chat=chat)
        await agent.sends("unwatch", chat=chat)
        await agent.sends("prioritise", chat=chat, priority=3)
        await agent.sends("take", chat=chat)
        await agent.sends("transfer", chat=chat, team="sales", note="Over to you")
        ticket = {"ref": "t", "subject": "Broken", "body": "It is", "include_chat": True, "email": "olga@example.com"}
        await visitor.sends("leave_ticket", **ticket)
        await agent.sends("leave_ticket", chat=chat, **ticket)
        await visitor.sends("rate", score=5)
        await visitor.sends("ping")
        await agent.sends("ping")
        await agent.sends("decline", chat=chat)
        await agent.sends("hand_over")
        await agent.sends("set_availability", status="available")
        await visitor.sends("end")
        await visitor.gets("erased")
        await agent.sends("end", chat=chat)
        await agent.synchronises()
        return Plan(node.origin, path, cookie, of_visitor.sent, of_agent.sent, chat, 0, 0, at_once=16)
