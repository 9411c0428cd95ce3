"""Formulas against published numbers and against a schedule that is run month by month."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import mortgage
from loans.domain.words import cents, minus_months


@pytest.mark.parametrize(
    ("principal", "rate", "months", "published"),
    [
        (162_000, 3.875, 360, 761.78),  # CFPB, sample Loan Estimate H-24(B)
        (200_000, 6.5, 360, 1_264.14),  # Fannie Mae's and most tables' example
        (300_000, 6.0, 360, 1_798.65),
        # Fannie Mae's DU test case DI-FHA02: the fee of 2,572 is financed, so the payment is on 147,000 + 2,572.
        (149_572, 5.0, 360, 802.93),
        # 62.5 bp less on 400,000 from 7%: about 164 a month, so that 24 months pay for 3,900.
        (400_000, 7.0, 360, 2_661.21),
        (400_000, 6.375, 360, 2_495.48),
    ],
)
def test_a_level_payment_is_the_published_one(principal: int, rate: float, months: int, published: float) -> None:
    assert cents(mortgage.payment(float(principal), rate, float(months))) == published


def test_a_payment_over_no_time_is_unknown_rather_than_an_error() -> None:
    assert mortgage.payment(1000.0, 6.0, 0.0) is None
    assert mortgage.payment(0.01, 0.001, 1e-13) is None


@given(
    principal=st.floats(1_000, 3_000_000),
    rate=st.floats(0.125, 20),
    term=st.integers(1, 480),
    data=st.data(),
)
def test_the_closed_form_of_the_balance_is_what_a_schedule_leaves(principal: float, rate: float, term: int, data) -> None:
    made = data.draw(st.integers(0, term))
    payment = mortgage.payment(principal, rate, float(term))
    balance = principal
    for _ in range(made):
        balance += balance * rate / 1200 - payment
    assert mortgage.scheduled_balance(payment, rate, float(term - made)) == pytest.approx(balance, abs=principal * 1e-6)
    assert mortgage.rolled_balance(principal, rate, payment, float(made)) == pytest.approx(balance, abs=principal * 1e-6)


@given(principal=st.floats(50_000, 2_000_000), rate=st.floats(1, 12), term=st.integers(120, 480), made=st.integers(0, 100))
def test_on_schedule_the_months_to_run_are_the_months_remaining(principal: float, rate: float, term: int, made: int) -> None:
    payment = mortgage.payment(principal, rate, float(term))
    balance = mortgage.scheduled_balance(payment, rate, float(term - made))
    share = mortgage.principal_share(balance, rate, payment)
    assert mortgage.months_to_run(share, rate, float(term - made)) == pytest.approx(term - made, abs=1e-6)


def test_who_paid_ahead_ends_early_and_who_owes_too_much_never_by_himself() -> None:
    payment = mortgage.payment(300_000.0, 7.0, 360.0)
    ahead = mortgage.principal_share(200_000.0, 7.0, payment)
    assert mortgage.months_to_run(ahead, 7.0, 340.0) < 200
    beyond = mortgage.principal_share(400_000.0, 7.0, payment)
    assert beyond < 0
    assert mortgage.months_to_run(beyond, 7.0, 340.0) == 340.0


@pytest.mark.parametrize(
    ("first", "on", "due"),
    [
        (date(2024, 6, 1), date(2024, 5, 31), 0),
        (date(2024, 6, 1), date(2024, 6, 1), 1),
        (date(2024, 1, 31), date(2024, 2, 28), 1),  # 2024 is a leap year: the payment of February falls due on the 29th
        (date(2024, 1, 31), date(2024, 2, 29), 2),
        (date(2025, 1, 31), date(2025, 2, 28), 2),
        (date(2024, 2, 29), date(2025, 2, 28), 13),
        (date(2024, 6, 15), date(2100, 1, 1), 360),
        (date(2024, 6, 1), date(1999, 1, 1), 0),
    ],
)
def test_a_payment_due_today_counts_as_made(first: date, on: date, due: int) -> None:
    assert mortgage.payments_due(first, on, 360) == due


@given(first=st.dates(date(1980, 1, 1), date(2030, 1, 1)), days=st.integers(0, 12_000))
def test_payments_due_are_the_due_dates_gone_by(first: date, days: int) -> None:
    on = first + timedelta(days=days)
    due_dates = (minus_months(first, -number) for number in range(360))
    assert mortgage.payments_due(first, on, 360) == sum(due <= on for due in due_dates)


def test_break_even_rounds_up_and_does_not_exist_where_the_payment_does_not_fall() -> None:
    assert mortgage.break_even_months(6564.0, 365.46) == 18.0
    assert mortgage.break_even_months(6564.0, 0.0) is None
    assert mortgage.break_even_months(6564.0, -85.43) is None


def test_a_shorter_term_may_cost_more_a_month_and_then_never_breaks_even_in_months() -> None:
    now, then = (cents(mortgage.payment(200_000.0, rate, months)) for rate, months in ((5.0, 240.0), (3.25, 180.0)))
    assert (now, then, cents(then - now)) == (1_319.91, 1_405.34, 85.43)
    assert mortgage.break_even_months(4_000.0, now - then) is None


def test_unknown_in_gives_unknown_out() -> None:
    assert mortgage.payment(None, 6.0, 360.0) is None
    assert mortgage.closing_costs(250_000.0, 2000.0, None) is None
    assert mortgage.interest_to_pay(1000.0, None, 1.0) is None


def paper_costs(balance: float, *, tax: float = 0.28) -> float:
    """κ of the paper: $2,000 and one point, less the tax value of the points that are deducted over the loan's life."""
    discount, inflation, moving, years = 0.05, 0.03, 0.10, 30
    ending = moving + 0.10
    total = ending + discount + inflation
    spread_out = (1 - math.exp(-total * years)) / years * (discount + inflation) / total + ending
    return 2000 + 0.01 * balance * (1 - tax / total * spread_out)


