from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rates.domain import staleness
from rates.domain.sources import Cadence

NEW_YORK = ZoneInfo("America/New_York")


def new_york(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(("on", "stale"), [(date(2026, 5, 3), False), (date(2026, 5, 4), True)])
def test_a_weekly_rate_counts_for_ten_days(on, stale):
    assert staleness.is_stale(date(2026, 4, 23), Cadence.WEEKLY, on) is stale


@pytest.mark.parametrize(
    ("as_of", "on", "stale"),
    [
        (date(2026, 4, 20), date(2026, 4, 23), False),  # Monday to Thursday
        (date(2026, 4, 20), date(2026, 4, 24), True),
        (date(2026, 4, 23), date(2026, 4, 28), False),  # Thursday over a weekend to Tuesday
        (date(2026, 4, 23), date(2026, 4, 29), True),
        (date(2026, 11, 24), date(2026, 12, 1), False),  # over Thanksgiving and its Friday: Wednesday, Monday, Tuesday
        (date(2026, 11, 24), date(2026, 12, 2), True),
        (date(2025, 12, 30), date(2026, 1, 5), False),  # over New Year's Day: Wednesday, Friday, Monday
        (date(2025, 12, 30), date(2026, 1, 6), True),
        (date(2026, 4, 21), date(2026, 4, 25), False),  # Tuesday to Saturday
        (date(2026, 4, 21), date(2026, 4, 26), False),
        (date(2026, 4, 21), date(2026, 4, 27), True),
    ],
)
def test_a_daily_rate_counts_for_three_business_days(as_of, on, stale):
    assert staleness.is_stale(as_of, Cadence.DAILY, on) is stale


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (new_york(2026, 4, 24, 10, 30), date(2026, 4, 23)),
        (new_york(2026, 4, 27, 10, 30), date(2026, 4, 24)),  # Monday wants Friday's
        (new_york(2026, 4, 25, 10, 30), date(2026, 4, 23)),  # on Saturday nothing newer than Thursday's was due
        (new_york(2026, 11, 27, 10, 30), date(2026, 11, 24)),  # the day after Thanksgiving is as a Saturday
        (new_york(2026, 11, 30, 10, 30), date(2026, 11, 25)),
    ],
)
def test_the_daily_index_of_the_business_day_before_is_due(now, expected):
    assert staleness.due(Cadence.DAILY, now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (new_york(2026, 4, 22, 9, 0), date(2026, 4, 16)),
        (new_york(2026, 4, 23, 11, 59), date(2026, 4, 16)),
        (new_york(2026, 4, 23, 12, 0), date(2026, 4, 23)),
        (new_york(2026, 4, 29, 23, 0), date(2026, 4, 23)),
        (new_york(2026, 11, 26, 9, 0), date(2026, 11, 25)),  # Thanksgiving is a Thursday: the survey came on Wednesday
        (new_york(2026, 12, 3, 9, 0), date(2026, 11, 25)),
    ],
)
def test_the_weekly_survey_is_due_on_thursday_at_noon(now, expected):
    assert staleness.due(Cadence.WEEKLY, now) == expected


# The days of these years on which a published daily index has no value. Christmas Eve of 2024, a holiday by decree, is one
# more; June 18, 2021, a holiday by a law of the day before, one fewer.
WITHOUT_A_VALUE = {
    2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 11-26 12-24 12-31",
    2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 11-29 12-25",
}


@pytest.mark.parametrize("year", WITHOUT_A_VALUE)
def test_the_weekdays_without_a_value_are_the_federal_holidays_and_the_friday_after_thanksgiving(year):
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range(366))
    closed = [day for day in days if day.year == year and day.weekday() < 5 and not staleness.is_business_day(day)]
    assert [f"{day:%m-%d}" for day in closed] == WITHOUT_A_VALUE[year].split()
