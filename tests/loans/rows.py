"""Loans and markets for tests, in a line each."""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from loans.models import Borrower, Loan
from rates.models import ConformingLimit, Pull, Rate

AS_OF = date(2026, 4, 24)
_numbers = itertools.count(1)


def make_loan(
    number: str = "", *, email: str = "", phone: str = "", name: tuple[str, str] = ("Marisol", "Vega"), **columns: Any
) -> Loan:
    """A loan that is in the queue at 6.23 percent on AS_OF: 7.500 percent, 456,000 dollars, closed in April 2024."""
    defaults: dict[str, Any] = {
        "note_rate": Decimal("7.500"),
        "origination_date": date(2024, 4, 17),
        "first_payment_date": date(2024, 6, 1),
        "term_months": 360,
        "original_amount": Decimal("456000.00"),
        "property_state": "CO",
        "purpose": "purchase",
    }
    loan = Loan.objects.create(loan_number=number or f"T-{next(_numbers)}", **(defaults | columns))
    keys = settings.FIELD_KEYS
    Borrower.objects.create(
        loan=loan,
        first_name=name[0],
        last_name=name[1],
        email=email,
        email_lookup=keys.lookup(email),
        phone=phone,
        phone_lookup=keys.lookup(phone),
    )
    return loan


def set_market(as_of: date = AS_OF, source: str = "pmms", **rates: str) -> None:
    """Accepted rates of a day: set_market(conventional_30="6.230")."""
    # A test that commits empties the tables of what migrations loaded.
    ConformingLimit.objects.get_or_create(year=2026, area="", defaults={"amount": 832_750})
    now = timezone.now()
    pull = Pull.objects.create(source=source, started_at=now, finished_at=now, outcome=Pull.Outcome.DONE)
    for product, rate in (rates or {"conventional_30": "6.230", "conventional_15": "5.580"}).items():
        Rate.objects.create(
            source=source, product=product, as_of=as_of, rate=rate, published=rate, pull=pull, status=Rate.Status.ACCEPTED
        )
