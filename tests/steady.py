"""People whose tab does what a real tab does: it comes back by itself, says again what was not acknowledged, shows once."""

import asyncio
import uuid
from collections import defaultdict
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.actors import Actor, Agent, Event, Visitor
from tests.service import Node

RETRY_S = 0.1


class SteadyTab(Actor):
    """What both sides do. ``shown``: chat → seq → text, exactly as the tab shows it."""

    def __init__(self, nodes: list[Node], *actor: Any) -> None:
        super().__init__(*actor)
        self.nodes = nodes
        self.shown: defaultdict[str, dict[int, str]] = defaultdict(dict)
        self.pending: dict[str, tuple[str, str]] = {}
        self.acknowledged: list[str] = []
        self.closed_with: list[int | None] = []
        self._keeping: asyncio.Task[None] | None = None
        self._again: set[asyncio.Task[None]] = set()

    def says_steadily(self, chat: str, text: str) -> None:
        """Say it until it is acknowledged."""
        ref = str(uuid.uuid4())
        self.pending[ref] = chat, text
        self._soon(self._say(ref), 0)

    async def _say(self, ref: str) -> None:
        if ref not in self.pending:
            return
        chat, text = self.pending[ref]
        fields = {"chat": chat} if isinstance(self, Agent) else {}
        with suppress(ConnectionClosed):  # said again after coming back
            await self.sends("say", ref=ref, text=text, **fields)

    def _soon(self, work: Any, delay_s: float) -> None:
        async def later() -> None:
            await asyncio.sleep(delay_s)
            await work

        task = asyncio.create_task(later())
        self._again.add(task)
        task.add_done_callback(self._again.discard)

    def hears_of(self, event: Event) -> None:
        """Show, acknowledge, try again."""
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
            case "failed" if event.get("ref") in self.pending and event["code"] in ("unavailable", "too_fast"):
                self._soon(self._say(event["ref"]), event["retry_after_s"])

    def _show(self, chat: str, message: Event) -> None:
        shown = self.shown[chat]
        if message["seq"] in shown:
            assert shown[message["seq"]] == message["text"], f"two messages have number {message['seq']}"
            return
        shown[message["seq"]] = message["text"]
        if self.pending.pop(message.get("ref", ""), None):
            self.acknowledged.append(message["text"])

    def texts(self, chat: str) -> list[str]:
        """What people said, in the order it is shown."""
        return [text for _, text in sorted(self.shown[chat].items()) if text not in ("joined", "requeued")]

    async def _come_back(self) -> None:
        turn = 0
        while True:
            turn += 1
            try:
                await self._reopen(self.nodes[turn % len(self.nodes)])
                break
            except (OSError, EOFError, ConnectionClosed, InvalidHandshake, AssertionError):
                await asyncio.sleep(RETRY_S)
        for ref in list(self.pending):
            await self._say(ref)

    async def _reopen(self, node: Node) -> None:
        raise NotImplementedError

    async def _keep(self) -> None:
        while True:
            self.closed_with.append(await self.is_closed())
            await self._come_back()

    def keeps_coming_back(self) -> None:
        """From now on the tab looks after itself."""
        self._keeping = asyncio.create_task(self._keep())

    async def rests(self) -> None:
        """Close the tab."""
        for task in (self._keeping, *self._again):
            if task is not None:
                task.cancel()
        await self.leaves()


class SteadyVisitor(SteadyTab, Visitor):
    """A visitor's tab."""

    def __init__(self, nodes: list[Node], node: Node) -> None:
        super().__init__(nodes, node)

    async def _reopen(self, node: Node) -> None:
        welcome = await self.opens(node, after=max(self.shown[self.chat], default=0))
        assert welcome.get("chat"), "the chat is gone"


class SteadyAgent(SteadyTab, Agent):
    """A console tab."""

    def __init__(self, nodes: list[Node], node: Node, cookie: str) -> None:
        super().__init__(nodes, node, cookie)

    async def _reopen(self, node: Node) -> None:
        await self.opens(node, after={chat: max(shown) for chat, shown in self.shown.items() if shown})
