"""The verbs by which chats change hands: agents are there or away, accept, take, hand over."""

from hashlib import sha256

from msgspec.structs import replace

from chat import protocol as wire
from chat.errors import Refused
from chat.live.consoles import supervises
from chat.live.conversations import Conversations
from chat.live.livechat import LiveChat, Member
from chat.live.reception import step
from chat.people.agents import Agent
from chat.settings import Settings
from routing.router import Router
from routing.types import Attached, Colleague, Status, Step, line_of


class Hands:
    """What agents do about who has a chat. The feed tells everyone what came of it."""

    def __init__(self, *, settings: Settings, router: Router, conversations: Conversations, desk: str) -> None:
        self._settings = settings
        self._router = router
        self._conversations = conversations
        self._desk = desk

    # ── being there ──────────────────────────────────────────────────────────────────────────────────────────

    async def attach(self, agent: Agent) -> Attached:
        """A console tab of the agent is here: their status, the chats that are theirs, and what rings at them."""
        return await self._router.attach(
            self._desk, agent.id, name=agent.name, capacity=agent.capacity, teams=agent.teams
        )

    async def detach(self, agent_id: str) -> None:
        """No console tab of the agent is here any more."""
        await self._router.detach(self._desk, agent_id)

    async def set_status(self, agent: Agent, status: Status) -> None:
        """Take new chats, or not."""
        await self._router.set_status(self._desk, agent.id, status)

    async def hand_over(self, agent: Agent) -> None:
        """The end of a shift: away at once, and all chats back to the head of their lines."""
        await self._router.release(self._desk, agent.id)

    # ── getting a chat ───────────────────────────────────────────────────────────────────────────────────────

    async def accept(self, agent: Agent, chat_id: str) -> None:
        """Take the chat that rings. Raises Refused ``not_offered``."""
        if not await self._router.accept(self._desk, chat_id, agent.id):
            raise Refused("not_offered", "the chat does not ring here any more")

    async def decline(self, agent: Agent, chat_id: str) -> None:
        """Let the chat that rings go to the next. Raises Refused ``not_offered``."""
        if not await self._router.decline(self._desk, chat_id, agent.id):
            raise Refused("not_offered", "the chat does not ring here any more")

    async def take(self, agent: Agent, chat_id: str) -> None:
        """Take a waiting chat by hand; a supervisor any chat. Raises Refused ``not_waiting``, ``at_capacity``, ``not_yours``."""
        outcome = await self._router.take(self._desk, chat_id, agent.id, any_chat=supervises(agent))
        reasons = {
            "not_waiting": "the chat is no longer in the line",
            "at_capacity": f"you already have {agent.capacity} chats",
            "not_yours": "the chat waits for a team you are not in",
        }
        if outcome in reasons:
            raise Refused(outcome, reasons[outcome])

    # ── handing a chat over ──────────────────────────────────────────────────────────────────────────────────

    async def transfer(self, member: Member, chat: LiveChat, agent: Agent, to: wire.Transfer) -> None:
        """Offer a chat to a team or a colleague, or take the offer back.

        Raises Refused ``invalid`` (with fields), ``too_long``, ``not_yours``, ``agent_away``, ``not_waiting``: it is too
        late to take it back.
        """
        if to.team is None and to.agent is None:
            if not await self._router.cancel_transfer(self._desk, chat.id, agent.id):
                raise Refused("not_waiting", "the chat is not being transferred any more")
            return
        step = await self._step(chat, agent, to)
        if to.note is not None and to.note.strip():
            ref = f"transfer {chat.epoch} {sha256(to.note.encode()).hexdigest()[:16]}"
            await self._conversations.note_down(member, chat, ref, to.note, agent.name)
        outcome = await self._router.transfer(self._desk, chat.id, agent.id, step)
        if outcome == "away":
            raise Refused("agent_away", "the colleague is away; choose another, or a team")
        if outcome == "not_yours":
            raise Refused("not_yours", "the chat is not assigned to you")

    async def _step(self, chat: LiveChat, agent: Agent, to: wire.Transfer) -> Step:
        """The stop a transfer leads to. A team is asked as it always is, a person always."""
        if to.agent is None:
            if to.team not in self._settings.teams:
                raise Refused("invalid", "team: no such team", fields={"team": "not_a_choice"})
            return step(self._settings, to.team)
        if to.team is not None or to.agent == agent.id:
            raise Refused("invalid", "agent: a colleague, and no team beside", fields={"agent": "not_a_choice"})
        teams = [team for team in (await self._colleague(to.agent)).teams if team in self._settings.teams]
        if not teams:
            raise Refused("agent_away", "the colleague is in no team; choose another, or a team")
        own = step(self._settings, chat.team if chat.team in teams else teams[0], line=line_of(to.agent))
        ask_ms = round(self._settings.teams[own.team].accept_within_s * 1000)
        return replace(own, wait_ms=ask_ms, accept_ms=ask_ms)

    async def _colleague(self, agent_id: str) -> Colleague:
        for colleague in await self._router.colleagues(self._desk):
            if colleague.agent == agent_id:
                return colleague
        raise Refused("agent_away", "the colleague is not signed in; choose another, or a team")
