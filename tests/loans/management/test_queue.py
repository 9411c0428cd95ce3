"""`queue` prints the ranked rows in the words of the contract."""

import re

import pytest
from django.core.management import CommandError, call_command

from loans.models import Opportunity
from loans.queries import opportunities

pytestmark = pytest.mark.django_db

ROW_KEYS = [
    "rank", "loan_number", "borrower", "officer", "program", "product", "proxy", "note_rate", "market_rate", "spread", "upb",
    "upb_estimated", "months_remaining", "current_payment", "new_payment", "monthly_savings", "total_interest_savings",
    "closing_costs", "break_even_months", "qualifies", "status", "last_contact",
]  # fmt: skip
MONEY = ("upb", "current_payment", "new_payment", "monthly_savings", "total_interest_savings", "closing_costs")


def is_money(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?\d+\.\d\d", value) is not None


def test_the_keys_are_the_contracts_and_the_largest_saving_stands_first(run, book):
    rows = run("queue", "--json")
    assert all(list(row) == ROW_KEYS for row in rows)
    assert [(row["rank"], row["loan_number"]) for row in rows] == [(1, "Q-2"), (2, "Q-1"), (3, "Q-3")]
    savings = [float(row["total_interest_savings"]) for row in rows]
    assert savings == sorted(savings, reverse=True)


def test_money_and_rates_are_strings_and_what_is_not_known_is_null(run, book):
    row = run("queue", "--json", "--limit", "1")[0]
    assert all(is_money(row[name]) for name in MONEY)
    assert (row["note_rate"], row["market_rate"], row["spread"]) == ("7.500", "6.230", "1.270")
    assert (row["months_remaining"], row["proxy"], row["upb_estimated"], row["qualifies"]) == (337, False, True, True)
    assert isinstance(row["break_even_months"], int)
    assert (row["status"], row["last_contact"], row["borrower"]) == ("new", None, "Theo Strand")
    assert run("queue", "--json")[2]["officer"] is None


def test_the_queue_of_one_officer(run, book, olivia):
    assert [row["loan_number"] for row in run("queue", "--officer", olivia.email.upper(), "--json")] == ["Q-1"]


def test_what_sleeps_or_applies_or_is_over_is_not_in_the_queue(run, book):
    Opportunity.objects.filter(loan_number="Q-1").update(status="application")
    Opportunity.objects.filter(loan_number="Q-2").update(status="snoozed", snoozed_until="2026-05-24")
    Opportunity.objects.filter(loan_number="Q-3").update(status="expired")
    assert run("queue", "--json") == []
    assert run("queue") == "The queue is empty.\n"


@pytest.mark.parametrize("order", opportunities.ORDERS)
def test_every_order_ranks_all(run, book, order):
    assert {row["loan_number"] for row in run("queue", "--order", order, "--json")} == {"Q-1", "Q-2", "Q-3"}


def test_the_first_rows_only(run, book):
    assert [row["rank"] for row in run("queue", "--limit", "2", "--json")] == [1, 2]


def test_people_read_a_table(run, book):
    lines = run("queue").splitlines()
    assert lines[0].split() == ["#", "Loan", "Client", "Rate", "Market", "Monthly", "Total", "interest"]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["1", "Q-2", "Theo", "Strand"], ["2", "Q-1", "Marisol", "Vega"], ["3", "Q-3", "Una", "Finch"],
    ]  # fmt: skip
    assert run.err == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--officer", "nobody@example.com"], "Nobody has the e-mail nobody@example.com."),
        (["--limit", "-1"], "--limit takes a number of rows."),
    ],
)
def test_a_bad_wish_is_one_sentence(book, words, sentence):
    with pytest.raises(CommandError) as refusal:
        call_command("queue", *words)
    assert (str(refusal.value), refusal.value.returncode) == (sentence, 1)
