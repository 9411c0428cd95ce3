"""What a hand-over would move, and to whom."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Role, User
from accounts.queries import people
from loans.models import Loan, Opportunity


@dataclass(frozen=True)
class Moves:
    loans: int
    open_opportunities: int


def moves(leaver: User) -> Moves:
    """All of the officer's loans, in whichever branch: they go together. Two queries."""
    return Moves(
        loans=Loan.objects.filter(officer=leaver).count(),
        open_opportunities=Opportunity.objects.open().filter(loan__officer=leaver).count(),
    )


def successors(leaver: User, by: User) -> QuerySet[User]:
    """Active officers and managers whom the person sees."""
    able = people.people_of(by).filter(is_active=True, role__in=(Role.OFFICER, Role.MANAGER))
    return able.exclude(pk=leaver.pk)
