"""The tabs of this process whose visitors the site has told by name, and what they are notified of."""

from collections import defaultdict
from typing import Protocol

from chat import protocol as wire
from chat.desk.notifications import Notifications, recipients_of
from chat.desk.requester import Requester
from chat.live.background import Background
from chat.live.frames import frame


class Tab(Protocol):
    """A visitor's tab."""

    def send(self, frame: bytes) -> None:
        """Put a frame into the outbox."""


class Identified:
    """Who is here, by their identity at a site."""

    def __init__(self, notifications: Notifications, background: Background) -> None:
        self._notifications = notifications
        self._background = background
        self._tabs: defaultdict[str, defaultdict[str, set[Tab]]] = defaultdict(lambda: defaultdict(set))

    def add(self, visitor: Requester, tab: Tab) -> None:
        """A tab has come."""
        for recipient in recipients_of(visitor):
            self._tabs[visitor.site][recipient].add(tab)

    def remove(self, visitor: Requester, tab: Tab) -> None:
        """A tab has gone."""
        of_site = self._tabs[visitor.site]
        for recipient in recipients_of(visitor):
            of_site[recipient].discard(tab)
            if not of_site[recipient]:
                del of_site[recipient]
        if not of_site:
            del self._tabs[visitor.site]

    def notify(self, site: str, number: int) -> None:
        """A ticket has a new notification: whoever it is for, if they are here, is told."""
        if site in self._tabs:
            self._background.start(self._notify(site, number))

    async def _notify(self, site: str, number: int) -> None:
        found = await self._notifications.of_ticket(site, number)
        if found is None:
            return
        recipient, told = found
        event = frame(
            wire.Notified(id=told.id, number=told.number, kind=told.kind, subject=told.subject, text=told.text)
        )
        for tab in list(self._tabs[site][recipient]) if recipient in self._tabs.get(site, {}) else ():
            tab.send(event)
