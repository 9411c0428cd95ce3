"""Where a loan stands today, beside what refinancing would do: whether it ends early, and how much of the value is owed."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


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
