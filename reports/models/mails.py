"""The mail of a week: one row a branch, and one of the whole lender, claimed before anything is sent."""

from django.db import models
from django.db.models import Q

from accounts.models import Branch


class MailOutcome(models.TextChoices):
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"


class WeeklyMail(models.Model):
    """Without a branch it is the whole lender's. A worker that dies while sending leaves it `sending`: it is not sent twice."""

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    monday = models.DateField()
    outcome = models.CharField(max_length=8, choices=MailOutcome.choices, default=MailOutcome.SENDING)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    recipients = models.PositiveSmallIntegerField(default=0)
    refused = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-monday", "branch")
        constraints = (
            models.UniqueConstraint(fields=["branch", "monday"], name="weekly_mail_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(outcome__in=MailOutcome.values), name="weekly_mail_outcome"),
        )

    def __str__(self) -> str:
        return f"weekly mail {self.pk}"
