"""Fannie Mae's single-family loan performance data: acquisition and performance files, and both in one as of late 2020.

Pipe-separated, without a heading. Positions count from 0; the published layouts count from 1.
"""

from collections.abc import Sequence

from reports.domain.backtest_histories import Originated, Reported, first_of, month_of

ACQUISITION, PERFORMANCE = (24, 25), (31,)
COMBINED = range(100, 121)
"""The combined file began with 108 columns and has grown since; new ones come at the end."""
REFINANCES = frozenset({"C", "R", "U"})
"""Cash-out, no cash-out, and a refinance that is not told apart; P is a purchase."""


def acquired(cells: Sequence[str]) -> Originated:
    """A line of an acquisition file. Raises ValueError with a sentence."""
    return Originated(
        number=cells[0],
        note_rate=cells[3],
        original_amount=cells[4],
        term_months=cells[5],
        originated=first_of(month_of(cells[6])),
        first_payment=first_of(month_of(cells[7])),
        state=cells[18],
        refinance=cells[14] in REFINANCES,
        adjustable=cells[21] == "ARM",
    )


def reported(cells: Sequence[str]) -> Reported:
    """A line of a performance file. Raises ValueError with a sentence."""
    return Reported(
        number=cells[0],
        month=month_of(cells[1]),
        rate=cells[3],
        balance=cells[4],
        modified=cells[11] == "Y",
        code=cells[12],
        ended=month_of(cells[13]) if cells[13] else None,
    )


def combined_acquired(cells: Sequence[str]) -> Originated:
    """What a line of the combined file says of the loan at its start. Raises ValueError with a sentence."""
    return Originated(
        number=cells[1],
        note_rate=cells[7],
        original_amount=cells[9],
        term_months=cells[12],
        originated=first_of(month_of(cells[13])),
        first_payment=first_of(month_of(cells[14])),
        state=cells[30],
        refinance=cells[26] in REFINANCES,
        adjustable=cells[34] == "ARM",
    )


def combined_reported(cells: Sequence[str]) -> Reported:
    """What a line of the combined file says of its month. Raises ValueError with a sentence."""
    return Reported(
        number=cells[1],
        month=month_of(cells[2]),
        rate=cells[8],
        balance=cells[11],
        modified=cells[41] == "Y",
        code=cells[43],
        ended=month_of(cells[44]) if cells[44] else None,
    )
