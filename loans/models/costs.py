"""What a refinance costs where the policy's own numbers are not enough: by branch, state and program; investors' windows."""

from django.db import models
from django.db.models import Q

from accounts.models import Branch, User
from loans.models.loans import Program


class ClosingCost(models.Model):
    """Lender's and third parties' costs from a day on; of several that cover a loan the narrowest counts. Added, never changed.

    A fixed part in dollars and percent of the balance, both none to take an earlier one back. The program's own fee (FHA, VA,
    USDA) is never in it.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=2, blank=True)
    program = models.CharField(max_length=20, choices=Program.choices, blank=True)
    fixed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    effective_from = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("effective_from", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(fixed__isnull=True, percent__isnull=True)
                | Q(fixed__isnull=False, percent__isnull=False, fixed__gte=0, percent__gte=0, percent__lte=10),
                name="closing_cost_amounts",
            ),
            models.CheckConstraint(condition=Q(state__regex=r"^([A-Z]{2})?$"), name="closing_cost_state"),
            models.CheckConstraint(condition=Q(program__in=["", *Program.values]), name="closing_cost_program"),
        )

    def __str__(self) -> str:
        return f"closing cost {self.pk}"

    @property
    def covers(self) -> str:
        """The loans it is for: `Denver, TX, VA`."""
        parts = (str(self.branch or ""), self.state, self.get_program_display() if self.program else "")
        return ", ".join(filter(None, parts)) or "Every loan"


class InvestorWindow(models.Model):
    """How long an investor takes its premium back after closing, in days, and how much, in percent of the balance.

    Both none to take an earlier one back. Added, never changed.
    """

    # As the portfolio writes it; capitals do not matter.
    investor = models.CharField(max_length=80)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    premium_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    effective_from = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("effective_from", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(investor=""), name="investor_window_investor"),
            models.CheckConstraint(
                condition=Q(days__isnull=True, premium_percent__isnull=True)
                | Q(days__isnull=False, premium_percent__isnull=False)
                & Q(days__lte=1095, premium_percent__gte=0, premium_percent__lte=10),
                name="investor_window_amounts",
            ),
        )

    def __str__(self) -> str:
        return f"investor window {self.pk}"

    @property
    def key(self) -> str:
        """The name by which loans find it."""
        return self.investor.strip().lower()

    @property
    def covers(self) -> str:
        """The loans it is for: those of the investor."""
        return self.investor
