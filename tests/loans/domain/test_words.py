"""Words over numbers: three-valued logic, cents, calendar months."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import words


def test_all_of_is_false_as_soon_as_one_is_false_and_else_unknown_as_soon_as_one_is() -> None:
    assert words.all_of(True, None, False) is False
    assert words.all_of(True, None) is None
    assert words.all_of(True, True) is True


def test_any_of_is_true_as_soon_as_one_is_true_and_else_unknown_as_soon_as_one_is() -> None:
    assert words.any_of(False, None, True) is True
    assert words.any_of(False, None) is None
    assert words.any_of(False, False) is False


def test_when_takes_an_unknown_condition_for_not_true_and_leaves_the_other_branch_alone() -> None:
    assert words.when(None, 1, 2) == 2
    assert words.when(False, lambda: 1 / 0, 2) == 2


@pytest.mark.parametrize(
    ("value", "cent"), [(1.005, 1.01), (2.675, 2.68), (-2.675, -2.68), (0.125, 0.13), (1234567.895, 1234567.9), (0.004, 0.0)]
)
def test_half_a_cent_is_rounded_away_from_zero_as_the_number_reads(value: float, cent: float) -> None:
    assert words.cents(value) == cent


@given(st.decimals(Decimal("-9999999"), Decimal("9999999"), places=3))
def test_cents_are_those_of_decimal_arithmetic(value: Decimal) -> None:
    assert words.round_to_cent(float(value)) == value.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


def test_a_day_that_the_month_has_not_becomes_its_last() -> None:
    assert words.minus_months(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert words.minus_months(date(2028, 2, 29), 24) == date(2026, 2, 28)
    assert words.minus_months(date(2026, 1, 15), -12) == date(2027, 1, 15)
