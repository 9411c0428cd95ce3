"""The lender whose desk this is: one row."""

import zoneinfo
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone


def valid_time_zone(name: str) -> None:
    """Refuses a name that is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("%(name)s is not a time zone; write one such as America/Denver.", params={"name": name})


class Lender(models.Model):
    """Name, NMLS ID and clock of the lender. A demo lender replays real survey rates under today's dates and says so."""

    name = models.CharField(max_length=120, default="Your lender")
    nmls_id = models.CharField("NMLS ID", max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, default="America/New_York", validators=[valid_time_zone])
    # What every advertisement must carry; without a street nothing is sent by e-mail.
    street = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip_code = models.CharField("ZIP", max_length=10, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    demo = models.BooleanField(default=False, editable=False)
    # What every page of a demo says about where its rates come from.
    demo_notice = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_lender"),)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Lender":
        """The one row; unsaved defaults before anybody has set it up."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def postal_address(self) -> str:
        """One line; empty until the street is on file."""
        if not self.street:
            return ""
        place = " ".join(part for part in (self.state, self.zip_code) if part)
        return ", ".join(part for part in (self.street, self.city, place) if part)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self, now: datetime | None = None) -> date:
        """The lender's local date: a match of this date is live."""
        return (now or timezone.now()).astimezone(self.zone).date()
