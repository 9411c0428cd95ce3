"""What comes back: the inbox of vendors' and systems' posts, what happened to a touch, and the borrower's words."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from outreach.models.sequences import Channel
from outreach.models.touches import Touch
from refidetect.kit.fields import EncryptedText, LookupBytes


class InboxItem(models.Model):
    """One thing that somebody told us, verified and kept before it is acted on. Told twice, it is one row."""

    source = models.CharField(max_length=20)
    kind = models.CharField(max_length=40)
    dedupe_key = models.CharField(max_length=200)
    # The same news under another id: vendors give a repeated event a new one.
    semantic_key = models.CharField(max_length=200, blank=True)
    # A stop goes before news of delivery.
    urgent = models.BooleanField(default=False)
    payload = EncryptedText()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # Not before, where it could not be applied yet.
    try_after = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["-urgent", "id"], name="inbox_waiting", condition=Q(applied_at__isnull=True)),)
        constraints = (
            models.UniqueConstraint(fields=["source", "dedupe_key"], name="inbox_once"),
            models.UniqueConstraint(
                fields=["source", "semantic_key"], condition=~Q(semantic_key=""), name="inbox_once_by_meaning"
            ),
        )

    def __str__(self) -> str:
        return f"inbox {self.pk}"


class TouchEvent(models.Model):
    """What became of a touch, as its provider or the borrower's page told it. Machine events are kept and not counted."""

    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    machine = models.BooleanField(default=False)
    # A person, as the borrower's page could tell: a form posted, or a visible page that was touched.
    confirmed = models.BooleanField(default=False)
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    item = models.ForeignKey(InboxItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["kind", "at"], name="touch_event_kind"),)

    def __str__(self) -> str:
        return f"touch event {self.pk}"


class Reading(models.TextChoices):
    """How a reply was read."""

    WORDS = "words", "A reply"
    QUESTION = "question", "A question from the estimate page"
    OPT_OUT = "opt_out", "Opted out"
    DOUBTFUL = "doubtful", "Perhaps an opt-out"
    HELP = "help", "Asked for help"
    AUTOMATIC = "automatic", "Answered by a machine"


class Reply(models.Model):
    """The borrower's own words. One that fits no touch waits for a person, without an opportunity."""

    opportunity = models.ForeignKey(
        "loans.Opportunity", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    borrower = models.ForeignKey("loans.Borrower", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    item = models.OneToOneField(InboxItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    reading = models.CharField(max_length=10, choices=Reading.choices, default=Reading.WORDS)
    sender = EncryptedText()
    sender_lookup = LookupBytes()
    subject = EncryptedText()
    text = EncryptedText()
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "replies"
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["sender_lookup", "-at"], name="reply_sender"),)
        constraints = (models.CheckConstraint(condition=Q(reading__in=Reading.values), name="reply_reading"),)

    def __str__(self) -> str:
        return f"reply {self.pk}"
