"""The ranked queue and one opportunity, always for somebody."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DecimalField, F, FilteredRelation, OrderBy, Q, QuerySet, Sum
from django.db.models.functions import Cast

from accounts.models import User
from loans.domain.explanation import Timing, Verdict, timing_of
from loans.models import Borrower, Opportunity, OpportunityStatus
from loans.queries import portfolio

ORDERS: dict[str, tuple[str, Any]] = {
    "total_interest": ("Total interest", F("total_interest_savings").desc(nulls_last=True)),
    "score": ("Score", F("score").desc(nulls_last=True)),
    "monthly": ("Monthly savings", F("monthly_savings").desc(nulls_last=True)),
    "spread": ("Spread", F("spread").desc(nulls_last=True)),
    "rate": ("Original rate", F("note_rate").desc()),
    "timing": ("Timing", F("lead_bp").desc(nulls_last=True)),
    "break_even": ("Break-even", F("break_even_months").asc(nulls_last=True)),
    "balance": ("Balance", F("upb").desc(nulls_last=True)),
    "opened": ("Newest", F("opened_on").desc()),
    "last_contact": ("Longest without contact", F("last_contact_at").asc(nulls_first=True)),
}
"""Orders of the queue by name: label and column, best first; "-" before a name turns it around. Ties by loan number."""

FAMILIES = {"conventional": "Conventional", "jumbo": "Jumbo", "fha": "FHA", "va": "VA", "usda": "USDA"}
"""What a product begins with."""

LEAD_BP = F("spread") * 100 - Cast("optimal_bp", DecimalField(max_digits=20, decimal_places=3))
"""By how many basis points the spread is beyond the optimal differential; below 0 waiting is better. Every queue has it, as
`lead_bp`. A decimal, so that a row finds its own place again."""

TIMINGS = {
    Verdict.ACT_NOW.value: ("Act now", Q(lead_bp__gte=0, net_savings__isnull=False)),
    Verdict.WAIT.value: ("Better to wait", Q(lead_bp__lt=0, net_savings__gt=0)),
    Verdict.NOT_IN_THE_MONEY.value: ("Not worth its costs", Q(lead_bp__lt=0, net_savings__lte=0)),
}
"""The verdicts of `explanation.timing_of`: what each is called, and of which rows it is the verdict."""


def visible(user: User) -> QuerySet[Opportunity]:
    """Every opportunity that the user may see, with loan, officer and the first borrower under `client`."""
    return (
        Opportunity.objects.visible_to(user)
        .select_related("loan", "loan__officer", "loan__branch")
        .annotate(client=FilteredRelation("loan__borrowers", condition=Q(loan__borrowers__position=Borrower.PRIMARY)))
        .annotate(client_first_name=F("client__first_name"), client_last_name=F("client__last_name"), lead_bp=LEAD_BP)
    )


def ordered(rows: QuerySet[Opportunity], order: str = "total_interest") -> QuerySet[Opportunity]:
    """Ranked by one of ORDERS; an unknown name ranks by total interest savings."""
    return rows.order_by(order_by(order), "loan_number")


def order_by(order: str) -> OrderBy:
    """The column of an order. What is not known stands last, or first where that is what the order is about."""
    name = order.removeprefix("-")
    natural: OrderBy = ORDERS.get(name, ORDERS["total_interest"])[1]
    if name == order or name not in ORDERS:
        return natural
    return OrderBy(natural.expression, descending=not natural.descending, nulls_last=True)


def queue(user: User, order: str = "total_interest") -> QuerySet[Opportunity]:
    """What the user has to work on: open, less snoozed and application."""
    return ordered(visible(user).filter(status__in=OpportunityStatus.in_queue()), order)


def system_queue(officer_email: str | None = None) -> QuerySet[Opportunity]:
    """The same for a command, which acts for the whole lender; of one officer where an e-mail is given."""
    rows = Opportunity.objects.in_queue().select_related("loan__officer")
    if officer_email is not None:
        rows = rows.filter(loan__officer__email__iexact=officer_email)
    return rows.annotate(
        client=FilteredRelation("loan__borrowers", condition=Q(loan__borrowers__position=Borrower.PRIMARY)),
        client_first_name=F("client__first_name"),
        client_last_name=F("client__last_name"),
        lead_bp=LEAD_BP,
    )


def order_column(order: str) -> str:
    """The name of what an order goes by."""
    column: Any = order_by(order).expression
    return str(column.name)


def timing(row: Opportunity) -> Timing | None:
    """Whether to act on it or to wait, by its stored figures; None where they are unknown."""
    return timing_of(row.note_rate, row.spread, row.optimal_bp, row.net_savings)


def search(rows: QuerySet[Opportunity], text: str) -> QuerySet[Opportunity]:
    """By loan number or borrower, as the portfolio is searched; all of them where nothing is asked."""
    ids = portfolio.ids_of(text)
    return rows if ids is None else rows.filter(loan__in=ids)


@dataclass(frozen=True)
class QueueTotals:
    """What the head of the queue says: dollars of interest to be saved, and how many stand under each view."""

    open: int
    total_interest_savings: Any
    worth_now: int
    opened_today: int
    government: int
    not_contacted: int
    snoozed: int

    def of(self, view: str) -> int:
        """How many stand under a saved view."""
        counts = {
            "act_now": self.worth_now,
            "today": self.opened_today,
            "government": self.government,
            "uncontacted": self.not_contacted,
            "snoozed": self.snoozed,
        }
        return counts.get(view, self.open)


def totals(user: User, today: date) -> QueueTotals:
    """One query over what the user may see."""
    in_queue = Q(status__in=OpportunityStatus.in_queue())
    counted = (
        Opportunity.objects.visible_to(user)
        .open()
        .annotate(lead_bp=LEAD_BP)
        .aggregate(
            open=Count("pk", filter=in_queue),
            total_interest_savings=Sum("total_interest_savings", filter=in_queue),
            worth_now=Count("pk", filter=in_queue & WORTH_NOW),
            opened_today=Count("pk", filter=in_queue & Q(opened_on=today)),
            government=Count("pk", filter=in_queue & GOVERNMENT),
            not_contacted=Count("pk", filter=in_queue & Q(last_contact_at__isnull=True)),
            snoozed=Count("pk", filter=Q(status=OpportunityStatus.SNOOZED)),
        )
    )
    return QueueTotals(**counted)


WORTH_NOW = TIMINGS[Verdict.ACT_NOW.value][1]
GOVERNMENT = Q(product__startswith="fha") | Q(product__startswith="va") | Q(product__startswith="usda")

VIEWS = {
    "": "All open",
    "act_now": "Worth acting on now",
    "today": "Opened today",
    "government": "FHA, VA and USDA",
    "uncontacted": "Not contacted",
    "snoozed": "Snoozed",
}
"""The saved views of the queue by name; the first is what one has to work on."""


def in_view(user: User, view: str, today: date) -> QuerySet[Opportunity]:
    """What the user sees of a saved view, with nothing joined; an unknown one is the first."""
    rows = Opportunity.objects.visible_to(user).annotate(lead_bp=LEAD_BP)
    match view:
        case "act_now":
            return rows.in_queue().filter(WORTH_NOW)
        case "snoozed":
            return rows.filter(status=OpportunityStatus.SNOOZED)
        case "today":
            return rows.in_queue().filter(opened_on=today)
        case "government":
            return rows.in_queue().filter(GOVERNMENT)
        case "uncontacted":
            return rows.in_queue().filter(last_contact_at__isnull=True)
    return rows.in_queue()
