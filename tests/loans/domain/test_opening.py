"""The rate at which a loan opens: exact, and none where the fall is not enough."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loans.domain import eligibility, figures, opening
from loans.domain.applying_rate import NarrowRate
from loans.domain.figures import Terms

CODES = ("conventional_30", "conventional_15", "va_30", "usda_30")
TERMS = Terms(
    as_of=date(2026, 4, 24),
    market_rates=dict.fromkeys(CODES, Decimal("6.230")),
    thresholds=dict.fromkeys(CODES, Decimal("0.625")),
    proxies={},
    limits_by_state={},
    baseline_limit=832_750.0,
    cost_fixed=2_000.0,
    cost_percent=1.0,
    minimum_months=60,
    refinance_cutoff=date(2024, 4, 24),
    early_payoff_days=180,
)
LOAN = {
    "note_rate": Decimal("6.750"),
    "is_arm": False,
    "interest_only": False,
    "original_amount": Decimal(400_000),
    "term_months": 360,
    "first_payment_date": date(2024, 6, 1),
    "origination_date": date(2024, 4, 17),
    "program": "conventional",
    "is_active": True,
    "lien_position": 1,
    "do_not_solicit_clear": True,
    "has_open_application": False,
}
HALF = Decimal("0.500")


def opens(facts, terms, rate) -> bool:
    """At that market rate, whatever the product."""
    run = replace(terms, market_rates=dict.fromkeys(terms.market_rates, rate), buckets=())
    return eligibility.eligible(eligibility.judge(figures.compute(facts, run)))


def test_where_the_threshold_is_in_the_way_it_is_the_note_rate_less_the_threshold():
    assert opening.opens_at(LOAN, TERMS, HALF) == Decimal("6.125")
    assert opening.opens_at(LOAN, TERMS, Decimal("0.125")) == Decimal("6.125")
    assert opening.opens_at(LOAN | {"note_rate": Decimal("6.730")}, TERMS, Decimal("0.125")) == Decimal("6.105")
    assert opening.opens_at(LOAN | {"note_rate": Decimal("6.729")}, TERMS, Decimal("0.125")) is None


@pytest.mark.parametrize(
    ("changed", "limit"),
    [
        ({"program": "va", "va_funding_fee_exempt": True, "note_rate": Decimal("6.875")}, None),
        ({"program": "usda", "note_rate": Decimal("6.875"), "original_amount": Decimal(90_000)}, None),
        ({"note_rate": Decimal("6.875")}, 24),
    ],
)
def test_where_costs_must_come_back_it_is_found_to_the_thousandth(changed, limit):
    facts, terms = LOAN | changed, replace(TERMS, break_even_limit=limit)
    assert not opens(facts, terms, Decimal("6.230"))
    rate = opening.opens_at(facts, terms, HALF)
    assert Decimal("5.730") <= rate < Decimal("6.230")
    assert opens(facts, terms, rate)
    assert not opens(facts, terms, rate + Decimal("0.001"))


def test_what_opens_today_opens_at_todays_rate_and_what_something_else_keeps_out_does_not_open():
    assert opening.opens_at(LOAN | {"note_rate": Decimal("7.500")}, TERMS, HALF) == Decimal("6.230")
    for keeps_out in ({"is_active": False}, {"do_not_solicit_clear": None}, {"origination_date": date(2026, 3, 1)}):
        assert opening.opens_at(LOAN | keeps_out, TERMS, HALF) is None
    assert opening.opens_at(LOAN, replace(TERMS, market_rates={}), HALF) is None


def test_a_fall_lowers_every_rate_the_narrow_ones_too_and_never_below_a_thousandth():
    narrow = NarrowRate("conventional_30", Decimal("6.125"), "", score_from=740)
    fallen = opening.fallen(replace(TERMS, buckets=(narrow,)), HALF)
    assert set(fallen.market_rates.values()) == {Decimal("5.730")}
    assert [one.rate for one in fallen.buckets] == [Decimal("5.625")]
    assert set(opening.fallen(TERMS, Decimal(7)).market_rates.values()) == {Decimal("0.001")}


def test_a_loan_with_a_narrow_rate_opens_when_that_rate_falls():
    narrow = NarrowRate("conventional_30", Decimal("6.200"), "", score_from=740)
    terms = replace(TERMS, buckets=(narrow,))
    assert opening.opens_at(LOAN | {"credit_score": 760}, terms, Decimal("0.125")) == Decimal("6.125")
    assert opening.opens_at(LOAN | {"credit_score": 760}, terms, Decimal("0.050")) is None
