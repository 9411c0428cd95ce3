"""Enrollments: one run of a sequence for one opportunity."""

from django.db import models
from django.db.models import Q

from accounts.models import Branch, User
from outreach.models.sequences import Sequence, SequenceVersion


class EnrollmentState(models.TextChoices):
    ACTIVE = "active", "Running"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    STOPPED = "stopped", "Stopped"
    ERROR = "error", "Error"

    @classmethod
    def live(cls) -> tuple[str, ...]:
        return (cls.ACTIVE.value, cls.PAUSED.value)


class Enrollment(models.Model):
    """At most one live for a loan and sequence; what has ended stays ended, and coming back is a new run."""

    sequence = models.ForeignKey(Sequence, on_delete=models.PROTECT, related_name="enrollments")
    version = models.ForeignKey(SequenceVersion, on_delete=models.PROTECT, related_name="enrollments")
    opportunity = models.ForeignKey("loans.Opportunity", on_delete=models.PROTECT, related_name="enrollments")
    loan = models.ForeignKey("loans.Loan", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    run_no = models.PositiveSmallIntegerField(default=1)
    # What it was begun for, so that beginning it twice is one: sequence, opportunity and run.
    trigger_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=EnrollmentState.choices, default=EnrollmentState.ACTIVE)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The recipient's local date of the first touch that went out; later steps count from it.
    day_one = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=30, blank=True)
    stop_detail = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=["opportunity"], name="enrollment_of_opportunity"),
            models.Index(fields=["id"], name="enrollment_live", condition=Q(state__in=EnrollmentState.live())),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["sequence", "loan"], condition=Q(state__in=EnrollmentState.live()), name="one_live_enrollment"
            ),
            models.CheckConstraint(condition=Q(state__in=EnrollmentState.values), name="enrollment_state"),
            models.CheckConstraint(
                condition=Q(state__in=EnrollmentState.live(), ended_at__isnull=True)
                | (~Q(state__in=EnrollmentState.live()) & Q(ended_at__isnull=False)),
                name="enrollment_ended_or_live",
            ),
            models.CheckConstraint(condition=~Q(state="stopped") | ~Q(stop_reason=""), name="enrollment_stopped_for_a_reason"),
        )

    def __str__(self) -> str:
        return f"enrollment {self.pk}"
