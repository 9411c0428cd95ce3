"""Runs of the match: one row each, with the rates and the policy it went by and what came of it."""

from django.db import models

from accounts.models import User
from loans.models.policies import Policy


class RunDecision(models.TextChoices):
    NONE = "", "Not held"
    WAITING = "waiting", "Waiting for a person"
    RELEASED = "released", "Released"
    DISMISSED = "dismissed", "Dismissed"


class MatchRun(models.Model):
    """`live` when its as-of date was the lender's local today; held when it would have opened too many."""

    as_of = models.DateField(db_index=True)
    live = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, choices=RunDecision.choices, default=RunDecision.NONE, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="runs")
    rates = models.JSONField(default=dict)
    loans = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)
    excluded = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    seconds = models.DecimalField(max_digits=9, decimal_places=2, default=0)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def held(self) -> bool:
        return self.decision == RunDecision.WAITING
