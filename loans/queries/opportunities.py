"""The ranked queue and one opportunity, always for somebody."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Sum

from accounts.models import User
from loans.models import Borrower, Opportunity, OpportunityStatus

ORDERS: dict[str, tuple[str, Any]] = {
    "total_interest": ("Total interest", F("total_interest_savings").desc(nulls_last=True)),
    "monthly": ("Monthly savings", F("monthly_savings").desc(nulls_last=True)),
    "spread": ("Spread", F("spread").desc(nulls_last=True)),
    "break_even": ("Break-even", F("break_even_months").asc(nulls_last=True)),
    "balance": ("Balance", F("upb").desc(nulls_last=True)),
    "opened": ("Newest", F("opened_on").desc()),
    "last_contact": ("Longest without contact", F("last_contact_at").asc(nulls_first=True)),
}
"""Orders of the queue by name: label and column. Ties by loan number."""


def visible(user: User) -> QuerySet[Opportunity]:
    """Every opportunity that the user may see, with loan, officer and the first borrower under `client`."""
    return (
        Opportunity.objects.visible_to(user)
        .select_related("loan", "loan__officer", "loan__branch")
        .annotate(client=FilteredRelation("loan__borrowers", condition=Q(loan__borrowers__position=Borrower.PRIMARY)))
        .annotate(client_first_name=F("client__first_name"), client_last_name=F("client__last_name"))
    )


def ordered(rows: QuerySet[Opportunity], order: str = "total_interest") -> QuerySet[Opportunity]:
    """Ranked by one of ORDERS; an unknown name ranks by total interest savings."""
    return rows.order_by(ORDERS.get(order, ORDERS["total_interest"])[1], "loan_number")


def queue(user: User, order: str = "total_interest") -> QuerySet[Opportunity]:
    """What the user has to work on: open, less snoozed and application."""
    return ordered(visible(user).in_queue(), order)


def system_queue(officer_email: str | None = None) -> QuerySet[Opportunity]:
    """The same for a command, which acts for the whole lender; of one officer where an e-mail is given."""
    rows = Opportunity.objects.in_queue().select_related("loan__officer")
    if officer_email is not None:
        rows = rows.filter(loan__officer__email__iexact=officer_email)
    return rows.annotate(
        client=FilteredRelation("loan__borrowers", condition=Q(loan__borrowers__position=Borrower.PRIMARY)),
        client_first_name=F("client__first_name"),
        client_last_name=F("client__last_name"),
    )


@dataclass(frozen=True)
class QueueTotals:
    """What the head of the queue says: dollars of interest to be saved, and how many stand under each view."""

    open: int
    total_interest_savings: Any
    opened_today: int
    government: int
    not_contacted: int
    snoozed: int


def totals(user: User, today: date) -> QueueTotals:
    """One query over what the user may see."""
    in_queue = Q(status__in=OpportunityStatus.in_queue())
    counted = (
        Opportunity.objects.visible_to(user)
        .open()
        .aggregate(
            open=Count("pk", filter=in_queue),
            total_interest_savings=Sum("total_interest_savings", filter=in_queue),
            opened_today=Count("pk", filter=in_queue & Q(opened_on=today)),
            government=Count("pk", filter=in_queue & GOVERNMENT),
            not_contacted=Count("pk", filter=in_queue & Q(last_contact_at__isnull=True)),
            snoozed=Count("pk", filter=Q(status=OpportunityStatus.SNOOZED)),
        )
    )
    return QueueTotals(**counted)


GOVERNMENT = Q(product__startswith="fha") | Q(product__startswith="va") | Q(product__startswith="usda")
