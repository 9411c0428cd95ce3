"""What a back-test judges: the spread at each threshold, the break-even, and the optimal differential.

Each but the bare spread stands in for the spread among the rules of the match; all the other rules apply as they do there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from loans.domain import eligibility
from loans.domain.words import at_least, more_than, negate, number

SPREADS = (Decimal("0.500"), Decimal("0.625"), Decimal("0.750"), Decimal("1.000"), Decimal("1.500"))
BREAK_EVENS = (24, 36, 60)
"""Months."""


class Family(StrEnum):
    SPREAD = "spread"
    BREAK_EVEN = "break_even"
    ADL = "adl"
    BARE = "spread_alone"


FAMILIES = {
    Family.SPREAD: "Spread, as in the match",
    Family.BREAK_EVEN: "Break-even",
    Family.ADL: "Optimal differential (ADL)",
    Family.BARE: "Spread alone",
}
SENTENCES = {
    Family.SPREAD: "The rate is above the market by at least so many points, and every other rule of the match is passed.",
    Family.BREAK_EVEN: "The costs are earned back within so many months; the other rules are passed, whatever the spread.",
    Family.ADL: "The spread has reached the optimal differential of the loan; the other rules are passed, whatever the spread.",
    Family.BARE: "The spread is reached and no other rule is asked: what the other rules add or cost.",
}


@dataclass(frozen=True)
class Criterion:
    """`at` is points of spread or months of break-even; None for the optimal differential."""

    family: Family
    at: Decimal | int | None

    @property
    def code(self) -> str:
        return self.family.value if self.at is None else f"{self.family.value}_{self.at}"

    @property
    def label(self) -> str:
        match self.family:
            case Family.BREAK_EVEN:
                return f"{self.at} months or less"
            case Family.ADL:
                return "Optimal differential"
            case _:
                return f"{self.at} or more"

    def reached(self, spread: Any, break_even_months: Any, optimal_bp: Any) -> Any:
        """Whether the figures of a loan reach it; of numbers, or of columns. Unknown where a figure is."""
        match self.family:
            case Family.BREAK_EVEN:
                return negate(more_than(break_even_months, self.at))
            case Family.ADL:
                return at_least(None if spread is None else number(spread * 100), optimal_bp)
            case _:
                return eligibility.spread_reached(spread, self.at)


OTHER_RULES = tuple(rule for rule in eligibility.RULES if rule.name != "spread")
"""What every criterion but the bare spread asks beside itself."""


def criteria(thresholds: Sequence[Decimal] = SPREADS) -> tuple[Criterion, ...]:
    """Every criterion of a run, spreads in ascending order. Raises ValueError for a threshold outside 0 to 10 points."""
    if not all(threshold.is_finite() and 0 < threshold <= 10 for threshold in thresholds):
        raise ValueError("A threshold is a spread in percentage points, above 0 and at most 10, such as 0.625.")
    spreads = sorted({threshold.quantize(Decimal("0.001")) for threshold in thresholds})
    return (
        *(Criterion(Family.SPREAD, spread) for spread in spreads),
        *(Criterion(Family.BREAK_EVEN, months) for months in BREAK_EVENS),
        Criterion(Family.ADL, None),
        *(Criterion(Family.BARE, spread) for spread in spreads),
    )
