"""Books drawn around the market, where a threshold or a fall of an eighth decides: every program, size and branch."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from loans.models import Borrower, Loan
from tests.loans.rows import AS_OF

MARKET = {
    "conventional_30": "6.230", "conventional_15": "5.580", "jumbo_30": "6.410", "fha_30": "6.020", "va_30": "5.940",
}  # fmt: skip
"""No rate for USDA: the conventional one stands in."""

CLOSED = st.sampled_from(
    [date(2023, 5, 15), date(2024, 2, 29), date(2024, 4, 17), AS_OF - timedelta(days=100), date(2012, 1, 9)]
)
RATES = st.integers(48, 64).map(lambda eighths: Decimal(eighths) / 8) | st.decimals(Decimal("5.5"), Decimal(8), places=3)
AMOUNTS = st.integers(60, 1_400).map(lambda thousands: Decimal(thousands * 1_000))


@st.composite
def loans(draw: st.DrawFn) -> dict[str, Any]:
    """Columns of one loan; `branch` is a number that `save` turns into one of the branches it is given."""
    closed = draw(CLOSED)
    arm = draw(st.integers(0, 9)) == 0
    upb = draw(AMOUNTS) if draw(st.integers(0, 3)) == 0 or arm else None
    return {
        "note_rate": draw(RATES),
        "amortization": "arm" if arm else "fixed",
        "current_rate": draw(st.none() | RATES) if arm else None,
        "interest_only": draw(st.integers(0, 19)) == 0,
        "original_amount": draw(AMOUNTS),
        "upb": upb,
        "upb_as_of": AS_OF if upb else None,
        "term_months": draw(st.sampled_from([360, 360, 360, 180, 72])),
        "origination_date": closed,
        "first_payment_date": closed + timedelta(days=45),
        "program": draw(st.sampled_from(["conventional", "conventional", "fha", "va", "usda"])),
        "property_state": draw(st.sampled_from(["CO", "TX", "HI"])),
        "status": draw(st.sampled_from(["active"] * 8 + ["paid_off", "in_application"])),
        "lien_position": draw(st.sampled_from([1] * 9 + [2])),
        "purpose": draw(st.sampled_from(["purchase", "purchase", "refinance"])),
        "do_not_solicit": draw(st.sampled_from([""] * 9 + ["litigation", "unknown"])),
        "va_funding_fee_exempt": draw(st.sampled_from([None, True])),
        "branch": draw(st.integers(0, 2)),
    }


books = st.lists(loans(), min_size=40, max_size=40)


def save(book: list[dict[str, Any]], *, branches: list[Any]) -> None:
    """The loans, each with one borrower of its own; a branch beyond the list is none."""
    places = [*branches, None, None, None]
    made = Loan.objects.bulk_create(
        Loan(loan_number=f"D-{number:03}", **(columns | {"branch": places[columns["branch"]]}))
        for number, columns in enumerate(book)
    )
    Borrower.objects.bulk_create(
        Borrower(loan=loan, first_name="Ana", last_name=f"Ames{number}") for number, loan in enumerate(made)
    )
