"""The words of the estimate: rounded against us, and never a promise."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain.scenarios import Scenario
from outreach.domain import estimate

LOAN = estimate.Loan(Decimal("435871.19"), 288.0, Decimal("3232.36"), Decimal("7.375"), date(2026, 5, 1))


def way(monthly, interest, net, *, name="same_term", months=288.0, rate="6.230", payment="2920.14", pays=21):
    return Scenario(
        name, Decimal(rate), months, Decimal(payment), Decimal("405130"), Decimal(monthly), Decimal(interest),
        Decimal("6358.71"), Decimal(net), pays, "",
    )  # fmt: skip


def test_the_last_payment_is_the_last_of_those_that_are_left():
    assert LOAN.ends(288) == date(2050, 4, 1)
    assert LOAN.ends(287.2) == date(2050, 4, 1)
    assert LOAN.ends(1) == date(2026, 5, 1)


def test_a_gain_is_rounded_down_and_a_loss_up():
    assert estimate.less(Decimal("312.99")) == "$312 less"
    assert estimate.less(Decimal("-0.01")) == "$1 more"
    assert estimate.less(Decimal("0.50")) == "about the same"
    assert estimate.less(Decimal(0)) == "no change"


@given(st.decimals(Decimal(-1_000_000), Decimal(1_000_000), places=2))
def test_no_gain_is_said_to_be_more_than_it_is(amount):
    said = estimate.less(amount)
    figure = Decimal("".join(sign for sign in said if sign.isdigit()) or "0")
    assert (figure <= amount) if said.endswith("less") else (figure >= -amount)


def test_savings_that_never_cover_the_cost_are_not_called_a_gain():
    found = estimate.ways(LOAN, [way("10.00", "2880.00", "-3478.71", pays=636)])
    assert found[0].sentence.endswith("The savings would not cover the cost by then.")
    cells = {row.label: [cell.text for cell in row.cells] for row in estimate.rows(LOAN, found[0].scenario, found)}
    assert cells["Pays for itself after"] == ["–", "does not pay for itself"]
    assert cells["In the end"] == ["–", "$3,479 behind"]


def test_a_payment_that_rises_is_said_to_rise():
    found = estimate.ways(LOAN, [way("-40.10", "-11548.80", "-17907.51", pays=None)])
    cells = {row.label: [cell.text for cell in row.cells] for row in estimate.rows(LOAN, found[0].scenario, found)}
    assert cells["Less each month"] == ["–", "$41 more"]
    assert estimate.heads(found)[1].under == "no lower payment"
    assert "your payment would not fall" in found[0].sentence
    assert not found[0].helps


def test_a_longer_term_says_what_it_costs():
    longer = way("554.29", "-33184.10", "-39542.81", name="new_30_year", months=360.0, payment="2678.07", pays=12)
    sentence = estimate.ways(LOAN, [longer])[0].sentence
    assert "$554 less each month, partly because you would pay for six years longer" in sentence
    assert "$33,185 more interest, plus the cost" in sentence
    assert sentence.endswith("It does not save money in the end: with the cost, you would be $39,543 worse off.")


def test_a_way_without_all_of_its_figures_is_not_shown():
    broken = Scenario("same_term", None, None, None, None, None, None, None, None, None, "")
    assert estimate.ways(LOAN, [broken]) == []


@pytest.mark.parametrize(("months", "words"), [(1, "1 month"), (21, "21 months"), (None, "does not pay for itself")])
def test_months_are_counted_in_words(months, words):
    assert estimate.pays_for_itself(months) == words


def test_the_borrowers_own_figures_are_worked_through():
    example = estimate.work_out(LOAN, Decimal("6.75"), 288, Decimal("6358.71"))
    assert example is not None
    assert (example.payment, example.apr, example.pays_after) == (Decimal("3060.13"), Decimal("6.916"), 37)


def test_a_cost_that_takes_the_whole_loan_has_no_apr():
    assert estimate.work_out(LOAN, Decimal("6.75"), 288, Decimal(436_000)) is None


def test_higher_rates_stay_below_the_borrowers_own():
    rates = [example.rate for example in estimate.higher_rates(LOAN, way("312.22", "89919", "83560"))]
    assert rates == [Decimal("6.230"), Decimal("6.75"), Decimal("7.00"), Decimal("7.25")]
