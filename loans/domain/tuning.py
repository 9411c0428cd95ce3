"""What a threshold would mean: whose loans it decides, a loan that just reaches it, and what the loans may be worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from loans.domain import covering, explanation, figures, mortgage, standing
from loans.domain.covering import ThresholdRow
from loans.domain.words import minus_months

STEP = Decimal("0.125")
CHOICES: tuple[Decimal, ...] = tuple(STEP * eighths for eighths in range(3, 11))
"""The spreads that can be chosen, in percentage points: 0.375 to 1.250."""


def nearest(spread: Decimal) -> Decimal:
    """The choice that comes nearest to a spread, the smaller of two."""
    return min(CHOICES, key=lambda choice: (abs(choice - spread), choice))


MARK, ELSEWHERE = Decimal("-1.000"), Decimal("-2.000")
"""Spreads that no row can have: by them a loan is known whose threshold a row would decide."""

FEW_LOANS = 75
"""Active loans below which a list by hand may do."""


@dataclass(frozen=True)
class Scope:
    """The loans that a threshold is for; what is empty covers all. Balances in dollars, the upper end left out."""

    branch_id: int | None = None
    family: str = ""
    balance_from: Decimal | None = None
    balance_below: Decimal | None = None

    def row(self, spread: Decimal) -> ThresholdRow:
        """As a run reads it; the spread in percentage points."""
        low, high = (None if amount is None else float(amount) for amount in (self.balance_from, self.balance_below))
        return ThresholdRow(spread, self.branch_id, self.family, low, high)

    @property
    def product(self) -> str:
        """The product of the market that stands for the scope: the 30-year of its family, conventional where it has none."""
        return f"{self.family or 'conventional'}_30"

    @property
    def program(self) -> str:
        return "conventional" if self.family in ("", "jumbo") else self.family


def inside(scope: Scope, product: Any, balance: Any, branch_id: Any) -> Any:
    """MARK for a loan of the scope, else ELSEWHERE; of one loan or of columns."""
    return covering.threshold_of((scope.row(MARK),), product, balance, branch_id, ELSEWHERE)


def decided(scope: Scope, rows: Sequence[ThresholdRow], product: Any, balance: Any, branch_id: Any) -> Any:
    """MARK for a loan whose threshold the scope's own row decides, beside the rows in force; else another number."""
    return covering.threshold_of(with_row(rows, scope.row(MARK)), product, balance, branch_id, ELSEWHERE)


def with_row(rows: Sequence[ThresholdRow], row: ThresholdRow) -> tuple[ThresholdRow, ...]:
    """The rows with this one in the place of the one that covers the same loans, if any; narrowest first."""
    found = tuple(row if replace(one, spread=row.spread) == row else one for one in rows)
    return found if row in found else covering.narrowest_first((*rows, row))


@dataclass(frozen=True)
class Typical:
    """A loan on schedule with this balance in dollars and so many months left, of a scope."""

    scope: Scope
    balance: float
    months: int


@dataclass(frozen=True)
class Outcome:
    """What refinancing does for a typical loan whose rate is so many points above the market. Dollars and months.

    `break_even_months` is none where lower payments do not repay the costs before the loan ends.
    """

    spread: Decimal
    monthly_savings: float
    closing_costs: float
    lender_costs: Decimal
    program_costs: Decimal
    break_even_months: int | None
    timing: explanation.Timing


def outcome(typical: Typical, spread: Decimal, terms: figures.Terms) -> Outcome | None:
    """Same term, at the market of the scope's product; None where that has no rate, or nothing is left to pay."""
    market = terms.market_rates.get(typical.scope.product)
    if market is None or typical.months < 1:
        return None
    # The median of a family may lie on the other side of the baseline limit: the family says what the product is.
    limit = 0.0 if typical.scope.family == "jumbo" else math.inf
    run = replace(terms, buckets=(), baseline_limit=limit, limits_by_state={}, limits_by_county={})
    values = figures.compute(_facts(typical, market + spread, terms), run)
    timing, costs = explanation.timing(values), standing.cost_parts(values)
    if timing is None or costs is None:
        return None
    months = values["break_even_months"]
    return Outcome(
        spread=spread,
        monthly_savings=values["monthly_savings"],
        closing_costs=values["closing_costs"],
        lender_costs=costs.lender,
        program_costs=costs.added,
        break_even_months=None if months is None or months > typical.months else int(months),
        timing=timing,
    )


def _facts(typical: Typical, note_rate: Decimal, terms: figures.Terms) -> dict[str, Any]:
    term = max(int(mortgage.NEW_TERM), typical.months)
    first_payment = minus_months(terms.as_of, term - typical.months - 1)
    return {
        "note_rate": note_rate,
        "is_arm": False,
        "interest_only": False,
        "term_months": term,
        "first_payment_date": first_payment,
        "origination_date": minus_months(first_payment, 2),
        "upb": typical.balance,
        "upb_as_of": terms.as_of,
        "program": typical.scope.program,
        "branch_id": typical.scope.branch_id,
        "is_active": True,
        "lien_position": 1,
    }


@dataclass(frozen=True)
class Assumptions:
    """The reader's own: of a hundred loans that qualify so many close, and each brings so many dollars.

    To begin with what is common in the trade; nothing here was measured.
    """

    percent: Decimal = Decimal(35)
    revenue: Decimal = Decimal(7_500)


LEAST_REVENUE, MOST_REVENUE = 5_000, 15_000
"""Dollars a closing brings in the trade: the usual range."""


@dataclass(frozen=True)
class Worth:
    """Closings, unrounded, and dollars to the thousand, or to the dollar below one thousand."""

    closings: Decimal
    dollars: int


def worth(loans: int, assumed: Assumptions) -> Worth:
    """Loans × contact-to-close × revenue a closing."""
    closings = loans * assumed.percent / 100
    dollars = closings * assumed.revenue
    unit = Decimal(1000 if dollars >= 1000 else 1)
    return Worth(closings, int((dollars / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit))
