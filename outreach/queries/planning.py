"""What planning the next touch needs: whose turn it is, where the borrower is, and by what they can be reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Prefetch

from loans.models import Borrower
from outreach.domain import cadence, zones
from outreach.models import Enrollment, EnrollmentState, OfficerOutreach, Touch, TouchState


@dataclass(frozen=True)
class Places:
    """The time zones in which a borrower may be, and the states whose hours bind."""

    zones: frozenset[str]
    states: frozenset[str]


def places(loan: Any, borrower: Any) -> Places:
    """From the property, the mailing address and the number."""
    return Places(
        zones.plausible_zones(
            loan.property_zip, borrower.mailing_zip, loan.property_state, borrower.mailing_state, borrower.phone
        ),
        frozenset(state for state in (loan.property_state, borrower.mailing_state) if state),
    )


def local_date(touch: Any, now: datetime) -> date:
    """The borrower's own date at that moment, for a touch read with its loan and borrower."""
    return cadence.local_date(now, places(touch.opportunity.loan, touch.borrower).zones)


def without_next(limit: int) -> list[Enrollment]:
    """Running enrollments of which nothing is pending, locked for the caller; those another has are left out."""
    pending = Touch.objects.filter(enrollment=OuterRef("pk"), state__in=TouchState.pending())
    rows = (
        Enrollment.objects.filter(~Exists(pending), state=EnrollmentState.ACTIVE)
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("opportunity__loan")
        .prefetch_related(Prefetch("opportunity__loan__borrowers", Borrower.objects.order_by("position")))
    )
    return list(rows[:limit])


def with_pending(enrollments: Iterable[int]) -> set[int]:
    """Those of the enrollments of which something is pending now: asked again under their locks.

    `without_next` waits for nobody: what another planned and committed between its look and its lock, it has not seen.
    """
    rows = Touch.objects.filter(enrollment__in=list(enrollments), state__in=TouchState.pending())
    return set(rows.values_list("enrollment_id", flat=True))


def last_steps(enrollments: Iterable[int]) -> dict[int, int]:
    """The number of the last step that was planned, by enrollment."""
    rows = Touch.objects.filter(enrollment__in=list(enrollments)).values_list("enrollment")
    return dict(rows.annotate(last=Max("step_n")))


def calls_only(officers: Iterable[int]) -> set[int]:
    """Those of the officers who take calls only."""
    rows = OfficerOutreach.objects.filter(officer__in=list(officers), calls_only=True)
    return set(rows.values_list("officer_id", flat=True))
