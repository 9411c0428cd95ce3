"""Why a loan needs a person before anything is sent about it; shown in the portfolio, which finds the same loans in SQL."""

from datetime import date
from typing import Any

DO_NOT_SOLICIT_OPEN = "unknown"
"""What a file writes where nobody knows whether the borrower may be solicited."""


def reasons(loan: Any, today: date) -> list[str]:
    """Short labels, most binding first; none where the loan needs nobody."""
    rules = (
        (loan.do_not_solicit.lower() == DO_NOT_SOLICIT_OPEN, "May be solicited?"),
        (loan.amortization == "arm" and (loan.current_rate is None or loan.upb is None), "ARM without rate or balance"),
        (loan.interest_only, "Interest only"),
        (loan.prepayment_penalty_until is not None and loan.prepayment_penalty_until >= today, "Prepayment penalty"),
        (loan.tx_a6 is True, "Texas 50(a)(6)"),
        (loan.tx_a6 is None and loan.property_state == "TX" and loan.purpose == "cash_out_refinance", "Texas 50(a)(6)?"),
    )
    return [label for applies, label in rules if applies]
