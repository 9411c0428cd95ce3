"""Who may be spoken to how: an append-only ledger, and the addresses that are closed because of it."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from outreach.models.happenings import InboxItem
from outreach.models.sequences import Channel
from outreach.models.touches import Touch
from refidetect.kit.fields import EncryptedText, LookupBytes


class ConsentAct(models.TextChoices):
    GRANTED = "granted", "Granted"
    REVOKED = "revoked", "Revoked"


class ConsentSource(models.TextChoices):
    FILE = "file", "The lender's file"
    PAGE = "page", "The borrower's page"
    ONE_CLICK = "one_click", "One-click unsubscribe"
    REPLY = "reply", "The borrower's words"
    CARRIER = "carrier", "The carrier"
    MAIL_PROVIDER = "mail_provider", "The mail provider"
    OFFICER = "officer", "Told to somebody here"
    SYSTEM = "system", "LOS or CRM"
    BOUNCE = "bounce", "The address does not work"


class Consent(models.Model):
    """One line of the ledger, about an address or number and a channel; added, never changed. Empty look-ups are refused."""

    channel = models.CharField(max_length=5, choices=Channel.choices)
    act = models.CharField(max_length=8, choices=ConsentAct.choices)
    lookup = LookupBytes()
    source = models.CharField(max_length=14, choices=ConsentSource.choices)
    # When the person gave or took it back; `recorded_at` is when we learned of it.
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    borrower = models.ForeignKey("loans.Borrower", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    item = models.ForeignKey(InboxItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What was signed or said, in its own words, and how: e-signature, paper, by text.
    words = EncryptedText()
    method = models.CharField(max_length=60, blank=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["lookup", "channel", "-at", "-id"], name="consent_of_address"),)
        constraints = (
            models.CheckConstraint(condition=Q(lookup__isnull=False), name="consent_of_somebody"),
            models.CheckConstraint(condition=Q(act__in=ConsentAct.values), name="consent_act"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="consent_channel"),
            models.CheckConstraint(condition=Q(source__in=ConsentSource.values), name="consent_source"),
        )

    def __str__(self) -> str:
        return f"consent {self.pk}"


class Suppression(models.Model):
    """An address to which nothing goes on a channel. Outlives every file; lifted only by the person's own new word."""

    channel = models.CharField(max_length=5, choices=Channel.choices)
    lookup = LookupBytes()
    since = models.DateTimeField()
    # A word that may or may not have been an opt-out holds until somebody has said which.
    doubtful = models.BooleanField(default=False)
    reason = models.CharField(max_length=14, choices=ConsentSource.choices)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["channel", "lookup"], name="suppression_once"),
            models.CheckConstraint(condition=Q(lookup__isnull=False), name="suppression_of_somebody"),
        )

    def __str__(self) -> str:
        return f"suppression {self.pk}"
