"""One minute's work: rows that are due become ready, what has lost its reason ends, what died is called unknown.

Any number of sweeps may run at once, and none for an hour: the rows say what is to be done. Queues hear only ids.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from outreach.queries import sweep_statements as statements
from outreach.services import applying, consent, enrolling, planning

log = structlog.get_logger(__name__)

HINT_AGAIN = timedelta(minutes=2)
MOST_READY, MOST_HINTS = 5000, 2000
GIVE_UP_AFTER = timedelta(hours=24)


Steps = tuple[tuple[str, Callable[[], int]], ...]


@dataclass
class Swept:
    """What a sweep did, by name, and the touches that senders are to be told of."""

    counts: dict[str, int] = field(default_factory=dict)
    ready: list[uuid.UUID] = field(default_factory=list)


def sweep(now: datetime) -> Swept:
    """Everything that is due at this moment; each step is a transaction of its own, so that one that fails stops no other.

    The gate asks about every fact again, so a step that failed lets nothing out that it would have held. It is not in `counts`.
    """
    swept = Swept()
    steps: Steps = (
        # What borrowers and systems told us comes first: a stop must find what it stops.
        ("applied", lambda: applying.apply_waiting(now)),
        ("consents", lambda: consent.sync_from_files(now)["lines"]),
        ("ended", lambda: _run(statements.END_OF_OPPORTUNITY, now) + _run(statements.END_OF_OFFICER, now)),
        ("paused", lambda: _run(statements.PAUSE_SNOOZED, now)),
        ("resumed", lambda: _run(statements.RESUME_AWAKE, now)),
        ("enrolled", lambda: enrolling.enroll(now)),
        ("unknown", lambda: _run(statements.REAP, now)),
        ("abandoned", lambda: _run(statements.GIVE_UP, now)),
        ("dated", lambda: _run(statements.DAY_ONE_OF_UNKNOWN, now)),
        ("late", lambda: _run(statements.TOO_LATE, now)),
        ("planned", lambda: planning.plan(now)),
        ("left_out", lambda: _run(statements.LEAVE_OUT, now)),
        ("ready", lambda: _run(statements.MAKE_READY, now)),
    )
    for name, step in steps:
        try:
            swept.counts[name] = step()
        except Exception:  # its own matter, and tried again in a minute
            log.exception("a step of the sweep failed", step=name)
    swept.ready = [row[0] for row in _rows(statements.HINT, now)]
    return swept


def _run(sql: str, now: datetime) -> int:
    """Rows changed, or the count that the statement gives."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, _values(now))
        return int(cursor.fetchone()[0]) if cursor.description else cursor.rowcount


def _rows(sql: str, now: datetime) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, _values(now))
        return list(cursor.fetchall())


def _values(now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "hint_again": now - HINT_AGAIN,
        "give_up": now - GIVE_UP_AFTER,
        "most_ready": MOST_READY,
        "most_hints": MOST_HINTS,
    }
