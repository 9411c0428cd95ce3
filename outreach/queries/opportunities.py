"""What outreach reads of opportunities, loans and borrowers: the only door to their tables from here."""

from datetime import datetime

from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Greatest

from accounts.models import User
from loans.models import Borrower, Engagement, Opportunity, OpportunityStatus
from loans.models.visibility import rows_of
from outreach.models import Enrollment, EnrollmentState, Touch, TouchState

__all__ = ["Engagement", "OpportunityStatus", "rows_of"]


def for_enrolling(opportunity_id: int) -> Opportunity:
    """With loan, officer and branch. Raises Opportunity.DoesNotExist."""
    return Opportunity.objects.select_related("loan__officer", "loan__branch__outreach").get(pk=opportunity_id)


def visible(user: User, opportunity_id: int) -> Opportunity | None:
    """One opportunity that the user may see, with loan, officer and branch."""
    rows = Opportunity.objects.visible_to(user).select_related("loan__officer", "loan__branch__outreach")
    return rows.filter(pk=opportunity_id).first()


def borrowers(loan_id: int) -> list[Borrower]:
    """The people on a loan, first borrower first."""
    return list(Borrower.objects.filter(loan_id=loan_id).order_by("position"))


def quiet_since(moment: datetime) -> list[int]:
    """Contacted ones that no longer qualify, with nothing to come and no word of anybody since that moment."""
    own = OuterRef("pk")
    running = Enrollment.objects.filter(opportunity=own, state__in=EnrollmentState.live())
    to_come = Touch.objects.filter(opportunity=own, state__in=TouchState.pending())
    rows = Opportunity.objects.filter(~Exists(running), ~Exists(to_come), status=OpportunityStatus.CONTACTING, qualifies=False)
    # PostgreSQL's greatest leaves out what is not known.
    rows = rows.annotate(last_word=Greatest(Max("enrollments__ended_at"), F("last_contact_at"), F("engaged_at")))
    return list(rows.filter(last_word__lt=moment).values_list("pk", flat=True))
