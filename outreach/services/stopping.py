"""Ending conversations: what makes a stop decisive, whoever asks for it.

A stop takes the locks of the household's loans and of the addresses concerned before it writes; whoever sends holds the same
ones while it calls the provider. So no call begins after a stop has committed, and one that was on its way is waited for.
The locks are held to the end of the caller's transaction: what belongs to the stop (consent, the reply, the status) is written
after it in the same one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from loans.services import acting
from outreach.models import CallTask, Enrollment, EnrollmentState, Touch, TouchState
from outreach.queries import contacts, holds
from refidetect.kit import contact_locks


class Why(StrEnum):
    """What ended a conversation."""

    REPLY = "reply"
    BOOKING = "booking"
    CONFIRMED_CLICK = "confirmed_click"
    APPLICATION = "application"
    OPT_OUT = "opt_out"
    NOT_NOW = "not_now"
    BY_HAND = "by_hand"
    OPPORTUNITY_CLOSED = "opportunity_closed"
    OFFICER_LEFT = "officer_left"


@dataclass(frozen=True)
class Stopped:
    """The enrollments that were running and are not any more, and how many touches were taken back."""

    enrollments: list[int]
    touches: int


def stop(
    loan_ids: Iterable[int],
    why: Why,
    *,
    at: datetime,
    detail: str = "",
    by: User | None = None,
    lookups: Iterable[bytes] = (),
    wait_seconds: float | None = None,
) -> Stopped:
    """Stops the households of these loans and locks these addresses. Again it finds nothing left to stop.

    With `wait_seconds` it raises django.db.OperationalError where a call to a provider takes longer.
    """
    with transaction.atomic():
        loans = contacts.household(loan_ids)
        contact_locks.take(contacts.keys(loans, lookups), wait_seconds=wait_seconds)
        running = Enrollment.objects.filter(loan_id__in=loans, state__in=EnrollmentState.live())
        stopped = list(running.select_for_update().order_by("pk").values_list("pk", flat=True))
        Enrollment.objects.filter(pk__in=stopped).update(
            state=EnrollmentState.STOPPED, stop_reason=why, stop_detail=detail[:200], ended_at=at, ended_by=by
        )
        return Stopped(stopped, _take_back(stopped, why, at))


def pause(enrollment_id: int, *, by: User, detail: str = "") -> bool:
    """Nothing more goes out until it is resumed; the history says who held it. False where it was not running."""
    with _of(enrollment_id) as rows:
        held = rows.filter(state=EnrollmentState.ACTIVE).update(state=EnrollmentState.PAUSED, stop_detail=detail[:200]) == 1
        if held:
            _tell(rows, holds.PAUSED, by)
        return held


def resume(enrollment_id: int, *, by: User) -> bool:
    """Goes on where it was; the history says who let it. False where it was not paused."""
    with _of(enrollment_id) as rows:
        goes_on = rows.filter(state=EnrollmentState.PAUSED).update(state=EnrollmentState.ACTIVE, stop_detail="") == 1
        if goes_on:
            _tell(rows, holds.RESUMED, by)
        return goes_on


def take_back_for_address(lookup: bytes, channels: Sequence[str], *, at: datetime) -> int:
    """Takes back what waits for an address on these channels, whoever's conversation it is; the caller holds the locks."""
    waiting = Touch.objects.filter(address_lookup=lookup, channel__in=channels, state__in=TouchState.waiting())
    return waiting.exclude(kind="confirmation").update(
        state=TouchState.SKIPPED, reason="suppressed", settled_at=at, detail="Opted out"
    )


def _take_back(enrollment_ids: list[int], why: Why, at: datetime) -> int:
    CallTask.objects.filter(touch__enrollment_id__in=enrollment_ids, done_at=None).update(done_at=at, outcome=f"stopped: {why}")
    waiting = Touch.objects.filter(enrollment_id__in=enrollment_ids, state__in=TouchState.waiting())
    return waiting.update(state=TouchState.SKIPPED, reason="enrollment_stopped", detail=why, settled_at=at)


@contextmanager
def _of(enrollment_id: int) -> Iterator[QuerySet[Enrollment]]:
    """The row of one enrollment, under the lock of its loan."""
    rows = Enrollment.objects.filter(pk=enrollment_id)
    loan_id = rows.values_list("loan_id", flat=True).get()
    with contact_locks.contact_lock([contact_locks.loan(loan_id)]):
        yield rows


def _tell(rows: QuerySet[Enrollment], text: str, by: User) -> None:
    """A line in the history of the opportunity, in the transaction of the act."""
    acting.tell(rows.values_list("opportunity_id", flat=True).get(), text=text, by=by)
