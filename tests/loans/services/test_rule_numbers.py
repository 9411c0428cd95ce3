"""Numbers that count from a day on: what the terms of a run make of them, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Branch, User
from loans.domain.covering import CostRow, ThresholdRow, Window
from loans.models import ClosingCost, Policy, ProgramValue, Threshold
from loans.queries import rule_numbers as reading
from loans.queries.terms import terms
from loans.services import policies, rule_numbers
from loans.services.policies import CannotSave
from rates.queries import market

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 24)


@pytest.fixture
def ben() -> User:
    return User.objects.create(email="ben@example.com", branch=Branch.objects.create(name="Denver"))


@pytest.fixture
def entry(ben):
    def made(days: int = 0, note: str = "New price list"):
        return rule_numbers.Entry(ben, TODAY, TODAY + timedelta(days=days), note)

    return made


def run_of(day: date):
    return terms(day, Policy.current(), market.applying(day))


def test_a_threshold_counts_from_its_day_until_the_next_for_the_same_loans(entry, ben):
    rule_numbers.set_threshold(Decimal("1.000"), entry(), balance_below=Decimal(150_000))
    rule_numbers.set_threshold(Decimal("0.500"), entry(3), branch=ben.branch, family="va")
    rule_numbers.set_threshold(Decimal("1.250"), entry(5), balance_below=Decimal(150_000))
    rule_numbers.set_threshold(None, entry(9), balance_below=Decimal(150_000))
    small, va = ThresholdRow(Decimal("1.000"), balance_below=150_000.0), ThresholdRow(Decimal("0.500"), ben.branch_id, "va")
    found = {days: run_of(TODAY + timedelta(days=days)).threshold_rows for days in (-1, 0, 2, 3, 5, 9)}
    assert found == {
        -1: (), 0: (small,), 2: (small,), 3: (va, small),
        5: (va, ThresholdRow(Decimal("1.250"), balance_below=150_000.0)), 9: (va,),
    }  # fmt: skip


def test_costs_and_windows_reach_the_run(entry):
    rule_numbers.set_cost(Decimal("3500.00"), Decimal("1.250"), entry(), state="TX")
    rule_numbers.set_window("Acme Bank ", 270, Decimal("2.500"), entry())
    rule_numbers.set_window("ACME BANK", 240, Decimal("2.000"), entry(1))
    rule_numbers.set_window("acme bank", None, None, entry(2))
    run = run_of(TODAY)
    assert run.cost_rows == (CostRow(3500.0, 1.25, state="TX"),)
    assert run.early_payoff_windows == {"acme bank": Window(270, 2.5)}
    assert run_of(TODAY + timedelta(days=1)).early_payoff_windows == {"acme bank": Window(240, 2.0)}
    assert run_of(TODAY + timedelta(days=2)).early_payoff_windows == {}


def test_a_number_that_somebody_has_checked_is_verified_from_that_day(entry):
    before = {one.name for one in reading.unverified(TODAY)}
    assert {"fha_upfront_percent", "fha_annual_table", "young_note_months"} <= before
    assert not before & {"va_recoupment_months", "usda_payment_cut"}
    note = "Handbook 4000.1 of January 2026, Appendix 1"
    rule_numbers.set_program_value("fha_annual_table", Decimal(0), entry(note=note), verified=True)
    rule_numbers.set_program_value("fha_upfront_percent", Decimal("1.500"), entry(1, note), verified=True)
    assert {one.name for one in reading.unverified(TODAY)} == before - {"fha_annual_table"}
    tomorrow = TODAY + timedelta(days=1)
    assert {one.name for one in reading.unverified(tomorrow)} == before - {"fha_annual_table", "fha_upfront_percent"}
    standing = {one.name: one for one in reading.standing(tomorrow)}
    assert (standing["fha_upfront_percent"].value, standing["fha_upfront_percent"].source) == (Decimal("1.500"), note)
    assert standing["fha_annual_table"].value is None
    assert run_of(TODAY).program_values["fha_upfront_percent"] == Decimal("1.750")
    assert run_of(tomorrow).program_values["fha_upfront_percent"] == Decimal("1.500")
    assert "fha_annual_table" not in run_of(tomorrow).program_values


def test_what_is_over_or_unsaid_or_makes_no_sense_is_refused_and_nothing_is_added(entry):
    attempts = (
        lambda: rule_numbers.set_threshold(Decimal("0.5"), entry(-1)),
        lambda: rule_numbers.set_threshold(Decimal("0.5"), entry(note="  ")),
        lambda: rule_numbers.set_threshold(Decimal("9.0"), entry()),
        lambda: rule_numbers.set_threshold(Decimal("0.5"), entry(), family="heloc"),
        lambda: rule_numbers.set_cost(Decimal(1), None, entry()),
        lambda: rule_numbers.set_program_value("va_points", Decimal(1), entry(), verified=True),
    )
    for attempt in attempts:
        with pytest.raises(CannotSave):
            attempt()
    assert not Threshold.objects.exists()
    assert not ClosingCost.objects.exists()
    assert not ProgramValue.objects.exists()


def test_the_policys_options_stay_where_only_numbers_change_and_reach_the_run(ben):
    numbers = policies.of(Policy.current())
    options = policies.Options(break_even_limit=36, early_payoff_warns=True, early_payoff_percent=Decimal("1.500"))
    first = policies.save(numbers, note="Warn only", by=ben, seen=None, options=options)
    with pytest.raises(CannotSave):
        policies.save(numbers, note="Again", by=ben, seen=first.pk, options=options)
    changed = policies.Numbers(**{**numbers.__dict__, "minimum_months": 72})
    second = policies.save(changed, note="Longer", by=ben, seen=first.pk)
    assert policies.options_of(second) == options
    run = run_of(TODAY)
    assert (run.break_even_limit, run.early_payoff_warns, run.early_payoff_percent) == (36, True, 1.5)
