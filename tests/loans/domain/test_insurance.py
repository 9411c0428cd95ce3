"""Premiums by table, what is refunded, what the programs charge, and the insurance that a refinance drops or adds."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import insurance, mortgage, programs
from loans.domain.words import cents

ASKED = programs.shipped()
TODAY = date(2026, 4, 24)


def now(case="2024-04-17", *, annual=None, term=360, amount=300_000, ltv="96.500", made=24, program="fha"):
    day = None if case is None else date.fromisoformat(case)
    return insurance.mip_now(program, annual, None, day, term, amount, None if ltv is None else Decimal(ltv), made)


@pytest.mark.parametrize(
    ("case", "term", "amount", "ltv", "published"),
    [
        # Mortgagee Letter 2023-05, for endorsements from March 20, 2023: at most 726,200, then above it.
        ("2023-03-20", 360, 726_200, "90.000", "0.500"),
        ("2023-03-20", 360, 726_200, "95.000", "0.500"),
        ("2023-03-20", 360, 726_200, "95.001", "0.550"),
        ("2023-03-20", 360, 726_201, "90.000", "0.700"),
        ("2023-03-20", 360, 726_201, "96.500", "0.750"),
        ("2023-03-20", 180, 300_000, "90.000", "0.150"),
        ("2023-03-20", 180, 300_000, "90.001", "0.400"),
        ("2023-03-20", 180, 800_000, "78.000", "0.150"),
        ("2023-03-20", 180, 800_000, "96.500", "0.650"),
        # Mortgagee Letter 2015-01, from January 26, 2015.
        ("2023-03-19", 360, 625_500, "96.500", "0.850"),
        ("2015-01-26", 360, 625_500, "95.000", "0.800"),
        ("2015-01-26", 360, 625_501, "96.500", "1.050"),
        ("2015-01-26", 180, 300_000, "90.000", "0.450"),
        # Mortgagee Letter 2013-04, as it stood from June 3, 2013.
        ("2015-01-25", 360, 300_000, "96.500", "1.350"),
        ("2013-06-03", 360, 700_000, "95.000", "1.500"),
    ],
)
def test_the_annual_premium_is_that_of_the_day_of_the_case(case, term, amount, ltv, published):
    assert now(case, term=term, amount=amount, ltv=ltv) == Decimal(published)


def test_what_the_file_says_goes_before_the_table():
    assert now(annual=Decimal("0.800")) == Decimal("0.800")
    assert now(annual=Decimal("0.800"), program="va") is None


def test_what_no_table_can_tell_is_unknown():
    assert now("2013-06-02") is None
    assert now(ltv=None) is None
    assert now(program="conventional") is None


def test_after_eleven_years_a_loan_of_at_most_90_percent_pays_none():
    assert now("2014-01-10", ltv="90.000", made=132) == 0
    assert now("2014-01-10", ltv="90.000", made=131) == Decimal("1.300")
    assert now("2014-01-10", ltv="90.001", made=132) == Decimal("1.300")


def new(case="2024-04-17", as_of=TODAY, balance=300_000.0, ltv="96.500", term=360):
    return insurance.mip_new("fha", term, balance, Decimal(ltv), None, date.fromisoformat(case), as_of)


def test_the_new_premium_is_todays_but_for_loans_endorsed_by_may_2009():
    assert new() == Decimal("0.550")
    assert new("2016-02-01") == Decimal("0.550")
    assert new(as_of=date(2020, 1, 2)) == Decimal("0.850")
    assert new("2009-05-31") == Decimal("0.550")
    assert new("2009-05-31", as_of=date(2014, 1, 2)) == Decimal("0.550")
    assert new(as_of=date(2012, 1, 2)) is None


@pytest.mark.parametrize(
    ("closed", "percent"),
    [("2026-04-01", 80), ("2026-03-31", 80), ("2026-02-10", 78), ("2025-04-24", 58), ("2024-04-24", 34), ("2023-04-01", 10),
     ("2023-03-31", 0), ("2019-01-01", 0)],
)  # fmt: skip
def test_the_upfront_premium_is_refunded_less_each_month_for_three_years(closed, percent):
    # HUD's refund schedule: 80 in the first month, 58 in the twelfth, 34 in the 24th, 10 in the 36th.
    refund = insurance.upfront_refund(Decimal(200_000), date.fromisoformat(closed), TODAY, ASKED)
    assert cents(refund) == cents(3500.0 * percent / 100)


def fee(program, balance=300_000.0, *, exempt=None, original=306_000, closed="2024-04-17"):
    return insurance.program_fee(
        program, balance, exempt, Decimal(original) if original else None, None, date.fromisoformat(closed), TODAY, ASKED
    )


def test_what_each_program_charges_at_closing():
    assert fee("conventional") == 0.0
    assert fee("va") == 1_500.0
    assert fee("va", exempt=True) == 0.0
    assert fee("usda") == 3_000.0
    # 1.75% of 300,000 less 34% of 1.75% of 306,000.
    assert cents(fee("fha")) == cents(5_250.00 - 1_820.70)
    assert fee("fha", original=None) == 5_250.0
    assert fee("fha", closed="2009-05-01") == 30.0
    assert fee("fha", balance=None) is None


@given(balance=st.floats(1, 3e6), original=st.integers(1, 3_000_000), closed=st.dates(date(1990, 1, 1), TODAY))
def test_a_refund_never_makes_a_fee_negative(balance, original, closed):
    assert fee("fha", balance, original=original, closed=closed.isoformat()) >= 0


def test_the_payment_of_an_fha_loan_is_on_the_base_amount_and_the_financed_fee():
    # Fannie Mae's DU test case DI-FHA02: 147,000 at 5% with 2,572 financed pays 802.93, and 61.25 of premium a month.
    assert cents(mortgage.payment(147_000.0 + 2_572.0, 5.0, 360.0)) == 802.93
    assert cents(insurance.unrounded_insurance_now("fha", 147_000.0, Decimal("0.500"), None, ASKED)) == 61.25


@pytest.mark.parametrize(
    ("program", "loan_to_value", "filed", "before", "after"),
    [
        ("conventional", 80.0, Decimal("145.00"), 145.0, 0.0),  # dropped
        ("conventional", 80.01, None, None, 150.0),
        ("conventional", 85.0, Decimal("0.00"), 0.0, 150.0),  # added
        ("conventional", None, Decimal("145.00"), 145.0, None),
        ("va", 98.0, Decimal("12.00"), 0.0, 0.0),
        ("fha", 90.0, None, 212.5, 137.5),
        ("fha", 90.0, Decimal("199.00"), 199.0, 137.5),
        ("usda", 90.0, None, 87.5, 87.5),
    ],
)
def test_insurance_is_dropped_or_added(program, loan_to_value, filed, before, after):
    old, premium = Decimal("0.850"), Decimal("0.550")
    assert insurance.unrounded_insurance_now(program, 300_000.0, old, filed, ASKED) == before
    assert insurance.unrounded_insurance_new(program, 300_000.0, loan_to_value, premium, ASKED) == after
