"""The loans that another system names by number, as far as it may speak of them; read by the events' door."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from loans.models import Borrower, Loan, Opportunity


def known(numbers: Iterable[str], user: User | None) -> set[str]:
    """Those of the loan numbers that exist, and that the user sees; without a user all that exist."""
    rows = Loan.objects.all() if user is None else Loan.objects.visible_to(user)
    return set(rows.filter(loan_number__in=set(numbers)).values_list("loan_number", flat=True))


def loan(number: str, user: User | None = None) -> Loan | None:
    """One loan by its number, as far as the user may see it."""
    rows = Loan.objects.all() if user is None else Loan.objects.visible_to(user)
    return rows.select_related("officer", "branch").filter(loan_number=number).first()


def borrowers(loan_id: int, position: Any = None) -> list[Borrower]:
    """The people on a loan, or the one at that position."""
    rows = Borrower.objects.filter(loan_id=loan_id).order_by("position")
    return list(rows if position is None else rows.filter(position=position))


def open_opportunity(loan_id: int) -> int | None:
    """The open opportunity of a loan."""
    return Opportunity.objects.open().filter(loan_id=loan_id).values_list("pk", flat=True).first()
