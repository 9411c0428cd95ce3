"""The numbers that eligibility and costs go by: versions that are added, never changed."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from accounts.models import User


class Policy(models.Model):
    """One version; the newest is in force. Spreads in percentage points, costs in dollars and percent of the balance.

    What an early payoff costs the lender is percent of the balance too, where no window of the investor says otherwise.
    """

    spread = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal("0.625"))
    spread_jumbo = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal("0.875"))
    minimum_months = models.PositiveSmallIntegerField(default=60)
    refinance_months = models.PositiveSmallIntegerField(default=24)
    early_payoff_days = models.PositiveSmallIntegerField(default=180)
    cost_fixed = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("2000.00"))
    cost_percent = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal("1.000"))
    # None: break-even is shown and excludes nobody.
    break_even_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    # Within the window a loan stays in the queue, with what an early payoff would cost the lender.
    early_payoff_warns = models.BooleanField(default=False)
    early_payoff_percent = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal("2.000"))
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "policies"
        constraints = (
            models.CheckConstraint(
                condition=Q(spread__gte=0, spread__lte=5, spread_jumbo__gte=0, spread_jumbo__lte=5), name="policy_spread"
            ),
            models.CheckConstraint(
                condition=Q(cost_fixed__gte=0, cost_percent__gte=0, cost_percent__lte=10), name="policy_costs"
            ),
            models.CheckConstraint(
                condition=Q(minimum_months__lte=480, refinance_months__lte=120, early_payoff_days__lte=1095),
                name="policy_terms",
            ),
            models.CheckConstraint(
                condition=Q(early_payoff_percent__gte=0, early_payoff_percent__lte=10)
                & (Q(break_even_limit__isnull=True) | Q(break_even_limit__gte=1, break_even_limit__lte=480)),
                name="policy_break_even_and_early_payoff",
            ),
        )

    def __str__(self) -> str:
        return f"policy {self.pk}"

    @classmethod
    def current(cls) -> "Policy":
        """The version in force; the defaults, unsaved, before anybody has saved one."""
        return cls.objects.first() or cls()
