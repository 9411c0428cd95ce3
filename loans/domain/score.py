"""How much an opportunity is worth a person's time, from 0 to 100: four parts, each of at most so many points.

Each part reads one input, and that is one of `INPUTS`: none of them says who the borrower is or where the home stands
(`loans.domain.fair_lending`). A part's share goes from 0 to 1 and serves numbers and columns alike. What is not known earns
no points, and the sentence says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from loans.domain.words import at_least, choose, known, least, more_than, number, tenths, when

INPUTS = frozenset({"total_interest_savings", "loan_to_value", "months_since_origination", "engagement"})
"""All that the score may be built from."""

ALL_SAVINGS = 100_000.0  # dollars of interest from which more of it earns no more points
ALL_MONTHS = 30.0  # prepayments rise until the 30th month and stay there, in the industry's standard (PSA) curve
ENGAGED = {2: 0.25, 3: 0.5, 4: 0.75, 5: 1.0, 6: 1.0}
"""By how far the borrower came: opened, looked at the estimate, replied, booked, applied. What we did earns nothing."""
ENGAGED_WORDS = {
    0: "Not contacted yet", 1: "Contacted, no act of the borrower yet", 2: "Opened a message", 3: "Looked at the estimate",
    4: "Replied", 5: "Booked a call", 6: "Applied",
}  # fmt: skip


def savings(total_interest_savings: Any) -> Any:
    """From nothing saved to $100,000 and more."""
    return when(more_than(total_interest_savings, 0), lambda: least(number(total_interest_savings) / ALL_SAVINGS, 1.0), 0.0)


def equity(loan_to_value: Any) -> Any:
    """1 − LTV, which comes in percent; nothing from 100% on."""
    return when(
        known(loan_to_value), lambda: when(at_least(loan_to_value, 100.0), 0.0, 1.0 - number(loan_to_value) / 100.0), 0.0
    )


def age(months_since_origination: Any) -> Any:
    """From a loan that has just closed to one of 30 months and more."""
    return when(more_than(months_since_origination, 0), lambda: least(number(months_since_origination) / ALL_MONTHS, 1.0), 0.0)


def engagement(engagement: Any) -> Any:
    """By how far the borrower came towards us."""
    return choose(engagement, ENGAGED, 0.0)


@dataclass(frozen=True)
class Part:
    """One of the four: its share of all its points, the scale in a sentence, and what it says of one opportunity.

    `share` takes the one input, by its name. Raises ValueError where that is not one of INPUTS.
    """

    name: str
    label: str
    scale: str
    share: Callable[[Any], Any]
    said: Callable[[Any], str]

    def __post_init__(self) -> None:
        if self.share.__code__.co_argcount != 1 or self.input not in INPUTS:
            raise ValueError(f"The score may not read {self.input}.")

    @property
    def input(self) -> str:
        return self.share.__code__.co_varnames[0]

    def points(self, value: Any, weight: Any) -> Any:
        """Of at most `weight` points, in tenths, a float."""
        return tenths(weight * self.share(value))


def _savings_said(dollars: Any) -> str:
    if dollars is None:
        return "The interest it would save is not known: no points."
    return f"${dollars:,.0f} of interest over the same term" if dollars > 0 else "No interest is saved: no points."


def _equity_said(loan_to_value: Any) -> str:
    if loan_to_value is None:
        return "The file has neither a value nor an LTV: no points."
    equity_percent = 100 - Decimal(str(loan_to_value))
    return f"LTV {loan_to_value}%, equity {equity_percent}%" if equity_percent > 0 else f"LTV {loan_to_value}%: no points."


def _age_said(months: Any) -> str:
    if months is None:
        return "Filled in by the next match: no points yet."
    return f"{months} month{'' if months == 1 else 's'} since closing"


PARTS = (
    Part(
        "savings", "Savings", "Total interest savings over the same term: none at $0, all the points from $100,000 on.",
        savings, _savings_said,
    ),
    Part(
        "equity", "Equity", "The share of the home's value that is not owed, 100% less LTV: none at 100% LTV.",
        equity, _equity_said,
    ),
    Part(
        "age", "Age of the loan", "Months since closing: all the points from 30 months on.",
        age, _age_said,
    ),
    Part(
        "engagement", "Engagement",
        "Opened a quarter of the points, looked at the estimate half, replied three quarters, booked a call or applied all.",
        engagement, lambda stage: ENGAGED_WORDS[stage],
    ),
)  # fmt: skip


class Approach(StrEnum):
    """What the score speaks for."""

    PROACTIVE = "proactive"
    NURTURE = "nurture"


APPROACHES = {Approach.PROACTIVE: "Proactive outreach", Approach.NURTURE: "Passive nurture"}


@dataclass(frozen=True)
class Weights:
    """The most points of each part, whole and 100 together, and the score from which one reaches out by oneself."""

    savings: Any = 50
    equity: Any = 15
    age: Any = 10
    engagement: Any = 25
    cutoff: int = 50

    def of(self, part: Part) -> Any:
        return getattr(self, part.name)

    @property
    def total(self) -> int:
        return sum(self.of(part) for part in PARTS)


def total(values: Mapping[str, Any], weights: Weights) -> Any:
    """The score of what INPUTS name: numbers give a number, columns a column. Both in tenths, as floats."""
    first, *others = (part.points(values[part.input], weights.of(part)) for part in PARTS)
    for points in others:
        first = first + points
    return first


def approach(score: Decimal | float | None, weights: Weights) -> Approach | None:
    """Reach out, or wait until the borrower does; None before the first match has scored it."""
    if score is None:
        return None
    return Approach.PROACTIVE if score >= weights.cutoff else Approach.NURTURE


@dataclass(frozen=True)
class PartExplained:
    """What one part gave, of how many points, and why."""

    part: Part
    value: Any
    weight: int
    points: Decimal
    sentence: str


@dataclass(frozen=True)
class Explained:
    """The score as a person can redo it: the points of the parts add up to it."""

    parts: tuple[PartExplained, ...]
    score: Decimal
    approach: Approach
    cutoff: int

    @property
    def label(self) -> str:
        return APPROACHES[self.approach]


def explain(values: Mapping[str, Any], weights: Weights) -> Explained:
    """`values` are those of INPUTS by name."""
    parts = tuple(
        PartExplained(
            part,
            values[part.input],
            weights.of(part),
            Decimal(str(part.points(values[part.input], weights.of(part)))),
            part.said(values[part.input]),
        )
        for part in PARTS
    )
    score = sum((one.points for one in parts), Decimal("0.0"))
    said = Approach.PROACTIVE if score >= weights.cutoff else Approach.NURTURE
    return Explained(parts, score, said, weights.cutoff)
