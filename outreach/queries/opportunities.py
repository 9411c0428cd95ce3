"""What outreach reads of opportunities, loans and borrowers: the only door to their tables from here."""

from accounts.models import User
from loans.models import Borrower, Engagement, Opportunity, OpportunityStatus
from loans.models.visibility import rows_of

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
