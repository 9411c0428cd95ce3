"""Who changed how the desk speaks, and who read or carried out the record of a message. Both are added to, never changed."""

from django.db import models
from django.db.models import Q

from accounts.models import Branch, User
from outreach.models.touches import Touch


class ChangeKind(models.TextChoices):
    HALTED = "halted", "Halted everything"
    RESUMED = "resumed", "Let sending go on"
    BRANCH = "branch", "Branch"
    OFFICER = "officer", "Officer"
    DESK = "desk", "Whole lender"
    DOMAIN = "domain", "Sender domain"
    TEXTS = "texts", "Texts"
    PROVIDER = "provider", "Provider"
    SEQUENCE = "sequence", "Sequence"


class Change(models.Model):
    """One decision about how the desk speaks: what was, what is, whose it was."""

    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    # What it is about, in words: a branch's name, a domain.
    about = models.CharField(max_length=160, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sentence = models.CharField(max_length=400)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind"),)

    def __str__(self) -> str:
        return f"change {self.pk}"


class ReadKind(models.TextChoices):
    OPENED = "opened", "Opened the record"
    EXPORTED = "exported", "Exported the record"
    PERIOD = "period", "Exported a period"


class RecordRead(models.Model):
    """Somebody opened the record of a message, or carried it out."""

    kind = models.CharField(max_length=8, choices=ReadKind.choices)
    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, null=True, blank=True, related_name="reads")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ReadKind.values), name="read_kind"),
            models.CheckConstraint(condition=Q(kind="period") | Q(touch__isnull=False), name="read_of_a_touch"),
        )

    def __str__(self) -> str:
        return f"read {self.pk}"
