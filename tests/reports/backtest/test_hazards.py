"""Shares, ratios and intervals, and the criteria that are tried."""

import math
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import eligibility
from reports.domain.backtest_criteria import FAMILIES, OTHER_RULES, SENTENCES, Criterion, Family, criteria
from reports.domain.backtest_hazards import Windows, hazard, lift, median
from reports.domain.backtest_results import Group, Tally, judged

SPREAD = (Criterion(Family.SPREAD, Decimal("0.625")),)


def test_a_hazard_by_hand():
    # 90 of 1,500 windows are thirty prepayments: the logarithm's variance is 0.94 / 30.
    told = hazard(Windows(1500, 90))
    factor = math.exp(1.959964 * math.sqrt(0.94 / 30))
    assert told.value == pytest.approx(0.06)
    assert (told.low, told.high) == (pytest.approx(0.06 / factor), pytest.approx(0.06 * factor))


def test_a_lift_by_hand():
    told = lift(Windows(1500, 90), Windows(3000, 60))
    factor = math.exp(1.959964 * math.sqrt(0.94 / 30 + 0.98 / 20))
    assert told.value == pytest.approx(3.0)
    assert (told.low, told.high) == (pytest.approx(3 / factor), pytest.approx(3 * factor))


@pytest.mark.parametrize("few", [Windows(0, 0), Windows(5000, 0), Windows(5000, 29)])
def test_fewer_than_ten_prepayments_are_too_few_to_say(few):
    assert hazard(few) is None
    assert lift(few, Windows(1000, 90)) is None
    assert lift(Windows(1000, 90), few) is None
    assert hazard(Windows(5000, 30)) is not None


@given(st.integers(30, 5000), st.integers(0, 100_000))
def test_an_interval_holds_its_value_and_stays_a_share(prepaid, others):
    told = hazard(Windows(prepaid + others, prepaid))
    assert 0 <= told.low <= told.value <= told.high <= 1


@given(st.lists(st.integers(1, 60), min_size=1))
def test_the_median_is_that_of_the_values(values):
    ordered = sorted(values)
    middle = (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2
    assert median(Counter(values)) == middle
    assert median({}) is None


def test_every_threshold_is_tried_as_in_the_match_and_alone():
    tried = criteria([Decimal("1"), Decimal("0.5"), Decimal("0.50")])
    assert [one.code for one in tried if one.family in (Family.SPREAD, Family.BARE)] == [
        "spread_0.500",
        "spread_1.000",
        "spread_alone_0.500",
        "spread_alone_1.000",
    ]
    assert len({one.code for one in criteria()}) == len(criteria())
    assert set(FAMILIES) == set(SENTENCES) == {one.family for one in criteria()}


def test_a_criterion_is_reached_at_its_edge_and_unknown_where_its_figure_is():
    spread, month, optimal = (
        Criterion(Family.SPREAD, Decimal("0.625")),
        Criterion(Family.BREAK_EVEN, 36),
        Criterion(Family.ADL, None),
    )
    assert spread.reached(Decimal("0.625"), None, None) is True
    assert spread.reached(Decimal("0.624"), None, None) is False
    assert month.reached(None, 36.0, None) is True
    assert month.reached(None, 37.0, None) is False
    assert optimal.reached(Decimal("1.320"), None, 132.0) is True
    assert optimal.reached(Decimal("1.319"), None, 132.0) is False
    assert [one.reached(None, None, None) for one in (spread, month, optimal)] == [None, None, None]


def test_the_spread_is_the_only_rule_that_is_replaced():
    assert [rule.name for rule in eligibility.RULES if rule not in OTHER_RULES] == ["spread"]


def test_what_is_too_few_to_say_is_null_and_the_counts_stay():
    tally = Tally(overall=Group(Counter({"months": 40, "windows": 40, "windows_prepaid": 3, "0.prepaid": 2, "0.known_12": 29})))
    (told,) = judged(tally, SPREAD)
    assert told["overall"]["prepaid"] == 2
    for name in ("share_flagged", "median_lead_months", "hazard_flagged", "hazard_unflagged", "lift"):
        assert told["overall"][name] is None
    assert told["overall"]["false_alarms"]["12"] == {"known": 29, "false": 0, "share": None}


def test_figures_are_decimal_strings():
    counts = {
        "windows": 4500,
        "windows_prepaid": 150,
        "0.windows": 1500,
        "0.windows_prepaid": 90,
        "0.known_12": 100,
        "0.false_12": 80,
    }
    group = Group(Counter(counts))
    group.lead(0, 12, 1)
    group.lead(0, 7, 1)
    (told,) = judged(Tally(overall=group), SPREAD)
    assert told["overall"]["hazard_flagged"]["value"] == "0.0600"
    assert told["overall"]["hazard_unflagged"]["value"] == "0.0200"
    assert told["overall"]["lift"]["value"] == "3.00"
    assert told["overall"]["median_lead_months"] == "9.5"
    assert told["overall"]["false_alarms"]["12"]["share"]["value"] == "0.8000"
    assert told["leads"] == [2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1]
