"""The demo's own clock: what happened three weeks ago is written with the times of three weeks ago."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from outreach.domain import windows

WAKES, SLEEPS = time(7, 10), time(21, 40)
DESK_OPENS, DESK_CLOSES = time(8, 30), time(17, 30)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Whatever asks Django for the time meanwhile is told this instant: rows stamp themselves, "today" is that day.

    For a command in a process of its own; services that take `now` are given the same instant.
    """
    real = timezone.now
    timezone.now = lambda: instant
    try:
        yield
    finally:
        timezone.now = real


def awake(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant, or where people sleep then, shortly before they went to bed."""
    local = instant.astimezone(zone)
    if local.time() > SLEEPS:
        return local.replace(hour=SLEEPS.hour, minute=SLEEPS.minute)
    if local.time() < WAKES:
        return (local - timedelta(days=1)).replace(hour=SLEEPS.hour, minute=SLEEPS.minute)
    return instant


def at_the_desk(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant, or the next one at which officers are at work."""
    local = instant.astimezone(zone)
    if local.time() > DESK_CLOSES:
        local = (local + timedelta(days=1)).replace(hour=DESK_OPENS.hour, minute=DESK_OPENS.minute)
    elif local.time() < DESK_OPENS:
        local = local.replace(hour=DESK_OPENS.hour, minute=DESK_OPENS.minute)
    while not windows.is_business_day(local.date()):
        local = (local + timedelta(days=1)).replace(hour=DESK_OPENS.hour, minute=DESK_OPENS.minute)
    return local
