"""Calls that are agreed on: booked, moved and canceled, on the borrower's page or at a vendor's. One transaction each.

A booking ends the sequence before anything else is written. A place in an officer's day is given once; who comes second is
told. What was booked at a vendor's is changed there, or its calendar would not know.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from loans.services import progress
from outreach.domain import slots
from outreach.models import AlertKind, Appointment, AppointmentState, Touch
from outreach.queries import estimate
from outreach.queries import slots as free_slots
from outreach.queries.estimate import Opportunity, Visit
from outreach.services import alerting, answering, stopping
from outreach.services.stopping import Why

PAGE = "page"


class CannotBook(Exception):
    """No call can be agreed on; the message says why."""


class SlotTaken(CannotBook):
    """Somebody else has that time, or it is not offered any more."""


def book(seen: Visit, starts_at: datetime, *, phone: str, at: datetime) -> Appointment:
    """Agrees on a call of fifteen minutes at an offered time; where one is agreed on already, it is moved.

    `phone` is the number to call, E.164. Raises SlotTaken, which still stops the sequence, and CannotBook.
    """
    if seen.officer is None:
        raise CannotBook("Nobody can be booked here at the moment.")
    try:
        with transaction.atomic():
            stopping.stop([seen.loan.pk], Why.BOOKING, at=at)
            return _book(seen, seen.officer, starts_at, phone, at)
    except (IntegrityError, SlotTaken) as error:
        # Whoever went for a time wanted to talk, even if another was quicker.
        answering.looked_at_times(seen, at=at)
        raise SlotTaken("That time has just been taken. Choose another one.") from error


def cancel(seen: Visit, *, at: datetime) -> bool:
    """Calls off the next call of the opportunity; false where none was agreed on here."""
    with transaction.atomic():
        stopping.stop([seen.loan.pk], Why.BOOKING, at=at)
        row = estimate.appointment(seen, at)
        return row is not None and row.source == PAGE and _cancel(row, at)


def from_vendor(
    source: str,
    external_id: str,
    kind: str,
    *,
    opportunity_id: int,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    replaces: str = "",
    touch: Touch | None = None,
) -> Appointment | None:
    """What a scheduling vendor reports: `kind` is "booked", "rescheduled" or "canceled". Told twice, it happens once.

    `replaces` is the vendor's former id of a booking that was moved; a vendor that keeps the id sends none. Returns the
    appointment, None where there is none to speak of.
    """
    loan_id, officer = _whose(opportunity_id)
    with transaction.atomic():
        stopping.stop([loan_id], Why.BOOKING, at=at, detail=source)
        rows = Appointment.objects.select_for_update().filter(source=source, external_id__in={external_id, replaces} - {""})
        known = {row.external_id: row for row in rows}
        if kind == "canceled":
            row = known.get(external_id)
            if row is not None:
                _cancel(row, at)
            return row
        if officer is None or starts_at is None:
            return None
        ends = ends_at or starts_at + slots.LENGTH
        row = known.get(external_id)
        former = known.get(replaces)
        if former is not None and former.state == AppointmentState.BOOKED:
            former.state, former.canceled_at = AppointmentState.CANCELED, at
            former.save(update_fields=["state", "canceled_at"])
        if row is not None:
            # Canceled before the news of its booking came: it stays so. The same time again: told twice.
            if row.state == AppointmentState.CANCELED or (row.starts_at, row.ends_at) == (starts_at, ends):
                return row
            row.starts_at, row.ends_at = starts_at, ends
            row.save(update_fields=["starts_at", "ends_at"])
        else:
            row = Appointment.objects.create(
                opportunity_id=opportunity_id,
                officer=officer,
                touch=touch,
                starts_at=starts_at,
                ends_at=ends,
                source=source,
                external_id=external_id,
                booked_at=at,
            )
        _booked(row, _when(row), at)
        return row


def _book(seen: Visit, officer: User, starts_at: datetime, phone: str, at: datetime) -> Appointment:
    row = estimate.appointment(seen, at)
    if row is not None and row.starts_at == starts_at and row.phone == phone:
        return row
    if row is not None and row.source != PAGE:
        raise CannotBook("Your call was booked elsewhere. Change it where you booked it, or call us.")
    offer = free_slots.offered(officer, seen.loan, at, but=row)
    slot = offer.find(starts_at)
    if slot is None:
        raise SlotTaken
    ends = starts_at + slots.LENGTH
    if row is not None and row.officer_id == officer.pk:
        row.starts_at, row.ends_at, row.phone = starts_at, ends, phone
        row.save(update_fields=["starts_at", "ends_at", "phone"])
    else:
        if row is not None:
            row.state, row.canceled_at = AppointmentState.CANCELED, at
            row.save(update_fields=["state", "canceled_at"])
        row = Appointment.objects.create(
            opportunity_id=seen.touch.opportunity_id,
            officer=officer,
            touch=seen.touch,
            starts_at=starts_at,
            ends_at=ends,
            source=PAGE,
            phone=phone,
            booked_at=at,
        )
    _booked(row, f"{slot.words}, {offer.zone_name}", at)
    return row


def _booked(row: Appointment, when: str, at: datetime) -> None:
    progress.booked(row.opportunity_id, at=at, text=when)
    alerting.tell(row.opportunity_id, AlertKind.BOOKED, at=at, text=when)


def _cancel(row: Appointment, at: datetime) -> bool:
    mine = Appointment.objects.filter(pk=row.pk, state=AppointmentState.BOOKED)
    if mine.update(state=AppointmentState.CANCELED, canceled_at=at) != 1:
        return False
    row.refresh_from_db()
    others = Appointment.objects.filter(opportunity=row.opportunity_id, state=AppointmentState.BOOKED, ends_at__gt=at)
    if not others.exists():
        progress.canceled(row.opportunity_id, text=_when(row))
    alerting.tell(row.opportunity_id, AlertKind.CANCELED, at=at, text=_when(row))
    return True


def _when(row: Appointment) -> str:
    """The officer's own time."""
    zone = free_slots.officer_zone(row.officer)
    return f"{slots.words(row.starts_at.astimezone(zone))}, {slots.zone_name(zone, row.starts_at)}"


def _whose(opportunity_id: int) -> tuple[int, User | None]:
    row = Opportunity.objects.select_related("loan__officer__branch").get(pk=opportunity_id)
    officer = row.loan.officer
    return row.loan_id, officer if officer is not None and officer.is_active else None
