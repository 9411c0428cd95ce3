"""The one gate: every message, by a sequence or by hand, is asked about here under the contact's lock; the answer is kept.

The caller opened the transaction. Locks come first, in one order everywhere: the desk's and the officer's switch shared, then
the contact's keys; only then are the facts read, so that whatever a stop has committed is seen.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError

from outreach.domain import gate
from outreach.domain.gate import Answer, Reason, Then
from outreach.models import Touch
from outreach.queries import gate_reading
from outreach.services import filling
from refidetect.kit import contact_locks

LOCK_SECONDS = 20.0
STALE_SECONDS = 1.0
"""A call begins no later than this after the facts were read: a process that was stopped meanwhile asks again."""

__all__ = ["Answer", "Asked", "Busy", "Reason", "Then"]


class Busy(Exception):
    """Somebody held the contact longer than we wait: nothing was asked, and nothing handed over."""


@dataclass(frozen=True)
class Asked:
    """The answer, the reading it was given on, and when that was read by this process's own clock."""

    answer: Answer
    reading: gate_reading.Reading
    read_at: float
    milliseconds: float

    @property
    def stale(self) -> bool:
        return time.monotonic() - self.read_at > STALE_SECONDS


def lock(touch: Touch, keys: list[str]) -> None:
    """Takes every lock a send needs. Raises Busy where a contact is busy too long."""
    switches = [contact_locks.DESK, contact_locks.officer(touch.officer_id)]
    try:
        contact_locks.for_sending(switches, keys, wait_seconds=LOCK_SECONDS)
    except OperationalError as error:
        raise Busy from error


def ask(touch_id: Any, *, now: datetime, day: datetime, provider: str) -> Asked:
    """What the gate says at this moment; the caller holds the locks."""
    started = time.monotonic()
    reading = gate_reading.read(touch_id, now=now, day=day, provider=provider, hash_of=filling.hash_of)
    read_at = time.monotonic()
    answer = gate.answer(reading.facts)
    return Asked(answer, reading, read_at, (time.monotonic() - started) * 1000)
