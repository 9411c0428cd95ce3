"""Freddie Mac's single-family loan-level dataset: origination and monthly performance (servicing) files.

Pipe-separated, without a heading. Positions count from 0; the published layouts count from 1. Columns that later editions
added stand at the end, so earlier editions are read the same way.
"""

import re
from collections.abc import Sequence

from reports.domain.backtest_histories import Originated, Reported, first_of, month_of

NUMBER = re.compile(r"[AF]\d{1,3}Q[1-4]\d{6,8}")
"""The loan sequence number, as in F07Q30000001; it tells the two files from each other and from anybody else's."""
NUMBER_AT_ORIGINATION = 19
MONTHS_TO_FIRST_PAYMENT = 2
"""The origination date is not published; the first payment is usually due on the first of the second month after it."""
REFINANCES = frozenset({"C", "N", "R"})
"""Cash-out, no cash-out, and a refinance that is not told apart; P is a purchase."""
MODIFIED = frozenset({"Y", "P"})
"""Modified in this month, or in an earlier one."""


def originated(cells: Sequence[str]) -> Originated:
    """A line of an origination file. Raises ValueError with a sentence."""
    first_payment = month_of(cells[1])
    return Originated(
        number=cells[NUMBER_AT_ORIGINATION],
        note_rate=cells[12],
        original_amount=cells[10],
        term_months=cells[21],
        originated=first_of(first_payment - MONTHS_TO_FIRST_PAYMENT),
        first_payment=first_of(first_payment),
        state=cells[16],
        refinance=cells[20] in REFINANCES,
        adjustable=cells[15] == "ARM",
    )


def serviced(cells: Sequence[str]) -> Reported:
    """A line of a servicing file. Raises ValueError with a sentence."""
    return Reported(
        number=cells[0],
        month=month_of(cells[1]),
        rate=cells[10],
        balance=cells[2],
        modified=cells[7] in MODIFIED,
        code=cells[8],
        ended=month_of(cells[9]) if cells[9] else None,
    )
