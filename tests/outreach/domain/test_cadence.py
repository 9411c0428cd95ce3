"""When steps fall due: R45's day 1, 4 and 10 in the recipient's own days and hours, whatever clocks and calendars do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.domain import cadence, windows, zones

DENVER, PHOENIX, NEW_YORK, HONOLULU = "America/Denver", "America/Phoenix", "America/New_York", "Pacific/Honolulu"
AMERICAN = sorted(zones.zones_of_the_states())
PLACES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/")))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
CHANNELS = st.sampled_from(["email", "sms", "call"])


def at(text, zone=DENVER):
    """2026-04-27 10:14, as clocks show it in the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "channel", "first"),
    [
        ("2026-04-24 07:00", "email", "2026-04-24 09:00"), ("2026-04-24 10:05", "email", "2026-04-24 10:05"),
        ("2026-04-24 17:59", "email", "2026-04-24 17:59"), ("2026-04-24 18:00", "email", "2026-04-27 09:00"),
        ("2026-04-25 12:00", "email", "2026-04-27 09:00"), ("2026-05-22 20:00", "email", "2026-05-26 09:00"),
        ("2026-04-24 07:00", "sms", "2026-04-24 10:00"), ("2026-04-25 12:00", "sms", "2026-04-27 10:00"),
        ("2026-04-24 07:00", "call", "2026-04-24 10:00"), ("2026-12-24 19:00", "email", "2026-12-28 09:00"),
    ],
)  # fmt: skip
def test_day_one_is_as_soon_as_it_may_be_on_a_business_day(now, channel, first):
    assert cadence.first_due(at(now), {DENVER}, {"CO"}, channel) == at(first)


@pytest.mark.parametrize(
    ("day_one", "step_day", "expected"),
    [
        (date(2026, 4, 24), 1, "2026-04-24 10:00"), (date(2026, 4, 24), 4, "2026-04-27 10:00"),
        (date(2026, 4, 24), 10, "2026-05-04 10:00"), (date(2026, 4, 27), 4, "2026-04-30 10:00"),
        (date(2026, 4, 29), 4, "2026-05-04 10:00"), (date(2026, 5, 22), 4, "2026-05-26 10:00"),
        (date(2028, 2, 28), 2, "2028-02-29 10:00"), (date(2027, 2, 26), 4, "2027-03-01 10:00"),
        (date(2026, 3, 6), 4, "2026-03-09 10:00"), (date(2026, 10, 30), 4, "2026-11-02 10:00"),
        (date(2026, 12, 30), 3, "2027-01-04 10:00"),
    ],
)  # fmt: skip
def test_day_n_keeps_ten_o_clock_and_rolls_to_a_business_day(day_one, step_day, expected):
    assert cadence.due(day_one, step_day, {DENVER}, {"CO"}, "sms") == at(expected)


def test_a_step_may_name_its_own_hour():
    assert cadence.due(date(2026, 4, 24), 4, {DENVER}, {"CO"}, "sms", at=time(14, 30)) == at("2026-04-27 14:30")
    assert cadence.due(date(2026, 4, 24), 4, {DENVER}, {"CO"}, "sms", at=time(7)) == at("2026-04-27 10:00")
    assert cadence.due(date(2026, 4, 24), 4, {DENVER}, {"CO"}, "sms", at=time(19)) == at("2026-04-28 10:00")


def test_several_zones_wait_for_the_latest_ten_o_clock():
    assert cadence.due(date(2026, 4, 24), 4, {DENVER, NEW_YORK, HONOLULU}, {"CO"}, "sms") == at("2026-04-27 10:00", HONOLULU)
    late = cadence.due(date(2026, 4, 24), 4, {NEW_YORK, HONOLULU}, {"NY"}, "sms", at=time(16))
    assert late == at("2026-04-28 10:00", HONOLULU)


