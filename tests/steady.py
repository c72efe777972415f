"""People whose tab does what a real tab does: it comes back by itself, says again what was not acknowledged, shows once.

The pauses and the order are those of ``widget/static/shared/socket.js`` and of the panel: what is unacknowledged goes out
again in the order it was said, and what is said meanwhile goes behind it.
"""

import asyncio
import random
import uuid
from collections import defaultdict
from contextlib import suppress
from typing import Any, NamedTuple

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.actors import Actor, Agent, Event, Visitor
from tests.service import Node

FIRST_BACKOFF_S = 0.3
MAX_BACKOFF_S = 15.0
WELCOME_S = 10.0
PATIENCE = 1.5
RESTARTING = 1012


class Hearing(NamedTuple):
    """A line of the other side was shown: when, by the loop's clock, and which."""

    at: float
    text: str


class SteadyTab(Actor):
    """What both sides do.

    ``shown``: chat → seq → text, exactly as the tab shows it; ``heard``: chat → the other side's lines; ``held_up``: why
    lines had to wait; ``refused``: lines that were refused for good, and their author told; ``is_in``:
    whether it has been let in.
    """

    author: str

    def __init__(self, nodes: list[Node], *actor: Any) -> None:
        super().__init__(*actor)
        self.nodes = nodes
        self.shown: defaultdict[str, dict[int, str]] = defaultdict(dict)
        self.heard: defaultdict[str, list[Hearing]] = defaultdict(list)
        self.pending: dict[str, tuple[str, str]] = {}
        self.closed_with: list[int | None] = []
        self.held_up: list[str] = []
        self.refused: list[str] = []
        self._keeping: asyncio.Task[None] | None = None
        self._going: set[asyncio.Task[None]] = set()
        self._again: asyncio.TimerHandle | None = None
        self.is_in = True
        self._now = asyncio.get_running_loop().time
        self._heartbeat_s = 0.0
        self._heard_at = self._now()

    def says_steadily(self, chat: str, text: str) -> None:
        """Say it until it is acknowledged."""
        ref = str(uuid.uuid4())
        self.pending[ref] = chat, text
        if self.is_in and self._again is None:  # else it goes after those before it
            self._send(ref)

    def waits_in(self, chat: str) -> int:
        """How many lines it has said there that are not acknowledged."""
        return sum(where == chat for where, _ in self.pending.values())

    def _send(self, ref: str) -> None:
        """In the order of the calls."""
        task = asyncio.create_task(self._say(ref))
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    async def _say(self, ref: str) -> None:
        if ref not in self.pending:
            return
        chat, text = self.pending[ref]
        fields = {"chat": chat} if isinstance(self, Agent) else {}
        with suppress(ConnectionClosed):  # said again after coming back
            await self.sends("say", ref=ref, text=text, **fields)

    def _flush(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self.is_in:
            for ref in self.pending:
                self._send(ref)

    def _flush_later(self, delay_s: float) -> None:
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(delay_s, self._flush)

    def hears_of(self, event: Event) -> None:
        """Show, acknowledge, try again."""
        self._heard_at = self._now()
        self._heartbeat_s = event.get("heartbeat_s", self._heartbeat_s)
        match event["type"]:
            case "said":
                self._show(event["chat"], event)
            case "welcome":
                for chat in event.get("chats") or ([event["chat"]] if event.get("chat") else []):
                    for message in chat["messages"]:
                        self._show(chat.get("chat") or chat["id"], message)
            case "assigned" if "chat" in event:
                for message in event["messages"]:
                    self._show(event["chat"], message)
            case "failed" if event.get("ref") in self.pending:
                if event["code"] in ("unavailable", "too_fast"):
                    self.held_up.append(event["code"])
                    self._flush_later(max(0.2, event["retry_after_s"]))
                else:
                    self.refused.append(self.pending.pop(event["ref"])[1])

    def _show(self, chat: str, message: Event) -> None:
        shown = self.shown[chat]
        if message["seq"] in shown:
            assert shown[message["seq"]] == message["text"], f"two messages have number {message['seq']}"
            return
        shown[message["seq"]] = message["text"]
        self.pending.pop(message.get("ref", ""), None)
        if message["author"] not in (self.author, "system"):
            self.heard[chat].append(Hearing(self._now(), message["text"]))

    def texts(self, chat: str) -> list[str]:
        """What people said, in the order it is shown."""
        return [text for _, text in sorted(self.shown[chat].items()) if text not in ("joined", "requeued")]

    async def _come_back(self, code: int | None) -> None:
        attempt, here = 0, self.nodes.index(self.node)
        while True:
            pause = random.random() * min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2**attempt)
            await asyncio.sleep(0 if code == RESTARTING and attempt == 0 else pause)
            attempt += 1
            try:
                async with asyncio.timeout(WELCOME_S):
                    await self._reopen(self.nodes[(here + attempt) % len(self.nodes)])
                break
            except (OSError, EOFError, TimeoutError, ConnectionClosed, InvalidHandshake, AssertionError):
                await self.vanishes()
        self.is_in = True
        self._flush()

    async def _reopen(self, node: Node) -> None:
        raise NotImplementedError

    async def _keep(self) -> None:
        while True:
            self.closed_with.append(await self._is_lost())
            self.is_in = False
            await self._come_back(self.close_code)

    async def _is_lost(self) -> int | None:
        """Wait until the connection is closed, or silent for too long (None); ask when it is silent."""
        asked = False
        while True:
            patience = PATIENCE if asked else 1
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._heard_at + patience * self._heartbeat_s):
                    return await self.is_closed()
            if self._now() < self._heard_at + self._heartbeat_s:
                asked = False  # something was heard meanwhile
            elif asked:
                await self.vanishes()
                return None
            else:
                asked = True
                with suppress(ConnectionClosed):
                    await self.sends("ping")

    def keeps_coming_back(self) -> None:
        """From now on the tab looks after itself."""
        self._keeping = asyncio.create_task(self._keep())

    async def rests(self) -> None:
        """Close the tab."""
        for going in (self._keeping, self._again, *self._going):
            if going is not None:
                going.cancel()
        await self.leaves()


class SteadyVisitor(SteadyTab, Visitor):
    """A visitor's tab."""

    author = "visitor"

    def __init__(self, nodes: list[Node], node: Node) -> None:
        super().__init__(nodes, node)

    async def _reopen(self, node: Node) -> None:
        welcome = await self.opens(node, after=max(self.shown[self.chat], default=0))
        assert welcome.get("chat"), "the chat is gone"


class SteadyAgent(SteadyTab, Agent):
    """A console tab."""

    author = "agent"

    def __init__(self, nodes: list[Node], node: Node, cookie: str) -> None:
        super().__init__(nodes, node, cookie)
        self.cookie = cookie
        self.holds: set[str] = set()

    def hears_of(self, event: Event) -> None:
        """Know whose chats are theirs."""
        super().hears_of(event)
        match event["type"]:
            case "welcome":
                self.holds = {chat["chat"] for chat in event["chats"]}
            case "assigned":
                self.holds.add(event["chat"])
            case "erased" | "transferred":
                self.holds.discard(event["chat"])

    async def _reopen(self, node: Node) -> None:
        await self.opens(node, after={chat: max(shown) for chat, shown in self.shown.items() if shown})
