"""What people have to do because of a conversation: calls, alerts, appointments."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from outreach.models.happenings import Reply
from outreach.models.touches import Touch
from refidetect.kit.fields import EncryptedText


class CallReason(models.TextChoices):
    STEP = "step", "A step of the sequence"
    NO_TEXT_CONSENT = "no_text_consent", "No consent to texts"
    CALLS_ONLY = "calls_only", "The officer takes calls only"
    REPLIED = "replied", "Replied"
    QUESTION = "question", "Asked a question"
    UNREACHED = "unreached", "Could not be reached by message"


class CallTask(models.Model):
    """A call that somebody has to make."""

    opportunity = models.ForeignKey("loans.Opportunity", on_delete=models.PROTECT, related_name="calls")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    touch = models.OneToOneField(Touch, on_delete=models.PROTECT, null=True, blank=True, related_name="call")
    reason = models.CharField(max_length=16, choices=CallReason.choices)
    script = models.TextField(blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("due_at", "id")
        indexes = (models.Index(fields=["officer", "due_at"], name="call_waiting", condition=Q(done_at__isnull=True)),)

    def __str__(self) -> str:
        return f"call {self.pk}"


class AlertKind(models.TextChoices):
    REPLY = "reply", "Replied"
    QUESTION = "question", "Asked a question"
    BOOKED = "booked", "Booked a call"
    CANCELED = "canceled", "Canceled the call"
    CLICKED = "clicked", "Looked at times to talk"
    APPLICATION = "application", "Applied"
    OPTED_OUT = "opted_out", "Opted out"
    DOUBTFUL = "doubtful", "Perhaps an opt-out"


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    NONE = "none", "Not mailed"


class Alert(models.Model):
    """What an officer is told the moment a borrower acts: on the page, and by e-mail."""

    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opportunity = models.ForeignKey("loans.Opportunity", on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=12, choices=AlertKind.choices)
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = EncryptedText()
    # When the borrower acted; `created_at` less this is how fast the officer could know.
    acted_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
    mail_claimed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["officer", "-created_at"], name="alert_unseen", condition=Q(seen_at__isnull=True)),
            models.Index(fields=["id"], name="alert_to_mail", condition=Q(mail="waiting")),
        )

    def __str__(self) -> str:
        return f"alert {self.pk}"


class AppointmentState(models.TextChoices):
    BOOKED = "booked", "Booked"
    CANCELED = "canceled", "Canceled"


class Appointment(models.Model):
    """A call that was agreed on. One place in an officer's day is given once."""

    opportunity = models.ForeignKey("loans.Opportunity", on_delete=models.PROTECT, related_name="appointments")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=AppointmentState.choices, default=AppointmentState.BOOKED)
    # "page" for our own; the vendor's name and id for a booking made elsewhere.
    source = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200, blank=True)
    phone = EncryptedText()
    booked_at = models.DateTimeField()
    canceled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("starts_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "starts_at"], condition=Q(state="booked", source="page"), name="slot_given_once"
            ),
            models.UniqueConstraint(fields=["source", "external_id"], condition=~Q(external_id=""), name="appointment_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_its_start"),
        )

    def __str__(self) -> str:
        return f"appointment {self.pk}"
