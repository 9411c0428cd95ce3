"""Loans and opportunities for the API: two of Olivia, one of Oscar in Denver, one of Carl in Tampa."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from loans.models import Opportunity
from loans.services import matching
from tests.loans.rows import AS_OF, make_loan, set_market


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(datetime(2026, 4, 24, 15, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def book(olivia, oscar, carl) -> dict[str, Opportunity]:
    """The opportunities by loan number; HP-2 has none."""
    set_market()
    make_loan("HP-1", officer=olivia, branch=olivia.branch, name=("Ana", "Ames"), email="ana@example.com")
    make_loan("HP-2", officer=olivia, branch=olivia.branch, name=("Bo", "Bell"), note_rate=Decimal("6.125"))
    make_loan("HP-3", officer=oscar, branch=oscar.branch, name=("Cy", "Cole"), original_amount=Decimal(600_000))
    make_loan("TP-4", officer=carl, branch=carl.branch, name=("Di", "Dunn"), note_rate=Decimal("8.000"))
    matching.run(AS_OF)
    return {row.loan_number: row for row in Opportunity.objects.all()}


@pytest.fixture(params=("olivia", "ben", "pia", "cora", "ada"))
def somebody(request):
    """Everybody who sees the loans of Olivia."""
    return request.getfixturevalue(request.param)
