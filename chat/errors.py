"""Everything that can be refused, with a stable code each, and the one table of what a code means on the wire.

``ERRORS`` maps a code to its HTTP status and to whether asking again can help; ``CLOSE_CODES`` lists how a
WebSocket is closed and whether a client should come back. Words for people live in the language files, under
``error.<code>``; ``message`` is for developers.
"""

from dataclasses import dataclass


class MayflyError(Exception):
    """Base of all refusals.

    ``code`` is a key of ``ERRORS``, ``message`` says what to do, ``fields`` names the form fields at fault
    (field → code), ``retry_after_s`` is set when waiting helps, ``told`` is the site's own words for its visitor.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: dict[str, str] | None = None,
        retry_after_s: float | None = None,
        told: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = fields or {}
        self.retry_after_s = retry_after_s
        self.told = told


class Refused(MayflyError):
    """A command or request was understood and refused; the connection goes on."""


class Closed(MayflyError):
    """The connection must close; ``code`` is a name in ``CLOSE_CODES``."""


class Unavailable(MayflyError):
    """Redis or the database is away; the same request will work later."""

    def __init__(
        self, message: str = "the service is catching its breath; try again", retry_after_s: float = 1.0
    ) -> None:
        super().__init__("unavailable", message, retry_after_s=retry_after_s)


class ConfigError(Exception):
    """The configuration cannot be used; ``faults`` holds one line each, with the key's full path."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class CannotStart(Exception):
    """The service cannot start; the message is one line that says why."""


@dataclass(frozen=True)
class ErrorMeaning:
    """``http`` status, ``retry``: the same command may succeed later, ``text``: what it means."""

    http: int
    retry: bool
    text: str


ERRORS: dict[str, ErrorMeaning] = {
    "invalid": ErrorMeaning(
        422, False, "A field is missing, too long or not one of the choices; see the message or `errors`."
    ),
    "too_long": ErrorMeaning(422, False, "The text is longer than `limits.max_text`; shorten it or split it."),
    "too_large": ErrorMeaning(413, False, "The file is larger than the site's `files.max_mb`; nothing of it was kept."),
    "empty": ErrorMeaning(422, False, "There is nothing in it."),
    "no_chat": ErrorMeaning(409, False, "There is no chat here: it was never started, or it is over and erased."),
    "chat_exists": ErrorMeaning(409, False, "This visitor already has a chat on this connection."),
    "chat_full": ErrorMeaning(409, False, "The chat has reached `chat.history_max` messages; end it or file a ticket."),
    "not_yours": ErrorMeaning(403, False, "The chat is not assigned to this agent."),
    "not_waiting": ErrorMeaning(409, False, "The chat is no longer in the line: somebody took it, or it is over."),
    "at_capacity": ErrorMeaning(409, False, "The agent already has as many chats as their capacity allows."),
    "not_offered": ErrorMeaning(409, False, "The chat does not ring here any more: it was taken, or the time was up."),
    "agent_away": ErrorMeaning(409, True, "The colleague is away or not signed in; choose another, or a team."),
    "not_eligible": ErrorMeaning(403, False, "The site does not offer this desk to this visitor; see `told`."),
    "blocked": ErrorMeaning(403, True, "An agent has refused chats of this visitor for a time; wait `retry_after_s`."),
    "too_fast": ErrorMeaning(429, True, "Too many messages at once; wait `retry_after_s`."),
    "too_many": ErrorMeaning(
        429, True, "Too many chats, tickets, files, codes or attempts to sign in; wait `retry_after_s`."
    ),
    "identity_invalid": ErrorMeaning(
        401, False, "The identity token is malformed, or its signature or claims are wrong."
    ),
    "identity_expired": ErrorMeaning(401, False, "The identity token has expired; the site must sign a fresh one."),
    "not_signed_in": ErrorMeaning(401, False, "Sign in first."),
    "bad_credentials": ErrorMeaning(401, False, "The e-mail or the password is wrong."),
    "bad_code": ErrorMeaning(401, False, "The mailed code is wrong, used up or too old; ask for another."),
    "not_allowed": ErrorMeaning(403, False, "This account may not do that."),
    "csrf": ErrorMeaning(403, False, "The request does not carry the page's CSRF token; reload the page."),
    "unknown_site": ErrorMeaning(404, False, "No such site in the configuration."),
    "not_found": ErrorMeaning(404, False, "There is no such thing, or the key for it is wrong."),
    "link_expired": ErrorMeaning(
        410, False, "The link to the file was good for an hour; read the ticket again for a new one."
    ),
    "changed_meanwhile": ErrorMeaning(
        409, False, "Somebody has changed the ticket or comment meanwhile; look at it and decide again."
    ),
    "unavailable": ErrorMeaning(503, True, "Redis or the database is away; try again after `retry_after_s`."),
}


@dataclass(frozen=True)
class CloseMeaning:
    """``code`` on the wire, ``reconnect``: whether a client should come back, ``text``: why it was closed."""

    code: int
    reconnect: bool
    text: str


CLOSE_CODES: dict[str, CloseMeaning] = {
    "malformed": CloseMeaning(4400, False, "A frame was malformed, or its command unknown."),
    "not_signed_in": CloseMeaning(4401, False, "Not signed in, signed out, or a bad identity token."),
    "refused": CloseMeaning(4403, False, "The page's origin or the visitor is not allowed here."),
    "unknown_site": CloseMeaning(4404, False, "No such site."),
    "silent": CloseMeaning(4408, True, "No hello in time, or a missed heartbeat."),
    "replaced": CloseMeaning(4409, False, "A newer connection of the same agent tab took over."),
    "slow_reader": CloseMeaning(4410, True, "The client reads more slowly than it is sent to."),
    "too_many": CloseMeaning(4429, True, "Too many connections or frames."),
    "too_large": CloseMeaning(1009, True, "A frame was larger than 64 KiB."),
    "restarting": CloseMeaning(1012, True, "The node restarts; come back at once."),
    "try_later": CloseMeaning(1013, True, "The service cannot take this connection now."),
}
