"""The supervisors' verbs: look into a chat and join it, set the order of the line, send somebody on a break, block."""

from chat import protocol as wire
from chat.errors import Refused
from chat.live.blocks import Blocks
from chat.live.consoles import supervises
from chat.live.conversations import Conversations
from chat.live.hub import Joined
from chat.live.livechat import LiveChat, Member, system_line
from chat.live.log import ChatLog
from chat.people.agents import Agent
from routing.router import Router


class Supervision:
    """What only supervisors may do, and what they may do in other agents' chats too. The first raise ``not_allowed``."""

    def __init__(
        self, *, log: ChatLog, router: Router, conversations: Conversations, blocks: Blocks, desk: str
    ) -> None:
        self._log = log
        self._router = router
        self._conversations = conversations
        self._blocks = blocks
        self._desk = desk

    @staticmethod
    def check(agent: Agent) -> None:
        """Raises Refused ``not_allowed`` unless the agent is a supervisor."""
        if not supervises(agent):
            raise Refused("not_allowed", "this is for supervisors")

    async def watch(self, member: Member, agent: Agent, chat_id: str) -> Joined:
        """Take a silent seat in a chat. Raises Refused ``no_chat``."""
        self.check(agent)
        joined = await self._conversations.join(member, chat_id, 0, watching=True)
        if joined is None:
            raise Refused("no_chat", "the chat is over and erased")
        return joined

    def join(self, member: Member, agent: Agent, chat: LiveChat) -> None:
        """From now on a watcher may speak, and the visitor knows who they are."""
        chat.members[member].joined = True
        if not chat.has_joined(agent.name):
            ref = f"stepped in {agent.id} {chat.times_left(agent.name)}"
            self._log.add(system_line(chat, wire.SystemLine.STEPPED_IN, agent.name, ref))

    def leave(self, member: Member, agent: Agent, chat: LiveChat) -> None:
        """Who had joined looks away: the visitor knows that too."""
        if chat.members[member].joined and chat.has_joined(agent.name):
            ref = f"left {agent.id} {chat.times_left(agent.name)}"
            self._log.add(system_line(chat, wire.SystemLine.LEFT, agent.name, ref))

    async def prioritise(self, agent: Agent, chat_id: str, priority: int) -> None:
        """Let a waiting chat go before or after others. Raises Refused ``not_waiting``."""
        self.check(agent)
        if not await self._router.prioritise(self._desk, chat_id, priority):
            raise Refused("not_waiting", "the chat is no longer in the line")

    async def set_status(self, agent: Agent, other: str, status: wire.AgentStatus) -> None:
        """Let a colleague take new chats, or not. Raises Refused ``agent_away`` if they are not signed in."""
        self.check(agent)
        if other not in [colleague.agent for colleague in await self._router.colleagues(self._desk)]:
            raise Refused("agent_away", "the colleague is not signed in")
        await self._router.set_status(self._desk, other, status, reason="supervisor")

    async def block(self, chat_id: str, minutes: int) -> None:
        """End a chat and refuse new ones of its visitor for a time. Raises Refused ``no_chat``."""
        source = await self._log.source(chat_id)
        if source is None:
            raise Refused("no_chat", "the chat is over and erased")
        await self._blocks.add(source, minutes)
        await self._conversations.end(chat_id, "agent")
