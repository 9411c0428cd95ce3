"""`explain` answers in the words of the contract, for loans in the queue and out of it."""

import json

import pytest
from django.core.management import CommandError, call_command

from loans.domain import eligibility
from loans.models import Loan
from tests.loans.management.test_queue import ROW_KEYS, is_money
from tests.loans.rows import make_loan

pytestmark = pytest.mark.django_db

KEYS = ["loan_number", "as_of", "eligible", "rules", "figures", "scenarios"]
RULE_KEYS = ["name", "passed", "inputs", "sentence", "citation", "opens_on", "opens_at_rate"]
SCENARIO_KEYS = {
    "name", "rate", "months", "payment", "total_interest", "monthly_savings", "total_interest_savings", "closing_costs",
    "break_even_months", "note",
}  # fmt: skip


def test_the_keys_are_the_contracts(run, book):
    answer = run("explain", "Q-1", "--json")
    assert [key for key in answer if key != "adl"] == KEYS
    assert set(answer["figures"]) == set(ROW_KEYS)
    assert all(list(rule) == RULE_KEYS for rule in answer["rules"])
    assert [rule["name"] for rule in answer["rules"]] == [rule.name for rule in eligibility.RULES]
    assert all(set(scenario) == SCENARIO_KEYS for scenario in answer["scenarios"])
    assert [scenario["name"] for scenario in answer["scenarios"]][:2] == ["same_term", "new_30_year"]


def test_a_loan_in_the_queue_has_the_figures_of_its_row(run, book):
    row = next(row for row in run("queue", "--json") if row["loan_number"] == "Q-1")
    answer = run("explain", "Q-1", "--json")
    assert (answer["eligible"], answer["as_of"]) == (True, "2026-04-24")
    assert {**answer["figures"], "rank": row["rank"]} == row
    same_term = answer["scenarios"][0]
    assert (same_term["payment"], same_term["break_even_months"]) == (row["new_payment"], row["break_even_months"])
    assert all(is_money(same_term[name]) for name in ("total_interest", "monthly_savings", "closing_costs"))
    # Without licenses on file nobody can say whether the officer has one.
    assert [rule["name"] for rule in answer["rules"] if rule["passed"] is not True] == ["license"]


def test_other_targets_that_are_worth_their_costs_stand_beside_both_scenarios(run, book):
    answer = run("explain", "Q-1", "--json")
    shorter = answer["scenarios"][2]
    assert [scenario["name"] for scenario in answer["scenarios"]] == ["same_term", "new_30_year", "new_15_year"]
    assert (shorter["rate"], shorter["months"], is_money(shorter["payment"])) == ("5.580", 180.0, True)


def test_a_loan_out_of_the_queue_says_which_rate_would_open_it(run, book):
    answer = run("explain", "Q-4", "--json")
    rule = next(rule for rule in answer["rules"] if rule["name"] == "spread")
    assert (answer["eligible"], answer["figures"]["status"], answer["figures"]["qualifies"]) == (False, None, False)
    assert (rule["passed"], rule["opens_at_rate"], rule["opens_on"]) == (False, "5.875", None)
    assert rule["inputs"] == {"spread": "0.270", "threshold": "0.625"}


def test_a_loan_that_waits_says_the_day(run, book):
    make_loan("Q-5", origination_date="2026-01-02", first_payment_date="2026-03-01")
    rule = next(rule for rule in run("explain", "Q-5", "--json")["rules"] if rule["name"] == "early_payoff")
    assert (rule["passed"], rule["opens_on"]) == (False, "2026-07-02")
    assert "Opens on 2026-07-02." in run("explain", "Q-5")


@pytest.mark.parametrize(
    "columns",
    [
        {"amortization": "arm"}, {"interest_only": True}, {"first_payment_date": "1980-01-01"}, {"original_amount": "0.01"},
        {"early_payoff_until": "2199-12-31"}, {"term_months": 1}, {"last_refinanced_on": "2026-04-24"},
        {"upb": "9999999999.99", "upb_as_of": "2026-04-24"}, {"program": "usda"}, {"note_rate": "0.001"},
    ],
)  # fmt: skip
def test_a_poor_loan_is_explained_too(run, book, columns):
    make_loan("Q-9", **columns)
    answer = run("explain", "Q-9", "--json")
    assert set(answer["figures"]) == set(ROW_KEYS)
    assert all(rule["sentence"].endswith(".") for rule in answer["rules"])
    assert "Q-9 is" in run("explain", "Q-9")


def test_without_any_rate_nothing_is_figured_and_all_is_said(run, db):
    make_loan("Q-1")
    answer = run("explain", "Q-1", "--json")
    assert (answer["figures"]["market_rate"], answer["figures"]["new_payment"]) == (None, None)
    assert "can't be figured" in run("explain", "Q-1")


def test_another_day_is_explained_by_that_days_market(run, book):
    assert run("explain", "Q-1", "--as-of", "2026-04-23", "--json")["figures"]["market_rate"] is None
    assert run("explain", "Q-1", "--as-of", "2026-04-25", "--json")["as_of"] == "2026-04-25"


def test_a_person_reads_every_rule_and_scenario(run, book):
    said = run("explain", "Q-4")
    assert said.startswith("Loan Q-4 is not eligible as of 2026-04-24.\n")
    assert "FAIL" in said
    assert "Opens at a market rate of 5.875% or less." in said
    assert all(rule.label in said for rule in eligibility.RULES)
    assert all(name in said for name in ("Today", "Same term", "New 30-year"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["Q-0"], "No loan has the number Q-0."),
        (["Q-1", "--as-of", "soon"], "--as-of soon is not a date; write 2026-04-23."),
        (["Q-1", "--as-of", "2026-02-30"], "--as-of 2026-02-30 is not a date; write 2026-04-23."),
    ],
)
def test_what_is_not_there_is_one_sentence(book, capfd, words, sentence):
    with pytest.raises(CommandError) as refusal:
        call_command("explain", *words, "--json")
    assert (str(refusal.value), refusal.value.returncode) == (sentence, 1)
    assert capfd.readouterr().out == ""


def test_nothing_is_changed_by_explaining(run, book):
    before = list(Loan.objects.values())
    json.dumps(run("explain", "Q-1", "--json"))
    assert list(Loan.objects.values()) == before
