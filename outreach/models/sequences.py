"""Sequences and what their messages say: versions, bound to a hash of their exact content, approved by a second person."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "Text"
    CALL = "call", "Call"


class Sequence(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    description = models.CharField(max_length=400, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    @property
    def newest(self) -> "SequenceVersion":
        """The version that new enrollments follow."""
        return self.versions.latest("number")


class SequenceVersion(models.Model):
    """Never changed: who is under way follows the version it began with. `steps` as `outreach.domain.sequences` reads them."""

    sequence = models.ForeignKey(Sequence, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    steps = models.JSONField()
    content_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("sequence", "-number")
        constraints = (models.UniqueConstraint(fields=["sequence", "number"], name="sequence_version_once"),)

    def __str__(self) -> str:
        return f"{self.sequence}, version {self.number}"


class TemplateState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for approval"
    APPROVED = "approved", "Approved"
    RETURNED = "returned", "Returned"
    RETIRED = "retired", "Retired"


class Template(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    channel = models.CharField(max_length=5, choices=Channel.choices)

    class Meta:
        ordering = ("slug",)
        constraints = (models.CheckConstraint(condition=Q(channel__in=Channel.values), name="template_channel"),)

    def __str__(self) -> str:
        return self.title


class TemplateVersion(models.Model):
    """Liquid and MJML as written. At most one version of a template is approved; what is approved is never edited."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=TemplateState.choices, default=TemplateState.DRAFT)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    text = models.TextField(blank=True)
    # The e-mail's HTML as compiled from the body, with the merge fields still in it; empty for other channels.
    html = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    # Findings that need a decision and were accepted, by rule name, each with the reason somebody gave.
    accepted = models.JSONField(default=dict, blank=True)
    # Empty where the product wrote it.
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("template", "-number")
        constraints = (
            models.UniqueConstraint(fields=["template", "number"], name="template_version_once"),
            models.UniqueConstraint(fields=["template"], condition=Q(state="approved"), name="one_approved_version"),
            models.CheckConstraint(condition=Q(state__in=TemplateState.values), name="template_version_state"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="template_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(written_by__isnull=True) | ~Q(decided_by=F("written_by")),
                name="template_approved_by_a_second_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.template}, version {self.number}"
