"""Opportunities: a loan worth refinancing, with the figures it was found by."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from loans.models.loans import Loan
from loans.models.runs import MatchRun
from loans.models.visibility import rows_of

if TYPE_CHECKING:
    from typing import Self


class OpportunityStatus(models.TextChoices):
    NEW = "new", "New"
    CONTACTING = "contacting", "Contacting"
    ENGAGED = "engaged", "Engaged"
    APPOINTMENT = "appointment", "Appointment"
    APPLICATION = "application", "Application"
    SNOOZED = "snoozed", "Snoozed"
    CLOSED = "closed", "Closed"
    ARCHIVED = "archived", "Archived"
    LOST = "lost", "Lost"
    EXPIRED = "expired", "Expired"

    @classmethod
    def open(cls) -> tuple[str, ...]:
        """Statuses of which a loan has at most one row."""
        return tuple(s.value for s in (cls.NEW, cls.CONTACTING, cls.ENGAGED, cls.APPOINTMENT, cls.APPLICATION, cls.SNOOZED))

    @classmethod
    def in_queue(cls) -> tuple[str, ...]:
        """Open, less snoozed and application."""
        return tuple(s.value for s in (cls.NEW, cls.CONTACTING, cls.ENGAGED, cls.APPOINTMENT))


class Engagement(models.IntegerChoices):
    """How far the borrower came towards us, in order; what a machine did counts for nothing."""

    NONE = 0, "Not contacted"
    SENT = 1, "Contacted"
    OPENED = 2, "Opened"
    CLICKED = 3, "Looked at the estimate"
    REPLIED = 4, "Replied"
    BOOKED = 5, "Booked a call"
    APPLIED = 6, "Applied"


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def visible_to(self, user: User) -> "Self":
        return self.filter(rows_of(user, "loan__"))

    def open(self) -> "Self":
        return self.filter(status__in=OpportunityStatus.open())

    def in_queue(self) -> "Self":
        return self.filter(status__in=OpportunityStatus.in_queue())


def _figure() -> models.DecimalField:
    return models.DecimalField(max_digits=12, decimal_places=2, null=True)


class Opportunity(models.Model):
    """At most one open per loan. Money in dollars, rates in percent a year, spread in percentage points, terms in months.

    Figures are null where they can't be known without a person (an ARM without its current rate or balance).
    """

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="opportunities")
    # Copied from the loan, which never changes it, so that the ranked queue reads one index.
    loan_number = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=OpportunityStatus.choices, default=OpportunityStatus.NEW)
    opened_on = models.DateField()
    opened_run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, related_name="opportunities")
    opened_market_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    closed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)
    status_before_snooze = models.CharField(max_length=12, blank=True)

    as_of = models.DateField()
    product = models.CharField(max_length=20)
    proxy = models.BooleanField(default=False)
    note_rate = models.DecimalField(max_digits=6, decimal_places=3)
    market_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    spread = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    threshold = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    upb = _figure()
    upb_estimated = models.BooleanField(default=True)
    above_schedule = models.BooleanField(default=False)
    months_remaining = models.PositiveSmallIntegerField()
    months_to_run = models.FloatField(null=True)
    current_payment = _figure()
    new_payment = _figure()
    monthly_savings = _figure()
    total_interest_savings = _figure()
    closing_costs = _figure()
    net_savings = _figure()
    break_even_months = models.PositiveIntegerField(null=True)
    long_payment = _figure()
    long_interest_savings = _figure()
    # Basis points below the note rate from which acting now beats waiting, for this balance and these costs.
    optimal_bp = models.FloatField(null=True)
    # The last day on which the lender would lose its premium, and what a payoff today would cost it: 0 when the day is past.
    early_payoff_ends = models.DateField(null=True)
    early_payoff_cost = _figure()
    # What the score reads beside savings and engagement: what is owed in percent of the value, and calendar months.
    loan_to_value = models.FloatField(null=True)
    months_since_origination = models.IntegerField(null=True)
    # From 0 to 100, by the weights in force (`loans.domain.score`); null until a match has scored it.
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    qualifies = models.BooleanField(default=True)
    # Why a person must look before anything is sent; empty where none must.
    review = models.CharField(max_length=40, blank=True)

    # Written by outreach through a service of this app.
    last_contact_at = models.DateTimeField(null=True, blank=True)
    engagement = models.PositiveSmallIntegerField(choices=Engagement.choices, default=Engagement.NONE, db_default=0)
    engaged_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "opportunities"
        # Each holds all that ranking reads, so that the middle of a long queue is found without the rows before it.
        indexes = tuple(
            models.Index(
                F(column).desc(nulls_last=True),
                "loan_number",
                name=name,
                condition=Q(status__in=OpportunityStatus.open()),
                include=["id", "status"],
            )
            for name, column in (
                ("opportunity_ranked", "total_interest_savings"),
                ("opportunity_scored", "score"),
                ("opportunity_spread", "spread"),
            )
        )
        constraints = (
            models.UniqueConstraint(
                fields=["loan"], condition=Q(status__in=OpportunityStatus.open()), name="one_open_opportunity_a_loan"
            ),
            models.CheckConstraint(condition=Q(status__in=OpportunityStatus.values), name="opportunity_status"),
            models.CheckConstraint(condition=Q(engagement__in=Engagement.values), name="opportunity_engagement"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="opportunity_score"),
            models.CheckConstraint(condition=~Q(status="snoozed") | Q(snoozed_until__isnull=False), name="snoozed_until_a_day"),
            models.CheckConstraint(condition=~Q(status="archived") | ~Q(reason=""), name="archived_with_a_reason"),
        )

    FIGURES: ClassVar[tuple[str, ...]] = (
        "as_of", "product", "proxy", "note_rate", "market_rate", "spread", "threshold", "upb", "upb_estimated",
        "above_schedule", "months_remaining", "months_to_run", "current_payment", "new_payment", "monthly_savings",
        "total_interest_savings", "closing_costs", "net_savings", "break_even_months", "long_payment", "long_interest_savings",
        "optimal_bp", "qualifies", "review", "early_payoff_ends", "early_payoff_cost", "loan_to_value",
        "months_since_origination", "score",
    )  # fmt: skip

    def __str__(self) -> str:
        return f"opportunity {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in OpportunityStatus.open()


class EventKind(models.TextChoices):
    OPENED = "opened", "Opened"
    EXPIRED = "expired", "Expired"
    ARCHIVED = "archived", "Archived"
    SNOOZED = "snoozed", "Snoozed"
    WOKE = "woke", "Back from snooze"
    REOPENED = "reopened", "Reopened"
    NOTE = "note", "Note"
    REASSIGNED = "reassigned", "Reassigned"
    CONTACTED = "contacted", "First contact"
    ENGAGED = "engaged", "Engaged"
    BOOKED = "booked", "Call booked"
    CANCELED = "canceled", "Call canceled"
    APPLIED = "applied", "Applied"
    CLOSED = "closed", "Refinance closed"
    LOST = "lost", "Lost"


class OpportunityEvent(models.Model):
    """What happened to an opportunity, when and by whom; added, never changed."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, null=True, related_name="+")
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind"),)

    def __str__(self) -> str:
        return f"event {self.pk}"
