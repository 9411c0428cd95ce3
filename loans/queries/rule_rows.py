"""Costs and investors' windows as the settings list them: which row counts today, which will, and every one that was added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower, Trim

from accounts.models import User
from loans.domain import covering, insurance, mortgage
from loans.domain.words import cents
from loans.models import ClosingCost, InvestorWindow, Loan, Policy
from loans.queries import rule_numbers

MOST_INVESTORS = 50

Row = ClosingCost | InvestorWindow


class Dated(Protocol):
    """A row that counts from a day on."""

    effective_from: date


@dataclass(frozen=True)
class Standing[R: Row]:
    """Rows in force today, narrowest first; rows that change something later, soonest first; all of them, newest first."""

    in_force: list[R]
    to_come: list[R]
    history: list[R]


def costs(user: User) -> QuerySet[ClosingCost]:
    """The rows that concern loans of the branches the user may see, in the order in which they were to count."""
    rows = ClosingCost.objects.select_related("branch", "by").order_by("effective_from", "id")
    return rows if user.sees_every_branch else rows.filter(Q(branch=None) | Q(branch=user.branch_id))


def windows() -> QuerySet[InvestorWindow]:
    """Investors' windows are the lender's: one list for everybody."""
    return InvestorWindow.objects.select_related("by").order_by("effective_from", "id")


def same_loans(row: Row) -> QuerySet[Any]:
    """Every row that covers what this one covers, itself among them, in the order in which they were to count."""
    if isinstance(row, ClosingCost):
        return ClosingCost.objects.filter(branch=row.branch, state=row.state, program=row.program).order_by(
            "effective_from", "id"
        )
    return windows().annotate(name=Lower(Trim("investor"))).filter(name=row.key)


def counting[R: Dated](rows: Iterable[R], day: date) -> R | None:
    """Of rows that cover the same loans, in order, the one that counts on the day."""
    found = [row for row in rows if row.effective_from <= day]
    return found[-1] if found else None


def numbers(row: Row | None) -> tuple[Any, Any]:
    """What a row sets; none of both where it takes an earlier one back, or is none."""
    if row is None:
        return (None, None)
    return (row.fixed, row.percent) if isinstance(row, ClosingCost) else (row.days, row.premium_percent)


def key(row: Row) -> tuple[Any, ...]:
    """What a row covers; rows of one key replace each other."""
    return (row.branch_id, row.state, row.program) if isinstance(row, ClosingCost) else (row.key,)


def standing[R: Row](rows: Iterable[R], today: date) -> Standing[R]:
    """What counts, what will, and everything that was added. `rows` in the order in which they were to count."""
    every = list(rows)
    together: dict[tuple[Any, ...], list[R]] = {}
    for row in every:
        together.setdefault(key(row), []).append(row)
    in_force = [now for same in together.values() if (now := counting(same, today)) and numbers(now) != (None, None)]
    to_come = []
    for same in together.values():
        for day in sorted({row.effective_from for row in same if row.effective_from > today}):
            then, before = counting(same, day), counting(same, day - timedelta(days=1))
            if then and numbers(then) != numbers(before):
                to_come.append(then)
    return Standing(
        sorted(in_force, key=_narrowest_first),
        sorted(to_come, key=lambda row: (row.effective_from, row.pk)),
        sorted(every, key=lambda row: row.pk, reverse=True),
    )


def _narrowest_first(row: Row) -> tuple[Any, ...]:
    if isinstance(row, InvestorWindow):
        return (row.key,)
    return (row.branch_id is None, not row.state, not row.program, str(row.branch or ""), row.state, row.program)


@dataclass(frozen=True)
class Example:
    """What an example loan is asked: `row` is what decides, None where the policy does. Dollars; percent of the balance."""

    balance: Decimal
    fixed: Decimal
    percent: Decimal
    row: ClosingCost | None
    lender_costs: float
    program_fee: float

    @property
    def closing_costs(self) -> float:
        """Both together."""
        return self.lender_costs + self.program_fee


def example(on: date, balance: Decimal, *, branch_id: int | None, state: str, program: str) -> Example:
    """What refinancing that balance costs on a day, for loans of a branch, a state and a program.

    The program's fee is that of a borrower who is not exempt from it, without a refund of an earlier one.
    """
    found = covering.cost_row_of(rule_numbers.costs(on), branch_id, state, program)
    row = None
    if found is not None:
        same = ClosingCost(branch_id=found.branch_id, state=found.state, program=found.program)
        row = counting(same_loans(same).select_related("branch"), on)
    policy = Policy.current()
    fixed, percent = (policy.cost_fixed, policy.cost_percent) if row is None else numbers(row)
    values = rule_numbers.program_values(on)
    fee = insurance.program_fee(program, float(balance), False, None, None, on, on, values)
    return Example(
        balance=balance,
        fixed=fixed,
        percent=percent,
        row=row,
        lender_costs=cents(mortgage.closing_costs(float(balance), float(fixed), float(percent))),
        program_fee=cents(fee),
    )


def investors(user: User, on: date) -> list[tuple[str, int, covering.Window | None]]:
    """The investors of the loans that the user sees, most loans first: name, how many loans, and the window if there is one."""
    known = rule_numbers.windows(on)
    named = Loan.objects.visible_to(user).exclude(investor="").order_by().annotate(name=Lower(Trim("investor")))
    counts = named.values_list("name").annotate(loans=Count("pk")).order_by("-loans", "name")[:MOST_INVESTORS]
    return [(name, count, known.get(name)) for name, count in counts]
