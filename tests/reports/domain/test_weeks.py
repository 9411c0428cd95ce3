"""A week is Monday to Monday on a branch's clock, however many hours that has."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.weeks import NotAWeek, Week, current, last_complete, prepared

DENVER, PHOENIX = ZoneInfo("America/Denver"), ZoneInfo("America/Phoenix")


@pytest.mark.parametrize(
    ("week", "zone", "hours"),
    [
        ("2026-W10", DENVER, 167),
        ("2026-W44", DENVER, 169),
        ("2026-W17", DENVER, 168),
        ("2026-W10", PHOENIX, 168),
        ("2026-W44", PHOENIX, 168),
    ],
)
def test_a_week_has_the_hours_of_its_clock(week, zone, hours):
    found = Week.named(week)
    assert found.ends(zone) - found.begins(zone) == timedelta(hours=hours)


def test_weeks_follow_one_another_without_a_gap():
    week = Week.named("2026-W10")
    assert week.ends(DENVER) == week.back(-1).begins(DENVER)
    assert week.back(1).ends(DENVER) == week.begins(DENVER) == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert week.ends(DENVER) == datetime(2026, 3, 9, 6, tzinfo=UTC)


def test_a_week_is_written_as_people_say_it():
    assert Week.named("2026-W17").label == "Monday 20 to Sunday 26 April 2026"
    assert Week.named("2026-W18").label == "Monday 27 April to Sunday 3 May 2026"
    assert Week.named("2026-W01").label == "Monday 29 December 2025 to Sunday 4 January 2026"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-W54", "2025-W53", "2026-W00", "2026-w17", "9999-W01", "2026-W1", "٢٠٢٦-W17"]
)
def test_what_is_no_week_is_refused(text):
    with pytest.raises(NotAWeek, match="write 2026-W17"):
        Week.named(text)


@given(st.dates(date(2001, 1, 1), date(2199, 12, 1)))
def test_a_name_is_read_back_as_the_week_of_its_days(day):
    week = Week.holding(day)
    assert week.monday <= day <= week.sunday
    assert Week.named(week.name) == week


def test_sunday_night_in_denver_is_the_old_week_there_and_the_new_one_in_tampa():
    instant = datetime(2026, 4, 27, 5, 30, tzinfo=UTC)
    assert current(instant, DENVER).name == "2026-W17"
    assert current(instant, ZoneInfo("America/New_York")).name == "2026-W18"
    assert last_complete(instant, DENVER).name == "2026-W16"


def test_a_report_is_prepared_at_seven_on_the_branchs_own_clock_in_summer_and_winter():
    assert prepared(Week.named("2026-W17"), DENVER) == datetime(2026, 4, 27, 13, tzinfo=UTC)
    assert prepared(Week.named("2026-W44"), DENVER) == datetime(2026, 11, 2, 14, tzinfo=UTC)
