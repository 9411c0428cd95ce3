"""Where a loan stands today, beside what refinancing would do: whether it ends early, and how much of the value is owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from loans.domain.insurance import DROPS_AT
from loans.domain.words import round_to_cent


def ends_early(values: Mapping[str, Any]) -> int | None:
    """Whole months by which the loan, paid ahead, ends before its schedule; None where it does not."""
    months = values["months_to_run"]
    early = 0 if months is None else int(values["months_remaining"] - months + 0.05)
    return early if early >= 1 else None


def loan_to_value(balance: float | None, value: Decimal | None) -> Decimal | None:
    """Today's balance in percent of the property's value, whole."""
    if balance is None or not value:
        return None
    return (Decimal(balance) * 100 / value).quantize(Decimal(1), ROUND_HALF_UP)


@dataclass(frozen=True)
class CostParts:
    """Closing costs in dollars: what lender and third parties ask, and what program and note add to it."""

    lender: Decimal
    added: Decimal


def cost_parts(values: Mapping[str, Any]) -> CostParts | None:
    """For what `figures.compute` gives; None where the costs are unknown."""
    if values["closing_costs"] is None:
        return None
    lender = round_to_cent(values["lender_costs"])
    return CostParts(lender, round_to_cent(values["closing_costs"]) - lender)


@dataclass(frozen=True)
class Insurance:
    """Mortgage insurance in dollars a month, as it is and after refinancing; unknown where file and table are silent."""

    now: Decimal | None
    new: Decimal | None
    droppable: bool

    @property
    def change(self) -> Decimal | None:
        """Below 0 where refinancing drops it, above 0 where it adds it."""
        return None if self.now is None or self.new is None else self.new - self.now


def insurance(values: Mapping[str, Any]) -> Insurance | None:
    """None where neither is to be paid. Droppable: a conventional loan that, at 80% of the value, may be rid of it as it is."""
    now, new = (None if values[name] is None else round_to_cent(values[name]) for name in ("insurance_now", "insurance_new"))
    if not now and not new:
        return None
    ratio = values["loan_to_value"]
    low = values["program"] == "conventional" and ratio is not None and ratio <= DROPS_AT
    return Insurance(now, new, droppable=bool(now) and low)
