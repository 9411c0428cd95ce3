"""Allowed hours: federal, state by state and the house's own, at their edges, across zones, on holidays and clock changes."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.domain import windows, zones
from outreach.domain.state_windows import WINDOWS

DENVER, PHOENIX, NEW_YORK, HONOLULU = "America/Denver", "America/Phoenix", "America/New_York", "Pacific/Honolulu"
STATES = sorted({window.state for window in WINDOWS} - {"US"})
PLACES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/")))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def at(text, zone=DENVER):
    """2026-04-27 10:14, as clocks show it in the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def allowed(channel, by_hand, text, states=("CO",), zone=DENVER):
    return windows.may_send(channel, by_hand, at(text, zone), {zone}, set(states)).allowed


@pytest.mark.parametrize(
    ("moment", "is_allowed"),
    [
        ("2026-04-27 09:59:59", False), ("2026-04-27 10:00", True), ("2026-04-27 17:59:59", True), ("2026-04-27 18:00", False),
        ("2026-05-02 10:00", True), ("2026-05-02 16:59", True), ("2026-05-02 17:00", False), ("2026-05-03 12:00", False),
        ("2026-05-25 12:00", False), ("2026-07-03 12:00", False), ("2026-12-25 12:00", False), ("2021-12-31 12:00", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("channel", ["sms", "call"])
def test_a_sequence_texts_and_calls_in_the_hours_of_the_house(channel, moment, is_allowed):
    assert allowed(channel, False, moment) is is_allowed


@pytest.mark.parametrize(
    ("moment", "is_allowed"),
    [
        ("2026-04-27 08:59", False), ("2026-04-27 09:00", True), ("2026-04-27 17:59", True), ("2026-04-27 18:00", False),
        ("2026-05-02 12:00", False), ("2026-05-03 12:00", False), ("2026-05-25 12:00", False),
    ],
)  # fmt: skip
def test_a_sequence_writes_e_mail_on_business_days(moment, is_allowed):
    assert allowed("email", False, moment) is is_allowed


@pytest.mark.parametrize("moment", ["2026-04-27 03:00", "2026-05-03 23:59", "2026-12-25 12:00"])
def test_e_mail_typed_by_hand_goes_at_any_hour(moment):
    assert allowed("email", True, moment)


@pytest.mark.parametrize(
    ("state", "moment", "is_allowed"),
    [
        ("CO", "2026-04-27 07:59", False), ("CO", "2026-04-27 08:00", True), ("CO", "2026-04-27 20:59", True),
        ("CO", "2026-04-27 21:00", False), ("CO", "2026-05-03 12:00", True), ("CO", "2026-12-25 12:00", True),
        ("FL", "2026-04-27 19:59", True), ("FL", "2026-04-27 20:00", False), ("TX", "2026-04-27 08:30", False),
        ("TX", "2026-04-27 09:00", True), ("TX", "2026-05-03 11:59", False), ("TX", "2026-05-03 12:00", True),
        ("CT", "2026-04-27 08:59", False), ("CT", "2026-04-27 20:00", False), ("KY", "2026-04-27 09:59", False),
        ("RI", "2026-04-27 18:00", False), ("RI", "2026-05-02 17:00", False), ("RI", "2026-05-02 10:00", True),
        ("AL", "2026-05-03 12:00", False), ("LA", "2026-05-03 12:00", False), ("MS", "2026-05-03 12:00", False),
        ("AL", "2026-12-25 12:00", False), ("MD", "2023-12-29 20:30", True), ("MD", "2024-01-02 20:30", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("channel", ["sms", "call"])
def test_the_law_binds_what_is_typed_by_hand(channel, state, moment, is_allowed):
    assert allowed(channel, True, moment, states=[state]) is is_allowed


def test_two_states_both_bind():
    assert allowed("sms", True, "2026-04-27 09:30", states=["CO", "FL"])
    assert not allowed("sms", True, "2026-04-27 09:30", states=["CO", "KY"])
    assert not allowed("sms", True, "2026-04-27 20:30", states=["KY", "FL"])


def test_no_state_known_means_the_strictest_of_all():
    assert not allowed("sms", True, "2026-04-27 09:30", states=[])
    assert not allowed("sms", True, "2026-05-03 12:30", states=[])
    assert allowed("sms", True, "2026-04-27 10:00", states=[])


@pytest.mark.parametrize("state", STATES)
@given(day=DAYS, minute=st.integers(0, 1439))
@settings(max_examples=40)
def test_the_hours_of_the_house_lie_inside_every_state_s(state, day, minute):
    clock = time(minute // 60, minute % 60)
    house = windows.hours_of("sms", False, frozenset({"CO"}))(day)
    if house and house[0] <= clock < house[1]:
        law = windows.hours_of("sms", True, frozenset({state}))(day)
        assert law is not None
        assert law[0] <= clock < law[1]


def test_every_zone_must_agree():
    told = windows.may_send("sms", False, at("2026-04-27 10:30"), {DENVER, HONOLULU}, {"CO"})
    assert not told.allowed
    assert told.opens_at == at("2026-04-27 10:00", HONOLULU)
    assert told.closes_at == at("2026-04-27 18:00", DENVER)
    assert windows.may_send("sms", False, told.opens_at, {DENVER, HONOLULU}, {"CO"}).allowed


def test_all_of_the_states_share_two_hours_of_a_workday():
    told = windows.may_send("sms", False, at("2026-04-27 08:00", NEW_YORK), zones.zones_of_the_states(), set())
    assert (told.opens_at, told.closes_at) == (at("2026-04-27 10:00", HONOLULU), at("2026-04-27 18:00", NEW_YORK))


def test_zones_without_an_hour_in_common_get_no_text_and_an_e_mail_in_the_business_hours_of_one():
    apart = {NEW_YORK, "Pacific/Guam"}
    told = windows.may_send("sms", False, at("2026-04-27 12:00", NEW_YORK), apart, {"NY"})
    assert (told.allowed, told.opens_at, told.closes_at) == (False, None, None)
    assert windows.may_send("email", False, at("2026-04-27 12:00", NEW_YORK), apart, {"NY"}).allowed
    assert not windows.may_send("email", False, at("2026-04-27 08:00", NEW_YORK), apart, {"NY"}).allowed


def test_arizona_keeps_its_clock_and_colorado_does_not():
    assert windows.may_send("sms", False, at("2026-03-09 10:00"), {PHOENIX}, {"AZ"}).opens_at == at("2026-03-09 10:00", PHOENIX)
    winter = windows.may_send("sms", False, at("2026-03-06 09:00"), {DENVER, PHOENIX}, {"AZ"})
    summer = windows.may_send("sms", False, at("2026-03-09 09:00"), {DENVER, PHOENIX}, {"AZ"})
    assert (winter.opens_at, summer.opens_at) == (at("2026-03-06 10:00"), at("2026-03-09 11:00"))


def test_the_sentence_says_where_and_until_when():
    told = windows.may_send("sms", False, at("2026-04-27 10:14"), {DENVER}, {"CO"})
    assert told.sentence == "10:14 AM Monday in Denver. Allowed 10:00 AM to 6:00 PM"
    late = windows.may_send("sms", False, at("2026-05-02 19:05"), {DENVER}, {"CO"})
    assert late.sentence == "7:05 PM Saturday in Denver. Next allowed 10:00 AM Monday to 6:00 PM"


def test_several_clocks_are_named():
    told = windows.may_send("sms", False, at("2026-04-27 12:30"), {DENVER, PHOENIX, NEW_YORK, "America/Detroit"}, {"CO"})
    assert told.sentence.startswith("11:30 AM Monday in Phoenix to 2:30 PM Monday in ")
    assert "3 clocks possible. Allowed 11:00 AM to 4:00 PM, Denver time" in told.sentence


@pytest.mark.parametrize(("now", "places"), [(at("2026-04-27 10:00"), set()), (datetime(2026, 4, 27, 10), {DENVER})])  # noqa: DTZ001
def test_no_zone_and_no_naive_instant(now, places):
    with pytest.raises(ValueError, match="time zone"):
        windows.may_send("sms", False, now, places, {"CO"})


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant"),
    [
        (DENVER, date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 9, tzinfo=UTC)),
        (DENVER, date(2026, 3, 8), time(2), datetime(2026, 3, 8, 9, tzinfo=UTC)),
        (DENVER, date(2026, 3, 8), time(3), datetime(2026, 3, 8, 9, tzinfo=UTC)),
        (DENVER, date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
        (PHOENIX, date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 9, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ],
)
def test_a_skipped_time_is_the_first_after_it_and_a_double_one_the_first_of_two(zone, day, clock, instant):
    assert windows.instant_of(day, clock, ZoneInfo(zone)) == instant


@given(st.sampled_from(PLACES), DAYS, st.times())
@example(DENVER, date(2026, 3, 8), time(2, 59, 59, 999999))
@settings(max_examples=400)
def test_a_local_time_is_kept_or_else_the_clock_skipped_it(zone, day, clock):
    place = ZoneInfo(zone)
    instant = windows.instant_of(day, clock, place)
    wall = datetime.combine(day, clock)
    shown = instant.astimezone(place).replace(tzinfo=None)
    if shown == wall:
        assert instant.astimezone(place).fold == 0
    else:
        before = (instant - timedelta(seconds=1)).astimezone(place).replace(tzinfo=None)
        assert before < wall < shown


@given(
    st.sampled_from(["sms", "call", "email"]), st.booleans(), INSTANTS,
    st.sets(st.sampled_from(PLACES), min_size=1, max_size=3), st.sets(st.sampled_from([*STATES, "CO", "CA"]), max_size=2),
)  # fmt: skip
@settings(max_examples=400)
def test_a_verdict_holds_in_every_zone_and_opens_at_an_allowed_instant(channel, by_hand, now, places, states):
    told = windows.may_send(channel, by_hand, now, places, states)
    assert windows.Verdict.from_json(json.loads(json.dumps(told.as_json()))) == told
    if told.opens_at is None:
        assert not told.allowed
        assert len(places) > 1
        return
    assert told.allowed is (told.opens_at <= now)
    if told.closes_at is None:
        return
    assert told.opens_at < told.closes_at
    assert told.closes_at > now
    if told.allowed:
        return
    assert windows.may_send(channel, by_hand, told.opens_at, places, states).allowed
    assert not windows.may_send(channel, by_hand, told.opens_at - timedelta(microseconds=1), places, states).allowed
    if channel != "email":
        for place in places:
            local = told.opens_at.astimezone(ZoneInfo(place))
            hours = windows.hours_of(channel, by_hand, frozenset(states))(local.date())
            assert hours is not None
            assert hours[0] <= local.time() < hours[1]


def test_every_row_of_the_table_can_be_shown():
    assert len({(window.state, window.channels, window.by_hand) for window in WINDOWS}) == len(WINDOWS)
    for window in WINDOWS:
        assert window.citation
        assert len(window.week) == 7
        assert all(hours is None or hours[0] < hours[1] for hours in window.week)
    assert {"FL", "OK", "WA", "MD", "MS", "MA", "NJ", "AL", "LA", "CT", "NV", "TX", "MI", "MN", "NM", "KY", "RI"} == set(STATES)
