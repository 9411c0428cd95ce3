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


def test_alaska_hawaii_guam_and_the_virgin_islands_have_half_as_much_again(db):
    found = limits.limits_for(date(2026, 7, 1))
    assert dict(found.by_area) == dict.fromkeys(("AK", "GU", "HI", "VI"), Decimal("1249125.00"))
    assert found.limit(state="HI") == Decimal(1_249_125)
    assert found.limit(state="CO") == Decimal(832_750)


def test_a_county_on_file_comes_before_its_state(db):
    ConformingLimit.objects.create(year=2026, area="15009", amount=1_299_500, source="FHFA")
    found = limits.limits_for(date(2026, 7, 1))
    assert found.limit(state="HI", county_fips="15009") == Decimal(1_299_500)
    assert found.limit(state="HI", county_fips="15001") == Decimal(1_249_125)


@pytest.mark.parametrize(("year", "nearest"), [(1999, 2006), (2031, 2026)])
def test_outside_the_years_on_file_the_nearest_one_counts_and_is_named(db, year, nearest):
    assert limits.limits_for(date(year, 1, 1)).year == nearest


def test_an_empty_table_says_what_to_do(db):
    ConformingLimit.objects.all().delete()
    with pytest.raises(limits.NoLimits, match="migrate"):
        limits.limits_for(date(2026, 1, 1))