def test_zones_without_a_common_hour_still_get_an_instant_for_the_gate_to_judge():
    apart = {NEW_YORK, "Pacific/Guam"}
    planned = cadence.due(date(2026, 4, 24), 4, apart, {"NY"}, "email")
    assert windows.may_send("email", False, planned, apart, {"NY"}).allowed
    assert not windows.may_send("sms", False, cadence.due(date(2026, 4, 24), 4, apart, {"NY"}, "sms"), apart, {"NY"}).allowed


def test_the_day_of_a_send_is_the_recipient_s():
    evening = datetime(2026, 4, 25, 3, tzinfo=UTC)
    assert cadence.local_date(evening, {DENVER}) == date(2026, 4, 24)
    assert cadence.local_date(evening, {DENVER, "Pacific/Guam"}) == date(2026, 4, 25)


def test_the_limit_counts_elapsed_hours_through_a_clock_change():
    assert cadence.not_after(at("2026-03-07 10:00"), 24) == at("2026-03-08 11:00")


@pytest.mark.parametrize(("step_day", "places"), [(0, {DENVER}), (-3, {DENVER}), (4, set())])
def test_a_sequence_starts_on_day_one_somewhere(step_day, places):
    with pytest.raises(ValueError, match=r"day 1|time zone"):
        cadence.due(date(2026, 4, 24), step_day, places, {"CO"}, "sms")


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        cadence.first_due(datetime(2026, 4, 24, 9), {DENVER}, {"CO"}, "email")  # noqa: DTZ001


@pytest.mark.parametrize("zone", sorted({*AMERICAN, *PLACES[::12]}))
@given(day_one=DAYS, step_day=st.integers(1, 400), channel=CHANNELS, clock=st.times(time(10), time(17, 59)))
@example(day_one=date(2026, 3, 7), step_day=2, channel="sms", clock=time(10))
@example(day_one=date(2028, 2, 29), step_day=366, channel="email", clock=time(10))
@settings(max_examples=25)
def test_day_n_in_one_zone_keeps_its_wall_time_on_the_first_business_day(zone, day_one, step_day, channel, clock):
    planned = cadence.due(day_one, step_day, {zone}, {"CO"}, channel, at=clock)
    local = planned.astimezone(ZoneInfo(zone))
    asked = day_one + timedelta(days=step_day - 1)
    assert local.time() == clock
    assert local.date() >= asked
    assert windows.is_business_day(local.date())
    assert not any(windows.is_business_day(asked + timedelta(days=n)) for n in range((local.date() - asked).days))
    assert windows.may_send(channel, False, planned, {zone}, {"CO"}).allowed


@given(
    INSTANTS,
    st.sets(st.sampled_from([*AMERICAN, *PLACES]), min_size=1, max_size=3),
    CHANNELS,
    st.sampled_from(["CO", "TX", "RI"]),
)
@settings(max_examples=500)
def test_a_beginning_is_never_early_allowed_and_steady(now, places, channel, state):
    first = cadence.first_due(now, places, {state}, channel)
    assert first >= now
    assert cadence.first_due(first, places, {state}, channel) == first
    verdict = windows.may_send(channel, False, first, places, {state})
    assert verdict.allowed or verdict.opens_at is None or len(places) > 1
    if len(places) == 1:
        local = first.astimezone(ZoneInfo(next(iter(places))))
        assert verdict.allowed
        assert windows.is_business_day(local.date())
        assert time(9) <= local.time() < time(18)


@given(DAYS, st.integers(1, 40), st.sets(st.sampled_from(AMERICAN), min_size=1), CHANNELS)
@settings(max_examples=300)
def test_a_step_suits_every_zone_of_the_states_at_once(day_one, step_day, places, channel):
    planned = cadence.due(day_one, step_day, places, {"CO"}, channel)
    assert windows.may_send(channel, False, planned, places, {"CO"}).allowed
    assert cadence.local_date(planned, places) >= day_one + timedelta(days=step_day - 1)
    assert cadence.first_due(planned, places, {"CO"}, channel) == planned
    for place in places:
        assert time(10) <= planned.astimezone(ZoneInfo(place)).time() < time(18)
