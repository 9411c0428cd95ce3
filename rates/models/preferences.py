"""Which source is asked first, and which products may borrow a conventional rate: data that people change."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rates.domain import products, sources
from rates.models.rates import SOURCE_CHOICES

STANDING_IN = [(code, label) for code, label in products.LABELS.items() if products.stand_in(code) != code]


class SourcePreference(models.Model):
    """A source and its place; the lowest position is asked first. A source without a row is enabled, in the default order."""

    source = models.CharField(max_length=12, primary_key=True, choices=SOURCE_CHOICES)
    position = models.PositiveSmallIntegerField()
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "source"]
        constraints = (models.CheckConstraint(condition=Q(source__in=sources.ORDER), name="preference_source_known"),)

    def __str__(self) -> str:
        return f"{self.position}. {self.source}{'' if self.enabled else ' (off)'}"


class StandIn(models.Model):
    """Whether conventional of the same term stands in for a product without a rate of its own. Without a row, it does."""

    product = models.CharField(max_length=16, primary_key=True, choices=STANDING_IN)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["product"]
        constraints = (
            models.CheckConstraint(
                condition=Q(product__in=tuple(code for code, _ in STANDING_IN)), name="stand_in_product_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.product}: {'on' if self.enabled else 'off'}"
