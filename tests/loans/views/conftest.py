"""A Friday in April, the market of that day, and loans in the queue."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from loans.models import Opportunity
from loans.services import matching
from tests.loans.rows import AS_OF, make_loan, set_market


@pytest.fixture
def _on_friday():
    with time_machine.travel(datetime(2026, 4, 24, 15, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def market(db) -> None:
    set_market()


@pytest.fixture
def lend(market):
    """Loans that are matched at once: `lend(olivia, "T-1", note_rate=7)` gives the opportunity, None where it did not open."""

    def make(officer: Any, number: str = "", **columns: Any) -> Opportunity | None:
        columns = {"branch": officer.branch if officer else None, "officer": officer} | columns
        loan = make_loan(number, **columns)
        matching.run(AS_OF)
        return Opportunity.objects.filter(loan=loan).first()

    return make


@pytest.fixture(params=("olivia", "ben", "pia", "cora", "ada"))
def somebody(request):
    """Everybody who sees the loans of Olivia."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def three(lend, olivia):
    """By total interest: T-B, T-A, T-C."""
    return [
        lend(olivia, "T-A", name=("Ana", "Ames")),
        lend(olivia, "T-B", name=("Bo", "Bell"), original_amount=600_000),
        lend(olivia, "T-C", name=("Cy", "Cole"), note_rate=Decimal("7.000"), program="fha"),
    ]
