"""Logs: one JSON object a line on stderr, or plain lines on a terminal; never a word that a person typed.

Others' exceptions quote what they choked on, so of an exception only its type and the lines it passed through are
written, and its message only where it cannot hold anything from outside.
"""

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

TELLING = (OSError, ImportError, AttributeError, NameError)
"""Exceptions whose message names things of the program or the system, not what it works on."""
FRAMES = 20
OURS = ("chat", "routing", "__main__")


def configure(level: str) -> None:
    """Send everything through one chain to stderr; ``level`` as in ``server.log_level``, of libraries warnings at most."""
    pretty = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _first_line,
        _exception_without_words,
    ]
    renderer: Processor = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # A library that tells what it does tells what it does it with: an SQL driver every value.
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    for chatty in ("uvicorn", "uvicorn.error"):  # which set their own
        logging.getLogger(chatty).setLevel(root.level)
    for ours in OURS:
        logging.getLogger(ours).setLevel(level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_uncaught


def told(error: BaseException) -> str:
    """An exception without words: its type, where it passed, innermost last, and what caused it."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    path = " > ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    message = f": {error}" if isinstance(error, TELLING) else ""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    grouped = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    parts = [f"{type(error).__qualname__}{message} at {path}", *(f"with {told(one)}" for one in grouped)]
    return "; ".join([*parts, f"caused by {told(cause)}"] if cause else parts)


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])


def _exception_without_words(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    match given:
        case True:
            error = sys.exc_info()[1]
        case (_, error, _):
            pass
        case _:
            error = given
    if isinstance(error, BaseException):
        event["exception"] = told(error)
    return event


def _first_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The event loop's complaints go on with the repr of a task, which quotes its exception."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    structlog.get_logger("chat").critical("uncaught", exc_info=error)
