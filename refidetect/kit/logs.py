"""How the desk logs: one line an event, ids and kinds only, never a name, an address or a balance."""

import re
import sys
import traceback
from pathlib import PurePath
from typing import Any

import structlog
from structlog.typing import EventDict

# A borrower's link or somebody's link to a new pass phrase: whoever reads it there could open it. A touch's id opens nothing.
LINK = re.compile(r"(?<=/[mpu]/)[\w-]+|(?<=/)(?![0-9a-f]{8}-[0-9a-f]{4}-)[\w-]{16,}(?=/|$)")
DEEPEST = 12
QUIET_PATHS = ("/healthz", "/readyz", "/metrics", "/static/")


def without_chatter(_logger: object, _method: str, event: EventDict) -> EventDict:
    """One line a request, when it is done; none for those that machines make all day. What fails is told whatever its path."""
    name, request = event.get("event"), str(event.get("request", ""))
    quiet = any(path in request for path in QUIET_PATHS)
    if name == "request_started" or (name == "request_finished" and quiet):
        raise structlog.DropEvent
    return event


def without_query(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The path of a request alone, and without the secret of a link: what follows may be a name that somebody searched for."""
    if "request" in event:
        event["request"] = LINK.sub("…", str(event["request"]).partition("?")[0])
    return event


def without_links(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The same for what Django itself says of a path, as where a page fails."""
    event["event"] = LINK.sub("…", str(event.get("event", "")))
    return event


def places_of_errors(_logger: object, _method: str, event: EventDict) -> EventDict:
    """What kind of error it was and through which lines it came; its message may hold values of a row, and stays out."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else (given[1] if isinstance(given, tuple) else sys.exception())
    if given and error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
        event["error"] = type(error).__name__
        event["at"] = " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return event


def configuration(*, level: str) -> dict[str, Any]:
    """Django's LOGGING for a level such as INFO; sets structlog up to write through it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            without_chatter,
            without_query,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    places_of_errors,
                    structlog.processors.KeyValueRenderer(key_order=["event"], drop_missing=True),
                ],
                "foreign_pre_chain": [without_links, structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Every request is already one line by the request middleware, without its query.
            "django.server": {"level": "ERROR"},
        },
    }
