"""The product of the market that a loan is compared with."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import applying_rate
from loans.domain.applying_rate import NarrowRate
from tests.loans.rows import make_loan

LIMIT = 832_750.0
COUNTIES = {"08031": 862_500.0, "15009": 1_299_500.0}
STATES = {"HI": 1_249_125.0}


@pytest.mark.parametrize(
    ("program", "months", "jumbo", "product"),
    [
        ("conventional", 360, False, "conventional_30"),
        ("conventional", 180, False, "conventional_15"),
        ("conventional", 181, False, "conventional_30"),
        ("conventional", 360, True, "jumbo_30"),
        ("conventional", 120, True, "jumbo_15"),
        ("fha", 360, True, "fha_30"),
        ("va", 180, False, "va_15"),
        ("usda", 240, False, "usda_30"),
    ],
)
def test_the_product_of_a_loan_is_its_program_and_term(program, months, jumbo, product):
    assert applying_rate.product(program, months, LIMIT + jumbo, LIMIT) == product


@pytest.mark.parametrize(
    ("county", "state", "limit"),
    [
        ("08031", "CO", 862_500),
        ("15009", "HI", 1_299_500),
        ("15001", "HI", 1_249_125),
        ("", "HI", 1_249_125),
        ("08001", "CO", 832_750),
        ("", "", 832_750),
        (None, None, 832_750),
    ],
)
def test_the_limit_is_the_countys_else_the_states_else_the_baseline(county, state, limit):
    assert applying_rate.conforming_limit(county, state, COUNTIES, STATES, LIMIT) == limit


@pytest.mark.parametrize(
    ("owed", "value", "ltv", "amount", "expected"),
    [
        (240_000.0, Decimal(300_000), None, None, 80.0),
        (240_000.0, Decimal(300_000), Decimal(95), Decimal(285_000), 80.0),
        # The agencies' own examples: 96.001 counts as 96, 80.01 as more than 80.
        (96_001.0, Decimal(100_000), None, None, 96.0),
        (80_010.0, Decimal(100_000), None, None, 80.01),
        (228_000.0, None, Decimal(95), Decimal(285_000), 76.0),
        (228_000.0, Decimal(0), Decimal(95), Decimal(285_000), 76.0),
        (228_000.0, None, Decimal(95), None, None),
        (228_000.0, None, None, Decimal(285_000), None),
        (-1.0, Decimal(300_000), None, None, None),
        (None, Decimal(300_000), None, None, None),
    ],
)
def test_ltv_is_what_is_owed_on_the_value_on_file_else_on_the_value_at_closing(owed, value, ltv, amount, expected):
    assert applying_rate.loan_to_value(owed, value, ltv, amount) == expected


@given(hundredths=st.integers(1, 20_000), value=st.integers(1, 5_000_000))
def test_a_ratio_of_whole_hundredths_is_neither_cut_nor_raised(hundredths, value):
    owed = hundredths * value / 10_000
    assert applying_rate.loan_to_value(owed, Decimal(value), None, None) == hundredths / 100


BUCKETS = (
    NarrowRate("conventional_30", Decimal("6.125"), "LTV to 80, score from 740", ltv_to=80.0, score_from=740),
    NarrowRate("conventional_30", Decimal("6.250"), "LTV to 80, score 700 to 739", ltv_to=80.0, score_from=700, score_to=739),
    NarrowRate("conventional_30", Decimal("6.375"), "LTV over 80", ltv_over=80.0),
    NarrowRate("va_30", Decimal("5.875"), "score from 740", score_from=740),
)
MARKET = {"conventional_30": Decimal("6.300"), "fha_30": Decimal("6.300")}


@pytest.mark.parametrize(
    ("product", "ltv", "score", "rate"),
    [
        ("conventional_30", 80.0, 740, "6.125"),
        ("conventional_30", 80.0, 739, "6.250"),
        ("conventional_30", 80.01, 800, "6.375"),
        ("conventional_30", 80.01, None, "6.375"),
        ("conventional_30", 60.0, 699, "6.300"),
        ("conventional_30", 60.0, None, "6.300"),
        ("conventional_30", None, 800, "6.300"),
        ("fha_30", 60.0, 800, "6.300"),
        ("va_30", None, 800, "5.875"),
        ("va_30", None, 700, None),
        ("conventional_15", 60.0, 800, None),
    ],
)
def test_the_narrowest_rate_that_fits_applies_and_the_broadest_where_ltv_or_score_are_not_known(product, ltv, score, rate):
    place = applying_rate.bucket(product, ltv, score, BUCKETS)
    found = applying_rate.market_rate(product, place, MARKET, BUCKETS)
    assert found == (None if rate is None else Decimal(rate))
    assert (place == 0) is (found == MARKET.get(product))


def test_a_narrow_rate_is_the_products_own_even_where_another_stands_in_for_the_rest():
    proxies = {"va_30": True}
    assert applying_rate.proxy("va_30", 0, proxies) is True
    assert applying_rate.proxy("va_30", 4, proxies) is False


@pytest.mark.django_db
def test_an_unknown_program_is_refused():
    with pytest.raises(IntegrityError, match="loan_program"):
        make_loan(program="heloc")
