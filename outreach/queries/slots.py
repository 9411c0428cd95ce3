"""Which times a borrower may choose for a call with the loan's officer, in the borrower's own time zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from loans.models import Loan
from outreach.domain import slots, zones
from outreach.models import Appointment, AppointmentState


@dataclass(frozen=True)
class Offer:
    """All free times of the next days, in `zone`, whose name people use is `zone_name`."""

    days: list[slots.Day]
    zone: ZoneInfo
    zone_name: str

    def find(self, at: datetime) -> slots.Slot | None:
        """The time that begins at this instant; None where it is not offered."""
        return next((slot for day in self.days for slot in day.slots if slot.at == at), None)


def offered(officer: User, loan: Loan, now: datetime, *, but: Appointment | None = None) -> Offer:
    """What an officer's calendar has left. The appointment that is to be moved does not stand in its own way."""
    rows = Appointment.objects.filter(officer=officer, state=AppointmentState.BOOKED, ends_at__gt=now - timedelta(hours=1))
    others = rows.exclude(pk=but.pk) if but else rows
    busy = list(others.values_list("starts_at", "ends_at"))
    zone = zone_of(loan, officer)
    return Offer(slots.free(now, officer_zone(officer), zone, busy), zone, slots.zone_name(zone, now))


def officer_zone(officer: User) -> ZoneInfo:
    """The officer's own, else the branch's."""
    name = officer.time_zone or (officer.branch.time_zone if officer.branch else "")
    return ZoneInfo(name or "America/New_York")


def zone_of(loan: Loan, officer: User) -> ZoneInfo:
    """Where the home is. Where that may be several zones and the officer's is one of them, the officer's."""
    if not (loan.property_zip or loan.property_state):
        return officer_zone(officer)
    plausible = zones.plausible_zones(property_zip=loan.property_zip, property_state=loan.property_state)
    own = officer_zone(officer)
    return own if own.key in plausible else ZoneInfo(min(plausible))
