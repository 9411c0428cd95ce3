"""Which thresholds, costs, investors' windows and program values are in force on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from loans.domain import covering, programs
from loans.models import ClosingCost, InvestorWindow, ProgramValue, Threshold


def thresholds(on: date) -> tuple[covering.ThresholdRow, ...]:
    """Narrowest first."""
    rows = _in_force(Threshold.objects.filter(effective_from__lte=on), "branch_id", "family", "balance_from", "balance_below")
    return covering.narrowest_first(
        covering.ThresholdRow(row.spread, row.branch_id, row.family, _float(row.balance_from), _float(row.balance_below))
        for row in rows
        if row.spread is not None
    )


def costs(on: date) -> tuple[covering.CostRow, ...]:
    """Narrowest first."""
    rows = _in_force(ClosingCost.objects.filter(effective_from__lte=on), "branch_id", "state", "program")
    return covering.narrowest_first(
        covering.CostRow(float(row.fixed), float(row.percent), row.branch_id, row.state, row.program)
        for row in rows
        if row.fixed is not None and row.percent is not None
    )


def windows(on: date) -> dict[str, covering.Window]:
    """By the investor's name in small letters, as the fact `investor_key` has it."""
    rows = InvestorWindow.objects.filter(effective_from__lte=on).order_by("effective_from", "id")
    newest = {row.key: row for row in rows}
    return {
        key: covering.Window(row.days, float(row.premium_percent))
        for key, row in newest.items()
        if row.days is not None and row.premium_percent is not None
    }


def program_values(on: date) -> dict[str, Decimal]:
    """The shipped numbers, and over them what the lender has said."""
    return programs.shipped() | {name: row.value for name, row in _said(on).items() if name in programs.shipped()}


@dataclass(frozen=True)
class Standing:
    """A number of a program as it is in force: `source` is where it was read, the shipped citation if nobody has said more.

    `since` and `by` are of the lender's own word, None where the number is the shipped one.
    """

    name: str
    label: str
    value: Decimal | None
    unit: str
    source: str
    verified: bool
    since: date | None = None
    by: User | None = None

    @property
    def said(self) -> str:
        """`36 months`."""
        return programs.said(self.value, self.unit)


def standing(on: date) -> list[Standing]:
    """Every program number of a day; for the readiness page, which asks for those that nobody has verified."""
    said = _said(on)
    return [_standing(shipped, said.get(shipped.name)) for shipped in programs.SHIPPED]


def unverified(on: date) -> list[Standing]:
    """Those that nobody has read in the source itself."""
    return [one for one in standing(on) if not one.verified]


def said_of(name: str) -> list[ProgramValue]:
    """Everything the lender has said of a number, also what is yet to count; newest first."""
    return list(ProgramValue.objects.filter(name=name).select_related("by").order_by("-effective_from", "-id"))


def _standing(shipped: programs.Value, said: ProgramValue | None) -> Standing:
    if said is None:
        return Standing(shipped.name, shipped.label, shipped.value, shipped.unit, shipped.citation, shipped.verified)
    # A table is confirmed as a whole; its row has no number of its own.
    value = None if shipped.value is None else said.value
    return Standing(
        shipped.name, shipped.label, value, shipped.unit, said.source, said.verified, said.effective_from, said.by
    )  # fmt: skip


def _said(on: date) -> dict[str, ProgramValue]:
    rows = ProgramValue.objects.filter(effective_from__lte=on).select_related("by").order_by("effective_from", "id")
    return {row.name: row for row in rows}


def _in_force(rows: Iterable[Any], *key: str) -> list[Any]:
    """Of the rows that cover the same loans the newest."""
    return list({tuple(getattr(row, name) for name in key): row for row in rows}.values())


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
