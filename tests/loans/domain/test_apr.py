"""The APR against Regulation Z's own example, the figures that messages show, and schedules run month by month."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import apr, mortgage


def test_it_is_the_rate_of_regulation_zs_example() -> None:
    # 12 CFR 1026, appendix J, (c)(1)(i): $5,000 advanced, 24 monthly payments of $230, regular first period: 9.69%.
    found = apr.annual_percentage_rate(Decimal(5000), Decimal(0), Decimal(230), 24)
    assert found.quantize(Decimal("0.01")) == Decimal("9.69")


@pytest.mark.parametrize(
    ("payment", "months", "expected"),
    [("2920.14", 288, "6.392"), ("2678.07", 360, "6.370")],
)
def test_it_counts_the_whole_cost_of_the_example_loan(payment: str, months: int, expected: str) -> None:
    found = apr.annual_percentage_rate(Decimal("435871.19"), Decimal("6358.71"), Decimal(payment), months)
    assert found == Decimal(expected)


def test_without_cost_it_is_the_interest_rate() -> None:
    assert apr.annual_percentage_rate(Decimal(162_000), Decimal(0), Decimal("761.78"), 360) == Decimal("3.875")


def test_without_interest_it_is_zero() -> None:
    assert apr.annual_percentage_rate(Decimal(2400), Decimal(0), Decimal(100), 24) == 0


@pytest.mark.parametrize(
    ("amount", "charge", "payment", "months"),
    [
        (1000, 1000, 100, 12),
        (1000, 1200, 100, 12),
        (1000, 0, 0, 12),
        (1000, 0, 100, 0),
        (1000, 0, 83, 12),
        (1000, 999, 1000, 1),
    ],
)
def test_where_no_rate_fits_it_says_so(amount: int, charge: int, payment: int, months: int) -> None:
    with pytest.raises(apr.NoRate):
        apr.annual_percentage_rate(Decimal(amount), Decimal(charge), Decimal(payment), months)


def test_a_rate_beyond_any_loan_is_refused() -> None:
    with pytest.raises(apr.NoRate, match="12,000"):
        apr.annual_percentage_rate(Decimal(1000), Decimal(999), Decimal(1000), 1)


@given(
    amount=st.floats(20_000, 2_000_000),
    rate=st.floats(0.5, 18),
    months=st.integers(12, 480),
    share=st.floats(0, 0.2),
)
def test_a_cost_never_lowers_it_below_the_rate(amount: float, rate: float, months: int, share: float) -> None:
    payment = mortgage.payment(amount, rate, float(months))
    found = apr.annual_percentage_rate(Decimal(amount), Decimal(amount * share), Decimal(payment), months)
    assert float(found) >= rate - 0.0006
    assert float(found) == pytest.approx(rate, abs=0.0006) or share > 0


@given(
    amount=st.floats(50_000, 2_000_000),
    rate=st.floats(1, 12),
    months=st.floats(60.01, 479),
    share=st.floats(0, 0.05),
)
def test_a_smaller_last_payment_hardly_moves_it(amount: float, rate: float, months: float, share: float) -> None:
    payment = mortgage.payment(amount, rate, months)
    found = float(apr.annual_percentage_rate(Decimal(amount), Decimal(amount * share), Decimal(payment), Decimal(months)))
    balance, whole = amount, int(months)
    for _ in range(whole):
        balance += balance * rate / 1200 - payment
    last = balance * (1 + rate / 1200)

    def worth(percent: float) -> float:
        growth = 1 + percent / 1200
        return sum(payment / growth**month for month in range(1, whole + 1)) + last / growth ** (whole + 1)

    received = amount - amount * share
    assert worth(found + 0.002) < received < worth(found - 0.002)
