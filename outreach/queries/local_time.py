"""The borrower's own clock, as the officer's pages write it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from outreach.domain import slots, windows, zones
from outreach.queries import planning
from outreach.queries import slots as calendars

THIS_WEEK = timedelta(days=6)


def zone_of(loan: Any) -> ZoneInfo:
    """Where the home is; the officer's zone where the loan does not say."""
    if loan.officer is not None:
        return calendars.zone_of(loan, loan.officer)
    return ZoneInfo(min(zones.plausible_zones(loan.property_zip, "", loan.property_state, "")))


def clock(at: datetime, zone: ZoneInfo) -> str:
    """9:12 AM."""
    return slots.clock(at.astimezone(zone))


def words(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """9:12 AM of today, Thu 7:55 PM of the last days, Apr 17, 9:40 AM of others; a year only where it is another."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return slots.clock(local)
    if timedelta(0) < today - local < THIS_WEEK:
        return f"{local:%a} {slots.clock(local)}"
    return f"{local:%b} {local.day}{f', {local.year}' if local.year != today.year else ''}, {slots.clock(local)}"


def hours(loan: Any, borrower: Any, channel: str, now: datetime) -> windows.Verdict:
    """Whether a person may call or write to this borrower at this moment, and until or from when."""
    places = planning.places(loan, borrower)
    return windows.may_send(channel, True, now, places.zones, places.states)
