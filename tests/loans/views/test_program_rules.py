"""What pages show of programs, windows and insurance: what an early payoff costs, and why a person looks first."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import Policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
QUEUE = "/queue/"


def page_of(row):
    return reverse("loans:opportunity", args=[row.pk])


def test_an_open_window_stands_on_the_row_with_its_cost_where_the_policy_only_warns(as_user, lend, olivia):
    assert lend(olivia, "T-1", origination_date=date(2026, 1, 2), first_payment_date=date(2026, 3, 1)) is None
    Policy.objects.create(early_payoff_warns=True)
    row = lend(olivia, "T-2", origination_date=date(2026, 1, 2), first_payment_date=date(2026, 3, 1))
    assert (row.early_payoff_ends, row.early_payoff_cost) == (date(2026, 7, 1), Decimal("9106.42"))
    assertContains(as_user(olivia).get(QUEUE), "early payoff $9,106</span>", count=2)
    exported = b"".join(as_user(olivia).get("/queue.csv").streaming_content).decode()
    line = next(csv.DictReader(io.StringIO(exported)))
    assert (line["early_payoff_ends"], line["early_payoff_cost"]) == ("2026-07-01", "9106.42")
    answer = as_user(olivia).get(page_of(row))
    assertContains(answer, "Open to Jul 1, 2026, costs the lender $9,106")
    assertContains(answer, "A payoff now would cost the lender $9,106.42.")


def test_a_window_that_is_over_is_not_mentioned_on_the_row(as_user, lend, olivia):
    row = lend(olivia, "T-1")
    assert row.early_payoff_cost == 0
    assertNotContains(as_user(olivia).get(QUEUE), "early payoff")
    assertContains(as_user(olivia).get(page_of(row)), "<dt>Early payoff</dt><dd>Free</dd>")


@pytest.mark.parametrize(
    ("columns", "why", "words"),
    [
        ({"property_state": "TX", "tx_a6": True}, "texas_50a6", "it is a Texas 50(a)(6) loan."),
        (
            {"property_state": "MA", "origination_date": date(2022, 1, 3), "first_payment_date": date(2022, 3, 1)},
            "young_note", "the note is so young",
        ),
        ({"prepayment_penalty_until": date(2026, 12, 31)}, "prepayment_penalty", "a prepayment penalty still runs."),
        ({"program": "fha"}, "fha_premium_unknown", "neither file nor table tells the annual premium"),
    ],
)  # fmt: skip
def test_what_law_or_file_leaves_open_waits_for_a_person_and_says_why(as_user, lend, olivia, columns, why, words):
    row = lend(olivia, "T-1", **columns)
    assert (row.review, row.qualifies) == (why, True)
    assert row.new_payment is not None
    assertContains(as_user(olivia).get(QUEUE), f"A person must look before anything is sent: {words}")


def test_costs_and_insurance_are_said_apart(as_user, lend, olivia):
    va = lend(olivia, "T-VA", program="va")
    assertContains(as_user(olivia).get(page_of(va)), "are the lender's and $2,238 come from the program's own fee.")
    insured = lend(olivia, "T-MI", mortgage_insurance_monthly=Decimal("145.00"), property_value=Decimal(600_000))
    answer = as_user(olivia).get(page_of(insured))
    assertContains(answer, "Mortgage insurance: $145.00 a month now, none after refinancing.")
    assertContains(answer, "the servicer may drop it without a refinance")
    plain = as_user(olivia).get(page_of(lend(olivia, "T-1")))
    assertContains(plain, '<span class="strong">15-year, 5.580%, 180 months:</span>')
    assertContains(plain, "The payment does not fall, so it does not repay the costs of")
    assertNotContains(plain, "Mortgage insurance: ")
    assertNotContains(plain, "Of the costs")
    assertContains(plain, "By the square-root rule")
