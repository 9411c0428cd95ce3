"""Back-tests that were run: one row each, with what it went by and what came of it."""

from django.db import models


class BacktestRun(models.Model):
    """`result` is the JSON of `manage.py backtest --json`: counts, rates and intervals, and nothing about any one loan."""

    name = models.CharField(max_length=200)
    loans = models.PositiveIntegerField()
    months = models.PositiveIntegerField()
    first_month = models.DateField()
    last_month = models.DateField()
    result = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(first_month__lte=models.F("last_month")), name="backtest_months"),
        )

    def __str__(self) -> str:
        return f"back-test {self.pk}"
