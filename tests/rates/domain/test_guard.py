from datetime import date
from decimal import Decimal

import pytest

from rates.domain import guard


@pytest.mark.parametrize("rate", ["1", "1.000", "6.23", "20"])
def test_a_rate_from_1_to_20_percent_passes(rate):
    assert guard.outside_range(Decimal(rate)) is None


@pytest.mark.parametrize("rate", ["0", "-6.23", "0.623", "0.999", "20.001", "623"])
def test_a_rate_outside_1_to_20_percent_is_held_with_its_value_in_the_reason(rate):
    assert f"{Decimal(rate):.3f}%" in guard.outside_range(Decimal(rate))


@pytest.mark.parametrize(("rate", "side"), [("6.980", "above"), ("5.480", "below"), ("7.73", "above")])
def test_a_move_of_three_quarters_of_a_point_or_more_waits(rate, side):
    reason = guard.moved_too_far(Decimal(rate), Decimal("6.23"))
    assert side in reason
    assert "6.230%" in reason


@pytest.mark.parametrize("rate", ["6.979", "5.481", "6.23"])
def test_a_smaller_move_passes(rate):
    assert guard.moved_too_far(Decimal(rate), Decimal("6.23")) is None


def test_the_first_value_of_all_has_nothing_to_move_from():
    assert guard.reason_to_hold(Decimal("14.28"), None) is None


def test_thirty_days_are_recent_and_one_more_is_history():
    assert not guard.is_history(date(2026, 3, 25), date(2026, 4, 24))
    assert guard.is_history(date(2026, 3, 24), date(2026, 4, 24))
