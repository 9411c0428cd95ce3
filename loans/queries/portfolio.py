"""The portfolio as a person searches it, and the loans of an officer."""

from django.db.models import F, FilteredRelation, Q, QuerySet

from accounts.models import User
from loans.models import Borrower, Loan


def visible(user: User) -> QuerySet[Loan]:
    """Every loan the user may see, with the first borrower's name."""
    return (
        Loan.objects.visible_to(user)
        .select_related("officer", "branch")
        .annotate(client=FilteredRelation("borrowers", condition=Q(borrowers__position=Borrower.PRIMARY)))
        .annotate(client_first_name=F("client__first_name"), client_last_name=F("client__last_name"))
    )


def search(rows: QuerySet[Loan], text: str) -> QuerySet[Loan]:
    """By loan number, or by the names of the first borrower in any order."""
    for word in text.split():
        rows = rows.filter(
            Q(loan_number__icontains=word) | Q(client__first_name__istartswith=word) | Q(client__last_name__istartswith=word)
        )
    return rows
