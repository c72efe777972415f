"""Who may open which WebSocket: the site must exist, the page's origin must be allowed."""

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
            live=self._services.live,
            site_key=site_key,
            origin=own,
            address=handshake.client.address,
            open_connections=self._services.metrics.visitor_connections,
        )

    def agent(self, connection: Connection, handshake: Handshake) -> Session | None:
        """A console tab: our own origin only, or another page could use the cookie (RFC 6455, 10.2)."""
        own = self._own(handshake)
        if handshake.headers.get("origin") != own:
            connection.close("refused", "the console is served from its own origin only")
            return None
        return AgentSession(
            connection,
            live=self._services.live,
            cookie=_cookie(handshake),
            origin=own,
            open_connections=self._services.metrics.agent_connections,
        )

    def _own(self, handshake: Handshake) -> str:
        return own_origin(self._services.settings, handshake.client.scheme, handshake.headers.get("host", ""))


def _cookie(handshake: Handshake) -> str:
    for pair in handshake.headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
