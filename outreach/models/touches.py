"""Touches: the rows that are the queue. One row a message or call, from its planning to what became of it."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Branch, User
from outreach.models.enrollments import Enrollment
from outreach.models.sequences import Channel, TemplateVersion
from refidetect.kit.fields import EncryptedText, LookupBytes


class TouchKind(models.TextChoices):
    SEQUENCE = "sequence", "By the sequence"
    BY_HAND = "by_hand", "By hand"
    # The one confirmation that may follow an opt-out by text; it sells nothing.
    CONFIRMATION = "confirmation", "Confirmation of an opt-out"


class TouchState(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    READY = "ready", "Ready"
    SENDING = "sending", "Sending"
    ACCEPTED = "accepted", "Sent"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Bounced"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not sent"
    UNKNOWN = "unknown", "Unknown"
    ABANDONED = "abandoned", "Given up"

    @classmethod
    def waiting(cls) -> tuple[str, ...]:
        """Not handed to anybody yet: a stop takes these back."""
        return (cls.SCHEDULED.value, cls.READY.value)

    @classmethod
    def pending(cls) -> tuple[str, ...]:
        """Something is still to come of it: the next step waits."""
        return (cls.SCHEDULED.value, cls.READY.value, cls.SENDING.value, cls.UNKNOWN.value)

    @classmethod
    def counted(cls) -> tuple[str, ...]:
        """What may have reached the borrower: caps and ceilings count these."""
        return tuple(
            state.value for state in (cls.SENDING, cls.ACCEPTED, cls.DELIVERED, cls.BOUNCED, cls.UNKNOWN, cls.ABANDONED)
        )


EDGES: dict[str, tuple[str, ...]] = {
    "scheduled": ("ready", "skipped"),
    "ready": ("sending", "scheduled", "skipped", "failed"),
    "sending": ("accepted", "failed", "skipped", "scheduled", "ready", "unknown"),
    "unknown": ("accepted", "delivered", "bounced", "failed", "abandoned"),
    "abandoned": ("accepted", "delivered", "bounced", "failed"),
    "accepted": ("delivered", "bounced", "failed"),
    "delivered": ("bounced",),
    "bounced": ("delivered",),
    "failed": (),
    "skipped": (),
}
"""The only ways from state to state; a trigger refuses every other. "sending" goes back only where nothing was handed over."""


class Touch(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="touches")
    step_n = models.PositiveSmallIntegerField(null=True, blank=True)
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=TouchKind.choices, default=TouchKind.SEQUENCE)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    opportunity = models.ForeignKey("loans.Opportunity", on_delete=models.PROTECT, related_name="touches")
    borrower = models.ForeignKey("loans.Borrower", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    # In whose name. Who typed it, where somebody did, is `written_by`.
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The look-up value of the address or number it goes to.
    address_lookup = LookupBytes()
    state = models.CharField(max_length=10, choices=TouchState.choices, default=TouchState.SCHEDULED)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    not_after = models.DateTimeField()
    # Where the branch reviews what goes out: who let this one go, and when.
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    queued_at = models.DateTimeField(null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # Why it waits, was not sent or failed: a reason of the gate, or of the provider.
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=80, blank=True)
    template_version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What the borrower's links carry: random, nothing can be read from it.
    link_token = models.CharField(max_length=16, unique=True)

    class Meta:
        verbose_name_plural = "touches"
        indexes = (
            models.Index(fields=["due_at", "id"], name="touch_due", condition=Q(state__in=TouchState.waiting())),
            models.Index(fields=["claim_until"], name="touch_claimed", condition=Q(state="sending")),
            models.Index(fields=["settled_at"], name="touch_unknown", condition=Q(state="unknown")),
            models.Index(fields=["claimed_at", "officer"], name="touch_counted", condition=Q(state__in=TouchState.counted())),
            models.Index(fields=["address_lookup", "claimed_at"], name="touch_address"),
            models.Index(fields=["opportunity", "due_at"], name="touch_opportunity"),
            models.Index(fields=["provider_id"], name="touch_provider_id", condition=~Q(provider_id="")),
        )
        constraints = (
            models.UniqueConstraint(fields=["enrollment", "step_n"], name="touch_once_a_step"),
            models.CheckConstraint(condition=Q(state__in=TouchState.values), name="touch_state"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="touch_channel"),
            models.CheckConstraint(
                condition=Q(kind="sequence", enrollment__isnull=False, step_n__isnull=False)
                | (~Q(kind="sequence") & Q(step_n__isnull=True)),
                name="touch_of_a_sequence_has_a_step",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claim_token__isnull=False, claim_until__isnull=False), name="touch_claimed_by"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "delivered")) | Q(sent_at__isnull=False), name="touch_sent_at"
            ),
        )

    def __str__(self) -> str:
        return f"touch {self.pk}"


class Message(models.Model):
    """What a touch said, exactly as it was handed over; written once. Hand-typed words are here before they are sent."""

    touch = models.OneToOneField(Touch, on_delete=models.PROTECT, related_name="message", primary_key=True)
    to_name = models.CharField(max_length=160, blank=True)
    to_address = EncryptedText()
    from_name = models.CharField(max_length=160, blank=True)
    from_address = models.CharField(max_length=254, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = EncryptedText()
    html = EncryptedText()
    text = EncryptedText()
    content_hash = models.CharField(max_length=64)
    # The figures, rates and versions the text was filled from.
    basis = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"message of touch {self.touch_id}"


class Attempt(models.Model):
    """A try to send: written before the provider is called, so that a crash leaves a trace. Added, then ended once."""

    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, related_name="attempts")
    token = models.UUIDField(unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("started_at",)

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class GateAnswer(models.Model):
    """What the gate answered, with every fact it was told: an examiner can ask it again. Added, never changed."""

    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, related_name="answers")
    at = models.DateTimeField()
    send = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True)
    facts = models.JSONField()
    milliseconds = models.FloatField(default=0)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"answer {self.pk}"
