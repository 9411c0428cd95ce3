"""Conforming loan limits: above them a conventional loan is a jumbo loan. Source: FHFA."""

from django.db import models
from django.db.models import Q


class ConformingLimit(models.Model):
    """The limit for one unit, in dollars, in a calendar year.

    `area` is empty for the baseline, a state or territory all of which lies above it (AK, DC, GU, HI, VI), or the FIPS code
    of a county that differs from its state.
    """

    year = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=5, blank=True)
    name = models.CharField(max_length=60, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    source = models.CharField(max_length=60)

    class Meta:
        ordering = ("-year", "area")
        constraints = (
            models.UniqueConstraint(fields=("year", "area"), name="limit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="limit_positive"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.area or 'baseline'} ${self.amount:,.0f}"
