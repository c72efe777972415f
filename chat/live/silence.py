"""A visitor must not be left without an answer: the agent is told first, then the supervisors."""

from collections.abc import Callable, Coroutine
from typing import Any

from chat import protocol as wire
from chat.live.background import Background
from chat.live.bus import AnswerOverdue, Notice
from chat.live.livechat import LiveChat, rfc3339
from chat.live.log import ChatLog, Entry, Outcome
from chat.settings import Settings


class Silence:
    """Watches how long visitors wait for a word of the agent who has their chat. ``publish`` reaches all nodes."""

    def __init__(
        self,
        *,
        settings: Settings,
        log: ChatLog,
        background: Background,
        publish: Callable[[Notice], Coroutine[Any, Any, None]],
    ) -> None:
        self._settings = settings
        self._log = log
        self._background = background
        self._publish = publish

    def look(self, chat: LiveChat, now: float) -> None:
        """Tell whom it concerns; each is told once of each silence. ``now`` in loop time."""
        team = self._settings.teams.get(chat.team)
        if team is None or chat.state != "active" or chat.owed is None:
            return
        since, silent_s = rfc3339(chat.owed.at_ms), now - chat.owed.at
        if silent_s > team.reply_within_s:
            chat.remind(wire.ReplyDue(chat=chat.id, since=since), chat.owed.seq)
        if silent_s > 2 * team.reply_within_s and chat.overdue < chat.owed.seq:
            chat.overdue = chat.owed.seq
            notice = AnswerOverdue(chat.id, chat.team, chat.place.agent_name, since)

            def answer(outcome: Outcome, _: int) -> None:
                if outcome == Outcome.DONE:  # of all nodes that have the chat this one was first
                    self._background.start(self._publish(notice))
                elif outcome == Outcome.AWAY:
                    chat.overdue = 0

            self._log.add(Entry("o", "a", chat.id, number=chat.owed.seq), answer)
