"""The lender's own word on a program's number: another value from a day on, or that somebody has checked the one shipped."""

from django.db import models
from django.db.models import Q

from accounts.models import User


class ProgramValue(models.Model):
    """Goes before the value of the same name in `loans.domain.programs`; the newest that is in force counts. Never changed."""

    name = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=3)
    verified = models.BooleanField(default=False)
    effective_from = models.DateField()
    # Where it was read, and by whom.
    source = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("effective_from", "id")
        constraints = (
            models.CheckConstraint(condition=Q(value__gte=0), name="program_value_amount"),
            models.CheckConstraint(condition=~Q(source=""), name="program_value_source"),
        )

    def __str__(self) -> str:
        return self.name
