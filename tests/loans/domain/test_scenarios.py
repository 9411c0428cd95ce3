"""Today, the same term and a new 30-year, side by side: the columns add up, and the chart runs down to nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from loans.domain import figures, scenarios
from tests.loans.domain.test_explanation import FACTS, terms


def of(market: str | None = "6.23", **facts):
    values = figures.compute(FACTS | facts, terms(market=market))
    return values, scenarios.of(values)


LOANS = {
    "rate": st.decimals(Decimal("2"), Decimal("12"), places=3),
    "market": st.decimals(Decimal("1"), Decimal("12"), places=3),
    "amount": st.integers(20_000, 3_000_000),
    "term": st.sampled_from([120, 180, 240, 360, 480]),
    "first": st.dates(date(2000, 1, 1), date(2026, 6, 1)),
}


def drawn(rate, market, amount, term, first):
    values, columns = of(
        str(market), note_rate=rate, original_amount=Decimal(amount), term_months=term, first_payment_date=first
    )
    assume(columns[1].payment is not None)
    return values, columns


def test_the_three_columns_of_a_loan_that_an_officer_can_redo():
    # Balance and payments found by running the schedule month by month and bisecting, not by the closed form.
    values, (today, same, long) = of()
    assert (today.name, today.rate, today.payment, today.monthly_savings) == (
        "today",
        Decimal("7.500"),
        Decimal("3188.42"),
        None,
    )
    assert (same.name, same.rate, same.payment, same.monthly_savings) == (
        "same_term", Decimal("6.23"), Decimal("2815.82"), Decimal("372.60"),
    )  # fmt: skip
    assert same.total_interest_savings == Decimal("125566.20")  # 372.60 over the 337 months that are left
    assert (same.closing_costs, same.break_even_months) == (Decimal("6476.57"), 18)  # 2,000 + 1% of 447,657.10; / 372.60 = 17.4
    assert same.net_savings == same.total_interest_savings - same.closing_costs
    assert (long.name, long.months, long.payment) == ("new_30_year", 360, Decimal("2750.48"))
    assert long.total_interest == pytest.approx(Decimal("2750.48") * 360 - Decimal("447657.10"), abs=Decimal("0.01"))
    assert (long.monthly_savings, long.break_even_months) == (Decimal("437.94"), 15)  # 6,476.57 / 437.94 = 14.8
    assert today.note == same.note == scenarios.PAYMENT_ONLY
    assert values["months_to_run"] == pytest.approx(337)
    assert scenarios.payment_cut_from_longer_term(values) == Decimal("65.34")


@hypothesis_settings(max_examples=60, deadline=None)
@given(**LOANS)
def test_the_columns_add_up(rate, market, amount, term, first):
    values, (today, same, long) = drawn(rate, market, amount, term, first)
    assert same.total_interest == today.total_interest - same.total_interest_savings
    assert same.monthly_savings == today.payment - same.payment
    assert abs(same.total_interest_savings - same.monthly_savings * Decimal(values["months_to_run"])) <= Decimal("0.01")
    assert same.net_savings == same.total_interest_savings - same.closing_costs
    assert long.monthly_savings == today.payment - long.payment
    assert abs(today.total_interest - long.total_interest - long.total_interest_savings) <= Decimal("0.01")
    assert long.net_savings == long.total_interest_savings - long.closing_costs
    assert same.closing_costs == long.closing_costs
    for column in (same, long):
        if column.monthly_savings > 0:
            months = column.break_even_months
            assert column.monthly_savings * months >= column.closing_costs > column.monthly_savings * (months - 1)
        else:
            assert column.break_even_months is None


@hypothesis_settings(max_examples=60, deadline=None)
@given(**LOANS)
def test_a_longer_term_that_costs_more_interest_is_said_so(rate, market, amount, term, first):
    _, (today, same, long) = drawn(rate, market, amount, term, first)
    assert long.costs_more_interest is (long.total_interest_savings < 0) is (scenarios.LONGER_TERM in long.note)
    assert not today.costs_more_interest
    assert scenarios.LONGER_TERM not in same.note
    assert all(column.note.startswith("Principal and interest only.") for column in (today, same, long))


@hypothesis_settings(max_examples=40, deadline=None)
@given(**LOANS)
def test_the_chart_runs_from_all_the_interest_down_to_none(rate, market, amount, term, first):
    values, columns = drawn(rate, market, amount, term, first)
    lines = scenarios.interest_still_to_pay(values)
    assert lines["years"][0] == 0
    assert lines["years"] == sorted(set(lines["years"]))
    for column in columns:
        line = lines[column.name]
        assert len(line) == len(lines["years"])
        assert line[0] == pytest.approx(max(0.0, float(column.total_interest)), abs=1.0)
        assert all(earlier >= later for earlier, later in pairwise(line))
        assert line[-1] == 0
        over = [value for year, value in zip(lines["years"], line, strict=True) if year * 12 >= column.months]
        assert set(over) <= {0.0}


@pytest.mark.parametrize(
    "facts",
    [{"is_arm": True}, {"interest_only": True}, {"first_payment_date": date(1990, 1, 1)}],
    ids=lambda facts: next(iter(facts)),
)
def test_what_can_not_be_known_is_left_open(facts):
    values, columns = of(**facts)
    assert all(
        column.payment is None and column.monthly_savings is None and column.break_even_months is None for column in columns
    )
    assert not any(column.costs_more_interest for column in columns)
    assert scenarios.interest_still_to_pay(values) is None
    assert scenarios.payment_cut_from_longer_term(values) is None


def test_without_a_market_only_today_is_known():
    values, (today, same, long) = of(market=None)
    assert (today.payment, same.payment, long.payment) == (Decimal("3188.42"), None, None)
    assert (same.rate, same.total_interest, same.net_savings, long.break_even_months) == (None, None, None, None)
    assert scenarios.interest_still_to_pay(values) is None


# Other targets


def further(**facts):
    run = terms()
    run = replace(run, market_rates=run.market_rates | {"conventional_15": Decimal("5.580")})
    return {one.name: one for one in scenarios.further(figures.compute(FACTS | facts, run))}


def test_fifteen_years_may_cost_more_a_month_and_then_there_is_no_break_even_in_months():
    # 200,000 of balance with 240 payments left, from 5.00% to 3.25% over 180: 85.43 more a month.
    facts = {
        "note_rate": Decimal("5.000"), "term_months": 240, "original_amount": Decimal(200_000),
        "first_payment_date": date(2026, 5, 1),
    }  # fmt: skip
    run = terms()
    run = replace(run, market_rates=run.market_rates | {"conventional_15": Decimal("3.250")})
    (found,) = scenarios.further(figures.compute(FACTS | facts, run))
    assert (found.name, found.payment, found.monthly_savings) == ("new_15_year", Decimal("1405.34"), Decimal("-85.43"))
    assert found.break_even_months is None
    # What is paid in all: 240 × 1,319.91 against 180 × 1,405.34.
    assert found.total_interest_savings == pytest.approx(Decimal("63817.20"), abs=Decimal("0.01"))


def test_an_fha_loan_at_80_percent_may_leave_its_insurance():
    found = further(program="fha", ltv=Decimal("96.500"), property_value=Decimal(600_000))["to_conventional"]
    assert (found.rate, found.payment) == (Decimal("6.23"), Decimal("2815.82"))
    # Lender's costs alone: a conventional loan has no upfront premium.
    assert (found.closing_costs, found.break_even_months) == (Decimal("6476.57"), 18)


def test_targets_that_do_not_exist_or_do_not_pay_are_not_shown():
    assert set(further()) == {"new_15_year"}
    assert not further(note_rate=Decimal("4.000"))
    assert not further(term_months=180)
    assert not further(is_arm=True)
    assert "to_conventional" not in further(program="fha", ltv=Decimal("96.500"), property_value=Decimal(500_000))
    assert "to_conventional" not in further(program="fha", ltv=None)
