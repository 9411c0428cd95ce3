"""Rows of a table that each cover some loans: of those that cover one, the narrowest counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loans.domain.words import all_of, any_of, at_least, first_where, negate, same


@dataclass(frozen=True)
class ThresholdRow:
    """A spread in points for a branch, a family of products and a band of balances in dollars; what is None covers all."""

    spread: Decimal
    branch_id: int | None = None
    family: str = ""
    balance_from: float | None = None
    balance_below: float | None = None

    @property
    def narrowness(self) -> tuple[bool, ...]:
        """Orders rows: a branch counts more than a family, a family more than a band."""
        return (
            self.branch_id is not None, bool(self.family),
            self.balance_from is not None or self.balance_below is not None,
        )  # fmt: skip


@dataclass(frozen=True)
class CostRow:
    """Lender's costs for a branch, a state and a program: fixed in dollars, and percent of the balance."""

    fixed: float
    percent: float
    branch_id: int | None = None
    state: str = ""
    program: str = ""

    @property
    def narrowness(self) -> tuple[bool, ...]:
        """Orders rows: a branch counts more than a state, a state more than a program."""
        return (self.branch_id is not None, bool(self.state), bool(self.program))


@dataclass(frozen=True)
class Window:
    """How many days after closing an investor takes its premium back, and how much, in percent of the balance."""

    days: int
    percent: float


def narrowest_first(rows: Iterable[Any]) -> tuple[Any, ...]:
    """Rows in the order in which `threshold_of` and `cost_of` ask them."""
    return tuple(sorted(rows, key=lambda row: row.narrowness, reverse=True))


def threshold_of(rows: Sequence[ThresholdRow], product: Any, balance: Any, branch_id: Any, otherwise: Any) -> Any:
    """The spread of the narrowest row, in points; rows are `narrowest_first`."""
    return _first((_covers(row, product, balance, branch_id), row.spread) for row in rows)(otherwise)


def _covers(row: ThresholdRow, product: Any, balance: Any, branch_id: Any) -> list[Any]:
    conditions = []
    if row.branch_id is not None:
        conditions.append(same(branch_id, row.branch_id))
    if row.family:
        conditions.append(any_of(same(product, f"{row.family}_30"), same(product, f"{row.family}_15")))
    if row.balance_from is not None:
        conditions.append(at_least(balance, row.balance_from))
    if row.balance_below is not None:
        conditions.append(negate(at_least(balance, row.balance_below)))
    return conditions


def cost_of(rows: Sequence[CostRow], part: str, branch_id: Any, state: Any, program: Any, otherwise: Any) -> Any:
    """`fixed` or `percent` of the narrowest row; rows are `narrowest_first`."""
    return _first((_cost_covers(row, branch_id, state, program), getattr(row, part)) for row in rows)(otherwise)


def cost_row_of(rows: Sequence[CostRow], branch_id: int | None, state: str, program: str) -> CostRow | None:
    """The row that `cost_of` reads for one loan, None where none covers it."""
    return next((row for row in rows if all(test is True for test in _cost_covers(row, branch_id, state, program))), None)


def _cost_covers(row: CostRow, branch_id: Any, state: Any, program: Any) -> list[Any]:
    asked = (("branch_id", branch_id), ("state", state), ("program", program))
    return [same(value, getattr(row, name)) for name, value in asked if getattr(row, name)]


def _first(covered: Iterable[tuple[list[Any], Any]]) -> Any:
    def value(otherwise: Any) -> Any:
        tests: list[Any] = []
        for conditions, given in covered:
            if not conditions:
                # It covers every loan, and the narrower ones have been asked before.
                otherwise = given
                break
            tests += [all_of(*conditions), given]
        return first_where(*tests, otherwise) if tests else otherwise

    return value
