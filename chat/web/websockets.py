"""Who may open which WebSocket: the site must exist, the page's origin must be allowed."""

from typing import Any

from chat.live.agent import AgentSession
from chat.live.connections import Handshake, Session
from chat.live.sockets import Connection
from chat.live.visitor import VisitorSession
from chat.services import Services
from chat.web.auth import COOKIE
from chat.web.client import own_origin


class Endpoints:
    """``/ws/visitor`` and ``/ws/agent``."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def visitor(self, connection: Connection, handshake: Handshake) -> Session | None:
        """A visitor's tab. Browsers send the panel's origin, which is ours, or one of the site's; other clients none."""
        site_key = handshake.query.get("site", "")
        site = self._services.settings.sites.get(site_key)
        own = self._own(handshake)
        origin = handshake.headers.get("origin")
        if site is None:
            connection.close("unknown_site", f"no site {site_key[:60]!r} in the configuration")
            return None
        if origin is not None and origin not in (own, *site.origins):
            connection.close("refused", "this origin is not among the site's origins")
            return None
        return VisitorSession(
            connection,
            site_key=site_key,
            origin=own,
            address=handshake.client.address,
            open_connections=self._services.metrics.visitor_connections,
            **self._common(),
        )

    def agent(self, connection: Connection, handshake: Handshake) -> Session | None:
        """A console tab: our own origin only, or another page could use the cookie (RFC 6455, 10.2)."""
        own = self._own(handshake)
        if handshake.headers.get("origin") != own:
            connection.close("refused", "the console is served from its own origin only")
            return None
        services = self._services
        return AgentSession(
            connection, cookie=_cookie(handshake), origin=own, sessions=services.sessions, lines=services.lines,
            open_connections=services.metrics.agent_connections,
            **self._common(),
        )  # fmt: skip

    def _own(self, handshake: Handshake) -> str:
        return own_origin(self._services.settings, handshake.client.scheme, handshake.headers.get("host", ""))

    def _common(self) -> dict[str, Any]:
        services = self._services
        return {
            "settings": services.settings,
            "conversations": services.conversations,
            "hub": services.hub,
            "background": services.background,
            "heartbeat_s": services.settings.chat.heartbeat_s,
            "messages_per_10s": services.settings.limits.messages_per_10s,
            "metrics": services.metrics,
        }


def _cookie(handshake: Handshake) -> str:
    for pair in handshake.headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
