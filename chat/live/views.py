"""A chat as it stands, for each of those who may see it."""

from chat import protocol as wire
from chat.live.hub import Joined
from chat.live.livechat import rfc3339
from chat.live.reception import plan_of
from chat.settings import Settings


def visitor_chat(joined: Joined) -> wire.VisitorChat:
    """For the visitor's welcome."""
    chat, record = joined.chat, joined.record
    waits = chat.state == "waiting"
    return wire.VisitorChat(
        id=chat.id,
        state=chat.state,
        messages=chat.messages(record.messages),
        position=chat.place.position or None,
        wait_s=chat.queued.wait_s if waits and chat.queued is not None else None,
        agent=None if waits else wire.AgentCard(name=chat.place.agent_name),
        delivered=record.delivered["a"],
        seen=record.read["a"],
        question=chat.card.question,
        started_at=rfc3339(chat.arrived_ms),
    )


def agent_chat(joined: Joined, settings: Settings) -> wire.AgentChat:
    """For the welcome of the agent who has it."""
    chat, record = joined.chat, joined.record
    return wire.AgentChat(
        chat=chat.id,
        site=chat.site,
        team=chat.team,
        state=chat.state,
        visitor=chat.card,
        messages=chat.messages(record.messages),
        notes=[chat.note(kept) for kept in record.note_lines],
        started_at=rfc3339(chat.arrived_ms),
        delivered=record.delivered["v"],
        seen=record.read["v"],
        read=record.read["a"],
        erase_at=rfc3339(record.left_ms) if record.left_ms else None,
        plan=plan_of(settings, chat.card),
        transfer_to=chat.transfer_to or None,
        transfer_until=rfc3339(chat.place.transfer_until_ms) if chat.transfer_to else None,
        agent=chat.place.agent_name,
    )


def assigned(joined: Joined, settings: Settings) -> wire.AgentAssigned:
    """For the agent who has just got it."""
    chat = agent_chat(joined, settings)
    return wire.AgentAssigned(
        chat=chat.chat, site=chat.site, team=chat.team, visitor=chat.visitor, messages=chat.messages, notes=chat.notes,
        started_at=chat.started_at, delivered=chat.delivered, seen=chat.seen, read=chat.read, plan=chat.plan,
    )  # fmt: skip


def watched(joined: Joined, settings: Settings, *, speaks: bool) -> wire.Watched:
    """For the supervisor who watches it, and who ``speaks`` in it or not."""
    chat = agent_chat(joined, settings)
    return wire.Watched(
        chat=chat.chat, site=chat.site, team=chat.team, state=chat.state, visitor=chat.visitor, messages=chat.messages,
        notes=chat.notes, started_at=chat.started_at, delivered=chat.delivered, seen=chat.seen, agent=chat.agent,
        joined=speaks, plan=chat.plan,
    )  # fmt: skip
