"""Times for a call: the officer's working hours, the borrower's clock, and what is taken."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import slots, windows

DENVER, NEW_YORK, HONOLULU = ZoneInfo("America/Denver"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Honolulu")
FRIDAY_TEN = datetime(2026, 4, 24, 16, 0, tzinfo=UTC)


def times(days):
    return [slot.clock for day in days for slot in day.slots]


def test_the_first_time_is_two_hours_away_and_the_last_ends_in_working_hours():
    friday = slots.free(FRIDAY_TEN, DENVER, DENVER, [])[0]
    assert friday.on == date(2026, 4, 24)
    assert (friday.slots[0].clock, friday.slots[-1].clock) == ("12:00 PM", "4:30 PM")
    assert slots.free(FRIDAY_TEN + timedelta(minutes=1), DENVER, DENVER, [])[0].slots[0].clock == "12:30 PM"


def test_weekends_and_holidays_have_none():
    before_memorial_day = datetime(2026, 5, 22, 23, 0, tzinfo=UTC)
    assert [day.on for day in slots.free(before_memorial_day, DENVER, DENVER, [], days=2)] == [
        date(2026, 5, 26),
        date(2026, 5, 27),
    ]


def test_the_borrower_reads_the_own_clock():
    monday = slots.free(FRIDAY_TEN, DENVER, NEW_YORK, [])[1]
    assert (monday.slots[0].words, monday.slots[-1].clock) == ("Monday, April 27, 11:00 AM", "6:30 PM")
    assert monday.slots[0].at == datetime(2026, 4, 27, 15, 0, tzinfo=UTC)


def test_nobody_is_offered_a_call_before_eight_at_home():
    monday = slots.free(FRIDAY_TEN, NEW_YORK, HONOLULU, [])[0]
    assert monday.slots[0].clock == "8:00 AM"


def test_what_is_taken_or_overlaps_is_not_free():
    noon = datetime(2026, 4, 24, 18, 0, tzinfo=UTC)
    busy = [(noon, noon + timedelta(minutes=15)), (noon + timedelta(minutes=40), noon + timedelta(minutes=65))]
    assert times(slots.free(FRIDAY_TEN, DENVER, DENVER, busy, days=1))[:3] == ["1:30 PM", "2:00 PM", "2:30 PM"]


def test_a_call_that_ends_as_another_begins_does_not_overlap():
    noon = datetime(2026, 4, 24, 18, 0, tzinfo=UTC)
    busy = [(noon + timedelta(minutes=15), noon + timedelta(minutes=30))]
    assert times(slots.free(FRIDAY_TEN, DENVER, DENVER, busy, days=1))[0] == "12:00 PM"


def test_a_few_are_spread_over_the_day():
    few = slots.a_few(slots.free(FRIDAY_TEN, DENVER, DENVER, []))
    assert [len(day.slots) for day in few] == [4, 4, 4]
    assert [slot.clock for slot in few[1].slots] == ["9:00 AM", "11:30 AM", "2:00 PM", "4:30 PM"]


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/Denver", "Mountain Time"),
        ("America/Indiana/Knox", "Central Time"),
        ("America/Phoenix", "Arizona Time"),
        ("America/Anchorage", "Alaska Time"),
        ("Pacific/Honolulu", "Hawaii Time"),
        ("Pacific/Guam", "Guam time"),
    ],
)
def test_zones_have_the_names_that_people_use(zone, name):
    for on in (FRIDAY_TEN, datetime(2026, 12, 1, tzinfo=UTC)):
        assert slots.zone_name(ZoneInfo(zone), on) == name


def test_what_a_form_posts_reads_back_and_nonsense_does_not():
    slot = slots.free(FRIDAY_TEN, DENVER, DENVER, [])[0].slots[0]
    assert slots.read(slot.value) == slot.at
    for nonsense in ("", "noon", "2026-04-24T25:00Z", "2026-04-24T18:00", "2026-04-24T18:00Z; --"):
        assert slots.read(nonsense) is None


@given(
    seconds=st.integers(1_704_067_200, 1_893_456_000),
    officer=st.sampled_from([DENVER, NEW_YORK, HONOLULU]),
    borrower=st.sampled_from([DENVER, NEW_YORK, HONOLULU]),
)
def test_every_time_is_in_the_officers_hours_ahead_and_on_the_borrowers_day(seconds, officer, borrower):
    now = datetime.fromtimestamp(seconds, UTC)
    days = slots.free(now, officer, borrower, [])
    assert len(days) == slots.ALL_DAYS
    for day in days:
        assert day.slots
        for slot in day.slots:
            local = slot.at.astimezone(officer)
            assert slot.at >= now + slots.NOTICE
            assert time(9) <= local.time() <= time(16, 30)
            assert windows.is_business_day(local.date())
            assert slot.at.astimezone(borrower).date() == day.on
