"""How soon loans prepay, flagged and not: the share prepaid within three months, its interval, and the ratio of two.

A loan is looked at at the end of each month, so that one prepayment is seen in up to three windows. Counting them as if they
were independent would make every interval too narrow: a third of the count stands for what was really seen.
"""

import math
from dataclasses import dataclass

from reports.domain.intervals import Z

WINDOW = 3
"""Months a window looks ahead."""
ENOUGH_PREPAYMENTS = 10
"""Under so many prepayments, a hazard is too few to say."""


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 percent interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Windows:
    """Loan-months whose next three months are known, and those of them in which the loan was prepaid."""

    months: int
    prepaid: int

    @property
    def prepayments(self) -> float:
        """What the windows say counts as so many prepayments seen once each."""
        return self.prepaid / WINDOW

    @property
    def enough(self) -> bool:
        return self.prepayments >= ENOUGH_PREPAYMENTS

    @property
    def share(self) -> float:
        return self.prepaid / self.months

    @property
    def variance(self) -> float:
        """Of the logarithm of the share."""
        return (1 - self.share) / self.prepayments


def hazard(windows: Windows) -> Estimate | None:
    """The share of windows with a prepayment; None where too few to say."""
    if not windows.enough:
        return None
    factor = math.exp(Z * math.sqrt(windows.variance))
    return Estimate(windows.share, windows.share / factor, min(1.0, windows.share * factor))


def lift(flagged: Windows, unflagged: Windows) -> Estimate | None:
    """How many times as often flagged loans were prepaid, by the log method; None where either is too few to say."""
    if not (flagged.enough and unflagged.enough):
        return None
    ratio = flagged.share / unflagged.share
    factor = math.exp(Z * math.sqrt(flagged.variance + unflagged.variance))
    return Estimate(ratio, ratio / factor, ratio * factor)


def median(counts: dict[int, int]) -> float | None:
    """The middle of values that occur so many times each; between two, their mean. None of nothing."""
    total = sum(counts.values())
    if not total:
        return None
    middle: list[int] = []
    for place in ((total - 1) // 2, total // 2):
        seen = 0
        for value in sorted(counts):
            seen += counts[value]
            if seen > place:
                middle.append(value)
                break
    return sum(middle) / 2
