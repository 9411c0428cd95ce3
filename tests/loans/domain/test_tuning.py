"""Whose loans a threshold decides, the loan that just reaches it, and what loans may be worth."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loans.domain import tuning
from loans.domain.covering import CostRow, ThresholdRow, narrowest_first
from loans.domain.explanation import Verdict
from loans.domain.figures import Terms
from loans.domain.tuning import MARK, Assumptions, Scope, Typical
from loans.domain.tuning_sentences import Compared, sentences

TERMS = Terms(
    as_of=date(2026, 4, 24),
    market_rates={
        "conventional_30": Decimal("6.230"),
        "jumbo_30": Decimal("6.410"),
        "va_30": Decimal("5.940"),
        "fha_30": Decimal("6.020"),
    },
    thresholds={},
    proxies={},
    limits_by_state={},
    baseline_limit=832_750.0,
    cost_fixed=2_000.0,
    cost_percent=1.0,
    minimum_months=60,
    refinance_cutoff=date(2024, 4, 24),
    early_payoff_days=180,
)
TYPICAL = Typical(Scope(family="conventional"), 385_000.0, 318)
EIGHTH = Decimal("0.125")


def test_the_choices_are_eight_eighths_from_0_375_to_1_250():
    assert [f"{choice:.3f}" for choice in tuning.CHOICES] == [
        "0.375", "0.500", "0.625", "0.750", "0.875", "1.000", "1.125", "1.250",
    ]  # fmt: skip
    assert [tuning.nearest(Decimal(near)) for near in ("0", "0.6", "0.6875", "0.625", "5")] == [
        Decimal(choice) for choice in ("0.375", "0.625", "0.625", "0.625", "1.250")
    ]


def test_a_typical_loan_at_each_threshold_by_hand():
    """385,000 over 318 months: at 6.855% $2,633.69, at 6.230% $2,480.60 a month; 5,850 of costs over 153.09 is 38.2 (R8)."""
    found = [tuning.outcome(TYPICAL, choice, TERMS) for choice in tuning.CHOICES]
    assert [round(one.monthly_savings) for one in found] == [91, 122, 153, 184, 215, 247, 278, 310]
    assert [one.break_even_months for one in found] == [65, 48, 39, 32, 28, 24, 22, 19]
    assert {one.closing_costs for one in found} == {5_850.0}
    assert [one.timing.verdict for one in found] == [Verdict.WAIT] * 6 + [Verdict.ACT_NOW] * 2
    assert {one.timing.threshold_bp for one in found} == {112}


def test_a_loan_that_ends_before_its_costs_are_back_does_not_pay_for_itself():
    short = replace(TYPICAL, months=60)
    assert tuning.outcome(short, EIGHTH * 3, TERMS).break_even_months is None
    assert tuning.outcome(short, Decimal(0), TERMS).break_even_months is None
    assert tuning.outcome(short, Decimal("1.250"), TERMS).break_even_months == 26
    assert tuning.outcome(short, EIGHTH * 3, TERMS).timing.verdict == Verdict.NOT_IN_THE_MONEY


def test_costs_are_those_of_the_branch_and_of_the_program():
    dear = replace(TERMS, cost_rows=(CostRow(6_000.0, 2.0, branch_id=7),))
    of_seven = replace(TYPICAL, scope=Scope(7, "conventional"))
    assert tuning.outcome(of_seven, EIGHTH, dear).lender_costs == Decimal("13700.00")
    assert tuning.outcome(TYPICAL, EIGHTH, dear).lender_costs == Decimal("5850.00")
    va = tuning.outcome(replace(TYPICAL, scope=Scope(family="va")), EIGHTH, TERMS)
    assert (va.lender_costs, va.program_costs) == (Decimal("5850.00"), Decimal("1925.00"))


def test_a_jumbo_scope_is_compared_with_the_jumbo_rate_and_a_conforming_one_never_is():
    large, small = 900_000.0, 300_000.0
    for balance in (large, small):
        jumbo = tuning.outcome(Typical(Scope(family="jumbo"), balance, 318), EIGHTH * 6, TERMS)
        conforming = tuning.outcome(Typical(Scope(), balance, 318), EIGHTH * 6, TERMS)
        # At a higher rate the same spread is a little more a month.
        assert jumbo.monthly_savings > conforming.monthly_savings


def test_without_a_rate_or_months_nothing_is_figured():
    assert tuning.outcome(replace(TYPICAL, scope=Scope(family="usda")), EIGHTH, TERMS) is None
    assert tuning.outcome(replace(TYPICAL, months=0), EIGHTH, TERMS) is None


def test_a_loan_of_forty_years_is_figured_over_what_it_has_left():
    assert tuning.outcome(replace(TYPICAL, months=420), EIGHTH * 6, TERMS).break_even_months == 30


ROWS = narrowest_first([
    ThresholdRow(Decimal("0.500"), branch_id=1, family="va"),
    ThresholdRow(Decimal("1.000"), family="jumbo"),
    ThresholdRow(Decimal("0.750"), balance_below=150_000.0),
])  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "product", "balance", "branch", "inside", "decides"),
    [
        (Scope(), "conventional_30", 300_000.0, 1, True, True),
        (Scope(), "conventional_30", 100_000.0, 1, True, False),
        (Scope(), "va_30", 300_000.0, 1, True, False),
        (Scope(), "va_30", 300_000.0, 2, True, True),
        (Scope(1), "jumbo_30", 900_000.0, 1, True, True),
        (Scope(1), "jumbo_30", 900_000.0, None, False, False),
        (Scope(1, "va"), "va_30", 300_000.0, 1, True, True),
        (Scope(1, "va"), "fha_30", 300_000.0, 1, False, False),
        (Scope(family="conventional"), "conventional_15", 100_000.0, None, True, True),
        (Scope(balance_from=Decimal(100_000)), "conventional_30", 99_999.99, None, False, False),
        (Scope(balance_from=Decimal(100_000)), "conventional_30", 100_000.0, None, True, False),
        (Scope(balance_below=Decimal(150_000)), "conventional_30", 150_000.0, None, False, False),
        (Scope(balance_from=Decimal(100_000)), "conventional_30", None, None, False, False),
    ],
)
def test_whose_threshold_a_scope_decides(scope, product, balance, branch, inside, decides):
    assert (tuning.inside(scope, product, balance, branch) == MARK) is inside
    found = tuning.decided(scope, ROWS, product, balance, branch) == MARK
    assert (inside and found) is decides


def test_a_row_for_the_same_loans_takes_the_place_of_the_one_before():
    again = ThresholdRow(Decimal("1.125"), family="jumbo")
    assert tuning.with_row(ROWS, again) == (ROWS[0], again, ROWS[2])
    new = ThresholdRow(Decimal("1.125"), branch_id=2)
    assert tuning.with_row(ROWS, new) == (ROWS[0], new, ROWS[1], ROWS[2])


def test_what_loans_may_be_worth_by_the_readers_own_two_numbers():
    """R31: 45 eligible × 35% × $7,500 is about $118,000."""
    assert tuning.worth(45, Assumptions(Decimal(35), Decimal(7_500))).dollars == 118_000
    assert tuning.worth(251, Assumptions()) == tuning.Worth(Decimal("87.85"), 659_000)
    assert tuning.worth(1, Assumptions(Decimal(1), Decimal(5_000))).dollars == 50
    assert tuning.worth(0, Assumptions()).dollars == 0


def compared(spread: str, qualify: int, **other) -> Compared:
    outcomes = {
        "outcome": tuning.outcome(TYPICAL, Decimal(spread), TERMS),
        "outcome_now": tuning.outcome(TYPICAL, Decimal("0.625"), TERMS),
    }
    return Compared(Decimal(spread), [Decimal("0.625")], 3_184, qualify, 348, **(outcomes | {"limit": None} | other))


def test_the_first_panel_says_what_the_figures_support():
    higher = compared("0.750", 251, limit=36)
    assert higher.title == "0.750 instead of 0.625"
    assert sentences(higher) == [
        ("At 0.750, 251 of 3,184 active loans qualify.", "That is 97 fewer than the 348 now."),
        (
            "At 0.750 the costs of a typical loan here take 32 months to earn back.",
            "At 0.625 it is 39. The policy allows 36 at most.",
        ),
        (
            "At 0.750 such a loan is worth a look, but better to wait.",
            "Officers see “better to wait” until its spread is 1.12.",
        ),
    ]


def test_of_what_counts_already_it_says_so_and_compares_nothing():
    now = compared("0.625", 348)
    assert now.title == "0.625 counts now"
    assert [rest for _, rest in sentences(now)[:2]] == ["Every other rule stays as it is.", ""]


def test_of_a_scope_without_a_typical_loan_it_says_how_many_and_no_more():
    assert len(sentences(compared("0.750", 348, outcome=None))) == 1
    assert sentences(compared("0.750", 348, outcome=None))[0][1] == "That is as many as now."
