"""What the parts of the score weigh: versions that are added, never changed."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User


class ScoreWeights(models.Model):
    """One version; the newest is in force. Points, 100 together, and the score from which one reaches out by oneself."""

    savings = models.PositiveSmallIntegerField(default=50)
    equity = models.PositiveSmallIntegerField(default=15)
    age = models.PositiveSmallIntegerField(default=10)
    engagement = models.PositiveSmallIntegerField(default=25)
    cutoff = models.PositiveSmallIntegerField(default=50)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "score weights"
        constraints = (
            models.CheckConstraint(
                condition=Q(savings=100 - F("equity") - F("age") - F("engagement")), name="score_weights_are_100"
            ),
            models.CheckConstraint(condition=Q(cutoff__gte=1, cutoff__lte=100), name="score_cutoff"),
        )

    def __str__(self) -> str:
        return f"score weights {self.pk}"

    @classmethod
    def current(cls) -> "ScoreWeights":
        """The version in force; the defaults, unsaved, before anybody has saved one."""
        return cls.objects.first() or cls()
