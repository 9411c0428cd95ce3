"""Imports of portfolio files: one row each, with what came of it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models import Role, User

if TYPE_CHECKING:
    from typing import Self


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User) -> "Self":
        """A file holds loans of all branches: whoever sees every branch sees all imports, others their own."""
        if not user.is_active:
            return self.none()
        return self if user.role in (Role.COMPLIANCE, Role.ADMINISTRATOR) else self.filter(by=user)


class ImportBatch(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    file_name = models.CharField(max_length=255)
    stored_file = models.CharField(max_length=255, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    complete = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    message = models.CharField(max_length=500, blank=True)
    # How often a worker began; one that dies leaves the rest to the next.
    attempts = models.PositiveSmallIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    not_in_file = models.PositiveIntegerField(default=0)
    errors_file = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "import batches"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("waiting", "running", "done", "failed")), name="batch_state"),
        )

    def __str__(self) -> str:
        return f"import {self.pk}"
