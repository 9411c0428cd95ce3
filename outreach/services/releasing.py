"""Letting a batch go: where a branch reviews what goes out, somebody releases the day's messages, drops some, or holds the day.

Each act changes only what is still waiting and what the person sees; a message that a sender has taken meanwhile is left to it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from outreach.domain import cadence
from outreach.models import Mode, Touch, TouchState
from outreach.queries import going_out, planning
from outreach.services import enrolling

MOST_AT_ONCE = 5000


def release(by: User, *, now: datetime, only: Iterable[uuid.UUID] | None = None, until: datetime | None = None) -> int:
    """Lets go what waits for review: these, or all that are due before an instant; returns how many."""
    rows = _waiting(by, only, until).filter(branch__outreach__mode=Mode.REVIEW, released_at=None)
    chosen = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    # What the gate held for want of a release is asked about now, not when its next turn would come.
    with transaction.atomic():
        let_go = _still(chosen).filter(released_at=None)
        held = let_go.filter(reason="outreach_mode", due_at__gt=now).values_list("pk", flat=True)
        Touch.objects.filter(pk__in=list(held), state=TouchState.SCHEDULED).update(due_at=now)
        return let_go.update(released_at=now, released_by=by)


def drop(by: User, only: Iterable[uuid.UUID], because: str, *, now: datetime) -> int:
    """These messages are not sent; the conversations go on with their next step. Returns how many."""
    chosen = list(_waiting(by, only, None).values_list("pk", flat=True)[:MOST_AT_ONCE])
    detail = f"Dropped by {by}: {because}"[:300]
    return _still(chosen).update(state=TouchState.SKIPPED, reason="dropped", detail=detail, settled_at=now)


def hold_today(by: User, *, now: datetime) -> int:
    """Whatever still waits for today moves to the next business day; its limit moves with it. Returns how many."""
    tomorrow = enrolling.day_began(now) + timedelta(days=1)
    held = 0
    with transaction.atomic():
        rows = _waiting(by, None, tomorrow).select_related("opportunity__loan", "borrower")
        for touch in rows.select_for_update(of=("self",), skip_locked=True)[:MOST_AT_ONCE]:
            places = planning.places(touch.opportunity.loan, touch.borrower)
            due_at = cadence.first_due(max(now, tomorrow), places.zones, places.states, touch.channel)
            limit = touch.not_after + (due_at - min(touch.due_at, due_at))
            held += Touch.objects.filter(pk=touch.pk, state=TouchState.SCHEDULED).update(
                due_at=due_at, not_after=limit, reason="held", detail=f"Held by {by} to the next business day"[:300]
            )
    return held


def _waiting(by: User, only: Iterable[uuid.UUID] | None, until: datetime | None) -> QuerySet[Touch]:
    rows = going_out.waiting(by).filter(state=TouchState.SCHEDULED)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return rows if until is None else rows.filter(due_at__lt=until)


def _still(touches: list[uuid.UUID]) -> QuerySet[Touch]:
    return Touch.objects.filter(pk__in=touches, state=TouchState.SCHEDULED)
