"""What the page calls "needs a person" in Python and in SQL, and how a search is bounded."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest

from loans.domain import attention, programs
from loans.models import Loan
from loans.queries import explaining, portfolio
from loans.services import rule_numbers
from tests.loans.rows import AS_OF, make_loan, set_market

pytestmark = pytest.mark.django_db

VALUES = programs.shipped()
CASES = {
    "status": ["active", "paid_off"],
    "program": ["conventional", "fha", "va"],
    "annual_mip": [None, Decimal("0.550")],
    "fha_case_date": [None, date(2012, 1, 5)],
    "ltv": [None, Decimal("96.500")],
    "va_funding_fee_exempt": [None, False, True],
    "origination_date": [date(2024, 4, 17), date(2025, 4, 24), date(2025, 4, 25), date(2021, 4, 25)],
    "occupancy": ["", "investment"],
    "upb_as_of": [AS_OF, date(2060, 1, 1)],
    "original_amount": [Decimal(456_000), None],
    "do_not_solicit": ["", "unknown", "Unknown", "bankruptcy"],
    "amortization": ["fixed", "arm"],
    "current_rate": [None, Decimal("6.5")],
    "interest_only": [False, True],
    "prepayment_penalty_until": [None, AS_OF - timedelta(days=1), AS_OF],
    "tx_a6": [None, False, True],
    "property_state": ["CO", "TX", "MA"],
}


@pytest.fixture
def drawn(db) -> list[Loan]:
    """A loan of each pair of the cases."""
    usual = {"upb": 300_000, "upb_as_of": AS_OF, "purpose": "cash_out_refinance"}
    for number, (first, second) in enumerate(itertools.combinations(CASES, 2)):
        for a, b in itertools.product(CASES[first], CASES[second]):
            make_loan(f"N-{number}-{Loan.objects.count()}", **(usual | {first: a, second: b}))
    return list(Loan.objects.prefetch_related("borrowers"))


def numbers(rows) -> set[str]:
    return {loan.loan_number for loan in rows}


def test_python_and_sql_agree_on_each_reason(drawn, ada):
    told = {loan.loan_number: {reason.name for reason in attention.reasons(loan, AS_OF, VALUES)} for loan in drawn}
    counts = portfolio.reason_counts(ada, AS_OF)
    assert set(counts) == {reason.name for reason in attention.REASONS}
    for reason in attention.REASONS:
        found = numbers(portfolio.found(portfolio.visible(ada), portfolio.Filters(reason=reason.name), AS_OF))
        assert found == {number for number, names in told.items() if reason.name in names}, reason.name
        assert counts[reason.name] == len(found)
        assert 0 < len(found) < len(drawn)


def test_what_needs_a_person_is_what_the_match_holds_back_and_what_may_not_be_solicited(drawn):
    set_market()
    basis = explaining.basis(AS_OF)
    held = {
        loan.loan_number
        for loan in drawn
        if loan.status == "active" and explaining.explain(loan, AS_OF, basis).values["person_first"]
    }
    asked = {loan.loan_number for loan in drawn if loan.status == "active" and loan.do_not_solicit.lower() == "unknown"}
    assert numbers(Loan.objects.filter(portfolio.needs_a_person(AS_OF))) == held | asked
    assert held - asked
    assert asked - held


def test_a_reason_is_not_narrowed_by_the_view_and_an_unknown_one_is_none(ada):
    make_loan("V-1", program="va")
    make_loan("V-2", program="va", va_funding_fee_exempt=True)
    everybody = portfolio.visible(ada)
    asked = portfolio.Filters(view="attention", reason="va_exemption")
    assert numbers(portfolio.found(everybody, asked, AS_OF)) == {"V-1"}
    assert numbers(portfolio.found(everybody, portfolio.Filters(view="attention"), AS_OF)) == set()
    assert numbers(portfolio.found(everybody, portfolio.Filters(reason="zodiac"), AS_OF)) == {"V-1", "V-2"}


def test_a_lenders_own_number_decides_how_long_a_note_is_young(ada):
    make_loan("Y-1", origination_date=date(2025, 1, 2), first_payment_date=date(2025, 3, 1))
    young = portfolio.Filters(reason="young_note")
    assert numbers(portfolio.found(portfolio.visible(ada), young, AS_OF)) == set()
    entry = rule_numbers.Entry(ada, AS_OF, AS_OF, "Counsel's letter")
    rule_numbers.set_program_value("young_note_months", Decimal(24), entry, verified=True)
    assert numbers(portfolio.found(portfolio.visible(ada), young, AS_OF)) == {"Y-1"}
    assert portfolio.reason_counts(ada, AS_OF)["young_note"] == 1


def test_counts_are_of_the_readers_own_loans(olivia, carl):
    make_loan(officer=olivia, branch=olivia.branch, interest_only=True)
    assert portfolio.reason_counts(olivia, AS_OF)["interest_only"] == 1
    assert portfolio.reason_counts(carl, AS_OF)["interest_only"] == 0


def test_an_arm_without_a_balance_needs_a_person():
    loan = make_loan(amortization="arm", current_rate=Decimal("6.5"))
    assert [reason.label for reason in attention.reasons(loan, AS_OF, VALUES)] == ["ARM without rate or balance"]


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
