"""What costs are made of, what mortgage insurance does, and the simpler rules of when to act."""

from datetime import date
from decimal import Decimal

from loans.domain import explanation, figures, standing
from tests.loans.domain.test_explanation import FACTS, terms


def values(**facts):
    return figures.compute(FACTS | facts, terms())


def test_costs_by_who_asks_them_add_up():
    for facts in ({}, {"program": "va"}, {"program": "usda"}, {"prepayment_penalty_until": date(2026, 12, 31)}):
        found = values(**facts)
        parts = standing.cost_parts(found)
        assert parts.lender + parts.added == Decimal(str(found["closing_costs"]))
        assert bool(parts.added) is bool(facts)
    assert standing.cost_parts(values(is_arm=True)) is None


def test_insurance_that_a_refinance_drops_may_be_dropped_without_one():
    found = standing.insurance(values(mortgage_insurance_monthly=Decimal("145.00"), property_value=Decimal(600_000)))
    assert (found.now, found.new, found.change, found.droppable) == (Decimal("145.00"), Decimal(0), Decimal("-145.00"), True)


def test_insurance_that_a_refinance_adds():
    found = standing.insurance(values(mortgage_insurance_monthly=Decimal("0.00"), property_value=Decimal(500_000)))
    assert (found.now, found.new, found.droppable) == (Decimal(0), Decimal("223.83"), False)  # 0.6% of 447,657.10 a year
    assert found.change == Decimal("223.83")


def test_where_no_insurance_is_paid_nothing_is_said():
    assert standing.insurance(values(program="va")) is None
    assert standing.insurance(values()) is None


def test_an_fha_premium_that_falls():
    found = standing.insurance(values(program="fha", ltv=Decimal("96.500"), annual_mip=Decimal("0.850")))
    assert (found.now, found.new, found.droppable) == (Decimal("317.09"), Decimal("205.18"), False)


def test_the_simpler_rules_ask_for_less():
    simpler, best = explanation.simpler_rules(values()), explanation.timing(values())
    assert simpler.costs_back_bp < simpler.square_root_bp < best.threshold_bp
    assert explanation.simpler_rules(values(is_arm=True)) is None
