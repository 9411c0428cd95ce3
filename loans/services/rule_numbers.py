"""Adding thresholds, costs, investors' windows and program values from a day on; what was in force before stays on record."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.models import Branch, User
from loans.domain import programs
from loans.models import ClosingCost, InvestorWindow, ProgramValue, Threshold
from loans.queries import rule_numbers as reading
from loans.services.policies import CannotSave

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Entry:
    """Who adds it, on which day, why, and from which day it counts."""

    by: User
    today: date
    effective_from: date
    note: str


def set_threshold(
    spread: Decimal | None,
    entry: Entry,
    *,
    branch: Branch | None = None,
    family: str = "",
    balance_from: Decimal | None = None,
    balance_below: Decimal | None = None,
) -> Threshold:
    """Points that the market must be below the loans it covers; none takes an earlier one back. Raises CannotSave."""
    return _added(
        Threshold(
            spread=spread, branch=branch, family=family, balance_from=balance_from, balance_below=balance_below,
            **_said(entry),
        )
    )  # fmt: skip


def set_cost(
    fixed: Decimal | None,
    percent: Decimal | None,
    entry: Entry,
    *,
    branch: Branch | None = None,
    state: str = "",
    program: str = "",
) -> ClosingCost:
    """Dollars, and percent of the balance, for the loans it covers; none takes an earlier one back. Raises CannotSave."""
    return _added(ClosingCost(fixed=fixed, percent=percent, branch=branch, state=state, program=program, **_said(entry)))


def set_window(investor: str, days: int | None, premium_percent: Decimal | None, entry: Entry) -> InvestorWindow:
    """How many days after closing the investor takes its premium back, and percent of the balance.

    None of both takes an earlier one back. Raises CannotSave.
    """
    return _added(InvestorWindow(investor=investor.strip(), days=days, premium_percent=premium_percent, **_said(entry)))


def set_program_value(name: str, value: Decimal, entry: Entry, *, verified: bool) -> ProgramValue:
    """Another value of a program's number, or the same one confirmed; the note says where it was read.

    Raises CannotSave, also for the value that counts on that day anyway where nobody confirms it.
    """
    if name not in programs.BY_NAME:
        raise CannotSave(f"No program has a number called {name}.")
    if unfit := programs.unfit(programs.BY_NAME[name], value):
        raise CannotSave(unfit)
    said = _said(entry)
    # A table has no number of its own: unconfirmed it never differs.
    if not verified and reading.program_values(entry.effective_from).get(name, value) == value:
        raise CannotSave("Nothing differs: change the value, or tick that you have verified it.")
    return _added(ProgramValue(name=name, value=value, verified=verified, source=said.pop("note"), **said))


def _said(entry: Entry) -> dict[str, Any]:
    if not entry.note.strip():
        raise CannotSave("Say why: the note stands in the history.")
    if entry.effective_from < entry.today:
        # A run of an earlier day could not be told again as it was.
        raise CannotSave("It can count from today on, not from a day that is over.")
    return {"effective_from": entry.effective_from, "note": entry.note.strip(), "by": entry.by}


def _added[Row: Model](row: Row) -> Row:
    try:
        row.full_clean()
    except ValidationError as refusal:
        raise CannotSave("These numbers make no sense together.") from refusal
    row.save()
    log.info("rule number added", kind=row._meta.model_name, row=row.pk)
    return row
