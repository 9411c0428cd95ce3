"""Beginning conversations: pulled from the open live opportunities, or by hand for one of them."""

from datetime import datetime, time

from django.db import IntegrityError, connection, transaction

from accounts.models import Lender, User
from outreach.models import Enrollment, EnrollmentState, Sequence
from outreach.queries import candidates, gate_reading, opportunities
from refidetect.kit import contact_locks

UNDER_WAY = "A conversation is under way already."
DEFAULT_SEQUENCE = "day-1-4-10-refinance"


class CannotEnroll(Exception):
    """No conversation can begin; the message says why."""


def enroll(now: datetime) -> int:
    """Enrolls whoever may be, set-based; returns how many. Again in the same minute it finds nobody left."""
    with transaction.atomic(), connection.cursor() as cursor:
        sequence = Sequence.objects.filter(slug=DEFAULT_SEQUENCE).values_list("pk", flat=True).first()
        values = {"now": now, "day": day_began(now), "sequence": sequence}
        # Of two that enroll at once, the second sees what the first began, so that a capacity holds.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('outreach.enroll', 0))")
        cursor.execute(candidates.ENROLL, values)
        return int(cursor.fetchone()[0])


def day_began(now: datetime, lender: Lender | None = None) -> datetime:
    """When the lender's day began, by which capacities and ceilings count."""
    zone = (lender or Lender.current()).zone
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def start(opportunity_id: int, *, by: User, now: datetime) -> Enrollment:
    """Begins a conversation by hand, or begins it again as a new run. Raises CannotEnroll."""
    row = opportunities.for_enrolling(opportunity_id)
    if not row.is_open:
        raise CannotEnroll("This opportunity is closed.")
    if row.status == opportunities.OpportunityStatus.SNOOZED:
        raise CannotEnroll("This opportunity is snoozed. Bring it back first.")
    if row.status not in gate_reading.OPEN_TO_TOUCHES:
        raise CannotEnroll("A sequence speaks only until the borrower has answered. Write by hand.")
    if row.loan.officer is None or not row.loan.officer.is_active:
        raise CannotEnroll("The loan has no officer in whose name to write.")
    if row.loan.branch is None:
        raise CannotEnroll("The loan belongs to no branch.")
    outreach = getattr(row.loan.branch, "outreach", None)
    if outreach is None or outreach.mode == "off":
        raise CannotEnroll("Outreach is off for the branch. A manager can switch it on.")
    sequence = outreach.sequence or Sequence.objects.filter(slug=DEFAULT_SEQUENCE).first()
    if sequence is None:
        raise CannotEnroll("No sequence is installed.")
    try:
        with contact_locks.contact_lock([contact_locks.loan(row.loan_id)]):
            if Enrollment.objects.filter(loan_id=row.loan_id, state__in=EnrollmentState.live()).exists():
                raise CannotEnroll(UNDER_WAY)
            runs = Enrollment.objects.filter(opportunity=row).count()
            return Enrollment.objects.create(
                sequence=sequence,
                version=sequence.newest,
                opportunity=row,
                loan_id=row.loan_id,
                branch=row.loan.branch,
                officer=row.loan.officer,
                run_no=runs + 1,
                trigger_key=f"opportunity:{row.pk}:{runs + 1}",
                state=EnrollmentState.ACTIVE,
                started_at=now,
                started_by=by,
            )
    except IntegrityError as error:
        raise CannotEnroll(UNDER_WAY) from error
