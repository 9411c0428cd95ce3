"""When a rate is too old to open anything, and which value should be out by now.

Business days are the US federal ones, less the Friday after Thanksgiving, on which the daily index never has a value.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from rates.domain.sources import Cadence

DAILY_BUSINESS_DAYS = 3
WEEKLY_DAYS = 10
NEW_YORK = ZoneInfo("America/New_York")
THURSDAY = 3
SURVEY_TIME = time(12)
"""Freddie Mac publishes on Thursday at noon New York time, on Wednesday where Thursday is a holiday."""


@lru_cache(maxsize=64)
def _closed(year: int) -> frozenset[date]:
    federal = holidays.country_holidays("US", years=year)
    # The fourth Thursday of November: the last one that falls on the 28th or before.
    thanksgiving = date(year, 11, 28) - timedelta(days=(date(year, 11, 28).weekday() - THURSDAY) % 7)
    return frozenset(federal) | {thanksgiving + timedelta(days=1)}


def is_business_day(day: date) -> bool:
    """Whether the daily index has a value of that day."""
    return day.weekday() < 5 and day not in _closed(day.year)


def business_day_before(day: date) -> date:
    """The last business day before `day`."""
    day -= timedelta(days=1)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def is_stale(as_of: date, cadence: Cadence, on: date) -> bool:
    """On the date `on`: a daily value is older than 3 business days, a weekly one older than 10 days."""
    if cadence is Cadence.WEEKLY:
        return (on - as_of).days > WEEKLY_DAYS
    limit = on if is_business_day(on) else business_day_before(on)
    for _ in range(DAILY_BUSINESS_DAYS):
        limit = business_day_before(limit)
    return as_of < limit


def due(cadence: Cadence, now: datetime) -> date:
    """The as-of date of the newest value that should be out at `now` (aware).

    Yesterday's locks for a daily index, counted in business days; the last survey day whose noon has passed for the weekly one.
    """
    local = now.astimezone(NEW_YORK)
    today = local.date()
    if cadence is Cadence.DAILY:
        return business_day_before(today if is_business_day(today) else business_day_before(today))
    thursday = today - timedelta(days=(today.weekday() - THURSDAY) % 7)
    # In the week of a holiday the survey may be a day early; asking for the Wednesday then accepts both days.
    survey = thursday if is_business_day(thursday) else business_day_before(thursday)
    if thursday == today and thursday == survey and local.time() < SURVEY_TIME:
        last_week = thursday - timedelta(days=7)
        return last_week if is_business_day(last_week) else business_day_before(last_week)
    return survey
