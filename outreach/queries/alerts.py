"""Who is told when a borrower acts, and what an alert's e-mail needs to know; read by `alerting`."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Access, Role, User
from loans.domain.contacts import written_phone
from loans.models import Borrower, Loan, Opportunity
from outreach.models import Alert, Enrollment


@dataclass(frozen=True)
class Told:
    """What one alert says: who acted, how to call them, and why the sequence ended, where it did."""

    opportunity_id: int
    name: str
    phone: str
    stopped_because: str


def recipients(opportunity_id: int) -> list[User]:
    """The loan's officer of today; the branch's managers where there is none who could read it; else the administrators.

    Raises Opportunity.DoesNotExist.
    """
    row = Opportunity.objects.select_related("loan__officer").get(pk=opportunity_id)
    officer = row.loan.officer
    found = [officer] if officer is not None and officer.is_active else []
    if not any(person.access == Access.ACTIVE for person in found):
        found += _managers(row.loan)
    return found or list(_at_work().filter(role=Role.ADMINISTRATOR))


def told(alert: Alert) -> Told:
    """What the alert's e-mail says beside the borrower's words."""
    loan_id = Opportunity.objects.values_list("loan_id", flat=True).get(pk=alert.opportunity_id)
    who = alert.reply.borrower if alert.reply and alert.reply.borrower else _first_borrower(loan_id)
    ended = Enrollment.objects.filter(loan_id=loan_id, state="stopped", ended_at__gte=alert.acted_at).order_by("-ended_at")
    return Told(
        opportunity_id=alert.opportunity_id,
        name=who.name if who else "",
        phone=written_phone(who.phone) if who and who.phone else "",
        stopped_because=ended.values_list("stop_reason", flat=True).first() or "",
    )


def _managers(loan: Loan) -> list[User]:
    return list(_at_work().filter(role=Role.MANAGER, branch_id=loan.branch_id)) if loan.branch_id else []


def _at_work() -> QuerySet[User]:
    return User.objects.filter(is_active=True).order_by("pk")


def _first_borrower(loan_id: int) -> Borrower | None:
    return Borrower.objects.filter(loan_id=loan_id).order_by("position").first()
