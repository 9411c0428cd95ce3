"""Where a borrower may be: ZIP before state, the number adds its own, and nothing known means everywhere, never UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import zones

DENVER, PHOENIX, NEW_YORK = "America/Denver", "America/Phoenix", "America/New_York"
CHICAGO, HONOLULU = "America/Chicago", "Pacific/Honolulu"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"property_zip": "80202"}, {DENVER}), ({"property_zip": "80202-1234", "property_state": "CO"}, {DENVER}),
        ({"property_zip": "85001"}, {PHOENIX}), ({"property_zip": "96813"}, {HONOLULU}),
        ({"property_zip": "79901", "property_state": "TX"}, {DENVER}), ({"property_state": "tx"}, {CHICAGO, DENVER}),
        ({"property_zip": "32501", "property_state": "FL"}, {CHICAGO}), ({"property_state": "FL"}, {CHICAGO, NEW_YORK}),
        ({"property_zip": "80202", "mailing_zip": "10001"}, {DENVER, NEW_YORK}),
        ({"property_zip": "80202", "mailing_state": "NY"}, {DENVER, NEW_YORK}),
        ({"property_zip": "80202", "phone": "(602) 555-0142"}, {DENVER, PHOENIX}),
        ({"property_zip": "80202", "phone": "+13035550142"}, {DENVER}),
        ({"property_zip": "99999", "property_state": "CO"}, {DENVER}),
        ({"property_zip": "n/a", "property_state": "CO"}, {DENVER}),
        ({"property_zip": "80202", "property_state": "NY"}, {DENVER, NEW_YORK}),
        ({"property_zip": "80202", "phone": "call the office"}, {DENVER}), ({"phone": "671-555-0142"}, {"Pacific/Guam"}),
        ({"property_zip": "80202", "mailing_zip": "09001", "mailing_state": "AE"}, {DENVER}),
    ],
)  # fmt: skip
def test_the_zones_of_what_is_known(known, expected):
    assert zones.plausible_zones(**known) == expected


def test_a_toll_free_number_may_ring_anywhere_in_the_states():
    anywhere = zones.plausible_zones(phone="800-555-0142")
    assert {NEW_YORK, CHICAGO, DENVER, PHOENIX, "America/Los_Angeles", HONOLULU} <= anywhere
    assert "Pacific/Guam" not in anywhere
    assert "America/Toronto" not in anywhere


def test_nothing_known_means_all_of_the_states():
    everywhere = zones.zones_of_the_states()
    assert zones.plausible_zones() == zones.plausible_zones(phone="none", property_state="??") == everywhere
    assert {NEW_YORK, "America/Anchorage", HONOLULU} <= everywhere
    assert not {"UTC", "Etc/UTC", "Pacific/Guam", "America/Puerto_Rico"} & everywhere


@given(st.tuples(*(st.text(max_size=size) for size in (8, 8, 3, 3, 20))))
def test_anything_written_gives_zones_that_exist(known):
    found = zones.plausible_zones(*known)
    assert found
    assert all("/" in str(ZoneInfo(zone)) and not zone.startswith("Etc/") for zone in found)


def test_local_times_come_with_the_earliest_clock_first():
    told = zones.local_now({NEW_YORK, HONOLULU, DENVER}, datetime(2026, 4, 27, 16, 14, tzinfo=UTC))
    assert [f"{local:%H:%M}" for local in told] == ["06:14", "10:14", "12:14"]


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        zones.local_now({DENVER}, datetime(2026, 4, 27, 16, 14))  # noqa: DTZ001
