from datetime import UTC, date, datetime
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
        (date(2026, 11, 24), date(2026, 11, 30), False),  # Tuesday over Thanksgiving to Monday: Wednesday, Friday, Monday
        (date(2026, 11, 24), date(2026, 12, 1), True),
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
        (new_york(2026, 11, 27, 10, 30), date(2026, 11, 25)),  # the day after Thanksgiving
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