@pytest.mark.parametrize(("balance", "published"), [(1_000_000, 107), (500_000, 118), (250_000, 139), (100_000, 193)])
def test_the_optimal_differential_is_that_of_the_paper(balance: int, published: int) -> None:
    # NBER working paper 13487: a 6% note with 25 years left, tax rate 28%.
    found = mortgage.optimal_differential(float(balance), 6.0, 300.0, paper_costs(balance), 0.05, 0.0109, 0.10, 0.03, 0.28)
    assert round(found) == published


@pytest.mark.parametrize(
    ("balance", "square_root", "net_present_value"),
    [(1_000_000, 97, 27), (500_000, 106, 33), (250_000, 123, 44), (100_000, 163, 76)],
)
def test_the_simpler_rules_are_those_of_the_paper_too(balance: int, square_root: int, net_present_value: int) -> None:
    # The same paper's table: the second-order approximation and the rule that only asks whether the costs come back.
    costs = paper_costs(balance)
    assert round(mortgage.square_root_differential(float(balance), 6.0, 300.0, costs, tax=0.28)) == square_root
    assert round(mortgage.net_present_value_differential(float(balance), 6.0, 300.0, costs, tax=0.28)) == net_present_value


@given(balance=st.floats(5_000, 5_000_000), rate=st.floats(2, 15), left=st.integers(61, 480), costs=st.floats(500, 60_000))
def test_waiting_for_costs_to_come_back_is_less_than_waiting_for_the_best_day(
    balance: float, rate: float, left: int, costs: float
) -> None:
    given_loan = (balance, rate, float(left), costs)
    assert mortgage.net_present_value_differential(*given_loan) < mortgage.optimal_differential(*given_loan)
    assert mortgage.square_root_differential(*given_loan) < mortgage.optimal_differential(*given_loan) + 1e-6


@pytest.mark.parametrize(("balance", "ours"), [(1_000_000, 99), (500_000, 108), (200_000, 132)])
def test_without_the_tax_a_smaller_loan_needs_a_larger_differential(balance: int, ours: int) -> None:
    assert round(mortgage.optimal_differential(float(balance), 6.0, 300.0, 2000 + 0.01 * balance)) == ours


def test_where_refinancing_costs_nothing_there_is_nothing_to_wait_for() -> None:
    assert mortgage.optimal_differential(300_000.0, 6.0, 300.0, 0.0) == 0.0


def test_costs_far_above_the_balance_break_nothing() -> None:
    found = [mortgage.optimal_differential(balance, 6.0, 300.0, 60_000.0) for balance in (4_000.0, 40.0, 0.01)]
    assert found == sorted(found)
    assert 10_000 < found[0] < found[-1] < math.inf


def test_at_maturity_and_of_what_is_not_known_there_is_no_differential() -> None:
    assert mortgage.optimal_differential(300_000.0, 6.0, 0.0, 5_000.0) is None
    assert mortgage.optimal_differential(None, 6.0, 300.0, 5_000.0) is None
    assert mortgage.optimal_differential(300_000.0, 6.0, 300.0, None) is None


@given(balance=st.floats(5_000, 5_000_000), rate=st.floats(2, 15), left=st.integers(61, 480), costs=st.floats(500, 60_000))
def test_newtons_steps_solve_the_equation(balance: float, rate: float, left: int, costs: float) -> None:
    found = mortgage.optimal_differential(balance, rate, float(left), costs) / 10_000
    ending = 0.10 + (rate / 100) / (math.exp(rate / 100 * left / 12) - 1) + 0.03
    psi = math.sqrt(2 * (0.05 + ending)) / 0.0109
    phi = 1 + psi * (0.05 + ending) * costs / balance
    u = phi - psi * found
    # A smaller u is lost when it is taken back out of the difference.
    assert abs(phi - u + math.log(u) if u > 1e-7 else 0.0) < 1e-6
