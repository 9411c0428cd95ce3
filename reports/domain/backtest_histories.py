"""Loans and their months as a back-test reads them, whoever published them, and what the end of a history means."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

PREPAID = "01"
"""The zero-balance code of both agencies for a loan that was prepaid or matured."""

PREPAID_MEANS = (
    "Zero Balance Code 01 says that a loan was prepaid in full or reached its maturity. It covers a refinance with any lender, "
    "the sale of the home, and a payoff in cash; the files do not tell which. Prepaid does not mean refinanced, and not that "
    "you would have kept the borrower. Loans that reached their maturity are taken out here by their dates."
)
OTHER_ENDS_MEAN = (
    "Other codes (a sale by or to third parties, a short sale, a foreclosure, a repurchase by the lender) end a history "
    "without counting as prepaid."
)

SIZES = (100_000, 200_000, 300_000, 400_000)
"""Where a band of the original amount begins, in dollars; an amount on an edge belongs to the band above it."""


class Originated(NamedTuple):
    """A loan at its start: rate in percent a year, amount in dollars, the days as first of their months."""

    number: str
    note_rate: str
    original_amount: str
    term_months: str
    first_payment: date
    originated: date
    state: str
    refinance: bool
    adjustable: bool


class Reported(NamedTuple):
    """A loan in one month. `month` and `ended` are month indices; rate and balance are empty where not reported."""

    number: str
    month: int
    rate: str
    balance: str
    modified: bool
    code: str
    ended: int | None


class BadHistory(Exception):
    """A file that can't be used; the message is a sentence for the person who named it."""


def month_index(year: int, month: int) -> int:
    """January of year 0 is 1, so that a difference of two is a number of months."""
    return year * 12 + month


def first_of(index: int) -> date:
    """The first day of the month with that index."""
    year, month = divmod(index - 1, 12)
    return date(year, month + 1, 1)


_FORMS = (
    re.compile(r"(?P<month>\d{2})/(?:\d{2}/)?(?P<year>\d{4})"),
    re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])"),
    re.compile(r"(?P<month>0[1-9]|1[0-2])(?P<year>(?:19|20)\d{2})"),
)


@lru_cache(maxsize=4096)
def month_of(text: str) -> int:
    """The index of `08/01/2007`, `08/2007`, `200708` or `082007`; raises ValueError with a sentence."""
    for form in _FORMS:
        found = form.fullmatch(text)
        if found and 1 <= int(found["month"]) <= 12:
            return month_index(int(found["year"]), int(found["month"]))
    raise ValueError(f"{text!r} is not a month")


def size_label(band: int) -> str:
    """`100,000 to 199,999`, of the number that counts how many edges the amount has reached."""
    if band == 0:
        return f"under {SIZES[0]:,}"
    if band == len(SIZES):
        return f"{SIZES[-1]:,} and more"
    return f"{SIZES[band - 1]:,} to {SIZES[band] - 1:,}"
