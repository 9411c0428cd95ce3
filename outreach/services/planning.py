"""The next touch of each running enrollment: a row with a due time, or the end of the sequence. Called by the sweep.

The clock of a later step starts from the first actual send, and a step is planned only when nothing before it is pending: an
outage never fires day 1 and day 4 together.
"""

import secrets
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from outreach.domain import cadence, sequences
from outreach.models import Channel, Enrollment, EnrollmentState, Touch
from outreach.queries import planning
from outreach.services import filling

log = structlog.get_logger(__name__)

BATCH = 500
# Mail programs change letters' case; digits and letters that look alike are left out.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
TOKEN_LENGTH = 12


def link_token() -> str:
    """What a borrower's links carry: 59 bits of chance."""
    return "".join(secrets.choice(LETTERS) for _ in range(TOKEN_LENGTH))


def plan(now: datetime) -> int:
    """Plans whatever can be; returns how many touches. A row that can't be read goes to `error` and holds up nobody."""
    planned = 0
    while True:
        with transaction.atomic():
            rows = planning.without_next(BATCH)
            planned += plan_rows(rows, now)
        if len(rows) < BATCH:
            return planned


def plan_rows(rows: list[Enrollment], now: datetime) -> int:
    """The next touch of each of these that has none pending; the caller holds their rows. Returns how many were planned."""
    taken = planning.with_pending(row.pk for row in rows)
    rows = [row for row in rows if row.pk not in taken]
    ids = [row.pk for row in rows]
    last = planning.last_steps(ids)
    calls_only = planning.calls_only({row.officer_id for row in rows})
    touches: list[Touch] = []
    completed: list[int] = []
    for row in rows:
        try:
            step = _next_step(row, last.get(row.pk, 0))
            if step is None:
                completed.append(row.pk)
            else:
                touches.append(_touch(row, step, now, calls_only=row.officer_id in calls_only))
        except Exception as error:  # one unreadable row must not hold up the others
            log.exception("enrollment in error enrollment=%s", row.pk)
            _end([row.pk], EnrollmentState.ERROR, now, detail=type(error).__name__)
    _end(completed, EnrollmentState.COMPLETED, now)
    Touch.objects.bulk_create(touches, ignore_conflicts=True)
    return len(touches)


def _next_step(row: Enrollment, last: int) -> sequences.Step | None:
    """The first step after the last one. Whether its condition is met is asked when it is due."""
    return next((step for step in filling.sequence_of(row.version_id).steps if step.n > last), None)


def _touch(row: Enrollment, step: sequences.Step, now: datetime, *, calls_only: bool) -> Touch:
    loan: Any = row.opportunity.loan
    channel = Channel.CALL if calls_only else Channel(step.channel.value)
    borrower = _reachable(list(loan.borrowers.all()), channel)
    places = planning.places(loan, borrower)
    if row.day_one is None:
        due_at = cadence.first_due(now, places.zones, places.states, channel)
    else:
        due_at = cadence.due(row.day_one, step.day, places.zones, places.states, channel, step.at)
    return Touch(
        enrollment=row,
        step_n=step.n,
        day=step.day,
        channel=channel,
        opportunity_id=row.opportunity_id,
        borrower=borrower,
        branch_id=row.branch_id,
        officer_id=row.officer_id,
        address_lookup=borrower.email_lookup if channel == Channel.EMAIL else borrower.phone_lookup,
        due_at=due_at,
        not_after=cadence.not_after(due_at, step.not_after_hours),
        reason="calls_only" if calls_only else "",
        link_token=link_token(),
    )


def _reachable(borrowers: list[Any], channel: Channel) -> Any:
    """The first borrower who has an address for the channel; the first of all where none has."""
    column = "email_lookup" if channel == Channel.EMAIL else "phone_lookup"
    return next((one for one in borrowers if getattr(one, column) is not None), borrowers[0])


def _end(enrollments: list[int], state: EnrollmentState, now: datetime, detail: str = "") -> None:
    rows = Enrollment.objects.filter(pk__in=enrollments, state=EnrollmentState.ACTIVE)
    rows.update(state=state, ended_at=now, stop_detail=detail[:200])
