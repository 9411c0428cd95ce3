"""How far the market must be below a loan, where the policy's own spreads are not enough: by program, size band and branch."""

from django.db import models
from django.db.models import Q

from accounts.models import Branch, User


class ProductFamily(models.TextChoices):
    """What a product of the market begins with; jumbo is a conventional loan above the conforming limit."""

    CONVENTIONAL = "conventional", "Conventional"
    JUMBO = "jumbo", "Jumbo"
    FHA = "fha", "FHA"
    VA = "va", "VA"
    USDA = "usda", "USDA"


class Threshold(models.Model):
    """From its day on, for every loan it covers; of several the narrowest counts. Added, never changed.

    Spread in percentage points, none to take an earlier one back; the band is of today's balance in dollars, its end left out.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    family = models.CharField(max_length=12, choices=ProductFamily.choices, blank=True)
    balance_from = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    balance_below = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    spread = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    effective_from = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("effective_from", "id")
        constraints = (
            models.CheckConstraint(condition=Q(spread__isnull=True) | Q(spread__gte=0, spread__lte=5), name="threshold_spread"),
            models.CheckConstraint(condition=Q(family__in=["", *ProductFamily.values]), name="threshold_family"),
            models.CheckConstraint(
                condition=Q(balance_from__isnull=True)
                | Q(balance_below__isnull=True)
                | Q(balance_below__gt=models.F("balance_from")),
                name="threshold_band",
            ),
        )

    def __str__(self) -> str:
        return f"threshold {self.pk}"
