"""What the database tells of the desk's health, in one statement each: how late it is, and how many rows stand where.

Counts and ages only, nothing about anybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

PATIENCE_MILLISECONDS = 5000

LAGS = """
SELECT
  coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(due_at) FROM outreach_touch WHERE state = 'ready')), 0),
  coalesce(extract(epoch FROM clock_timestamp() - (
    SELECT min(greatest(received_at, coalesce(try_after, received_at))) FROM outreach_inboxitem WHERE applied_at IS NULL)), 0),
  (SELECT count(*) FROM outreach_inboxitem WHERE applied_at IS NULL),
  extract(epoch FROM clock_timestamp() - (SELECT max(finished_at) FROM loans_dailycycle))
"""
COUNTS = """
SELECT 'touches', state, channel, count(*) FROM outreach_touch GROUP BY state, channel
UNION ALL SELECT 'enrollments', state, '', count(*) FROM outreach_enrollment GROUP BY state
UNION ALL SELECT 'opportunities', status, '', count(*) FROM loans_opportunity GROUP BY status
UNION ALL SELECT 'imports', state, '', count(*) FROM loans_importbatch GROUP BY state
UNION ALL SELECT 'alerts', mail, '', count(*) FROM outreach_alert GROUP BY mail
UNION ALL SELECT 'paused', provider, '', 1 FROM outreach_providerpause
UNION ALL SELECT 'halted', '', '', count(*) FROM outreach_desk WHERE halted_at IS NOT NULL
"""


@dataclass(frozen=True)
class Lags:
    """Seconds that the oldest waiting thing is late: a message ready to go, a post of a vendor. Zero where nothing waits."""

    touches: float
    inbox: float
    inbox_waiting: int
    since_cycle: float | None
    """Seconds since the last daily cycle ended; None before the first."""


@dataclass(frozen=True)
class Count:
    """So many rows of a kind stand in this state."""

    what: str
    state: str
    channel: str
    rows: int


def lags() -> Lags:
    """How late the desk is now. Raises django.db.Error."""
    (row,) = _rows(LAGS)
    touches, inbox, waiting, cycle = row
    return Lags(max(0.0, float(touches)), max(0.0, float(inbox)), waiting, None if cycle is None else float(cycle))


def counts() -> Iterator[Count]:
    """Rows by state. It reads whole tables: for a monitoring server that asks each minute. Raises django.db.Error."""
    return (Count(*row) for row in _rows(COUNTS))


def missing_migrations() -> int:
    """How many steps of the schema this program knows and the database lacks. Raises django.db.Error."""
    with _patient():
        applied = set(MigrationRecorder(connection).applied_migrations())
    return len(_known_migrations() - applied)


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    # Files of the program: they do not change while it runs.
    return frozenset(MigrationLoader(None).disk_migrations)


def _rows(sql: str) -> list[Any]:
    with _patient(), connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@contextmanager
def _patient() -> Iterator[None]:
    """Whoever asks about health wants an answer soon, also where the database is busy."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_MILLISECONDS}ms"])
        yield
