"""What a lender has decided about speaking with borrowers: whether, how much, in whose name, from which domains."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import Branch, User

RESTORED = "Restored from the backup of "
"""How the reason begins where no person halted the desk but a backup that was put back; when it was made follows."""


class Mode(models.TextChoices):
    OFF = "off", "Off"
    REVIEW = "review", "Review"
    AUTOMATIC = "automatic", "Automatic"


class Enrolls(models.TextChoices):
    EVERY = "every", "Every opportunity that opens"
    ACT_NOW = "act_now", "Only those worth acting on now"


class Desk(models.Model):
    """One row: the switch that halts everything, and the most that may go out in a day. Unset until somebody decides."""

    halted_at = models.DateTimeField(null=True, blank=True)
    halted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    halted_because = models.CharField(max_length=200, blank=True)
    lender_ceiling = models.PositiveIntegerField("most messages a day", default=1500)
    officer_ceiling = models.PositiveIntegerField("most messages a day in one officer's name", default=40)
    # Carriers take loan content from whoever lends; a broker sends no marketing by text.
    texts_attested_at = models.DateTimeField(null=True, blank=True)
    texts_attested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    campaign_id = models.CharField("10DLC campaign", max_length=40, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_outreach_desk"),)

    def __str__(self) -> str:
        return "outreach"

    @classmethod
    def current(cls) -> "Desk":
        """The one row; unsaved defaults before anybody has decided anything."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def halted(self) -> bool:
        return self.halted_at is not None

    @property
    def restored_from(self) -> datetime | None:
        """When the backup was made that was put back, where that is why everything is halted."""
        if not self.halted or self.halted_by_id is not None or not self.halted_because.startswith(RESTORED):
            return None
        try:
            made_at = datetime.fromisoformat(self.halted_because.removeprefix(RESTORED))
        except ValueError:
            return None
        return made_at if made_at.tzinfo else None


class BranchOutreach(models.Model):
    """How a branch speaks. Without a row the branch is off: nobody's first keys and first import turn into mail."""

    branch = models.OneToOneField(Branch, on_delete=models.CASCADE, related_name="outreach")
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.OFF)
    enrolls = models.CharField(max_length=10, choices=Enrolls.choices, default=Enrolls.EVERY)
    capacity = models.PositiveSmallIntegerField("new conversations an officer a day", default=10)
    sequence = models.ForeignKey("outreach.Sequence", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "branches' outreach"
        constraints = (
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="branch_outreach_mode"),
            models.CheckConstraint(condition=Q(enrolls__in=Enrolls.values), name="branch_outreach_enrolls"),
        )

    def __str__(self) -> str:
        return f"outreach of branch {self.branch_id}"


class OfficerOutreach(models.Model):
    """What an officer has decided: calls only, a ceiling of the own, a booking page of the own."""

    officer = models.OneToOneField(User, on_delete=models.CASCADE, related_name="outreach")
    calls_only = models.BooleanField(default=False)
    ceiling = models.PositiveIntegerField("most messages a day", null=True, blank=True)

    class Meta:
        verbose_name_plural = "officers' outreach"

    def __str__(self) -> str:
        return f"outreach of officer {self.officer_id}"


class SenderDomain(models.Model):
    """A domain whose SPF, DKIM and DMARC somebody has confirmed; e-mail goes out from no other."""

    domain = models.CharField(max_length=253, unique=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("domain",)
        constraints = (models.CheckConstraint(condition=Q(domain__regex=r"^[a-z0-9.-]+$"), name="sender_domain_lower_case"),)

    def __str__(self) -> str:
        return self.domain


class ProviderPause(models.Model):
    """A provider that refused our keys or our campaign: nothing goes through it until somebody has put that right."""

    provider = models.CharField(max_length=20, unique=True)
    since = models.DateTimeField()
    code = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.provider
