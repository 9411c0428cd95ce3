"""What the page calls "needs a person" in Python and in SQL, and how a search is bounded."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest

from loans.domain import attention
from loans.models import Loan
from loans.queries import portfolio
from tests.loans.rows import AS_OF, make_loan

pytestmark = pytest.mark.django_db

CASES = {
    "do_not_solicit": ["", "unknown", "Unknown", "bankruptcy"],
    "amortization": ["fixed", "arm"],
    "current_rate": [None, Decimal("6.5")],
    "interest_only": [False, True],
    "prepayment_penalty_until": [None, AS_OF - timedelta(days=1), AS_OF],
    "tx_a6": [None, False, True],
    "property_state": ["CO", "TX"],
}


def test_python_and_sql_agree_on_who_needs_a_person():
    loans = []
    for number, (first, second) in enumerate(itertools.combinations(CASES, 2)):
        for a, b in itertools.product(CASES[first], CASES[second]):
            columns = {"upb": 300_000, "upb_as_of": AS_OF, "purpose": "cash_out_refinance", first: a, second: b}
            loans.append(make_loan(f"N-{number}-{len(loans)}", **columns))
    found = set(Loan.objects.filter(portfolio.needs_a_person(AS_OF)).values_list("pk", flat=True))
    assert found == {loan.pk for loan in Loan.objects.all() if attention.reasons(loan, AS_OF)}
    assert 0 < len(found) < len(loans)


def test_an_arm_without_a_balance_needs_a_person():
    loan = make_loan(amortization="arm", current_rate=Decimal("6.5"))
    assert attention.reasons(loan, AS_OF) == ["ARM without rate or balance"]


def test_a_count_goes_so_far_and_no_further(ada, monkeypatch):
    monkeypatch.setattr(portfolio, "COUNTED", 5)
    monkeypatch.setattr(portfolio, "FEW", 2)
    for number in range(7):
        make_loan(f"C-{number}", origination_date=date(2024, 1, 1 + number), first_payment_date=date(2024, 6, 1))
    rows = portfolio.visible(ada)
    few = portfolio.bounded(portfolio.found(rows, portfolio.Filters(q="C-1"), AS_OF))
    assert (few.count, few.more) == (1, False)
    many = portfolio.bounded(rows)
    assert (many.count, many.more) == (5, True)
    page = portfolio.page(many.rows, "-originated", start=0, size=3)
    assert [loan.loan_number for loan in page] == ["C-6", "C-5", "C-4"]
