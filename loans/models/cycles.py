"""The daily cycle: one row for each time it ran, claimed before anything is done."""

from django.db import models
from django.db.models import F, Q

from loans.models.runs import MatchRun


class DailyCycle(models.Model):
    """The pull and the match of one slot of one day, both on the clock of New York, where the market opens."""

    day = models.DateField()
    slot = models.TimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # Whether the day's rate had been published by then; while it had not, the cycle is tried again.
    rate_in = models.BooleanField(default=False)
    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-day", "-slot")
        constraints = (
            models.UniqueConstraint(fields=["day", "slot"], name="daily_cycle_once"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="daily_cycle_ends_after_its_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.slot:%H:%M}"
