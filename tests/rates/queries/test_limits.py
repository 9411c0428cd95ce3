from datetime import date
from decimal import Decimal

import pytest

from rates.models import ConformingLimit
from rates.queries import limits


@pytest.mark.parametrize(
    ("year", "baseline"),
    [(2006, 417_000), (2016, 417_000), (2017, 424_100), (2022, 647_200), (2025, 806_500), (2026, 832_750)],
)
def test_the_baseline_of_a_year_is_on_file(db, year, baseline):
    found = limits.limits_for(date(year, 7, 1))
    assert (found.year, found.baseline) == (year, baseline)


@pytest.mark.parametrize(
    ("county", "state", "amount"),
    [
        # FHFA, conforming loan limit values by county for 2026, one unit.
        ("06037", "CA", 1_249_125),  # Los Angeles
        ("08031", "CO", 862_500),  # Denver
        ("25025", "MA", 962_550),  # Suffolk, Boston
        ("53033", "WA", 1_063_750),  # King, Seattle
        ("15009", "HI", 1_299_500),  # Maui
        ("48453", "TX", 832_750),  # Travis, Austin: the baseline
        ("11001", "DC", 1_249_125),
        ("02020", "AK", 1_249_125),  # Anchorage
    ],
)
def test_the_limits_of_2026_are_the_published_ones(db, county, state, amount):
    assert limits.limits_for(date(2026, 7, 1)).limit(state=state, county_fips=county) == Decimal(amount)


@pytest.mark.parametrize(
    ("county", "state", "amount"),
    [("06037", "CA", 1_209_750), ("08031", "CO", 833_750), ("15009", "HI", 1_209_750), ("09001", "CT", 851_000)],
)
def test_the_limits_of_2025_are_the_published_ones(db, county, state, amount):
    assert limits.limits_for(date(2025, 7, 1)).limit(state=state, county_fips=county) == Decimal(amount)


def test_states_all_of_which_lies_above_the_baseline_have_a_limit_where_the_county_is_not_known(db):
    found = limits.limits_for(date(2026, 7, 1))
    states = {area: amount for area, amount in found.by_area.items() if area.isalpha()}
    assert states == dict.fromkeys(("AK", "DC", "GU", "HI", "VI"), Decimal(1_249_125))
    assert found.limit(state="HI") == Decimal(1_249_125)
    assert found.limit(state="CO") == Decimal(832_750)


def test_a_county_with_the_limit_of_its_state_is_not_kept_twice(db):
    found = limits.limits_for(date(2026, 7, 1))
    # 160 counties lie above the baseline; 38 of them have what all of their state has.
    assert len(found.by_area) == 5 + 160 - 38
    assert "15003" not in found.by_area
    assert found.limit(state="HI", county_fips="15003") == Decimal(1_249_125)


@pytest.mark.parametrize(("year", "nearest"), [(1999, 2006), (2031, 2026)])
def test_outside_the_years_on_file_the_nearest_one_counts_and_is_named(db, year, nearest):
    assert limits.limits_for(date(year, 1, 1)).year == nearest


def test_an_empty_table_says_what_to_do(db):
    ConformingLimit.objects.all().delete()
    with pytest.raises(limits.NoLimits, match="migrate"):
        limits.limits_for(date(2026, 1, 1))
