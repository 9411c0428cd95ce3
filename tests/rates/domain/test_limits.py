"""What a published list of counties comes to."""

from decimal import Decimal

import pytest

from rates.domain import limits
from rates.domain.limits import Area, County

KNOWN = {2025: Decimal(806_500), 2026: Decimal(832_750)}


def counties(amount: int = 850_000, number: int = 3_100) -> list[County]:
    """At the baseline, in 50 made-up states."""
    return [
        County(f"{20_000 + place:05}", f"County {place}", f"{chr(65 + place % 25)}{chr(66 + place % 2)}", Decimal(amount))
        for place in range(number)
    ]


def test_the_baseline_is_the_lowest_and_only_what_differs_is_kept():
    high = [County("06037", "Los Angeles County", "CA", Decimal(1_275_000))]
    hawaii = [
        County(f"1500{n}", f"County {n}", "HI", Decimal(amount))
        for n, amount in ((1, 1_275_000), (3, 1_275_000), (9, 1_300_000))
    ]
    found = limits.table([*counties(), *high, *hawaii, County("06001", "Low", "CA", Decimal(850_000))], KNOWN, 2027)
    assert found.baseline == Decimal(850_000)
    assert found.areas == (
        Area("HI", "", Decimal(1_275_000)),
        Area("06037", "Los Angeles County, CA", Decimal(1_275_000)),
        Area("15009", "County 9, HI", Decimal(1_300_000)),
    )


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        (counties(number=2_999), "2,999 counties"),
        ([*counties(), County("20000", "Twice", "AB", Decimal(900_000))], "two limits"),
        ([*counties(), County("06037", "Slip", "CA", Decimal(12_491_250))], "more than 2.25 times"),
        ([*counties(), County("06037", "Slip", "CA", Decimal(124_912))], "not that of most"),
        (counties(85_000), "far from that of 2026"),
        (counties(8_500_000), "far from that of 2026"),
    ],
)
def test_a_list_that_would_make_jumbos_of_half_a_book_or_of_none_is_refused(listed, reason):
    with pytest.raises(limits.NotATable, match=reason):
        limits.table(listed, KNOWN, 2027)


def test_a_line_that_stands_twice_with_the_same_limit_is_one_county():
    assert limits.table([*counties(), *counties()], KNOWN, 2027).areas == ()


def test_a_year_is_held_against_its_neighbors_alone():
    assert limits.table(counties(1_500_000), KNOWN, 2035).baseline == Decimal(1_500_000)
    assert limits.table(counties(850_000), {2026: Decimal(1)}, 2026).baseline == Decimal(850_000)
